"""What putting the state between tests back costs, under a minute.

python -m benchmarks.putting_back runs the same small suite under each way;
docs/testing.md quotes the ratios.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import databases
from draftedit.testing.outer import undone
from tests.hosts import shop

TESTS, LEAST, SECONDS = 20, 2, 1.0  # of one way in one round, as long as it takes
ROUNDS = 2
METADATA = (shop.Base.metadata, shop.drafts.metadata)

Factory = sessionmaker[Session]
Way = Callable[[sa.Engine], AbstractContextManager[None]]


def main() -> None:
    """Print what each way costs, in units of the outer transaction."""
    print("| database | state put back by | a test takes | times |")
    print("| --- | --- | --- | --- |")
    for backend in databases.available():
        measure(backend)


def measure(backend: str) -> None:
    """Run the suite under each way that a database has, in turn."""
    with databases.one(backend) as (address, engine):
        create(engine)
        ways = {"an outer transaction": outer, **EVERYWHERE}
        ways |= {name: way(address) for name, way in ELSEWHERE[backend].items()}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                times[name].append(suite(engine, way))
        fastest = {name: min(found) for name, found in times.items()}
        one = fastest["an outer transaction"]
        for name, seconds in fastest.items():
            milliseconds = 1_000 * seconds
            print(
                f"| {backend} | {name} | {milliseconds:.1f} ms | {seconds / one:.1f} |"
            )


def suite(engine: sa.Engine, way: Way) -> float:
    """Run the tests, each with nothing left of the one before; return the fastest."""
    times: list[float] = []
    while len(times) < TESTS and (len(times) < LEAST or sum(times) < SECONDS):
        began = time.perf_counter()
        with way(engine):
            story(FACTORY)
        times.append(time.perf_counter() - began)
    return min(times)


FACTORY: Factory = sessionmaker()


def story(factory: Factory) -> None:
    """Do what a test does: three transactions, two of which commit something."""
    with factory.begin() as dbsession:
        order = shop.Order(number="A1")
        order.lines = [
            shop.Line(product="tea", amount=1, place=f"V{n:05}") for n in range(3)
        ]
        dbsession.add(order)
    with factory.begin() as dbsession:
        dbsession.scalars(sa.select(shop.Line).limit(1)).one().amount = 2
    with factory() as dbsession:
        amounts = dbsession.scalars(sa.select(shop.Line.amount)).all()
        if sorted(amounts) != [1, 1, 2]:
            raise AssertionError(f"something was left: {amounts}")


def create(engine: sa.Engine) -> None:
    """Make the tables."""
    for metadata in METADATA:
        metadata.create_all(engine)


@contextmanager
def outer(engine: sa.Engine) -> Iterator[None]:
    """Roll an outer transaction back."""
    with undone(engine) as transaction:
        transaction.join(FACTORY)
        yield


@contextmanager
def dropped(engine: sa.Engine) -> Iterator[None]:
    """Drop all tables, and make them anew."""
    FACTORY.configure(bind=engine)
    yield
    for metadata in reversed(METADATA):
        metadata.drop_all(engine)
    create(engine)


@contextmanager
def deleted(engine: sa.Engine) -> Iterator[None]:
    """Delete every row of every table."""
    FACTORY.configure(bind=engine)
    yield
    with engine.begin() as connection:
        for metadata in METADATA:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))


@contextmanager
def truncated(engine: sa.Engine) -> Iterator[None]:
    """Truncate every table."""
    FACTORY.configure(bind=engine)
    yield
    names = [table.name for metadata in METADATA for table in metadata.sorted_tables]
    with engine.begin() as connection:
        quoted = [connection.dialect.identifier_preparer.quote(name) for name in names]
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {', '.join(quoted)}")
            return
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        for name in quoted:
            connection.exec_driver_sql(f"TRUNCATE TABLE {name}")
        connection.exec_driver_sql("SET foreign_key_checks = 1")


def copied(address: sa.URL) -> Way:
    """Copy a file that has the tables over the one that was used."""
    kept = Path(f"{address.database}_kept.sqlite")

    @contextmanager
    def way(engine: sa.Engine) -> Iterator[None]:
        FACTORY.configure(bind=engine)
        used = Path(str(engine.url.database))
        if not kept.exists():
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()
            shutil.copyfile(used, kept)
        yield
        engine.dispose()
        for beside in used.parent.glob(f"{used.name}-*"):
            beside.unlink()
        shutil.copyfile(kept, used)

    return way


def templated(address: sa.URL) -> Way:
    """Drop the database, and make it from a template."""
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")

    @contextmanager
    def way(engine: sa.Engine) -> Iterator[None]:
        name = f"{engine.url.database}_used"
        engine.dispose()  # a template must have no connections
        with server.connect() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE {engine.url.database}"
            )
        used = sa.create_engine(engine.url.set(database=name))
        FACTORY.configure(bind=used)
        yield
        used.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
        server.dispose()

    return way


EVERYWHERE: dict[str, Way] = {
    "deleting all rows": deleted,
    "dropping and creating": dropped,
}
ELSEWHERE: dict[str, dict[str, Callable[[sa.URL], Way]]] = {
    "sqlite": {"a copied file": copied},
    "postgresql": {"TRUNCATE": lambda _: truncated, "TEMPLATE": templated},
    "mariadb": {"TRUNCATE": lambda _: truncated},
}

if __name__ == "__main__":
    main()
