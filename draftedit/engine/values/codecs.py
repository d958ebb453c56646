"""Canonical values: one JSON form for every value of every column type.

Origin, draft and live are compared in this form, in Python, never in SQL, so that
equal values that differ in spelling (1 / "1", time zones, key order) are equal.
A codec brings a value to what the column will give back, or refuses it, before it
is journalled.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from draftedit.engine.base.errors import BadModel
from draftedit.engine.dialects import BACKENDS
from draftedit.engine.values.binaries import BinaryCodec
from draftedit.engine.values.booleans import BooleanCodec
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.database_texts import DatabaseTextCodec
from draftedit.engine.values.dialect_types import (
    DIALECTS,
    resolved,
    undecorated,
    with_variants,
)
from draftedit.engine.values.enums import EnumCodec, SetCodec
from draftedit.engine.values.floats import FloatCodec
from draftedit.engine.values.integers import IntegerCodec
from draftedit.engine.values.json_documents import JsonCodec
from draftedit.engine.values.moments import UTC, DateTimeCodec
from draftedit.engine.values.numbers import DecimalCodec
from draftedit.engine.values.spans import IntervalCodec
from draftedit.engine.values.strings import OrderCodec, StringCodec, long_text
from draftedit.engine.values.times import DateCodec, TimeCodec
from draftedit.engine.values.uuids import UuidCodec

__all__ = ["CODECS", "UTC", "Codec", "canonical", "codec", "long_text", "same"]

# The first one of whose types a column's is: the special before the general.
CODECS: tuple[type[Codec], ...] = (
    OrderCodec,
    EnumCodec,
    SetCodec,
    BooleanCodec,
    IntegerCodec,
    FloatCodec,  # SQLAlchemy 2.0 has Float below Numeric, 2.1 beside it
    DecimalCodec,
    IntervalCodec,
    DateTimeCodec,
    DateCodec,
    TimeCodec,
    BinaryCodec,
    UuidCodec,
    JsonCodec,
    StringCodec,
    DatabaseTextCodec,
)

# Two of these are equal where Python says so; 1 and 1.0 are spelled differently.
_EXACT = frozenset((str, int, bool, type(None)))


def canonical(data: Any) -> str:
    """Spell encoded data as text, the same text for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Any, other: Any) -> bool:
    """Return whether two encoded values are equal (and True is not 1)."""
    if one is other:
        return True
    if type(one) in _EXACT and type(other) in _EXACT:
        # A save compares each field of each row: spelling them took half of its time.
        return type(one) is type(other) and bool(one == other)
    return canonical(one) == canonical(other)


def codec(column_type: TypeEngine[Any], counted: bool = False) -> Codec:
    """Return the codec of a column type; raise BadModel if there is none.

    `counted`: keys that a draft counts may stand in the column.
    """
    kind = undecorated(column_type)
    classes = {name: _known(resolved(kind, name)) for name in ("", *DIALECTS)}
    if len(set(classes.values())) > 1:
        return _mixed(kind, classes)
    return classes[""].build(kind, counted)


def host_value(kind: TypeEngine[Any], value: Any) -> Any:
    """Return what a host's attribute of type `kind` has for a decoded value.

    Raises ValueError if the type has no object for it.
    """
    found = codec_class(kind)
    return value if found is None else found.host_value(kind, value)


def codec_class(kind: TypeEngine[Any]) -> type[Codec] | None:
    """Return the codec's class of a type that is no decorator, if there is one."""
    return next((one for one in CODECS if isinstance(kind, one.types)), None)


def _known(kind: TypeEngine[Any]) -> type[Codec]:
    found = codec_class(kind)
    if found is None:
        raise BadModel(f"the column type {kind!r} cannot be drafted")
    return found


def _mixed(kind: TypeEngine[Any], classes: Mapping[str, type[Codec]]) -> Codec:
    """Return the codec of a column that is spelled as text, whatever its databases."""
    if not all(one.is_text for one in classes.values()):
        raise BadModel(
            f"the column type {kind!r} cannot be drafted: on one database it is of"
            " another kind than on another"
        )
    codecs = {
        name: one.build(_textual(resolved(kind, name)), False)
        for name, one in classes.items()
    }
    base = codecs.pop("")

    def on(dialect: str) -> TypeEngine[Any]:
        return resolved(codecs[dialect].plain, dialect)

    return replace(
        base,
        plain=with_variants(base.plain, on),
        text_type=next(
            codecs[name].text_type
            for name, one in BACKENDS.items()
            if not one.merges_types
        ),
        written=kind,
        databases=codecs,
    )


def _textual(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Let a UUID be text, as the column is where the database has no UUID."""
    return type(kind)(as_uuid=False) if isinstance(kind, sa.Uuid) else kind
