"""Build the two tables beside each live table: `t_draft` and `t_history`.

Built column by column. `Table.to_metadata` would copy indexes under the same name,
foreign keys, uniques, checks, computed columns and defaults, which a draft may violate
until it is saved.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import BadModel
from draftedit.engine.schema.model import Field
from draftedit.engine.schema.tables import ROOT, draft_reference
from draftedit.engine.values.codecs import long_text
from draftedit.engine.values.column_types import UtcDateTime, name_type

# Reserved names: our own columns in the draft and history tables.
OWN_COLUMNS = frozenset(
    {
        "draft",
        "root",
        "gone",
        "origin",
        "omitted",
        "restores",
        "revision",
        "replaced_at",
        "absent",
    }
)

LONGEST = 63  # bytes of a name, on PostgreSQL; MariaDB allows 64 characters
# For a table: MariaDB names a foreign key after it, followed by `_ibfk_1`.
LONGEST_OF_TABLE = 56


def names(live: str) -> tuple[str, str]:
    """Return the names of the draft and the history table of a live table."""
    longest = LONGEST_OF_TABLE
    return _cut(live, "_draft", longest), _cut(live, "_history", longest)


def _cut(name: str, ending: str = "", longest: int = LONGEST) -> str:
    """Return a name that every database accepts: a long one ends in its digest."""
    whole = name + ending
    if len(whole.encode()) <= longest:
        return whole
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    room = longest - len(digest) - len(ending) - 1
    return f"{name.encode()[:room].decode(errors='ignore')}_{digest}{ending}"


def build(
    drafts: sa.Table,
    live: sa.Table,
    fields: Mapping[str, Field],
    key: tuple[str, ...],
    parent: tuple[str, ...],
    order: str | None,
) -> tuple[sa.Table, sa.Table]:
    """Return the draft and the history table of a live table.

    `drafts` is the table of drafts, in whose metadata they are made.
    """
    for name in names(live.name):
        if name in drafts.metadata.tables:
            raise BadModel(f"{name} is a table of draftedit already: choose a prefix=")
    listing = tuple(dict.fromkeys((*parent, *((order,) if order else ()), *key)))
    return (
        _draft_table(drafts, live, fields, key, parent, listing),
        _history_table(drafts.metadata, live, fields, key, parent),
    )


def _draft_table(
    drafts: sa.Table,
    live: sa.Table,
    fields: Mapping[str, Field],
    key: tuple[str, ...],
    parent: tuple[str, ...],
    listing: tuple[str, ...],
) -> sa.Table:
    """Build the table of rows that lie over live ones in a draft.

    `origin` is the row when it was first touched (NULL: new); `omitted` names the
    columns of a new row that are left to the database's defaults; `restores`: see
    `lifetimes`. PostgreSQL may use the listing index only if a parent is named: it
    contains the key, too, and without statistics would be chosen to look up one row,
    which then costs all that the draft has touched.
    """
    name, _ = names(live.name)
    copies = _copies(fields, key)
    has_parent = sa.and_(
        sa.true(), *(one.is_not(None) for one in copies if one.name in parent)
    )
    return sa.Table(
        name,
        drafts.metadata,
        draft_reference(drafts, primary_key=True, autoincrement=False),
        *copies,
        sa.Column("root", name_type(ROOT), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("origin", long_text()),
        sa.Column("omitted", long_text()),
        sa.Column("restores", sa.Integer),
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
    """Build the table of rows as they were before a revision replaced them.

    `absent`: the revision inserted the row; `gone`: it deleted the row; `restores`: see
    `lifetimes`. The last index finds the changes since a revision: through the others
    all history of the object would be read.
    """
    _, name = names(live.name)
    newest = ("root", "revision")
    return sa.Table(
        name,
        metadata,
        sa.Column("root", name_type(ROOT), primary_key=True),
        *_copies(fields, key),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("replaced_at", UtcDateTime, nullable=False),
        sa.Column("absent", sa.Boolean, nullable=False),
        sa.Column("gone", sa.Boolean),  # NULL: from before this was recorded
        sa.Column("restores", sa.Integer),
        *_index(f"ix_{name}_parent", ("root", *parent, "revision"), ("root", *key)),
        *([sa.Index(_cut(f"ix_{name}_revision"), *newest)] if parent else []),
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
    return [sa.Index(_cut(name), *columns, **options)]
