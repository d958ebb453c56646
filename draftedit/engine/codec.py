"""The codec of a column: how its values are read, spelled and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.types import TypeEngine

Parse = Callable[[Any, str], Any]


def unchanged(value: Any) -> Any:
    """Return the value: it is spelled as it is kept."""
    return value


@dataclass(frozen=True)
class Codec:
    """How the values of one column are read, spelled and written.

    `name` is the type's name in the API. `plain` is the column's type in the draft
    and history tables. `parse(value, dialect)` takes JSON, text or a Python value
    to the encoded form, or raises ValueError; `encode` does so for what the
    database gave; `decode` makes of the encoded form what the driver takes.
    """

    name: str
    plain: TypeEngine[Any]
    parse: Parse
    encode: Callable[[Any], Any] = unchanged
    decode: Callable[[Any], Any] = unchanged
    length: int | None = None
    choices: tuple[str, ...] | None = None


def is_mariadb(dialect: str) -> bool:
    """Tell whether the database is MariaDB, whatever SQLAlchemy calls it."""
    return dialect in ("mariadb", "mysql")
