"""Convert between columns that match packets and nft's match statements.

A selector is what nft compares, written as in its own language: "ip saddr", "meta
iifname", "tcp dport". Several selectors may fill one column; which one follows from the
value if it can, else from the hint beside the column's name.
"""

from typing import Any

from draftedit.firewall import column_texts
from draftedit.firewall.ruleset_values import RuleValues
from draftedit.firewall.words import PORT_PROTOCOLS

Statement = dict[str, Any]

READERS: dict[str, column_texts.Reader] = {
    "in_interface": column_texts.interface,
    "out_interface": column_texts.interface,
    "protocol": column_texts.protocol,
    "source": column_texts.address,
    "destination": column_texts.address,
    "connection_state": column_texts.state,
    "source_ports": column_texts.port,
    "destination_ports": column_texts.port,
}
# The order of statements if nothing else decides it.
COLUMNS = tuple(READERS)

_FIXED = {
    "meta iifname": "in_interface",
    "meta iif": "in_interface",
    "meta oifname": "out_interface",
    "meta oif": "out_interface",
    "meta l4proto": "protocol",
    "ip protocol": "protocol",
    "ip6 nexthdr": "protocol",
    "ip saddr": "source",
    "ip6 saddr": "source",
    "ip daddr": "destination",
    "ip6 daddr": "destination",
    "ct state": "connection_state",
}
_PORTS = {
    f"{protocol} {field}": column
    for protocol in (*PORT_PROTOCOLS, "th")
    for field, column in (("sport", "source_ports"), ("dport", "destination_ports"))
}
SELECTORS = _FIXED | _PORTS

_USUAL = {
    "in_interface": "meta iifname",
    "out_interface": "meta oifname",
    "protocol": "meta l4proto",
    "connection_state": "ct state",
}
_FIELDS = {
    "source": "saddr",
    "destination": "daddr",
    "source_ports": "sport",
    "destination_ports": "dport",
}

# `ct state new` tests whether one of the states is set ("in"); the others compare.
STATE_HINTS = ("==", "set")


def selector_of(left: Any) -> str | None:
    """Return the selector of the left side of a match, if we support it."""
    match left:
        case {"payload": {"protocol": str(word), "field": str(field)}}:
            return f"{word} {field}"
        case {"meta": {"key": str(field)}}:
            return f"meta {field}"
        case {"ct": {"key": str(field)}}:
            return f"ct {field}"
    return None


def _left(selector: str) -> dict[str, Any]:
    word, field = selector.split(" ")
    if word in ("meta", "ct"):
        return {word: {"key": field}}
    return {"payload": {"protocol": word, "field": field}}


def text_of(statement: Statement) -> str | None:
    """Return the column text for this match, if there is one."""
    match statement:
        case {"match": {"op": str(op), "right": right}} if op in ("==", "!=", "in"):
            pass
        case _:
            return None
    values = [right]
    if isinstance(right, dict) and isinstance(right.get("set"), list):
        values = right["set"]
    elif isinstance(right, list):
        values = right
    return column_texts.spell(values, op == "!=")


def statement_for(
    column: str, rule: RuleValues, family: str, hint: str | None
) -> Statement:
    """Return the match that the column's text stands for, or raise ValueError."""
    text = str(getattr(rule, column))
    phrase = column_texts.read(text, READERS[column])
    if column == "connection_state":
        return _state_match(phrase, hint)
    selector = selector_for(column, rule, family, hint, phrase)
    right = phrase.items[0] if len(phrase.items) == 1 else {"set": phrase.items}
    return _match("!=" if phrase.negated else "==", selector, right)


def _state_match(phrase: column_texts.Phrase, hint: str | None) -> Statement:
    right: Any = phrase.items
    if len(right) == 1:
        right = right[0]
    elif hint == "set":
        right = {"set": right}
    usual = "==" if hint in STATE_HINTS else "in"
    return _match("!=" if phrase.negated else usual, "ct state", right)


def _match(op: str, selector: str, right: Any) -> Statement:
    return {"match": {"op": op, "left": _left(selector), "right": right}}


def selector_for(
    column: str,
    rule: RuleValues,
    family: str,
    hint: str | None,
    phrase: column_texts.Phrase | None = None,
) -> str:
    """Choose the selector: what the value demands, else the hint, else the usual."""
    fitting = hint if hint is not None and SELECTORS.get(hint) == column else None
    field = _FIELDS.get(column)
    if field is None:
        return fitting or _USUAL[column]
    if column in ("source", "destination"):
        found = set().union(*map(column_texts.versions, phrase.items if phrase else ()))
        if len(found) > 1:
            raise ValueError("IPv4 and IPv6 addresses cannot stand in one rule.")
        if found:
            return f"ip6 {field}" if found == {6} else f"ip {field}"
        return fitting or (f"ip6 {field}" if family == "ip6" else f"ip {field}")
    protocol = (rule.protocol or "").strip()
    if fitting == f"th {field}" or protocol not in PORT_PROTOCOLS:
        return fitting or f"th {field}"
    return f"{protocol} {field}"
