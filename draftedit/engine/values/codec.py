"""The codec of a column: all that is known of its type."""

import copy
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import immutabledict

from draftedit.engine.dialects import BACKENDS
from draftedit.engine.values.presentation import Control, Notation, Style
from draftedit.engine.values.sql_functions import as_text

LAST_RISK = 4  # of a constraint: see `Codec.constraint_risk`


@dataclass(frozen=True)
class Codec(ABC):
    """All that is known of one column's type.

    `kind` is the column's type without decorators, `plain` its type in the draft and
    history tables. `counted`: keys that a draft counts may stand in the column.
    `written` is the type of a parameter that is written to or compared with the live
    column, where that is not `plain`. `text_type`: where the database tells types
    apart strictly (PostgreSQL), live values are read as this text. `databases` has the
    codecs of a column that is of one kind on one database, and of another on another.

    A subclass answers for one column type; it cannot be made while an answer without
    a default is missing. `types` are SQLAlchemy's classes for which it is the codec;
    `is_text`: its encoded values are texts, so on another database the column may be
    of another such type.
    """

    kind: TypeEngine[Any]
    plain: TypeEngine[Any]
    counted: bool = False
    written: TypeEngine[Any] | None = None
    text_type: TypeEngine[Any] | None = None
    databases: Mapping[str, "Codec"] = field(default_factory=dict, compare=False)

    types: ClassVar[tuple[type[TypeEngine[Any]], ...]] = ()
    is_text: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def build(cls, kind: Any, counted: bool) -> Self:
        """Return the codec of a column type, which is one of `types`."""

    # Between Python, JSON, the database and the host.

    def parse(self, value: Any, dialect: str) -> Any:
        """Take JSON, text or a Python value to the encoded form.

        Raises ValueError, with words for people, where the column would not keep it.
        """
        return self.on(dialect).take(value, dialect)

    @abstractmethod
    def take(self, value: Any, dialect: str) -> Any:
        """Do what `parse` does, where the column is of this very type."""

    def encode(self, value: Any) -> Any:
        """Spell what the database gave."""
        return value

    @property
    def encodes(self) -> bool:
        """Tell whether values are spelled in another way than the database does."""
        return type(self).encode is not Codec.encode

    def decode(self, value: Any) -> Any:
        """Make of an encoded value what the driver takes."""
        return value

    @classmethod
    def host_value(cls, kind: Any, value: Any) -> Any:
        """Return what a host's attribute of type `kind` has for a decoded value.

        Raises ValueError where the type has no object for it.
        """
        return value

    # Names, words and forms.

    @property
    @abstractmethod
    def api_name(self) -> str:
        """The type's name in the API."""

    @property
    @abstractmethod
    def control(self) -> Control:
        """How a person gives a value."""

    @property
    @abstractmethod
    def notation(self) -> Notation:
        """What a written value looks like."""

    @property
    @abstractmethod
    def style(self) -> Style:
        """What a value is to those who read it."""

    @property
    @abstractmethod
    def takes_empty(self) -> bool:
        """Tell whether an empty text is a value, and not the lack of one."""

    @property
    @abstractmethod
    def names_rows(self) -> bool:
        """Return whether the value may be the label of a row by default."""

    @property
    def length(self) -> int | None:
        """How many characters fit; None: any number, or this is no text."""
        return None

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The values that may be chosen; None: there is no such list."""
        return None

    def to_text(self, value: Any) -> str:
        """Write an encoded value as a form has it."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """Return what `parse` takes for a form's text; raise ValueError."""
        return text

    def show(self, value: Any) -> str:
        """Write an encoded value in one line, for people."""
        return (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )

    def show_whole(self, value: Any) -> str:
        """Write an encoded value in as many lines as it needs, for people."""
        return self.show(value)

    # What the engine asks.

    @abstractmethod
    def search(
        self, column: sa.ColumnElement[Any], pattern: sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool] | None:
        """Return the condition that a search finds a value; None: it never does.

        `pattern` is a LIKE pattern in lower case, with a backslash as its escape.
        """

    @abstractmethod
    def placeholders(self, old: Any) -> Iterator[Any]:
        """Yield encoded values to stand in a unique column for a moment.

        They are tried in the place of `old` (None: not known), the likeliest first:
        far from what people write, and yet what a CHECK of the column would take, so
        numbers and days go upwards.
        """

    @property
    @abstractmethod
    def has_free_placeholder(self) -> bool:
        """Tell whether the first placeholder is, as good as surely, no row's value."""

    @abstractmethod
    def samples(self, value: Any) -> Iterator[Any]:
        """Yield what `parse` takes, to try the column with in the place of `value`.

        What may differ freely is drawn at random, as others may have it already.
        """

    @property
    def constraint_risk(self) -> int:
        """How likely a constraint knows of such a column: 0 is the least."""
        return LAST_RISK

    @property
    def is_whole(self) -> bool:
        """Tell whether the values are whole numbers, so that they can be moved up."""
        return False

    @property
    def is_computed(self) -> bool:
        """Tell whether only the database writes such columns."""
        return False

    @property
    def sorts_as_declared(self) -> bool:
        """Tell whether a database sorts the values as its own type declares them."""
        return False

    @property
    def is_collated(self) -> bool:
        """Tell whether the values are compared by the column's collation."""
        return False

    @property
    def null_is_a_value(self) -> bool:
        """Tell whether None is a value, and not only the lack of one."""
        return False

    @property
    def may_be_zero_date(self) -> bool:
        """Tell whether MariaDB may keep 0000-00-00 in the column."""
        return False

    @property
    def may_be_unreadable(self) -> bool:
        """Tell whether a stored value may be one that the ORM fails to read."""
        return self.asked is not None

    @property
    def spelled_by_database(self) -> bool:
        """Tell whether only the database knows if it takes a text, and its spelling."""
        return False

    @property
    def is_spelled_by_a_database(self) -> bool:
        """Tell whether one of the databases at least spells values itself."""
        everywhere = (self, *self.databases.values())
        return any(one.spelled_by_database for one in everywhere)

    # How the column is read and compared.

    @property
    def asked(self) -> TypeEngine[Any] | None:
        """What PostgreSQL is asked for, where its driver cannot read each value."""
        return None

    @property
    def asked_of_mariadb(self) -> TypeEngine[Any] | None:
        """What MariaDB is asked for, where PostgreSQL is asked for something else."""
        return None

    @property
    def is_text_in_keys(self) -> bool:
        """Tell whether `text_type` holds for keys, too."""
        return False

    def live(
        self, column: sa.ColumnElement[Any], is_key: bool
    ) -> sa.ColumnElement[Any]:
        """Return the live column, read as the draft tables store it."""
        if self.text_type is not None and (self.is_text_in_keys or not is_key):
            column = as_text(column, type_=self.text_type)
        return sa.type_coerce(column, self.selected)

    def bind(self, value: Any) -> sa.ColumnElement[Any]:
        """Return an encoded value as the live column takes it."""
        return sa.literal(self.decode(value), self.parameter)

    @cached_property
    def selected(self) -> TypeEngine[Any]:
        """The type by which the column of any of the tables is read."""
        if self.asked is None:
            return self.plain
        own = {n: self.asked for n, one in BACKENDS.items() if one.keeps_odd_times}
        if self.asked_of_mariadb is not None:
            others = (n for n, one in BACKENDS.items() if one.time_is_span)
            own |= dict.fromkeys(others, self.asked_of_mariadb)
        # `with_variant` refuses a database for which the column names a type itself.
        kind = copy.copy(self.plain)
        kind._variant_mapping = immutabledict({**self.plain._variant_mapping, **own})
        return kind

    @property
    def parameter(self) -> TypeEngine[Any]:
        """The type of a value that is written to the live column."""
        return self.written or self.plain

    def on(self, dialect: str) -> "Codec":
        """Return the codec of the type that the column has on one database."""
        return self.databases.get(dialect, self)
