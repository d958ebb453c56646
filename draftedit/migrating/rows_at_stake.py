"""Protect rows from SQLite's foreign keys while a migration rebuilds tables.

SQLite changes most of a table by creating another and dropping the old one. With
foreign keys on, the drop deletes every row, and whatever refers to them with ON DELETE
CASCADE.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations

from draftedit.engine.dialects import backend_of


class RowsAtStake(RuntimeError):
    """The migration would delete rows that refer to the table that it changes."""


@contextmanager
def foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """Turn foreign keys off on SQLite while its tables are rebuilt.

    For `env.py`, around the transaction: inside one, the pragma has no effect. Other
    databases do not need it. Raises RuntimeError if a transaction has begun.
    """
    if not backend_of(connection).remakes_tables:
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 — this connection is open
    # Bypasses SQLAlchemy, which would begin a transaction.
    before = _is_on(driver)
    _switch(driver, False)
    try:
        yield
    finally:
        _switch(driver, before)


def check_references(connection: sa.Connection) -> None:
    """Refuse what a script did to SQLite's references, before it is committed."""
    if backend_of(connection).remakes_tables:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration leaves references to nothing: {broken}")


def refuse_to_lose_rows(batch: BatchOperations, table: str) -> None:
    """Raise RowsAtStake if a batch would delete rows that refer to its table."""
    connection = batch.get_bind()
    if not backend_of(connection).remakes_tables:
        return
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        return
    if not batch.get_context().impl.requires_recreate_in_batch(batch.impl):
        return
    inspector = sa.inspect(connection)
    referring = [
        name
        for name in inspector.get_table_names()
        if any(
            key["referred_table"].lower() == table.lower()
            for key in inspector.get_foreign_keys(name)
        )
    ]
    if referring:
        raise RowsAtStake(
            f"SQLite has to make {table} anew, and with foreign keys on would delete"
            f" the rows of {', '.join(sorted(referring))} that refer to it: run the"
            " migration in draftedit.migrating.foreign_keys_off(connection)"
        )


def _is_on(driver: Any) -> bool:
    [[on]] = driver.execute("PRAGMA foreign_keys").fetchall()
    return bool(on)


def _switch(driver: Any, on: bool) -> None:
    driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
    if _is_on(driver) != on:
        raise RuntimeError(
            "SQLite's foreign keys cannot be switched inside a transaction:"
            " do it before one begins"
        )
