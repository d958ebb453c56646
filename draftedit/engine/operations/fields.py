"""Values that an operation gives: brought to canonical form, or refused by name."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.base.errors import BadOperation, Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import text_of
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations.base import ApplyMode, Ref
from draftedit.engine.operations.json_reader import read_ref
from draftedit.engine.reading.reference_choices import choosable
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.decorated import HOST_ERRORS, from_host
from draftedit.engine.values.dialect_types import DIALECTS, resolved


def canonical_values(
    rows: DraftRows,
    part: Part,
    key: Key | None,
    values: Mapping[str, Any],
    mode: ApplyMode,
    inserting: bool = False,
) -> dict[str, Any]:
    """Return the encoded values; raise Refused with a problem for each wrong one."""
    good: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        try:
            good[name] = _canonical(rows, part, name, value, mode, inserting)
        except ValueError as error:
            problems.append(
                Problem(text_of(error), table=part.name, key=key, field=str(name))
            )
    if problems:
        raise Refused(*problems)
    return good


def _canonical(
    rows: DraftRows,
    part: Part,
    name: str,
    value: Any,
    mode: ApplyMode,
    inserting: bool,
) -> Any:
    field = part.fields.get(name)
    if field is None:
        raise ValueError(say("unknown-field", table=part.name, field=name))
    if not (field.insertable if inserting else field.settable):
        raise ValueError(_why_not(field))
    if value is None:
        if not field.nullable or field.allowed is not None:
            raise ValueError(say("value-missing"))
        return None
    if field.references is not None and isinstance(value, Mapping | Ref):
        value = _referred(rows, field, value, mode)
    encoded = field.codec.parse(value, rows.dialect)
    if field.codec.on(rows.dialect).spelled_by_database:
        encoded = _spelled_by_the_database(rows, field, encoded)
    if field.allowed is not None and encoded not in field.allowed:
        raise ValueError(say("value-not-allowed", choices=_spelled(field)))
    if field.references is not None:
        check_reference(rows, field, encoded)
    return encoded


def _spelled_by_the_database(rows: DraftRows, field: Field, text: str) -> str:
    """Return how the database spells what only it can read."""
    kind = resolved(field.codec.parameter, rows.dialect)
    spelled = sa.cast(sa.cast(sa.literal(text, sa.Text()), kind), sa.Text())
    try:
        with rows.dbsession.begin_nested():
            return str(rows.dbsession.scalar(sa.select(spelled)))
    except DBAPIError as error:
        name = kind.compile(dialect=DIALECTS[rows.dialect]).lower()
        raise ValueError(say("not-read-by-database", type=name)) from error


def _why_not(field: Field) -> str:
    if field.is_fixed:
        return say("field-fixed", value=_spelled(field))
    if field.role == "parent":
        return say("parent-changed-by-move")
    if field.role == "order":
        return say("place-changed-by-move")
    if field.role == "key":
        return say("key-not-settable")
    return say("field-computed")


def _spelled(field: Field) -> str:
    return ", ".join(str(value) for value in field.allowed or ())


def _referred(rows: DraftRows, field: Field, value: Any, mode: ApplyMode) -> Any:
    """Return the value for a row that the batch has named."""
    try:
        ref = value if isinstance(value, Ref) else read_ref(value, "ref", field.name)
    except BadOperation:
        raise ValueError(say("not-a-key")) from None
    if ref.name not in mode.names:
        raise ValueError(say("unknown-name-in-batch", name=ref.name))
    other = rows.target.tables.get(str(field.references))
    if other is None or field.referred not in other.key:
        raise ValueError(say("reference-outside-object"))
    return mode.names[ref.name][other.key.index(field.referred)]


def check_reference(rows: DraftRows, field: Field, value: Any) -> None:
    """Refuse a reference to a row that is not there, or that is hidden from the draft.

    References by several columns are left to the database, at save.
    """
    other = rows.target.tables.get(str(field.references))
    missing = ValueError(say("reference-missing", table=field.references, value=value))
    if other is None:
        if not _exists(rows, field, value):
            raise missing
    elif other.key == (field.referred,):
        row = rows.find(other.name, (value,))
        if row is None or not rows.belongs(row) or not rows.in_sight(row):
            raise missing


def _exists(rows: DraftRows, field: Field, value: Any) -> bool:
    key = next(k for k in field.column.foreign_keys if k.column.name == field.referred)
    decoded = sa.literal(field.codec.decode(value), field.codec.parameter)
    visible = choosable(rows.target, key.column.table)
    found = sa.select(sa.literal(1)).where(key.column == decoded, *visible).limit(1)
    return rows.dbsession.scalar(found) is not None


def defaults(part: Part, given: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """Evaluate the Python defaults of the columns that an insert does not name.

    Defaults that are SQL, and the server's, are evaluated at save.
    """
    values: dict[str, Any] = {}
    for name, field in part.fields.items():
        default = field.column.default
        if name not in given and isinstance(default, sa.ColumnDefault):
            # One that looks at the statement's parameters, or that its type does not
            # take, is evaluated at save, too.
            with suppress(*HOST_ERRORS):
                kind, value = field.column.type, _evaluated(default)
                plain = from_host(kind, value, DIALECTS[dialect])
                values[name] = field.codec.parse(plain, dialect)
    return values


def omitted(part: Part, given: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns that a new row leaves to the host or the database."""
    return frozenset(
        name
        for name, field in part.fields.items()
        if name not in given and (field.has_default or not field.nullable)
    )


def _evaluated(default: sa.ColumnDefault) -> Any:
    if default.is_callable:
        return default.arg(None)
    if default.is_scalar:
        return default.arg
    raise ValueError("This default is SQL.")
