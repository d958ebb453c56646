"""What is measured: each story prepares, and yields the answers that count.

What a story does between two answers is not timed. A story goes on for ever; who plays
it stops asking.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.client import Answer
from benchmarks.filling import NEEDLE
from benchmarks.player import Draft, Player

Story = Callable[[Player], Iterator[Answer]]
BY_HAND = ("draftedit", "raw", "core")
OURS = ("draftedit",)


@dataclass(frozen=True)
class Measure:
    """A story with its name, and the systems that can play it.

    `smallest`: the object must have so many rules. `crowd`: it is also played by many
    at the same time, each with a draft of its own; only where nothing is prepared in
    between, so that all the time that goes by belongs to the calls that count.
    """

    name: str
    story: Story
    systems: tuple[str, ...] = OURS
    smallest: int = 0
    crowd: bool = False


def open_(player: Player) -> Iterator[Answer]:
    """Open a draft."""
    while True:
        yield player.open().opened


def set_(player: Player) -> Iterator[Answer]:
    """Set a field, of ten rules by turns."""
    draft = player.open()
    for rule in itertools.cycle(player.ten):
        yield draft.set(rule)


def insert(player: Player) -> Iterator[Answer]:
    """Insert a rule at the end of the chain."""
    draft = player.open()
    while True:
        yield draft.post("operations", _insert(player))


def _insert(player: Player) -> dict[str, Any]:
    values = {"action": "accept", "comment": "inserted"}
    return {
        "op": "insert",
        "table": "rule",
        "parent": [player.thing.chain],
        "values": values,
    }


def move(player: Player) -> Iterator[Answer]:
    """Move a rule of ten behind the last of them, or back."""
    draft = player.open()
    places = [*player.ten[:-1], player.ten[-1]]
    for after in itertools.cycle([places[-1], places[1]]):
        operation = {"op": "move", "table": "rule", "id": [places[0]], "after": [after]}
        yield draft.post("operations", operation)


def delete(player: Player) -> Iterator[Answer]:
    """Delete a rule; it is brought back in between."""
    draft = player.open()
    for rule in itertools.cycle(player.ten):
        yield draft.post("operations", {"op": "delete", "table": "rule", "id": [rule]})
        draft.post("undo")


def batch(player: Player) -> Iterator[Answer]:
    """Insert 100 rules in one batch; they are taken back in between."""
    draft = player.open()
    operations = [_insert(player) for _ in range(100)]
    while True:
        yield draft.post("operations", {"op": "batch", "operations": operations})
        draft.post("undo")


def undo(player: Player) -> Iterator[Answer]:
    """Undo a set."""
    draft = player.open()
    for rule in itertools.cycle(player.ten):
        draft.set(rule)
        yield draft.post("undo")


def redo(player: Player) -> Iterator[Answer]:
    """Redo a set."""
    draft = player.open()
    for rule in itertools.cycle(player.ten):
        draft.set(rule)
        draft.post("undo")
        yield draft.post("redo")


def first_page(limit: int) -> Story:
    """Return the story of the first page of a draft with one change."""

    def page(player: Player) -> Iterator[Answer]:
        draft = player.open()
        draft.set(player.ten[0])
        while True:
            yield draft.page(limit=limit)

    return page


def middle_page(limit: int) -> Story:
    """Return the story of the page that follows a cursor in the middle."""

    def page(player: Player) -> Iterator[Answer]:
        draft = player.open()
        draft.set(player.ten[0])
        cursor = middle(draft)
        while True:
            yield draft.page(limit=limit, after=cursor)

    return page


def middle(draft: Draft) -> str:
    """Return a cursor in the middle of the chain."""
    ten = draft.player.ten
    page = draft.page(around=ten[len(ten) // 2 - 2], limit=2)
    return str(page.data["next"])


def search(player: Player) -> Iterator[Answer]:
    """Search the chain for a word; a call reads 2,000 rules at most, and goes on."""
    draft = player.open()
    draft.set(player.ten[0])
    while True:
        yield draft.page(q=NEEDLE)


def check(player: Player) -> Iterator[Answer]:
    """Ask what save would say to one change."""
    draft = player.open()
    draft.set(player.ten[0])
    while True:
        yield draft.post("check")


def saving(count: int) -> Story:
    """Return the story of a save of so many changes."""

    def save(player: Player) -> Iterator[Answer]:
        rules = (player.ten if count <= 10 else player.thing.rules)[:count]
        while True:
            draft = player.open()
            draft.touch(rules)
            yield draft.post("save")

    return save


def rebase(player: Player) -> Iterator[Answer]:
    """Take a revision of one change below a draft of another one."""
    mine, other = player.ten[0], player.ten[-1]
    while True:
        draft, others = player.open(), player.open()
        draft.set(mine)
        others.set(other)
        others.post("save")
        yield draft.post("rebase")


def cancel(player: Player) -> Iterator[Answer]:
    """Cancel a draft of one change."""
    while True:
        draft = player.open()
        draft.set(player.ten[0])
        yield draft.post("cancel")


MEASURES = (
    Measure("open", open_, crowd=True),
    Measure("set", set_, BY_HAND, crowd=True),
    # Apart: after each of the large ones the machine is busy with what it has stored.
    Measure("set beside mementos", set_, ("draftedit", "memento")),
    Measure("insert", insert, crowd=True),
    Measure("move", move, crowd=True),
    Measure("delete", delete),
    Measure("batch of 100", batch),
    Measure("undo", undo),
    Measure("redo", redo),
    # Five rows there are everywhere: what these cost can be compared for all sizes.
    Measure("first page of 5", first_page(5)),
    Measure("middle page of 5", middle_page(5)),
    Measure("first page of 50", first_page(50), smallest=100, crowd=True),
    Measure("middle page of 50", middle_page(50), smallest=100, crowd=True),
    Measure("search", search),
    Measure("check", check),
    Measure("save of 1", saving(1), BY_HAND),
    Measure("save of 10", saving(10), BY_HAND),
    Measure("save of 1,000", saving(1_000), BY_HAND, smallest=1_000),
    Measure("rebase", rebase),
    Measure("cancel", cancel),
)
