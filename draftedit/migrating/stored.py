"""Change the JSON that drafts store about a table's columns: origins and operations."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from draftedit.engine.schema import shadow_tables
from draftedit.engine.values.codecs import Codec, canonical

BATCH = 500
OWN = ["draft"]  # the column by which a row of a draft refers to the draft

Record = dict[str, Any]
# Maps a column's name to its new one; None drops it.
Renamed = Callable[[str], str | None]


def add(connection: sa.Connection, table: str, name: str, spelling: Codec) -> None:
    """Record in the rows of drafts that they have not changed a new column."""
    _rewrite(
        connection,
        shadow_tables.names(table)[0],
        ("origin", "omitted"),
        lambda row: _added(row, name, spelling),
        {name: spelling},
    )


def _added(row: Record, name: str, spelling: Codec) -> Record:
    if row["origin"] is None:
        omitted = {*json.loads(row["omitted"] or "[]"), name}
        return {"omitted": canonical(sorted(omitted))}
    value = None if row[name] is None else spelling.encode(row[name])
    return {"origin": canonical({**json.loads(row["origin"]), name: value})}


def rename_in_rows(connection: sa.Connection, table: str, renamed: Renamed) -> None:
    """Rename or drop a column in the origins of the rows of drafts."""

    def rewritten(row: Record) -> Record:
        origin = json.loads(row["origin"]) if row["origin"] else None
        omitted = json.loads(row["omitted"]) if row["omitted"] else None
        return {
            "origin": _spelled(origin and _renamed_members(origin, renamed)),
            "omitted": _spelled(omitted and _renamed_items(omitted, renamed)),
        }

    _rewrite(
        connection, shadow_tables.names(table)[0], ("origin", "omitted"), rewritten
    )


def journal_of(connection: sa.Connection, table: str) -> str:
    """Return the table of operations of the drafts of a table, by their reference.

    The tables of one `Drafts` have a prefix in common, which the host chooses. Raises
    NoSuchTableError for a table without drafts, LookupError without the reference.
    """
    twin = shadow_tables.names(table)[0]
    for key in sa.inspect(connection).get_foreign_keys(twin):
        if key["constrained_columns"] == OWN:
            return f"{key['referred_table'].removesuffix('draft')}operation"
    raise LookupError(f"{twin} has no foreign key to a table of drafts")


def rename_in_operations(
    connection: sa.Connection, journal: str, table: str, renamed: Renamed
) -> None:
    """Rename a column of `table` in the operations of all journals."""
    columns = ("forward", "inverse", "again")
    _rewrite(
        connection,
        journal,
        columns,
        lambda row: {one: _in_operation(row[one], table, renamed) for one in columns},
    )


def _in_operation(text: str | None, table: str, renamed: Renamed) -> str | None:
    return _spelled(_operation(json.loads(text), table, renamed)) if text else text


def _operation(data: dict[str, Any], table: str, renamed: Renamed) -> dict[str, Any]:
    data = dict(data)
    if "operations" in data:
        data["operations"] = [
            _operation(one, table, renamed) for one in data["operations"]
        ]
    if data.get("table") == table:
        if "values" in data:
            data["values"] = _renamed_members(data["values"], renamed)
        if "omit" in data:
            data["omit"] = _renamed_items(data["omit"], renamed)
    return data


def _renamed_members(data: dict[str, Any], renamed: Renamed) -> dict[str, Any]:
    names = {name: renamed(name) for name in data}
    return {new: data[old] for old, new in names.items() if new is not None}


def _renamed_items(names: Sequence[str], renamed: Renamed) -> list[str]:
    return sorted(new for name in names if (new := renamed(name)) is not None)


def _spelled(data: Any) -> str | None:
    return canonical(data) if data else None


def _rewrite(
    connection: sa.Connection,
    name: str,
    columns: Sequence[str],
    rewritten: Callable[[Record], Record],
    read_also: Mapping[str, Codec] | None = None,
) -> None:
    """Rewrite columns of every row, in batches of bounded size.

    The table is reflected, as it is at this point of the migrations; only the codec of
    a new column is passed in.
    """
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    key = list(table.primary_key.columns)
    page = sa.select(
        *key,
        *(table.c[one] for one in columns),
        *(sa.type_coerce(table.c[n], c.plain) for n, c in (read_also or {}).items()),
    ).order_by(*key)
    update = (
        sa.update(table)
        .where(*(column == sa.bindparam(f"key_{column.name}") for column in key))
        .values({one: sa.bindparam(one) for one in columns})
    )
    rows = connection.execute(page.limit(BATCH)).mappings().all()
    while rows:
        changes = [
            {one: row[one] for one in columns}
            | rewritten(dict(row))
            | {f"key_{column.name}": row[column.name] for column in key}
            for row in rows
        ]
        connection.execute(update, changes)
        behind = page.where(_after(key, [rows[-1][column.name] for column in key]))
        rows = connection.execute(behind.limit(BATCH)).mappings().all()


def _after(
    key: Sequence[sa.ColumnElement[Any]], last: Sequence[Any]
) -> sa.ColumnElement[bool]:
    """Return the condition that a key comes after another.

    Written out: MariaDB scans the whole table for a comparison of row values.
    """
    pairs = list(zip(key, last, strict=True))
    return sa.and_(
        key[0] >= last[0],
        sa.or_(
            *(
                sa.and_(*(c == v for c, v in pairs[:i]), pairs[i][0] > pairs[i][1])
                for i in range(len(pairs))
            )
        ),
    )
