"""The codecs of columns that know a few words only: enums and MariaDB's sets."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from draftedit.engine.values.codec import Codec
from draftedit.engine.values.dialect_types import DIALECTS, resolved
from draftedit.engine.values.messages import say
from draftedit.engine.values.presentation import Control, Notation, Style
from draftedit.engine.values.strings import StringCodec, like


class EnumCodec(Codec):
    """One of a few names."""

    kind: sa.Enum

    types = (sa.Enum,)
    is_text = True
    api_name = "enum"
    control = Control.CHOICE
    notation = Notation.TEXT
    style = Style.WORD
    takes_empty = False
    names_rows = False
    has_free_placeholder = False
    is_text_in_keys = True
    may_be_unreadable = True  # a name that is not among the choices

    @classmethod
    def build(cls, kind: sa.Enum, counted: bool) -> Self:
        """Return the codec of a column type."""
        plain = sa.String(max(map(len, kind.enums), default=1))
        return cls(kind, plain, text_type=sa.String())

    @property
    def choices(self) -> tuple[str, ...]:
        """The names, as they are declared."""
        return tuple(self.kind.enums)

    @cached_property
    def _names(self) -> Mapping[Any, str]:
        names: dict[Any, str] = {name: name for name in self.kind.enums}
        if self.kind.enum_class is not None:
            members = list(dict.fromkeys(self.kind.enum_class))
            names |= dict(zip(members, self.kind.enums, strict=True))
        return names

    def take(self, value: Any, dialect: str) -> str:
        """Take a name, or a member of the host's class."""
        try:
            known = value in self._names
        except TypeError:  # a list or an object, which no name can be
            known = False
        if not known:
            raise ValueError(say("not-a-choice"))
        return self._names[value]

    def bind(self, value: Any) -> sa.ColumnElement[Any]:
        """Return a name of the column's type: PostgreSQL compares none with a text."""
        members = self.kind.enum_class or self.kind.enums
        names = dict(zip(self.kind.enums, members, strict=False))
        return sa.literal(names[value], self.kind)

    @classmethod
    def host_value(cls, kind: sa.Enum, value: Any) -> Any:
        """Return the member of the host's class, if there is one."""
        if kind.enum_class is None:
            return value
        members = dict(zip(kind.enums, dict.fromkeys(kind.enum_class), strict=True))
        if value not in members:
            raise ValueError(say("not-among-choices", value=value))
        return members[value]

    @property
    def sorts_as_declared(self) -> bool:
        """Return whether a database has a type of its own for the names."""
        kinds = (resolved(self.kind, name) for name in DIALECTS)
        return any(isinstance(one, sa.Enum) and one.native_enum for one in kinds)

    def search(
        self, column: sa.ColumnElement[Any], pattern: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Find a name that contains the term, in any case."""
        return like(column, pattern)

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield every name: one of them may be free."""
        yield from self.choices

    def samples(self, value: Any) -> Iterator[str]:
        """Yield every name."""
        yield from self.choices


class SetCodec(StringCodec):
    """Some of a few words (MariaDB's SET), spelled as the database spells them: a,c."""

    types = (mysql.SET,)
    has_free_placeholder = False
    sorts_as_declared = True

    @classmethod
    def build(cls, kind: Any, counted: bool) -> Self:
        """Return the codec of a column type."""
        return cls(kind, sa.String(max(1, len(",".join(kind.values)))))

    @cached_property
    def _words(self) -> Mapping[str, int]:
        kind: Any = self.kind
        return {word: place for place, word in enumerate(kind.values)}

    @property
    def length(self) -> int:
        """How many characters all words have."""
        return len(",".join(self._words))

    def take(self, value: Any, dialect: str) -> str:
        """Take words, as a list or with commas between them."""
        given = value
        if isinstance(value, str):
            given = value.split(",") if value else ()
        if not isinstance(given, list | tuple | set | frozenset):
            raise ValueError(say("not-a-list-of-words"))
        words = self._words
        chosen = {word for word in given if isinstance(word, str)}
        if len(chosen) < len(set(map(repr, given))) or not chosen <= words.keys():
            raise ValueError(say("words-not-allowed", words=", ".join(words)))
        return ",".join(sorted(chosen, key=words.__getitem__))

    def placeholders(self, old: Any) -> Iterator[str]:
        """Yield every word alone and every two: one of them may be free."""
        for count in (1, 2):
            yield from map(",".join, combinations(self._words, count))

    def samples(self, value: Any) -> Iterator[str]:
        """Yield every word alone and every two."""
        yield from self.placeholders(value)

    @classmethod
    def host_value(cls, kind: Any, value: Any) -> set[str]:
        """Return the set of words."""
        return set(filter(None, value.split(",")))
