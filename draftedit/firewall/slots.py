"""The entries of a rule's JSON column `statements`.

An object is a statement kept as nft lists it. The name of a column stands where that
column's statement comes; `[column, hint]` says besides which of several spellings it
has, and `["action", word, parameters]` keeps the parameters for as long as the action
is that word.
"""

from dataclasses import dataclass
from typing import Any

from draftedit.firewall import matches
from draftedit.firewall.tree import RuleValues


class BadColumn(ValueError):
    """A column of a rule cannot be said in nft's language."""

    def __init__(self, column: str, message: str) -> None:
        """Keep the column's name; the caller knows the rule's."""
        super().__init__(message)
        self.column = column


@dataclass(slots=True)
class Slot:
    """A place for a column's statement, or (without a column) a statement kept."""

    column: str | None
    hint: str | None = None
    parameters: Any = None
    statement: Any = None

    @property
    def is_match(self) -> bool:
        """Tell whether this only looks at the packet."""
        if self.column is not None:
            return self.column != "action"
        match self.statement:
            case {"match": _} | {"xt": {"type": "match"}}:
                return True
        return False


def read_all(kept: Any) -> list[Slot]:
    """Take the column `statements` apart; raise BadColumn where it is none."""
    if kept is None:
        return []
    if not isinstance(kept, list):
        raise BadColumn("statements", "this must be a list.")
    return [_read(number, entry) for number, entry in enumerate(kept, 1)]


def _read(number: int, entry: Any) -> Slot:
    match entry:
        case dict():
            return Slot(None, statement=entry)
        case str(name) | [str(name)] if name in (*matches.COLUMNS, "action"):
            return Slot(name)
        case [str(name), str(hint)] if name in matches.COLUMNS:
            return Slot(name, hint)
        case ["action", str(word), parameters]:
            return Slot("action", word, parameters)
    raise BadColumn(
        "statements",
        f"entry {number} is neither a statement of nft nor the name of a column.",
    )


def complete(rule: RuleValues, slots: list[Slot], family: str) -> list[Slot]:
    """Add the filled columns that stand nowhere: they were filled later.

    Matches come behind the matches at the front, before the first statement that
    does something: a counter or a limit is to see what the rule matches. The action
    comes last.
    """
    named = {slot.column: slot for slot in slots}
    missing = [
        column
        for column in matches.COLUMNS
        if getattr(rule, column) and column not in named
    ]
    if "protocol" in missing and _implied(rule, named, family):
        missing.remove("protocol")
    front = 0
    while front < len(slots) and slots[front].is_match:
        front += 1
    completed = [*slots[:front], *map(Slot, missing), *slots[front:]]
    if (rule.action or rule.jump) and "action" not in named:
        completed.append(Slot("action"))
    return completed


def _implied(rule: RuleValues, named: dict[str | None, Slot], family: str) -> bool:
    """Tell whether a match of ports says the protocol already: `tcp dport 22`."""
    for column in ("source_ports", "destination_ports"):
        if getattr(rule, column):
            hint = named[column].hint if column in named else None
            selector = matches.selector_for(column, rule, family, hint)
            if selector.split(" ")[0] == str(rule.protocol).strip():
                return True
    return False
