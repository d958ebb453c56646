"""Rules that can never match: for those before them in their chain, or at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.errors import Key
from draftedit.firewall.depth.meaning import Meaning

CONTRADICTORY, DUPLICATE, SHADOWED, INCOMPLETE = (
    "contradictory",
    "duplicate",
    "shadowed",
    "incomplete",
)
WIDE = (
    1_000  # rules of a chain with ranges or lists that each later one is held against
)

_Signature = tuple[tuple[str, ...], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Covered:
    """What is wrong with a rule: `kind`, and the earlier rule that is the reason.

    `differs`: the earlier one does something else with the packet.
    """

    kind: str
    key: Key | None = None
    other: Key | None = None
    differs: bool = False


def covered(
    rules: Iterable[Meaning], calm: frozenset[str], wide: int = WIDE
) -> Iterator[Covered]:
    """Yield what is certain of the rules of one chain, given in their order.

    `calm`: the chains from which a packet comes back as it was. `wide`: how many rules
    with more than single values are remembered; the last entry says where that was not
    all of them.
    """
    earlier, said = _Earlier(wide), dict[str, Key]()
    for rule in rules:
        if rule.is_impossible:
            yield Covered(CONTRADICTORY, rule.key)
        elif (first := earlier.covering(rule)) is not None:
            yield _compared(first, rule)
        elif rule.said is not None and rule.said in said:
            yield Covered(DUPLICATE, rule.key, said[rule.said])
        else:
            earlier.add(rule)
        if rule.said is not None:
            said.setdefault(rule.said, rule.key)
        if not (rule.leaves_alone and rule.goes_to <= calm):
            earlier.forget()  # the packet may be another from here on
    if earlier.is_incomplete:
        yield Covered(INCOMPLETE)


def _compared(first: Meaning, rule: Meaning) -> Covered:
    if first.said == rule.said:
        return Covered(DUPLICATE, rule.key, first.key)
    differs = rule.decides is not None and first.decides != rule.decides
    is_same = rule.decides is not None and rule.covers(first)
    kind = CONTRADICTORY if is_same and differs else SHADOWED
    return Covered(kind, rule.key, first.key, differs)


@dataclass
class _Earlier:
    """The rules so far that decide packets for good, to be found by a later one.

    A rule of single values covers those only that have the same ones: it is looked up.
    Those with ranges and lists are gone through.
    """

    most: int
    wide: list[Meaning] = field(default_factory=list)
    single: dict[_Signature, dict[Any, Meaning]] = field(default_factory=dict)
    is_incomplete: bool = False

    def forget(self) -> None:
        self.wide.clear()
        self.single.clear()

    def add(self, rule: Meaning) -> None:
        if rule.decides is None:
            return
        selectors = tuple(sorted(rule.demands))
        values = _values(rule, selectors)
        if values is not None:
            found = self.single.setdefault((selectors, rule.asked), {})
            found.setdefault(values, rule)
        elif len(self.wide) < self.most:
            self.wide.append(rule)
        else:
            self.is_incomplete = True

    def covering(self, rule: Meaning) -> Meaning | None:
        """Return a rule that leaves no packet to this one, if one is known."""
        for (selectors, asked), found in self.single.items():
            values = _values(rule, selectors)
            if values in found and asked <= rule.asked:
                return found[values]
        return next((one for one in self.wide if one.covers(rule)), None)


def _values(rule: Meaning, selectors: tuple[str, ...]) -> Any:
    """Return the single values that a rule demands of selectors, None: it does not."""
    found = []
    for selector in selectors:
        several = rule.demands.get(selector, ())
        if len(several) != 1 or not several[0].is_one:
            return None
        found.append(several[0])
    return tuple(found)
