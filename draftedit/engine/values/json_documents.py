"""The codec of JSON."""

import copy
import decimal
import json
from collections.abc import Iterator
from typing import Any, Self

import sqlalchemy as sa

from draftedit.engine.base import strict_json
from draftedit.engine.base.messages import say
from draftedit.engine.dialects import values_of
from draftedit.engine.values import strings
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.presentation import Control, Notation, Style


class JsonCodec(Codec):
    """JSON, with equal numbers spelled in one way."""

    types = (sa.JSON,)
    api_name = "json"
    control = Control.AREA
    notation = Notation.JSON
    style = Style.CODE
    takes_empty = False
    names_rows = False
    has_free_placeholder = False
    null_is_a_value = True

    @classmethod
    def build(cls, kind: sa.JSON, counted: bool) -> Self:
        """Return the codec of a column type."""
        plain = copy.copy(kind)
        plain.none_as_null = True
        return cls(kind, plain)

    def take(self, value: Any, dialect: str) -> Any:
        """Take what JSON can spell and the database keeps."""
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False)
            data = _plain(json.loads(text))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(say("not-json")) from error
        here = values_of(dialect)
        most = here.json_levels
        if most is not None and strict_json.depth(data) > most:
            raise ValueError(say("json-too-deep", limit=most))
        if type(data) is int and not here.keeps_json_number(data):
            raise ValueError(say("integer-too-long-for-json"))
        for word in _texts(data):
            strings.check_characters(word)
        return data

    def encode(self, value: Any) -> Any:
        """Spell its numbers in one way."""
        return _plain(value)

    def to_text(self, value: Any) -> str:
        """Write it in indented lines."""
        return json.dumps(value, indent=2, ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        """Read JSON in which no member is named twice."""
        try:
            return strict_json.parse_value(text)
        except ValueError as error:
            raise ValueError(say("value-not-json", why=error)) from error

    def show_whole(self, value: Any) -> str:
        """Write it in indented lines."""
        return self.to_text(value)

    def search(self, column: Any, pattern: Any) -> None:
        """Find nothing: databases spell JSON each in its own way."""

    def placeholders(self, old: Any) -> Iterator[Any]:
        """Yield nothing: no JSON is as good as another to a CHECK."""
        yield from ()

    def samples(self, value: Any) -> Iterator[Any]:
        """Yield two objects."""
        yield from ({"tried": 1}, {"tried": 2})


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
