"""Validators of a ruleset: base chains and column values that a draft has changed.

Unchanged rows are not checked, so a ruleset that was imported with odd content can
still be edited elsewhere.
"""

from collections.abc import Iterator
from typing import Any

from draftedit.engine.base.errors import Problem
from draftedit.engine.draft.checks import DraftReader, DraftRow
from draftedit.firewall import column_texts, matches
from draftedit.firewall.nft_types import _

# The columns that make a base chain, which the kernel enters by itself, and nft's names
# for them.
_HOOKED = {"type": "type", "hook": "hook", "priority": "prio"}
_MISSING = {
    "type": _("A chain with a hook or a priority needs a type, too."),
    "hook": _("A chain with a type or a priority needs a hook, too."),
    "priority": _("A chain with a type or a hook needs a priority, too."),
}
_INTERFACES = ("in_interface", "out_interface")
_ADDRESSES = ("source", "destination")
_LONGEST = 15  # characters; the kernel's IFNAMSIZ without the NUL


def rule_values(draft: DraftReader) -> Iterator[Problem]:
    """Check that addresses, ports, interfaces and the like can be parsed."""
    for rule in draft.changed("rule", *matches.COLUMNS):
        for column in matches.COLUMNS:
            text = rule.values[column]
            if text and column in rule.changed:
                message = _wrong(column, text)
                if message:
                    yield rule.problem(message, column)


def _wrong(column: str, text: str) -> str | None:
    """Describe what is wrong with the text of a column, or return None."""
    try:
        phrase = column_texts.read(text, matches.READERS[column])
    except ValueError as error:
        return str(error)
    wrong_item = _wrong_interface if column in _INTERFACES else _wrong_range
    wrong = next(filter(None, map(wrong_item, phrase.items)), None)
    if wrong is None and column in _ADDRESSES and _mixes_versions(phrase.items):
        return _("IPv4 and IPv6 addresses cannot stand in one rule.")
    return wrong


def _mixes_versions(addresses: list[Any]) -> bool:
    return len(set().union(*map(column_texts.versions, addresses))) > 1


def _wrong_interface(name: str) -> str | None:
    if name.startswith("@"):
        return None
    if name == "*":
        return _("* alone is no interface: leave the field empty for any.")
    if len(name) > _LONGEST:
        return _(
            "“${name}” is too long: an interface has at most ${n} characters.",
            mapping={"name": name, "n": _LONGEST},
        )
    return None


def _wrong_range(item: Any) -> str | None:
    match item:
        case {"range": [low, high]} if _number(low) > _number(high):
            return _(
                "${low}-${high} is no range: it ends before it begins.",
                mapping={"low": low, "high": high},
            )
    return None


def _number(bound: int | str) -> int:
    return bound if isinstance(bound, int) else column_texts.ip_number(bound)


def base_chains(draft: DraftReader) -> Iterator[Problem]:
    """Check that a chain has type, hook and priority, or none of the three."""
    for chain in draft.changed("chain", *_HOOKED, "extra"):
        missing = [name for name in _HOOKED if not _has(chain, name)]
        if len(missing) < len(_HOOKED):
            for name in missing:
                yield chain.problem(_MISSING[name], name)


def _has(chain: DraftRow, name: str) -> bool:
    # A value that no column accepts, such as one of a later nft, is in `extra`.
    extra = chain.values["extra"]
    kept = isinstance(extra, dict) and _HOOKED[name] in extra
    return kept or chain.values[name] is not None
