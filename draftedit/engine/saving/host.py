"""The host's instances: loaded by key, and their attributes set."""

from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapper, Session, lazyload

from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving.live import chunks, has_key
from draftedit.engine.schema import Field, Part


def mapper_of(part: Part) -> Mapper[Any]:
    """Return the mapper of a part that is no association table."""
    return cast(Mapper[Any], part.mapper)


def new_instance(part: Part) -> Any:
    """Make an instance without calling `__init__`, as the ORM does when it loads."""
    return mapper_of(part).class_manager.new_instance()


def instances(
    dbsession: Session, part: Part, keys: list[Key]
) -> Iterator[tuple[Key, Any]]:
    """Yield the host's instances by key, as the rows are now.

    Without what the host loads eagerly beside them: that may be a whole object, and
    changed rows among it would be set back.
    """
    columns = [part.fields[name].read() for name in part.key]
    encoders = [part.fields[name].codec.encode for name in part.key]
    for chunk in chunks(keys):
        # What a validator has set on one of these rows would be overwritten by reading.
        dbsession.flush()
        wanted = (
            sa.select(mapper_of(part).class_, *columns)
            .where(has_key(part, chunk))
            .order_by(*(part.live.c[name] for name in part.key))
            .options(lazyload("*"))
            .execution_options(populate_existing=True)
        )
        for instance, *key in dbsession.execute(wanted).all():
            pairs = zip(encoders, key, strict=True)
            yield tuple(encode(value) for encode, value in pairs), instance


def key_of(part: Part, instance: Any, dialect: Dialect) -> Key:
    """Return the encoded key of an instance that is in the database."""
    columns = [column.name for column in mapper_of(part).primary_key]
    by_name = dict(zip(columns, sa.inspect(instance).identity, strict=True))
    return tuple(
        part.fields[name].codec.parse(
            _from_host(part.fields[name].column.type, by_name[name], dialect),
            dialect.name,
        )
        for name in part.key
    )


def set_value(
    part: Part, row: Row, instance: Any, name: str, value: Any, dialect: Dialect
) -> None:
    """Set one attribute; what the host's validator refuses is a problem there."""
    field = part.fields[name]
    attribute = str(field.attribute)
    try:
        if value is None:
            setattr(instance, attribute, None)
            _insist_on_null(field, instance, attribute)
        else:
            plain = field.codec.decode(value)
            setattr(instance, attribute, to_host(field.column.type, plain, dialect))
    except (ValueError, TypeError, AssertionError) as error:
        message = str(error) or "The host refuses this value."
        problem = Problem(message, table=part.name, key=row.key, field=name)
        raise Refused(problem) from error


def _insist_on_null(field: Field, instance: Any, attribute: str) -> None:
    """Write NULL where the ORM takes None for JSON's null, or for "not given".

    Behind the validators, which know None.
    """
    values = sa.inspect(instance).dict
    if values[attribute] is None and (field.type == "json" or field.has_default):
        values[attribute] = sa.null()


def to_host(kind: Any, plain: Any, dialect: Dialect) -> Any:
    """Return the host's Python value: an enum's member, a decorated type's object."""
    if isinstance(kind, sa.TypeDecorator):
        inner = to_host(kind.impl_instance, plain, dialect)
        return kind.process_result_value(inner, dialect) if _reads(kind) else inner
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        members = dict.fromkeys(kind.enum_class)
        return dict(zip(kind.enums, members, strict=True))[plain]
    if isinstance(kind, sa.Uuid) and not kind.as_uuid:
        return str(plain)
    return plain


def _from_host(kind: Any, value: Any, dialect: Dialect) -> Any:
    """Take away what a decorated type makes of a value."""
    if isinstance(kind, sa.TypeDecorator):
        inner = kind.process_bind_param(value, dialect) if _binds(kind) else value
        return _from_host(kind.impl_instance, inner, dialect)
    return value


def _reads(kind: sa.TypeDecorator[Any]) -> bool:
    own, base = type(kind), sa.TypeDecorator
    return own.process_result_value is not base.process_result_value


def _binds(kind: sa.TypeDecorator[Any]) -> bool:
    own, base = type(kind), sa.TypeDecorator
    return own.process_bind_param is not base.process_bind_param
