"""Store the order of a listing's entries if it differs from our own.

Our order: the objects outside of tables, then each table: itself, its chains, its
objects (those that a map may name before the sets and maps), its rules chain by chain.
Newer versions of nft use it too; older ones list sets and maps before the chains that
these may jump to, and cannot load their own listing. For another order that nft
accepts, the layout stores the queues that the entries come from, run by run, and a
digest of the shape that it belongs to: once something was added, moved or deleted, the
layout is not used and our order is.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from draftedit.engine.values.codecs import canonical
from draftedit.firewall.ruleset_values import Entry
from draftedit.firewall.stages import is_loadable
from draftedit.firewall.words import JUMPS

# ("objects",), or the number of a table with "table", "objects", "chains", or with
# "rules" and the number of a chain.
Queue = tuple[Any, ...]
# The entry is built lazily: to compare orders, the queues suffice.
Placed = tuple[Queue, Callable[[], Entry]]


def describe(
    order: list[Queue], usual: Callable[[], Iterator[Placed]]
) -> dict[str, Any] | None:
    """Return the layout that turns our order into this one; None if it is ours."""
    # Both have every entry once, so they have the same length.
    if all(queue == ours for queue, (ours, _) in zip(order, usual(), strict=True)):
        return None
    runs = _runs(order)
    made = [(queue, entry()) for queue, entry in usual()]
    return {"digest": _digest(runs, made), "runs": runs}


def arrange(usual: Iterator[Placed], layout: Any) -> list[Entry]:
    """Return the entries in the order of the layout, or in ours.

    Ours is used if the layout does not fit, or if nft would not accept its order.
    """
    if not isinstance(layout, dict):
        return [entry() for _, entry in usual]
    made = [(queue, entry()) for queue, entry in usual]
    ours = [entry for _, entry in made]
    runs = layout.get("runs")
    if runs is None or layout.get("digest") != _digest(runs, made):
        return ours
    waiting: dict[Queue, deque[Entry]] = defaultdict(deque)
    for queue, entry in made:
        waiting[queue].append(entry)
    kept = [
        waiting[tuple(queue)].popleft() for count, *queue in runs for _ in range(count)
    ]
    return kept if is_loadable(kept) else ours


def _runs(queues: list[Queue]) -> list[list[Any]]:
    return [[len(list(run)), *queue] for queue, run in groupby(queues)]


def _digest(runs: Any, made: list[tuple[Queue, Entry]]) -> str:
    """Digest the layout with what it depends on: numbers of entries, jumps."""
    shape = [
        runs,
        _runs([queue for queue, _ in made]),
        [_jumps(entry["rule"]) for queue, entry in made if "rules" in queue],
    ]
    return hashlib.sha256(canonical(shape).encode()).hexdigest()


def _jumps(rule: dict[str, Any]) -> list[Any]:
    return [
        statement[word]
        for statement in rule.get("expr", ())
        for word in JUMPS
        if isinstance(statement, dict) and word in statement
    ]
