"""A filled database and the servers on it: one for each size, all of them at once."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks import filling, memento
from benchmarks.client import Client
from benchmarks.databases import new_database
from benchmarks.plan import Plan
from benchmarks.serving import Server, served
from draftedit.app import accounts
from draftedit.app.models import WRITES, migration

USER = "benchmark"
ENTRY = "of-a-benchmark"  # what the user signs in with
SYSTEMS = ("draftedit", "raw", "core", "memento")


@dataclass(frozen=True)
class Thing:
    """An object to edit: its key, its chain's, and keys of up to 1,000 rules in it."""

    ruleset: int
    chain: int
    rules: list[int]


@dataclass
class Place:
    """A database with an object of `size` rules, and the servers of each system.

    `axis` is a second object, whose pages are read with more and more above them.
    """

    backend: str
    size: int
    engine: sa.Engine
    token: str
    thing: Thing
    axis: Thing | None
    servers: Mapping[str, Server]

    def client(self, system: str) -> Client:
        """Connect to a system."""
        base = "/api/v1" if system == "draftedit" else ""
        return Client(self.servers[system].port, base, self.token)


@contextmanager
def places(
    plan: Plan, backend: str, address: sa.URL, folder: Path
) -> Iterator[list[Place]]:
    """Make a place for each size, all filled and served at the same time."""
    with ExitStack() as stack:
        made = []
        for size in plan.sizes:
            engine = stack.enter_context(new_database(address))
            has_axis = size == plan.sizes[-1]
            token, thing, axis = fill_database(
                engine, size, plan.axis if has_axis else 0
            )
            servers = {
                name: stack.enter_context(served(name, engine.url, folder))
                for name in SYSTEMS
            }
            made.append(Place(backend, size, engine, token, thing, axis, servers))
        for place in made:
            for server in place.servers.values():
                server.wait()
        yield made


def fill_database(
    engine: sa.Engine, size: int, axis: int
) -> tuple[str, Thing, Thing | None]:
    """Make tables, a user's token, and objects of `size` and of `axis` rules."""
    migration.upgrade(engine)
    with Session(engine.execution_options(**{WRITES: True})) as dbsession:
        token = new_token(dbsession)
        connection = dbsession.connection()
        memento.metadata.create_all(connection)
        thing = new_thing(connection, "measured", size)
        second = new_thing(connection, "axis", axis) if axis else None
        dbsession.commit()
    filling.analyze(engine)
    return token, thing, second


def new_token(dbsession: Session) -> str:
    """Make the user who does everything; return a token of theirs."""
    user = accounts.create(dbsession, USER, "editor", ENTRY)
    _, token = accounts.new_token(dbsession, user, "benchmark")
    return token


def new_thing(connection: sa.Connection, name: str, size: int) -> Thing:
    """Make an object of so many rules."""
    chain = filling.fill(connection, name, size)
    ruleset = connection.scalar(
        sa.text("SELECT id FROM ruleset WHERE name = :name"), {"name": name}
    )
    return Thing(int(ruleset or 0), chain, filling.rules(connection, chain))
