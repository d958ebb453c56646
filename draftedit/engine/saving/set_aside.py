"""Set rows aside: delete them, and insert them again when others have moved.

If no placeholder fits a unique value, and nothing refers to the row. It waits in a
temporary table, inside the database: every column is restored as it was, including
those the host or the database computes, and those no model declares.
"""

from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key
from draftedit.engine.outside.incoming_references import graph_of
from draftedit.engine.outside.unseen import refusing_unseen
from draftedit.engine.reading.live import bound, has_key
from draftedit.engine.saving import row_counts
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Field, Part

_LONGEST = 60  # characters of a table's name


def is_referred_to(work: SaveRun, part: Part, key: Key, inside: bool = False) -> bool:
    """Return whether a row in the database, or in the object, refers to this one."""
    graph = graph_of(work.dbsession, work.target)
    for reference in graph.to(work.dbsession.connection(), part.live):
        other = reference.table.table.alias()
        if inside and reference.table.table.name not in work.target.tables:
            continue
        pairs = zip(reference.columns, reference.referred_columns, strict=True)
        refers = sa.and_(
            *(part.live.c[there] == other.c[here] for here, there in pairs)
        )
        wanted = sa.select(sa.literal(1)).select_from(part.live.join(other, refers))
        if work.dbsession.scalar(wanted.where(has_key(part, [key])).limit(1)):
            return True
    return False


def set_aside(work: SaveRun, part: Part, key: Key) -> None:
    """Remove a row from its table until `put_back`."""
    columns, waiting = _columns(work, part), _waiting(part)
    quoted = [_quoted(work, name) for name in columns]
    if part.name not in work.aside:
        _make_waiting(work, part, quoted)
    terms: list[sa.ColumnElement[Any]] = [sa.literal_column(q) for q in quoted]
    row = sa.select(*terms).select_from(part.live)
    copied = row.where(has_key(part, [key]))
    dbsession, graph = work.dbsession, graph_of(work.dbsession, work.target)
    copy = sa.insert(waiting).from_select(columns, copied)
    row_counts.execute(dbsession, copy, part, [key])
    with refusing_unseen(dbsession, graph, part.live, part.name, [key], 1):
        taken_out = sa.delete(part.live).where(has_key(part, [key]))
        row_counts.execute(dbsession, taken_out, part, [key])
    work.aside.setdefault(part.name, []).append(key)


def put_back(work: SaveRun, part: Part) -> None:
    """Insert what was set aside with the draft's values, as far as they are known."""
    if part.name not in work.aside:
        return
    waiting = _waiting(part)
    for key in work.aside[part.name]:
        row = next(r for r in work.plan.changed[part.name] if r.key == key)
        work.at = Cursor(part.name, key, row)
        changed = row.changed_fields().items()
        after = {n: value for n, (_, value) in changed if n not in row.omitted}
        known = {
            name: bound(part.fields[name], work.keys.value(part.fields[name], value))
            for name, value in after.items()
            if not work.must_wait(part.fields[name], value)
        }
        if known:
            one = sa.and_(*(waiting.c[n] == _literal(part, n, key) for n in part.key))
            written = sa.update(waiting).where(one).values(known)
            row_counts.execute(work.dbsession, written, part, [key])
        work.park(part, key, after)
    _insert(work, part)


def _insert(work: SaveRun, part: Part) -> None:
    table = work.dialect.identifier_preparer.format_table(part.live)
    listed = ", ".join(_quoted(work, name) for name in _columns(work, part))
    # Also restores a key that PostgreSQL generates ALWAYS.
    own = work.backend.identity_override
    name = _quoted(work, _waiting(part).name)
    into = f"INSERT INTO {table} ({listed}) {own}".rstrip()
    result = _run(work, into, "SELECT", listed, "FROM", name)
    row_counts.demand(result, part, work.aside[part.name])
    _run(work, work.backend.drop_temporary, name)


def _make_waiting(work: SaveRun, part: Part, quoted: list[str]) -> None:
    name = _quoted(work, _waiting(part).name)
    table = work.dialect.identifier_preparer.format_table(part.live)
    listed = ", ".join(quoted)
    if work.backend.temporary_outlives_rollback:
        # One that failed has left it.
        _run(work, f"{work.backend.drop_temporary} IF EXISTS", name)
    made = f"CREATE TEMPORARY TABLE {name} AS SELECT {listed}"
    _run(work, made, "FROM", table, "WHERE 1 = 0")


def _run(work: SaveRun, *words: str) -> sa.CursorResult[Any]:
    """Execute a statement of quoted names, which cannot be parameters."""
    connection = work.dbsession.connection()
    return connection.exec_driver_sql(
        " ".join(words), execution_options=row_counts.OPTIONS
    )


def _literal(part: Part, name: str, key: Key) -> sa.ColumnElement[Any]:
    field: Field = part.fields[name]
    return bound(field, key[part.key.index(name)])


def _columns(work: SaveRun, part: Part) -> list[str]:
    """Return the columns that the database allows to be written."""
    look = sa.inspect(work.dbsession.connection())
    columns = look.get_columns(part.name, part.live.schema)
    return [one["name"] for one in columns if not one.get("computed")]


def _waiting(part: Part) -> sa.TableClause:
    columns = (sa.column(f.name, f.column.type) for f in part.fields.values())
    return sa.table(f"draftedit_aside_{part.name}"[:_LONGEST], *columns)


def _quoted(work: SaveRun, name: str) -> str:
    return str(work.dialect.identifier_preparer.quote_identifier(name))
