"""The floor's statements through the driver itself: sqlite3, psycopg or PyMySQL."""

import queue
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.router import Router

from benchmarks import floor, probing
from benchmarks.floor import COLUMNS, VALUES, Draft, Row
from draftedit.app.models import database_url
from draftedit.engine.dialects.sqlite import BUSY_MILLISECONDS

_ALL = ", ".join(COLUMNS)
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_SET = ", ".join(f"{name} = %s" for name in VALUES)

OWNER = (
    "SELECT u.name FROM user_account u JOIN user_token t ON t.user_id = u.id"
    " WHERE t.digest = %s AND t.revoked_at IS NULL AND NOT u.disabled"
)
LOCK = (
    'SELECT d."key", d.version, d.position, d.length, d.state, o.root, o.base'
    ' FROM draft d JOIN draft_object o ON o.draft = d."key"'
    ' WHERE d."key" = %s AND d.owner = %s'
)
ANSWERED = 'SELECT digest, answer FROM request WHERE owner = %s AND "key" = %s'
DRAFTED = f"SELECT {_ALL}, gone FROM rule_draft WHERE draft = %s AND id = %s"
LIVE = (
    f"SELECT {', '.join(f'r.{name}' for name in COLUMNS)} FROM rule r"
    " JOIN chain c ON c.id = r.chain_id JOIN nft_table t ON t.id = c.nft_table_id"
    " WHERE r.id = %s AND t.ruleset_id = %s"
)
COPY = (
    f"INSERT INTO rule_draft (draft, root, gone, origin, {_ALL})"
    f" VALUES (%s, %s, %s, %s, {_PLACES})"
)
CHANGE = f"UPDATE rule_draft SET {_SET} WHERE draft = %s AND id = %s"
FORGET = "DELETE FROM operation WHERE draft = %s AND sequence >= %s"
JOURNAL = (
    'INSERT INTO operation (draft, sequence, kind, table_name, forward, inverse, "at")'
    " VALUES (%s, %s, 'set', 'rule', %s, %s, %s)"
)
COUNT_ON = (
    "UPDATE draft SET version = version + 1, position = %s, length = %s,"
    ' operations = operations + 1, changed_at = %s WHERE "key" = %s'
)
KEEP = (
    'INSERT INTO request (owner, "key", digest, status, answer, draft, "at")'
    " VALUES (%s, %s, %s, 200, %s, %s, %s)"
)
OBJECT = "SELECT revision FROM object WHERE target = 'ruleset' AND root = %s"
CHANGED = f"SELECT origin, {_ALL} FROM rule_draft WHERE draft = %s"
LIVE_BELOW = (
    f"SELECT {', '.join(f'r.{name}' for name in COLUMNS)} FROM rule r"
    " JOIN rule_draft d ON d.id = r.id WHERE d.draft = %s ORDER BY r.id"
)
ARCHIVE = (
    f"INSERT INTO rule_history (root, revision, replaced_at, absent, {_ALL})"
    f" SELECT %s, %s, %s, %s, {', '.join(f'r.{name}' for name in COLUMNS)}"
    " FROM rule r JOIN rule_draft d ON d.id = r.id WHERE d.draft = %s"
)
COUNT_UP = (
    "UPDATE object SET revision = %s"
    " WHERE target = 'ruleset' AND root = %s AND revision = %s"
)
REVISION = (
    "INSERT INTO revision (target, root, number, saved_at, saved_by, draft, changes)"
    " VALUES ('ruleset', %s, %s, %s, %s, %s, %s)"
)
CLOSE = (
    "UPDATE draft SET version = version + 1, state = 'saved', closed_because = 'user',"
    ' changed_at = %s, closed_at = %s, revision = %s WHERE "key" = %s'
)


