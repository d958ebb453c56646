"""Play all orders one after the other, or a single one again."""

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
    """There are more orders than `most`: choose fewer steps."""


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

    `at` is a regular expression, case-insensitive: the statements that match begin a
    step, and so does each commit. `reset()` is called before each order and restores
    the rows. If nothing waits, these are all orders of so many steps (of three actors
    with two steps each: 90); an actor that waits has no turn until it continues, so
    that orders which differ in nothing else are played once.

    `patience` (seconds) is a safety net: raises Stuck if for so long no actor reached
    the end of a step or was seen waiting. Raises TooMany after `most` orders, and
    OutOfOrder if the same order could not be repeated, as with actors that do not
    behave the same again. Errors of the actors are not raised: they are in
    `run.results`.
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
    """Play one order, as `run.order` names it; then always the first choice.

    Raises OutOfOrder if the actor named cannot run, and Stuck as `every_order`. Which
    of several waiters continues is the database's choice: PostgreSQL keeps a queue for
    named locks and none for the writers of one row, so name no order among these.
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
    """Play one order; also return the actors that could have run at each step."""
    if isinstance(engine.pool, sa.StaticPool):
        raise ValueError("each actor needs a connection of its own: no StaticPool")
    if len(actors) > len(ascii_uppercase):
        raise ValueError(f"{len(ascii_uppercase)} actors at most")
    with looking_at(engine) as locks, gates(engine, at, locks):
        scheduler = Scheduler(actors, locks, patience)
        return scheduler.play(order), scheduler.choices


def _following(order: str, choices: list[str]) -> str | None:
    """Return the start of the next order: another choice, as late as possible."""
    for place in reversed(range(len(order))):
        later = [name for name in choices[place] if name > order[place]]
        if later:
            return order[:place] + later[0]
    return None
