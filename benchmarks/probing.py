"""Inside a measured server: what one request makes the database do.

Only a request with the header `X-Probe` is looked at, and it is not one that is timed.
Its answer says how many statements it ran, how many rows these read (PostgreSQL, by
EXPLAIN ANALYZE; MariaDB, by its counters), how many steps SQLite's machine took (it
tells no rows), and how many bytes were handed over to be written.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

WRITING = ("INSERT", "UPDATE", "DELETE")
READING = ("SELECT", "WITH", "UPDATE", "DELETE")


class Probe(threading.local):
    """What the request of this thread has done so far."""

    is_on = False
    statements = rows = steps = written = 0
    # SQLite's connection: its rows are found as they are fetched, until the end.
    connection: Any = None
    # MariaDB's counter before the statement that is running.
    before = 0


PROBE = Probe()


def wrap(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Answer probed requests with what they did."""

    def probed(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_X_PROBE" not in environ:
            return application(environ, start)
        PROBE.__dict__.clear()
        PROBE.is_on = True

        def start_with_counts(status: str, headers: list[Any], *rest: Any) -> Any:
            PROBE.is_on = False
            if PROBE.connection is not None:
                PROBE.connection.set_progress_handler(None, 0)
            return start(status, [*headers, *counts()], *rest)

        return application(environ, start_with_counts)

    return probed


def counts() -> list[tuple[str, str]]:
    """Return the headers of a probed answer."""
    found = {
        "X-Statements": PROBE.statements,
        "X-Written": PROBE.written,
        "X-Rows-Read": PROBE.rows,
        "X-Steps": PROBE.steps,
    }
    return [(name, str(number)) for name, number in found.items()]


def before(cursor: Any, statement: str, parameters: Any, many: bool = False) -> None:
    """Note a statement that is going to run."""
    if not PROBE.is_on or statement.startswith("BEGIN"):
        return
    PROBE.statements += 1
    if statement.startswith(WRITING):
        PROBE.written += sum(map(_size, parameters if many else [parameters]))
    driver = type(cursor).__module__.partition(".")[0]
    if driver == "sqlite3":
        PROBE.connection = cursor.connection
        PROBE.connection.set_progress_handler(_step, 1)
    elif driver == "psycopg" and (
        statement.startswith(READING) or "SELECT" in statement
    ):
        times, one = (len(parameters), parameters[0]) if many else (1, parameters)
        PROBE.rows += times * _explained(cursor, statement, one)
    elif driver == "pymysql":
        PROBE.before = _handler_reads(cursor)


def after(cursor: Any) -> None:
    """Note what a statement has done, where only its end tells."""
    if not PROBE.is_on:
        return
    driver = type(cursor).__module__.partition(".")[0]
    if driver == "pymysql":
        now = _handler_reads(cursor)
        asking = _handler_reads(cursor) - now  # what the question itself reads
        PROBE.rows += max(0, now - PROBE.before - asking)


def _step() -> int:
    PROBE.steps += 1
    return 0


def _size(parameters: Any) -> int:
    values = parameters.values() if isinstance(parameters, dict) else parameters or ()
    return sum(len(str(value).encode()) for value in values if value is not None)


def _explained(cursor: Any, statement: str, parameters: Any) -> int:
    """Run the statement once beforehand, and take back what it did."""
    with cursor.connection.cursor() as other:
        other.execute("SAVEPOINT probe")
        other.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        [plan] = other.fetchone()[0]
        other.execute("ROLLBACK TO SAVEPOINT probe")
        other.execute("RELEASE SAVEPOINT probe")
    return round(_read_by(plan["Plan"]))


def _read_by(plan: dict[str, Any]) -> float:
    # A pair of rows that a join looks at and drops is a row read once more.
    rows: float = plan.get("Rows Removed by Join Filter", 0) * plan["Actual Loops"]
    if "Relation Name" in plan and "Scan" in plan["Node Type"]:
        removed = plan.get("Rows Removed by Filter", 0)
        rows += (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return rows + sum(map(_read_by, plan.get("Plans", ())))


def _handler_reads(cursor: Any) -> int:
    with cursor.connection.cursor() as other:
        other.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(row[1]) for row in other.fetchall())


def _before(
    _connection: Any,
    cursor: Any,
    statement: str,
    parameters: Any,
    _context: Any,
    many: bool,
) -> None:
    before(cursor, statement, parameters, many)


def _after(_connection: Any, cursor: Any, *_others: Any) -> None:
    after(cursor)


def listen() -> None:
    """Note what every engine of this process runs."""
    sa.event.listen(sa.Engine, "before_cursor_execute", _before)
    sa.event.listen(sa.Engine, "after_cursor_execute", _after)
