"""Find rules that can never match: shadowed by earlier rules, or impossible."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.firewall.depth.meaning import Meaning

CONTRADICTORY, DUPLICATE, SHADOWED, INCOMPLETE = (
    "contradictory",
    "duplicate",
    "shadowed",
    "incomplete",
)
WIDE = 1_000  # earlier rules with ranges or lists that a rule is compared with

_Signature = tuple[tuple[str, ...], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Covered:
    """A finding about a rule: its `kind`, and the earlier rule that is the reason.

    `differs`: the earlier rule does something else with the packet.
    """

    kind: str
    key: Key | None = None
    other: Key | None = None
    differs: bool = False


def covered(
    rules: Iterable[Meaning], pass_through: frozenset[str], wide: int = WIDE
) -> Iterator[Covered]:
    """Yield the certain findings about the rules of one chain, given in their order.

    `pass_through`: the chains that return every packet unchanged. `wide`: how many
    rules with more than single values are remembered; if there are more, the last entry
    says so.
    """
    earlier, seen = _Earlier(wide), dict[str, Key]()
    for rule in rules:
        if rule.is_impossible:
            yield Covered(CONTRADICTORY, rule.key)
        elif (first := earlier.covering(rule)) is not None:
            yield _compared(first, rule)
        elif rule.fingerprint is not None and rule.fingerprint in seen:
            yield Covered(DUPLICATE, rule.key, seen[rule.fingerprint])
        else:
            earlier.add(rule)
        if rule.fingerprint is not None:
            seen.setdefault(rule.fingerprint, rule.key)
        if not (rule.leaves_alone and rule.goes_to <= pass_through):
            earlier.forget()  # the packet may differ from here on
    if earlier.is_incomplete:
        yield Covered(INCOMPLETE)


def _compared(first: Meaning, rule: Meaning) -> Covered:
    if first.fingerprint == rule.fingerprint:
        return Covered(DUPLICATE, rule.key, first.key)
    differs = rule.decides is not None and first.decides != rule.decides
    is_same = rule.decides is not None and rule.covers(first)
    kind = CONTRADICTORY if is_same and differs else SHADOWED
    return Covered(kind, rule.key, first.key, differs)


@dataclass
class _Earlier:
    """Index of the earlier rules that decide packets for good.

    A rule of single values covers only rules with the same values, so it is looked up.
    Rules with ranges or lists are searched one by one.
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
    """Return the single values that a rule demands of selectors, or None."""
    found = []
    for selector in selectors:
        several = rule.demands.get(selector, ())
        if len(several) != 1 or not several[0].is_one:
            return None
        found.append(several[0])
    return tuple(found)