class Raw:
    """One connection; see `benchmarks.floor.Statements`."""

    def __init__(self, url: sa.URL) -> None:
        """Connect as draftedit does."""
        self.backend = url.get_backend_name()
        self.connection: Any = _CONNECT[self.backend](url)
        self.cursor = self.connection.cursor()
        self.for_update = "" if self.backend == "sqlite" else " FOR UPDATE"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self.backend == "sqlite":
            self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:  # because nothing may stay open, whatever ends it
            self.connection.rollback()
            raise
        self.connection.commit()

    def run(self, statement: str, *values: Any) -> Any:
        statement = self.spelled(statement)
        probing.before(self.cursor, statement, values)
        self.cursor.execute(statement, values)
        probing.after(self.cursor)
        return self.cursor

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        statement = self.spelled(statement)
        probing.before(self.cursor, statement, rows, many=True)
        self.cursor.executemany(statement, rows)
        probing.after(self.cursor)

    def spelled(self, statement: str) -> str:
        return statement.replace("%s", "?") if self.backend == "sqlite" else statement

    def now(self) -> Any:
        at = floor.now()
        # As SQLAlchemy writes it where there is no type with a zone.
        return at if self.backend == "postgresql" else f"{at:%Y-%m-%d %H:%M:%S.%f}"

    def row(self, values: Sequence[Any] | None) -> Row | None:
        if values is None:
            return None
        row = dict(zip(COLUMNS, values, strict=False))
        row["enabled"] = bool(row["enabled"])
        return row

    def owner(self, digest: str) -> str | None:
        found = self.run(OWNER, digest).fetchone()
        return found[0] if found else None

    def lock(self, key: int, owner: str) -> Draft | None:
        found = self.run(LOCK + self.for_update, key, owner).fetchone()
        return Draft(*found) if found else None

    def answered(self, owner: str, key: str) -> Any:
        return self.run(ANSWERED, owner, key).fetchone()

    def drafted(self, draft: int, key: int) -> Row | None:
        found = self.run(DRAFTED, draft, key).fetchone()
        row = self.row(found)
        return row and row | {"gone": bool(found[-1])}

    def live(self, root: str, key: int) -> Row | None:
        return self.row(self.run(LIVE, key, int(root)).fetchone())

    def copy(self, draft: Draft, row: Row, origin: str) -> None:
        values = (row[name] for name in COLUMNS)
        self.run(COPY, draft.key, draft.root, False, origin, *values)

    def change(self, draft: int, row: Row) -> None:
        self.run(CHANGE, *(row[name] for name in VALUES), draft, row["id"])

    def forget(self, draft: int, sequence: int) -> None:
        self.run(FORGET, draft, sequence)

    def journal(self, draft: int, sequence: int, pair: tuple[str, str]) -> None:
        self.run(JOURNAL, draft, sequence, *pair, self.now())

    def count_on(self, draft: Draft, sequence: int) -> None:
        self.run(COUNT_ON, sequence, sequence, self.now(), draft.key)

    def keep(self, owner: str, key: str, digest: str, answer: str, draft: int) -> None:
        self.run(KEEP, owner, key, digest, answer, draft, self.now())

    def lock_object(self, root: str) -> int:
        return int(self.run(OBJECT + self.for_update, root).fetchone()[0])

    def changed(self, draft: int) -> list[tuple[str, Row]]:
        rows = self.run(CHANGED, draft).fetchall()
        return [(one[0], self.row(one[1:]) or {}) for one in rows]

    def live_locked(self, draft: int) -> list[Row]:
        rows = self.run(LIVE_BELOW + self.for_update, draft).fetchall()
        return [self.row(one) or {} for one in rows]

    def archive(self, draft: Draft, revision: int) -> None:
        self.run(ARCHIVE, draft.root, revision, self.now(), False, draft.key)

    def update(self, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        to_set = ", ".join(f"{name} = %s" for name in names)
        statement = f"UPDATE rule SET {to_set} WHERE id = %s"
        self.run_many(statement, [[row[n] for n in (*names, "id")] for row in rows])

    def close(self, draft: Draft, owner: str, revision: int, changes: int) -> None:
        at = self.now()
        self.run(COUNT_UP, revision, draft.root, draft.base)
        self.run(REVISION, draft.root, revision, at, owner, draft.key, changes)
        self.run(CLOSE, at, at, revision, draft.key)


def _sqlite(url: sa.URL) -> Any:
    import sqlite3

    # One thread after the other.
    connection = sqlite3.connect(
        str(url.database), isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _postgresql(url: sa.URL) -> Any:
    import psycopg

    return psycopg.connect(
        host=str(url.query.get("host", url.host)),
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=url.database,
    )


def _mariadb(url: sa.URL) -> Any:
    import pymysql

    connection = pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        database=url.database,
        charset="utf8mb4",
        init_command="SET SESSION sql_mode = 'TRADITIONAL,ANSI_QUOTES'",
    )
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    return connection


_CONNECT = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
    "mariadb": _mariadb,
}


def application(settings: Mapping[str, Any]) -> Router:
    """Build the application; a connection goes from request to request."""
    url = database_url(settings)
    idle: queue.LifoQueue[Raw] = queue.LifoQueue()

    def connected(request: Request) -> Raw:
        try:
            raw = idle.get_nowait()
        except queue.Empty:
            raw = Raw(url)
        request.add_finished_callback(lambda _: idle.put(raw))
        return raw

    with Configurator() as config:
        config.add_request_method(connected, "floor", reify=True)
        floor.add_routes(config)
        return config.make_wsgi_app()
