"""Sets of values that a match lets pass, with subset and disjointness tests."""

from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]  # both ends inclusive


@dataclass(frozen=True, slots=True)
class Operands:
    """These values, or (`negated`) all but these, of one selector.

    `ranges` are sorted and disjoint; `names` can be resolved only by nft or the kernel:
    names of services, of sets.
    """

    ranges: tuple[Range, ...] = ()
    names: frozenset[str] = frozenset()
    negated: bool = False

    @property
    def is_one(self) -> bool:
        """Return whether this is one single value that contains no smaller one."""
        if self.negated or len(self.ranges) + len(self.names) != 1:
            return False
        return not self.ranges or self.ranges[0][0] == self.ranges[0][1]


def values(
    ranges: Iterable[Range], names: Iterable[str] = (), negated: bool = False
) -> Operands:
    """Sort the ranges and merge those that touch."""
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return Operands(tuple(merged), frozenset(names), negated)


def are_within(some: Operands, others: Operands) -> bool:
    """Return whether `some` is certainly a subset of `others`."""
    if some.negated:
        # A negated set is never within a finite one: there is always one more value.
        return others.negated and _contains(some, others)
    if others.negated:
        return are_apart(some, Operands(others.ranges, others.names))
    return _contains(others, some)


def are_apart(some: Operands, others: Operands) -> bool:
    """Return whether the two are certainly disjoint."""
    if some.negated or others.negated:
        if some.negated and others.negated:
            return False
        few, all_but = (others, some) if some.negated else (some, others)
        return _contains(all_but, few)
    if some.names or others.names:
        return False  # what a name stands for is unknown
    return not any(
        low <= other_high and other_low <= high
        for low, high in some.ranges
        for other_low, other_high in others.ranges
    )


def _contains(outer: Operands, inner: Operands) -> bool:
    """Return whether everything listed in `inner` is listed in `outer`."""
    return inner.names <= outer.names and all(
        any(low <= its_low and its_high <= high for low, high in outer.ranges)
        for its_low, its_high in inner.ranges
    )
