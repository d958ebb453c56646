"""The two tables beside each live table: `t_draft` and `t_history`.

Built column by column. `Table.to_metadata` would bring indexes under the same name,
foreign keys, uniques, checks, computed columns and defaults along, which a draft may
break until it is saved.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from draftedit.engine.column_types import UtcDateTime, name_type
from draftedit.engine.schema import Field
from draftedit.engine.tables import ROOT, draft_reference
from draftedit.engine.values import long_text

# Columns of ours that a host's column may not be called like.
OWN_COLUMNS = frozenset(
    {"draft", "root", "gone", "origin", "omitted", "revision", "replaced_at", "absent"}
)


def build(
    metadata: sa.MetaData,
    live: sa.Table,
    fields: Mapping[str, Field],
    key: tuple[str, ...],
    parent: tuple[str, ...],
    order: str | None,
) -> tuple[sa.Table, sa.Table]:
    """Return the draft and the history table of a live table."""
    listing = tuple(dict.fromkeys((*parent, *((order,) if order else ()), *key)))
    return (
        _draft_table(metadata, live, fields, key, parent, listing),
        _history_table(metadata, live, fields, key, parent),
    )


def _draft_table(
    metadata: sa.MetaData,
    live: sa.Table,
    fields: Mapping[str, Field],
    key: tuple[str, ...],
    parent: tuple[str, ...],
    listing: tuple[str, ...],
) -> sa.Table:
    """Make the table of rows that lie over live ones in a draft.

    `origin` is the row when it was first touched (NULL: new); `omitted` names the
    columns of a new row that are left to the database's defaults. PostgreSQL may use
    the listing index only where a parent is named: it has the key, too, and before
    there are statistics would be taken for looking up one row, which then costs all
    that the draft has touched.
    """
    name = f"{live.name}_draft"
    copies = _copies(fields, key)
    has_parent = sa.and_(
        sa.true(), *(one.is_not(None) for one in copies if one.name in parent)
    )
    return sa.Table(
        name,
        metadata,
        draft_reference(primary_key=True, autoincrement=False),
        *copies,
        sa.Column("root", name_type(ROOT), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("origin", long_text()),
        sa.Column("omitted", long_text()),
        *_index(
            f"ix_{name}_listing",
            ("draft", *listing),
            ("draft", *key),
            postgresql_where=has_parent,
        ),
        postgresql_with={"fillfactor": "70"},
    )


def _history_table(
    metadata: sa.MetaData,
    live: sa.Table,
    fields: Mapping[str, Field],
    key: tuple[str, ...],
    parent: tuple[str, ...],
) -> sa.Table:
    """Make the table of rows as they were before a revision replaced them.

    `absent`: the revision inserted the row. The last index finds what came in since a
    revision: by the others all history of the object would be read.
    """
    name = f"{live.name}_history"
    newest = ("root", "revision")
    return sa.Table(
        name,
        metadata,
        sa.Column("root", name_type(ROOT), primary_key=True),
        *_copies(fields, key),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("replaced_at", UtcDateTime, nullable=False),
        sa.Column("absent", sa.Boolean, nullable=False),
        *_index(f"ix_{name}_parent", ("root", *parent, "revision"), ("root", *key)),
        *([sa.Index(f"ix_{name}_revision", *newest)] if parent else []),
    )


def _copies(fields: Mapping[str, Field], key: tuple[str, ...]) -> list[sa.Column[Any]]:
    """Copy the columns; the key's stand first, so that the primary key leads."""
    names = [*key, *(name for name in fields if name not in key)]
    return [
        sa.Column(
            name,
            fields[name].codec.plain,
            primary_key=name in key,
            nullable=name not in key,
            autoincrement=False,
        )
        for name in names
    ]


def _index(
    name: str, columns: tuple[str, ...], primary: tuple[str, ...], **options: Any
) -> list[sa.Index]:
    """Return an index, unless the primary key already serves."""
    if columns == primary[: len(columns)]:
        return []
    return [sa.Index(name, *columns, **options)]
