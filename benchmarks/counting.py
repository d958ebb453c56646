"""What one counter in every save would cost: `python -m benchmarks.counting`.

Several processes save drafts, each of an object of its own, so that none needs to wait
for another; and the same with one number taken in each save, at its beginning or just
before its commit. Who has taken a number makes the others wait until the commit.

Measured with transactions that do nothing else, and with such that stay open for 0.2
seconds more without any work of this machine, as where the database is far away or a
host asks something elsewhere.
"""

import argparse
import itertools
import multiprocessing
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import databases
from draftedit import Set
from draftedit.app.models import WRITES, make_engine
from draftedit.counter import Counters
from draftedit.web.retry import is_retryable
from tests.databases import create_tables
from tests.hosts import shop

NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
NONE, FIRST, LAST = "no number", "taken first", "taken last"
WAYS = (NONE, FIRST, LAST)
SAVERS = (1, 4)
STAYS = (0.0, 0.2)  # seconds
SECONDS = 2.0  # of each measure, in each round
ROUNDS = 2  # every way in turn, so that drift of the machine hits all
PATIENCE = 60  # seconds for all processes to begin

METADATA = sa.MetaData()
COUNTERS = Counters(METADATA)


@dataclass(frozen=True)
class Saver:
    """One process: which object it saves, how long, and when it takes a number."""

    url: str
    order: object
    line: int
    way: str
    stays: float
    seconds: float


@dataclass(frozen=True)
class Counted:
    """How many saves in a second so many savers have made together."""

    backend: str
    stays: float
    savers: int
    way: str
    per_second: float


def measure(
    backend: str, savers: Sequence[int] = SAVERS, seconds: float = SECONDS
) -> list[Counted]:
    """Measure every way with every number of savers on one database."""
    saves: Counter[tuple[float, int, str]] = Counter()
    elapsed: dict[tuple[float, int, str], float] = defaultdict(float)
    with databases.one(backend) as (_, engine):
        things = _fill(engine, max(savers))
        url = engine.url.render_as_string(hide_password=False)
        for count in savers:
            with _pool(count) as pool:
                for _, stays, way in itertools.product(range(ROUNDS), STAYS, WAYS):
                    jobs = [Saver(url, *thing, way, stays, seconds) for thing in things]
                    saved, began, ended = zip(*pool.map(run, jobs[:count]), strict=True)
                    saves[stays, count, way] += sum(saved)
                    elapsed[stays, count, way] += max(ended) - min(began)
    return [Counted(backend, *key, saves[key] / elapsed[key]) for key in saves]


def _fill(engine: sa.Engine, count: int) -> list[tuple[object, int]]:
    create_tables(engine, shop.Base.metadata, shop.drafts.metadata, METADATA)
    with Session(engine) as dbsession:
        orders = [shop.Order(number=str(number)) for number in range(count)]
        for order in orders:
            order.lines = [shop.Line(product="tea", place="V00000")]
        dbsession.add_all(orders)
        COUNTERS.next(dbsession, "save")
        dbsession.commit()
        return [(order.id, order.lines[0].id) for order in orders]


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    # One server has imported everything, and each process is a copy of it.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["draftedit.counter", "tests.hosts.shop"])
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(
        processes, context, initializer=_share, initargs=(barrier,)
    ) as pool:
        yield pool


_barrier: Barrier  # of the process; `_share` sets it


def _share(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def run(saver: Saver) -> tuple[int, float, float]:
    """Be one saver; return how often it has saved, from when until when."""
    engine = make_engine(saver.url)
    begin = sessionmaker(engine.execution_options(**{WRITES: True})).begin
    _save(begin, saver, "before")  # statements are compiled, pages cached
    _barrier.wait(PATIENCE)
    began, saves = time.monotonic(), 0
    while time.monotonic() < began + saver.seconds:
        saves += _save(begin, saver, f"tea {saves % 2}")
    # Who began a save in time ends it later, the longer the more it had to wait.
    ended = time.monotonic()
    engine.dispose()
    return saves, began, ended


def _save(
    begin: Callable[[], AbstractContextManager[Session]], saver: Saver, product: str
) -> int:
    try:
        with begin() as dbsession:
            if saver.way == FIRST:
                COUNTERS.next(dbsession, "save")
            edit = shop.drafts.open(dbsession, shop.Order, saver.order, owner="ada")
            edit.apply(Set("line", saver.line, product=product))
            edit.save()
            time.sleep(saver.stays)
            if saver.way == LAST:
                COUNTERS.next(dbsession, "save")
    except sa.exc.DBAPIError as error:
        if not is_retryable(error):
            raise
        return 0
    return 1


def table(found: Sequence[Counted]) -> str:
    """Return a table in Markdown, with the share of what is saved without a number."""
    lines = [
        f"| | stays open | savers | {NONE}, per s | {FIRST} | {LAST} |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    rates = {(one.backend, one.stays, one.savers, one.way): one for one in found}
    for backend, stays, savers in sorted({key[:3] for key in rates}):
        none, first, last = (
            rates[backend, stays, savers, way].per_second for way in WAYS
        )
        cells = (
            NAMES[backend],
            f"{stays:.1f} s longer",
            savers,
            f"{none:.1f}",
            f"{first:.1f} (× {first / none:.2f})",
            f"{last:.1f} (× {last / none:.2f})",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on every database that there is, and show the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.counting", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=databases.BACKENDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args(arguments)
    found = []
    for backend in given.databases or databases.available():
        print(backend, file=sys.stderr, flush=True)
        found += measure(backend, seconds=given.seconds)
    print(table(found))


if __name__ == "__main__":
    main()
