"""Load ORM instances by key and set their attributes."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Mapper, Session, defer, lazyload

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import text_of
from draftedit.engine.reading.live import chunks, columns_hold, wanted_keys
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.row_counts import refuse_hidden
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.decorated import HOST_ERRORS, from_host, to_host


def mapper_of(part: Part) -> Mapper[Any]:
    """Return the mapper of a part that is not an association table."""
    return cast(Mapper[Any], part.mapper)


def new_instance(part: Part) -> Any:
    """Make an instance without calling `__init__`, as the ORM does when it loads."""
    return mapper_of(part).class_manager.new_instance()


def instances(
    dbsession: Session, part: Part, keys: list[Key]
) -> Iterator[tuple[Key, Any]]:
    """Yield the host's instances by key, as the rows are now.

    Without the host's eager loading: that may load a whole object, and changed rows
    among it would be reset. Raises Refused if the host's session hides a row that
    exists.
    """
    encoders = [part.fields[name].codec.encode for name in part.key]
    for chunk in chunks(keys):
        # Loading would overwrite what a validator has set on one of these rows.
        dbsession.flush()
        found = {
            tuple(encode(value) for encode, value in zip(encoders, key, strict=True)): (
                instance
            )
            for instance, *key in _loaded(dbsession, part, chunk)
        }
        refuse_hidden(dbsession, part, [key for key in chunk if key not in found])
        yield from found.items()


def _loaded(dbsession: Session, part: Part, keys: Sequence[Key]) -> Sequence[Any]:
    """Load instances; without unreadable columns, if there is such a value.

    Either the driver cannot read it (DataError), or it is not in the enum
    (LookupError). The database reports no error: its transaction goes on.
    """
    wanted, binds = _instances_of(part), wanted_keys(part, part.key, keys)
    try:
        return dbsession.execute(wanted, binds).all()
    except (DataError, LookupError):
        fields = (one for one in part.fields.values() if one.attribute)
        odd = (one for one in fields if one.codec.may_be_unreadable)
        names = (getattr(mapper_of(part).class_, str(f.attribute)) for f in odd)
        return dbsession.execute(wanted.options(*map(defer, names)), binds).all()


@cache
def _instances_of(part: Part) -> sa.Select[Any]:
    columns = (part.fields[name].read() for name in part.key)
    return (
        sa.select(mapper_of(part).class_, *columns)
        .where(columns_hold(part, part.key))
        .order_by(*(part.live.c[name] for name in part.key))
        .options(lazyload("*"))
        .execution_options(populate_existing=True)
    )


def key_of(part: Part, instance: Any, dialect: Dialect) -> Key:
    """Return the encoded key of an instance that is in the database."""
    columns = [column.name for column in mapper_of(part).primary_key]
    by_name = dict(zip(columns, sa.inspect(instance).identity, strict=True))
    return tuple(
        part.fields[name].codec.parse(
            from_host(part.fields[name].column.type, by_name[name], dialect),
            dialect.name,
        )
        for name in part.key
    )


def set_value(
    part: Part, row: Row, instance: Any, name: str, value: Any, dialect: Dialect
) -> None:
    """Set one attribute; a refusal of the host's validator is a problem there."""
    field = part.fields[name]
    attribute = str(field.attribute)
    try:
        if value is None:
            setattr(instance, attribute, None)
            _insist_on_null(field, instance, attribute)
        else:
            plain = field.codec.decode(value)
            setattr(instance, attribute, to_host(field.column.type, plain, dialect))
    except HOST_ERRORS as error:
        is_told = str(error) and not isinstance(error, ArithmeticError | LookupError)
        message = text_of(error) if is_told else say("refused-by-host")
        problem = Problem(message, table=part.name, key=row.key, field=name)
        raise Refused(problem) from error


def _insist_on_null(field: Field, instance: Any, attribute: str) -> None:
    """Write NULL if the ORM takes None for JSON's null, or for "not given".

    After the validators, which know None. If the column may not be NULL, it was JSON's
    null.
    """
    values = sa.inspect(instance).dict
    is_value = field.codec.null_is_a_value
    if values[attribute] is None and is_value and not field.nullable:
        values[attribute] = sa.JSON.NULL
        return
    if values[attribute] is None and (is_value or field.has_default):
        values[attribute] = sa.null()
