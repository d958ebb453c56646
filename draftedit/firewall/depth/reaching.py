"""Find unreachable chains, and chains that return every packet unchanged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from draftedit.engine.base.errors import Key
from draftedit.firewall.depth.meaning import Meaning


@dataclass(frozen=True, slots=True)
class ChainLinks:
    """One chain of a table: how it is entered and left.

    `names`: every text in its enabled rules, including the chains they go to; None if
    they are not known. `leaves_alone`: none of its rules changes a packet that goes on.
    """

    key: Key
    is_base: bool
    names: frozenset[str] | None
    goes_to: frozenset[str]
    leaves_alone: bool


def links(key: Key, is_base: bool, rules: Iterable[Meaning]) -> ChainLinks:
    """Summarise the enabled rules of a chain."""
    names: set[str] = set()
    goes_to: set[str] = set()
    is_known, leaves_alone = True, True
    for rule in rules:
        is_known = is_known and rule.names is not None
        names |= rule.names or set()
        goes_to |= rule.goes_to
        leaves_alone = leaves_alone and rule.leaves_alone
    known = frozenset(names) if is_known else None
    return ChainLinks(key, is_base, known, frozenset(goes_to), leaves_alone)


def unreachable(chains: Mapping[str, ChainLinks], named: frozenset[str]) -> list[Key]:
    """Return the keys of the chains of one table that no rule leads to.

    `named`: the texts in the table's other objects, such as verdict maps. A chain that
    is named by any reachable rule or object counts as reached; if the names in a
    reachable rule are not known, every chain does.
    """
    waiting = [name for name, one in chains.items() if one.is_base or name in named]
    reached = set(waiting)
    while waiting:
        names = chains[waiting.pop()].names
        further = chains.keys() if names is None else names & chains.keys()
        for name in further - reached:
            reached.add(name)
            waiting.append(name)
    return [one.key for name, one in chains.items() if name not in reached]


def pass_through(chains: Mapping[str, ChainLinks]) -> frozenset[str]:
    """Return the chains that change no packet, themselves or by their targets."""
    found = {name for name, one in chains.items() if one.leaves_alone}
    while True:
        lost = {name for name in found if not chains[name].goes_to <= found}
        if not lost:
            return frozenset(found)
        found -= lost
