"""Entries of a rule's JSON column `statements`: where each statement stands.

An object is a statement kept as nft lists it; `["text", text]` is one that nft lists as
a text, and `["unlisted"]` stands for those of a rule that nft lists without any. The
name of a column marks the place of that column's statement; `[column, hint]` adds which
of several spellings it has, and `["action", word, parameters]` keeps the parameters as
long as the action is that word.
"""

from dataclasses import dataclass
from typing import Any

from draftedit.firewall import matches
from draftedit.firewall.ruleset_values import RuleValues

AS_TEXT = "text"
UNLISTED = ["unlisted"]


class BadColumn(ValueError):
    """A column of a rule cannot be expressed in nft's language."""

    def __init__(self, column: str, message: str) -> None:
        """Keep the column's name; the caller knows the rule's."""
        super().__init__(message)
        self.column = column


@dataclass(slots=True)
class StatementSlot:
    """The place of a column's statement, or (without a column) a kept statement.

    Without either, it stands for statements that nft did not list.
    """

    column: str | None
    hint: str | None = None
    parameters: Any = None
    statement: Any = None

    @property
    def is_match(self) -> bool:
        """Return whether this only inspects the packet."""
        if self.column is not None:
            return self.column != "action"
        match self.statement:
            case {"match": _} | {"xt": {"type": "match"}}:
                return True
        return False


def read_all(kept: Any) -> list[StatementSlot]:
    """Parse the column `statements`; raise BadColumn if it is malformed."""
    if kept is None:
        return []
    if not isinstance(kept, list):
        raise BadColumn("statements", "this must be a list.")
    return [_read(number, entry) for number, entry in enumerate(kept, 1)]


def _read(number: int, entry: Any) -> StatementSlot:
    match entry:
        case dict():
            return StatementSlot(None, statement=entry)
        case str(name) | [str(name)] if name in (*matches.COLUMNS, "action"):
            return StatementSlot(name)
        case [str(name), str(hint)] if name in matches.COLUMNS:
            return StatementSlot(name, hint)
        case ["action", str(word), parameters]:
            return StatementSlot("action", word, parameters)
        case [str(word), str(text)] if word == AS_TEXT:
            return StatementSlot(None, statement=text)
        case [str()] if entry == UNLISTED:
            return StatementSlot(None)
    raise BadColumn(
        "statements",
        f"entry {number} is neither a statement of nft nor the name of a column.",
    )


def complete(
    rule: RuleValues, slots: list[StatementSlot], family: str
) -> list[StatementSlot]:
    """Add slots for filled columns that have none, because they were filled later.

    Matches go behind the matches at the front, before the first statement that does
    something: a counter or a limit must see what the rule matches. The action goes
    last.
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
    completed = [*slots[:front], *map(StatementSlot, missing), *slots[front:]]
    if (rule.action or rule.jump) and "action" not in named:
        completed.append(StatementSlot("action"))
    return completed


def _implied(
    rule: RuleValues, named: dict[str | None, StatementSlot], family: str
) -> bool:
    """Return whether a match of ports already implies the protocol: `tcp dport 22`."""
    for column in ("source_ports", "destination_ports"):
        if getattr(rule, column):
            hint = named[column].hint if column in named else None
            selector = matches.selector_for(column, rule, family, hint)
            if selector.split(" ")[0] == str(rule.protocol).strip():
                return True
    return False
