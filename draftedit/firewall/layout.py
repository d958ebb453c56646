"""The order of a listing's entries, kept when it is not the one we would choose.

Ours: the objects outside of tables, then each table: itself, its chains (behind the
objects that stood before them), its objects, its rules chain by chain. So does every
nft. For another order the layout keeps the queues that the entries come from, run by
run, and a digest of the shape that it belongs to: once something was added, moved or
deleted, our order is the sound one, and the layout is not used.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from draftedit.engine.values import canonical
from draftedit.firewall.tree import Entry
from draftedit.firewall.words import JUMPS

# ("objects",), or the number of a table with "table", "objects", "chains", or with
# "rules" and the number of a chain.
Queue = tuple[Any, ...]
# An entry is made when it is wanted: to compare orders, the queues suffice.
Placed = tuple[Queue, Callable[[], Entry]]


def describe(
    order: list[Queue], usual: Callable[[], Iterator[Placed]]
) -> dict[str, Any] | None:
    """Return the layout that turns our order into this one; None: it is ours."""
    # Both have every entry once: neither is longer.
    if all(queue == ours for queue, (ours, _) in zip(order, usual(), strict=True)):
        return None
    runs = _runs(order)
    made = [(queue, entry()) for queue, entry in usual()]
    return {"digest": _digest(runs, made), "runs": runs}


def arrange(usual: Iterator[Placed], layout: Any) -> list[Entry]:
    """Return the entries in the order of the layout, or in ours if it does not fit."""
    if not isinstance(layout, dict):
        return [entry() for _, entry in usual]
    made = [(queue, entry()) for queue, entry in usual]
    runs = layout.get("runs")
    if runs is None or layout.get("digest") != _digest(runs, made):
        return [entry for _, entry in made]
    waiting: dict[Queue, deque[Entry]] = defaultdict(deque)
    for queue, entry in made:
        waiting[queue].append(entry)
    return [
        waiting[tuple(queue)].popleft() for count, *queue in runs for _ in range(count)
    ]


def _runs(queues: list[Queue]) -> list[list[Any]]:
    return [[len(list(run)), *queue] for queue, run in groupby(queues)]


def _digest(runs: Any, made: list[tuple[Queue, Entry]]) -> str:
    """Digest the layout with what it rests on: how many of each, who jumps where."""
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
        if word in statement
    ]
