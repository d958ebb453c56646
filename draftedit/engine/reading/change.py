"""The net change of one row, as pages, exports and history show it."""

import enum
from typing import Any, NamedTuple

from draftedit.engine.base.errors import Key


class Missing(enum.Enum):
    """Stands for the base of a new row's fields, because None is a value."""

    MISSING = "missing"


MISSING = Missing.MISSING


class Change(NamedTuple):
    """The change of one row by a draft; `fields` are (base, draft) by name."""

    table: str
    key: Key
    kind: str
    fields: dict[str, tuple[Any, Any]]
