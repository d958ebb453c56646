"""What a flush costs: python -m benchmarks.flushing (a quarter of a minute).

In this process, through the ORM, on the shop's tables; docs/flush.md quotes it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks import databases
from draftedit.app.models import WRITES
from tests.hosts.shop import Base, Line, Order

ROWS = 500
ROUNDS = 7
NOTHING = 200  # flushes of nothing at a time


def main() -> None:
    """Print a table of ratios for each database."""
    print("| database | flushes for the same rows | times as long as one |")
    print("| --- | --- | --- |")
    for backend in databases.available():
        measure(backend)


def measure(backend: str) -> None:
    """Measure on one database: rows written in parts, and flushes of nothing."""
    with databases.one(backend) as (_, engine):
        Base.metadata.create_all(engine)
        engine = engine.execution_options(**{WRITES: True})
        ways = {parts: writing(engine, parts) for parts in (1, 2, 7, ROWS)}
        times: dict[int, list[float]] = {parts: [] for parts in ways}
        for _ in range(ROUNDS):
            for parts, write in ways.items():
                times[parts].append(write())
        once = min(times[1])
        for parts, found in times.items():
            print(f"| {backend} | {parts} | {min(found) / once:.2f} |")
        for loaded in (10, ROWS):
            seconds = of_nothing(engine, loaded)
            per_row = seconds / (once / ROWS)
            print(
                f"| {backend} | one of nothing, {loaded} rows loaded |"
                f" {seconds * 1e6:.1f} µs, {per_row:.3f} of an inserted row |"
            )


def writing(engine: sa.Engine, parts: int) -> Callable[[], float]:
    """Return what writes the rows in so many flushes, and returns the seconds."""

    def write() -> float:
        with order(engine) as (dbsession, key):
            size = -(-ROWS // parts)
            began = time.perf_counter()
            for first in range(0, ROWS, size):
                dbsession.add_all(lines(key, range(first, min(first + size, ROWS))))
                dbsession.flush()
            return time.perf_counter() - began

    return write


def of_nothing(engine: sa.Engine, loaded: int) -> float:
    """Return the seconds of one flush with nothing to write."""
    with order(engine) as (dbsession, key):
        kept = lines(key, range(loaded))
        dbsession.add_all(kept)
        dbsession.flush()
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for _ in range(NOTHING):
                dbsession.flush()
            times.append((time.perf_counter() - began) / NOTHING)
        return min(times)


@contextmanager
def order(engine: sa.Engine) -> Iterator[tuple[Session, object]]:
    """Open a session with an order in it, all of which is rolled back."""
    with Session(engine) as dbsession:
        made = Order(number="measured")
        dbsession.add(made)
        dbsession.flush()
        yield dbsession, made.id


def lines(order: object, numbers: range) -> list[Line]:
    """Make the lines of an order."""
    return [
        Line(order_id=order, place=f"V{number:05}", product="tea", amount=1)
        for number in numbers
    ]


if __name__ == "__main__":
    main()
