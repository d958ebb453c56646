"""Canonical values: one JSON form for every value of every column type.

Origin, draft and live are compared in this form, in Python, never in SQL, so that
equal values that differ in spelling (1 / "1", time zones, key order) are equal.
A codec brings a value to what the column will give back, or refuses it, before it
is journalled.
"""

import copy
import decimal
import json
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from draftedit.engine import codec_numbers, codec_texts, codec_times
from draftedit.engine.codec import Codec, is_mariadb
from draftedit.engine.codec_texts import long_text
from draftedit.engine.codec_times import UTC
from draftedit.engine.errors import BadModel
from draftedit.engine.order import OrderKey

__all__ = ["UTC", "Codec", "canonical", "codec", "long_text", "same"]


# Two of these are equal where Python says so; 1 and 1.0 are spelled differently.
_EXACT = frozenset((str, int, bool, type(None)))


def canonical(data: Any) -> str:
    """Spell encoded data as text, the same text for equal data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(one: Any, other: Any) -> bool:
    """Tell whether two encoded values are equal (and True is not 1)."""
    if one is other:
        return True
    if type(one) in _EXACT and type(other) in _EXACT:
        # A save compares each field of each row: spelling them took half of its time.
        return type(one) is type(other) and bool(one == other)
    return canonical(one) == canonical(other)


def codec(column_type: TypeEngine[Any]) -> Codec:
    """Return the codec of a column type; raise BadModel where there is none."""
    for known, build in _BUILDERS:
        if isinstance(column_type, known):
            return build(column_type)
    if isinstance(column_type, TypeDecorator) and not isinstance(
        column_type, sa.PickleType
    ):
        return codec(column_type.impl_instance)
    raise BadModel(f"the column type {column_type!r} cannot be drafted")


def _boolean(_type: sa.Boolean) -> Codec:
    spellings = {True: True, False: False, "true": True, "false": False}

    def parse(value: Any, _dialect: str) -> Any:
        if isinstance(value, bool | str | int) and value in spellings:
            return spellings[value]
        raise ValueError("This is neither true nor false.")

    return Codec("boolean", sa.Boolean(), parse, bool, bool)


def _uuid(column_type: sa.Uuid[Any]) -> Codec:
    def parse(value: Any, dialect: str) -> Any:
        try:
            given = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError("This is not a UUID.") from error
        spelled = str(given)
        if is_mariadb(dialect) and spelled[14] > "7" >= spelled[19]:
            # Of a version that the variant does not have; the type UUID refuses it.
            raise ValueError("This database does not take this UUID.")
        return spelled

    decode = uuid.UUID if column_type.as_uuid else str
    return Codec("uuid", copy.copy(column_type), parse, str, decode)


def _json(column_type: sa.JSON) -> Codec:
    def parse(value: Any, _dialect: str) -> Any:
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False)
            data = _plain(json.loads(text))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError("This is not JSON.") from error
        for word in _texts(data):
            codec_texts.check_characters(word)
        return data

    plain = copy.copy(column_type)
    plain.none_as_null = True
    return Codec("json", plain, parse, _plain)


def _plain(data: Any) -> Any:
    """Spell numbers in one way: 1.0 is 1, and 1e30 is what JSONB makes of it."""
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    if isinstance(data, float) and data.is_integer():
        return int(decimal.Decimal(repr(data)))
    return data


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [*data, *_texts(list(data.values()))]
    return [word for one in data for word in _texts(one)] if type(data) is list else []


_BUILDERS: tuple[tuple[type, Callable[[Any], Codec]], ...] = (
    (OrderKey, codec_texts.order),
    (sa.Enum, codec_texts.enum),
    (sa.Boolean, _boolean),
    (sa.Integer, codec_numbers.integer),
    (sa.Numeric, codec_numbers.number),
    (sa.Float, codec_numbers.floating),
    (sa.Interval, codec_times.span),
    (sa.DateTime, codec_times.moment),
    (sa.Date, codec_times.date),
    (sa.Time, codec_times.time),
    (sa.LargeBinary, codec_texts.binary),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
    (sa.String, codec_texts.text),
)
