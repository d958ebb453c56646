"""The values that a match lets pass, and whether those of one are among another's."""

from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]  # both ends belong to it


@dataclass(frozen=True, slots=True)
class Values:
    """These values, or (`negated`) all but these, of one selector.

    `ranges` are in order and apart from each other; `names` are what only nft or the
    kernel can resolve: names of services, of sets.
    """

    ranges: tuple[Range, ...] = ()
    names: frozenset[str] = frozenset()
    negated: bool = False

    @property
    def is_one(self) -> bool:
        """Tell whether this is a single value, none of which is a smaller part."""
        if self.negated or len(self.ranges) + len(self.names) != 1:
            return False
        return not self.ranges or self.ranges[0][0] == self.ranges[0][1]


def values(
    ranges: Iterable[Range], names: Iterable[str] = (), negated: bool = False
) -> Values:
    """Bring ranges into order, those that touch into one."""
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return Values(tuple(merged), frozenset(names), negated)


def are_within(some: Values, others: Values) -> bool:
    """Tell whether it is certain that each of `some` is one of `others`."""
    if some.negated:
        # All but a few are never among a few: there is always one more.
        return others.negated and _contains(some, others)
    if others.negated:
        return are_apart(some, Values(others.ranges, others.names))
    return _contains(others, some)


def are_apart(some: Values, others: Values) -> bool:
    """Tell whether it is certain that no value is one of both."""
    if some.negated or others.negated:
        if some.negated and others.negated:
            return False
        few, all_but = (others, some) if some.negated else (some, others)
        return _contains(all_but, few)
    if some.names or others.names:
        return False  # who knows what they stand for
    return not any(
        low <= other_high and other_low <= high
        for low, high in some.ranges
        for other_low, other_high in others.ranges
    )


def _contains(outer: Values, inner: Values) -> bool:
    """Tell whether all that `inner` lists is in the list of `outer`."""
    return inner.names <= outer.names and all(
        any(low <= its_low and its_high <= high for low, high in outer.ranges)
        for its_low, its_high in inner.ranges
    )
