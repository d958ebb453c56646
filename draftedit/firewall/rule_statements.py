"""Lift statements of a rule into columns, and render them back in their places.

A statement is lifted only if the column gives back exactly it, at its place; all others
are kept verbatim. So nothing is lost, whatever a listing holds.
"""

from collections.abc import Container
from typing import Any

from draftedit.firewall import matches
from draftedit.firewall.matches import Statement
from draftedit.firewall.nft_types import ADDRESSES, TEXT
from draftedit.firewall.ruleset_values import RuleValues
from draftedit.firewall.slots import (
    AS_TEXT,
    UNLISTED,
    BadColumn,
    StatementSlot,
    complete,
    read_all,
)
from draftedit.firewall.words import (
    ACTIONS,
    BARE_ACTIONS,
    JUMPS,
    PORT_PROTOCOLS,
)


def lift(
    rule: RuleValues,
    statements: list[Statement | str],
    family: str,
    chains: Container[str],
) -> None:
    """Fill the rule's columns, and `statements` with what they cannot express.

    `chains` are the names of the chains in the rule's table.
    """
    kept: list[Any] = []
    taken: set[str] = set()
    for one in statements:
        if isinstance(one, str):
            kept.append([AS_TEXT, one])
            continue
        slot = _lift_match(rule, one, family, taken) or _lift_action(
            rule, one, chains, taken
        )
        kept.append(slot or one)
    usual = [slot.column for slot in complete(rule, [], family)]
    rule.statements = None if kept == usual else kept


def _lift_match(
    rule: RuleValues, statement: Statement, family: str, taken: set[str]
) -> Any:
    match = statement.get("match")
    selector = matches.selector_of(match.get("left")) if type(match) is dict else None
    column = matches.SELECTORS.get(selector or "")
    text = matches.text_of(statement) if column else None
    if not column or not text or column in taken or len(text) > _length(column):
        return None
    before = rule.protocol
    if column == "protocol" and before not in (None, text):
        return None  # the ports matched before are of another protocol
    setattr(rule, column, text)
    word = str(selector).split(" ")[0]
    if before is None and word in PORT_PROTOCOLS:
        rule.protocol = word
    for hint in _hints(column, str(selector), rule):
        if _gives_back(rule, column, hint, family, statement):
            taken.add(column)
            return column if hint is None else [column, hint]
    setattr(rule, column, None)
    rule.protocol = before
    return None


def _length(column: str) -> int:
    return ADDRESSES if column in ("source", "destination") else TEXT


def _hints(column: str, selector: str, rule: RuleValues) -> tuple[str | None, ...]:
    if column == "connection_state":
        return (None, *matches.STATE_HINTS)
    if selector.startswith("th ") and rule.protocol is None:
        return (selector,)  # a protocol may follow: it must not change this match
    return (None, selector)


def _gives_back(
    rule: RuleValues, column: str, hint: str | None, family: str, statement: Statement
) -> bool:
    try:
        # Equality in Python is equality as JSON here: no text is spelled True or 1.0.
        return matches.statement_for(column, rule, family, hint) == statement
    except ValueError:
        return False


def _lift_action(
    rule: RuleValues, statement: Statement, chains: Container[str], taken: set[str]
) -> Any:
    if len(statement) != 1 or "action" in taken:
        return None
    [(word, parameters)] = statement.items()
    if word not in ACTIONS:
        return None
    taken.add("action")
    rule.action = word
    match parameters:
        case {"target": str(name), **others} if word in JUMPS and not others:
            if name in chains:
                rule.jump = name
                return "action"
        case None if word in BARE_ACTIONS:
            return "action"
    return ["action", word, parameters]


def render(rule: RuleValues, family: str) -> list[Statement | str] | None:
    """Return the statements as nft lists them; raise BadColumn.

    None for a rule that nft lists without any, as long as it was given none here.
    """
    slots = complete(rule, read_all(rule.statements), family)
    rendered = [_render_slot(slot, rule, family) for slot in slots]
    listed = [statement for statement in rendered if statement is not None]
    return None if not listed and rule.statements == [UNLISTED] else listed


def _render_slot(
    slot: StatementSlot, rule: RuleValues, family: str
) -> Statement | str | None:
    if slot.column is None:
        is_object = isinstance(slot.statement, dict)
        return dict(slot.statement) if is_object else slot.statement
    if slot.column == "action":
        return _action(slot, rule)
    if not getattr(rule, slot.column):
        return None
    try:
        return matches.statement_for(slot.column, rule, family, slot.hint)
    except ValueError as error:
        raise BadColumn(slot.column, str(error)) from error


def _action(slot: StatementSlot, rule: RuleValues) -> Statement | None:
    # A target chain without an action can only mean a jump.
    word = rule.action or ("jump" if rule.jump else None)
    if word is None:
        return None
    if word in JUMPS and rule.jump:
        return {word: {"target": rule.jump}}
    if slot.hint == word:
        return {word: slot.parameters}
    if word in BARE_ACTIONS:
        return {word: None}
    if word in JUMPS:
        raise BadColumn("jump_id", f"the action {word} needs a chain to go to.")
    raise BadColumn(
        "action",
        f"{word} needs parameters: write them into the statements as"
        f' ["action", "{word}", {{...}}].',
    )
