"""All orders, one after the other, or a single one again."""

from collections.abc import Callable, Iterator, Sequence
from string import ascii_uppercase
from typing import TypeVar

import sqlalchemy as sa

from draftedit.testing.race.hooks import gates
from draftedit.testing.race.locks import looking_at
from draftedit.testing.race.runs import Run
from draftedit.testing.race.scheduler import Scheduler

T = TypeVar("T")

PATIENCE = 30.0  # seconds
MOST = 20_000


class TooMany(AssertionError):
    """There are more orders than one wanted to wait for: choose fewer steps."""


def every_order(
    engine: sa.Engine,
    actors: Sequence[Callable[[], T]],
    *,
    at: str = "",
    reset: Callable[[], object] = lambda: None,
    patience: float = PATIENCE,
    most: int = MOST,
) -> Iterator[Run[T]]:
    """Play every order of the actors' steps, each from the beginning.

    `at` is a regular expression, case aside: the statements in which it is found begin
    a step, and so does each commit. `reset()` is called before each order and puts the
    rows back. Without any waiting the orders are all there are of so many steps (of
    three actors with two steps each: 90); an actor that waits has no turn until it goes
    on, so that orders which differ in nothing else are played once.

    `patience` (seconds) is a last safety: raises Stuck where for so long nobody reached
    the end of a step nor was seen to wait. Raises TooMany after `most` orders, and
    OutOfOrder where the same order could not be repeated, as with actors that do not do
    the same again. Errors of the actors are not raised: they stand in `run.results`.
    """
    order = ""
    for _ in range(most):
        reset()
        run, choices = _play(engine, actors, order, at, patience)
        yield run
        following = _following(run.order, choices)
        if following is None:
            return
        order = following
    raise TooMany(f"more than {most} orders; this one is {order}…")


def one_order(
    engine: sa.Engine,
    actors: Sequence[Callable[[], T]],
    order: str,
    *,
    at: str = "",
    patience: float = PATIENCE,
) -> Run[T]:
    """Play one order, as `run.order` names it; the rest of a short one is the first.

    Raises OutOfOrder where the actor named cannot go, and Stuck as `every_order`.
    """
    run, _ = _play(engine, actors, order, at, patience)
    return run


def _play(
    engine: sa.Engine,
    actors: Sequence[Callable[[], T]],
    order: str,
    at: str,
    patience: float,
) -> tuple[Run[T], list[str]]:
    """Play one order; return with it who could have gone at each step."""
    if isinstance(engine.pool, sa.StaticPool):
        raise ValueError("each actor needs a connection of its own: no StaticPool")
    if len(actors) > len(ascii_uppercase):
        raise ValueError(f"{len(ascii_uppercase)} actors at most")
    with looking_at(engine) as locks, gates(engine, at, locks):
        scheduler = Scheduler(actors, locks, patience)
        return scheduler.play(order), scheduler.choices


def _following(order: str, choices: list[str]) -> str | None:
    """Return how the next order begins: another choice, at the last place possible."""
    for place in reversed(range(len(order))):
        later = [name for name in choices[place] if name > order[place]]
        if later:
            return order[:place] + later[0]
    return None
