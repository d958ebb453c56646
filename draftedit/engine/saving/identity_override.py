"""Insert restored rows with keys that PostgreSQL otherwise always generates.

A column that is GENERATED ALWAYS AS IDENTITY accepts a value from an INSERT only with
OVERRIDING SYSTEM VALUE. SQLAlchemy has no construct for that, and the ORM builds its
INSERT itself, so the words are added to the text of the statement.
https://www.postgresql.org/docs/current/sql-insert.html
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from draftedit.engine.reading.rows import Row
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part

_COLUMNS = r'\((?:"(?:[^"]|"")*"|[^")])*\)'


@contextmanager
def overriding_identity(
    work: SaveRun, part: Part, rows: Iterable[Row]
) -> Iterator[None]:
    """Let inserts of the part name a key that the database would generate.

    Does nothing if no row has a key already, and on other databases.
    """
    is_given = any(
        row.restores is not None or not part.is_draft_made(row.key) for row in rows
    )
    words = work.backend.identity_override
    if not words or part.generated_key is None or not is_given:
        yield
        return
    connection = work.dbsession.connection()
    override = _override(work.dialect.identifier_preparer.quote(part.name), words)
    sa.event.listen(connection, "before_cursor_execute", override, retval=True)
    try:
        yield
    finally:
        sa.event.remove(connection, "before_cursor_execute", override)


def _override(table: str, words: str) -> Any:
    # A schema may precede the name, as translated by the connection.
    start = re.compile(rf"INSERT INTO (?:\S+\.)?{re.escape(table)} {_COLUMNS}(?= )")

    def override(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any
    ) -> tuple[str, Any]:
        found = start.match(statement)
        if found is not None:
            rest = statement[found.end() :]
            statement = f"{found[0]} {words}{rest}"
        return statement, parameters

    return override
