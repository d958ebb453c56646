"""A hook of the connection that lets statements write less than they are asked to.

As a trigger that swallows rows does, on every database: MariaDB has no such trigger.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def swallowing(
    connection: sa.Connection, start: str, about: Any = None
) -> Iterator[list[str]]:
    """Let statements that start so write nothing; yield those that were met.

    `about`: only those with this value among their parameters, alone or in a batch.
    """
    met: list[str] = []

    def is_meant(one: Any) -> bool:
        values = one.values() if isinstance(one, Mapping) else one
        return about is None or about in values

    def swallow(_connection, _cursor, statement, parameters, _context, executemany):
        if not statement.startswith(start):
            return statement, parameters
        met.append(statement)
        if executemany:
            return statement, [one for one in parameters if not is_meant(one)]
        if is_meant(parameters):
            statement += f" {'AND' if 'WHERE' in statement else 'WHERE'} 1 = 0"
        return statement, parameters

    sa.event.listen(connection, "before_cursor_execute", swallow, retval=True)
    try:
        yield met
    finally:
        sa.event.remove(connection, "before_cursor_execute", swallow)
