"""Validate the values that columns keep verbatim as nft's JSON, in saves and imports.

A save refuses values from which no export, and no question to nft, could be made.
"""

from collections.abc import Iterator
from typing import Any

from draftedit.engine.base.errors import Problem
from draftedit.engine.draft.checks import DraftReader
from draftedit.firewall.nft_types import _
from draftedit.firewall.slots import BadColumn, read_all
from draftedit.firewall.words import TABLE_OBJECTS

# Kinds that are known to be objects; their content is checked.
_KNOWN = frozenset({"table", "chain", "rule", *TABLE_OBJECTS})
_NO_ENTRY = _("Entry ${n} is no entry of a listing: an object with one key.")
_NO_BODY = _("Entry ${n}: the ${kind} must be an object.")
_NO_LIST = _("This must be a list of objects.")
_NO_OBJECT = _("This must be an object.")

_CHECKED = {
    "ruleset": ("objects", "extra"),
    "nft_table": ("objects", "extra"),
    "chain": ("extra",),
    "rule": ("statements", "extra"),
}


def kept_values(draft: DraftReader) -> Iterator[Problem]:
    """Check that values kept as JSON can be put into a listing."""
    for table, columns in _CHECKED.items():
        for row in draft.changed(table, *columns):
            for column in columns:
                if column in row.changed and (
                    message := _wrong(column, row.values[column])
                ):
                    yield row.problem(message, column)


def _wrong(column: str, value: Any) -> str | None:
    if value is None:
        return None
    if column == "extra":
        return None if isinstance(value, dict) else _NO_OBJECT
    if column == "objects":
        return wrong_objects(value)
    try:
        read_all(value)
    except BadColumn as error:
        return str(error)
    return None


def wrong_objects(objects: Any) -> str | None:
    """Describe what is wrong with a list of entries, or return None."""
    if not isinstance(objects, list):
        return _NO_LIST
    for number, entry in enumerate(objects, 1):
        if not isinstance(entry, dict) or len(entry) != 1:
            return _at(_NO_ENTRY, n=number)
        [(kind, body)] = entry.items()
        if kind in _KNOWN and not isinstance(body, dict):
            return _at(_NO_BODY, n=number, kind=kind)
    return None


def _at(message: Any, **mapping: Any) -> str:
    text: str = message % mapping
    return text
