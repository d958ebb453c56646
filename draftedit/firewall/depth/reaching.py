"""Chains that no packet enters, and those from which it comes back as it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from draftedit.engine.errors import Key
from draftedit.firewall.depth.meaning import Meaning


@dataclass(frozen=True, slots=True)
class Links:
    """One chain of a table: how it is entered and left.

    `names`: every text in its enabled rules, the chains that they go to among them.
    `leaves_alone`: none of its rules changes a packet that goes on.
    """

    key: Key
    is_base: bool
    names: frozenset[str]
    goes_to: frozenset[str]
    leaves_alone: bool


def links(key: Key, is_base: bool, rules: Iterable[Meaning]) -> Links:
    """Sum up the enabled rules of a chain."""
    names: set[str] = set()
    goes_to: set[str] = set()
    leaves_alone = True
    for rule in rules:
        names |= rule.names
        goes_to |= rule.goes_to
        leaves_alone = leaves_alone and rule.leaves_alone
    return Links(key, is_base, frozenset(names), frozenset(goes_to), leaves_alone)


def unreachable(chains: Mapping[str, Links], named: frozenset[str]) -> list[Key]:
    """Return the chains, by name in one table, that no rule on any way leads to.

    `named`: the texts in the table's other objects, such as maps of verdicts. A chain
    that is named anywhere on the way is taken to be reached.
    """
    waiting = [name for name, one in chains.items() if one.is_base or name in named]
    reached = set(waiting)
    while waiting:
        for name in chains[waiting.pop()].names & chains.keys() - reached:
            reached.add(name)
            waiting.append(name)
    return [one.key for name, one in chains.items() if name not in reached]


def calm(chains: Mapping[str, Links]) -> frozenset[str]:
    """Return the chains in which, and in those they go to, no packet is changed."""
    found = {name for name, one in chains.items() if one.leaves_alone}
    while True:
        lost = {name for name in found if not chains[name].goes_to <= found}
        if not lost:
            return frozenset(found)
        found -= lost
