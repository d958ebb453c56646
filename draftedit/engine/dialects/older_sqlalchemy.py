"""What SQLAlchemy 2.1 has and 2.0 lacks, given to 2.0: the one place that asks.

Nothing here compares versions: what is missing is looked for.
"""

from collections.abc import Container
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.base import PGDialect

_OPTION = "with"


def options_of_tables() -> Container[str]:
    """Return the options that SQLAlchemy takes for a table on PostgreSQL."""
    return dict(PGDialect.construct_arguments or ()).get(sa.Table, {})


def take_storage_parameters(known: Container[str]) -> None:
    """Let `sa.Table` take `postgresql_with`, unless it is `known` already.

    SQLAlchemy 2.1 writes it as the WITH of CREATE TABLE. With 2.0, an ALTER TABLE
    follows the CREATE TABLE, also where a migration script creates the table.
    """
    if _OPTION not in known:
        sa.Table.argument_for("postgresql", _OPTION, None)
        event.listen(sa.Table, "after_create", set_storage_parameters)


def set_storage_parameters(
    table: sa.Table, connection: sa.Connection, **_options: Any
) -> None:
    """Set the storage parameters of a table that was just created."""
    parameters = table.dialect_options["postgresql"][_OPTION]
    if connection.dialect.name == PGDialect.name and parameters:
        given = ", ".join(f"{name} = {value}" for name, value in parameters.items())
        statement = f"ALTER TABLE %(fullname)s SET ({given})"
        alter = sa.DDL(statement)  # type: ignore[no-untyped-call]  # upstream has none
        connection.execute(alter.against(table))
