"""How much a run measures: bounded in counts and in time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is measured, how often, and how long at most.

    `rounds` of each measure are asked of every system on every size, fewer once
    `seconds` have gone by, but not fewer than `least`, unless these take four times as
    long; `total` seconds after its beginning the run measures one round of what is
    left. `crowd` clients make `crowd_calls` calls each. `axis` is the size of the
    object whose pages are read with `touched` rows in the draft, and a draft `behind`
    so many revisions. `purged` drafts are deleted at a time. `processes` of the server
    share a port, and `process_clients` at once ask them, for `process_seconds` each.
    """

    name: str
    sizes: tuple[int, ...]
    rounds: int
    least: int
    seconds: float
    total: float
    crowd: int
    crowd_calls: int
    axis: int
    touched: tuple[int, ...]
    behind: tuple[int, ...]
    purged: int
    processes: tuple[int, ...]
    process_clients: tuple[int, ...]
    process_seconds: float
    backends: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")
    largest_memento: int = 100_000


FULL = Plan(
    name="full",
    sizes=(10, 1_000, 100_000, 1_000_000),
    rounds=300,
    least=5,
    seconds=8,
    total=11 * 60,
    crowd=8,
    crowd_calls=10,
    axis=100_000,
    touched=(0, 10, 100, 1_000, 5_000),
    behind=(0, 10, 100, 1_000),
    purged=1_000,
    processes=(1, 2, 4),
    process_clients=(8, 64),
    process_seconds=2.5,
)
QUICK = Plan(
    name="quick",
    sizes=(10, 1_000),
    rounds=30,
    least=1,
    seconds=0.3,
    total=20,
    crowd=8,
    crowd_calls=3,
    axis=1_000,
    touched=(0, 100),
    behind=(0, 100),
    purged=20,
    processes=(1, 2),
    process_clients=(4,),
    process_seconds=0.3,
    backends=("sqlite", "postgresql"),
)
# For the test of the benchmark itself.
TINY = Plan(
    name="tiny",
    sizes=(10, 30),
    rounds=1,
    least=1,
    seconds=0,
    total=60,
    crowd=2,
    crowd_calls=1,
    axis=30,
    touched=(0, 5),
    behind=(0, 5),
    purged=2,
    processes=(1, 2),
    process_clients=(2,),
    process_seconds=0.1,
)
