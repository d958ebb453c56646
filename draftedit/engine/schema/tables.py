"""Define the shared tables: objects, revisions, drafts, journals, request keys."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.values.codecs import long_text
from draftedit.engine.values.column_types import UtcDateTime, counted_type, name_type

# AUTOINCREMENT: otherwise SQLite reuses the number of a purged draft.
_Number = counted_type()


TARGET = 63
ROOT = 255
OWNER = 255
VALUE = 128  # of a figure: the kind of an operation, the name of a table; or both
TASK = 63
WORKER = 255


@dataclass(frozen=True)
class Tables:
    """The tables of one `Drafts`, in its metadata."""

    object: sa.Table
    revision: sa.Table
    draft: sa.Table
    draft_object: sa.Table
    operation: sa.Table
    request: sa.Table
    draft_day: sa.Table
    draft_day_figure: sa.Table
    task_result: sa.Table
    task_worker: sa.Table
    kept_row: sa.Table


def build(metadata: sa.MetaData) -> Tables:
    """Add the tables to `metadata`."""
    draft = _draft(metadata)
    return Tables(
        object=_object(metadata),
        revision=_revision(metadata),
        draft=draft,
        draft_object=_draft_object(metadata),
        operation=_operation(metadata),
        request=_request(metadata),
        draft_day=_draft_day(metadata),
        draft_day_figure=_draft_day_figure(metadata),
        task_result=_task_result(metadata),
        task_worker=_task_worker(metadata),
        kept_row=_kept_row(metadata),
    )


def draft_reference(**options: Any) -> sa.Column[int]:
    """Return a column that points to a draft."""
    return sa.Column("draft", sa.BigInteger, sa.ForeignKey("draft.key"), **options)


def _target() -> sa.Column[str]:
    return sa.Column("target", name_type(TARGET), primary_key=True)


def _root() -> sa.Column[str]:
    return sa.Column("root", name_type(ROOT), primary_key=True)


def _count(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0", default=0)


def _object(metadata: sa.MetaData) -> sa.Table:
    """Map an object to its revision: the row that saves lock and increment."""
    return sa.Table("object", metadata, _target(), _root(), _count("revision"))


def _revision(metadata: sa.MetaData) -> sa.Table:
    """Record each saved state; the primary key forbids a second of one number."""
    return sa.Table(
        "revision",
        metadata,
        _target(),
        _root(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("saved_by", name_type(255), nullable=False),
        sa.Column("message", long_text()),
        draft_reference(index=True),
        _count("changes"),
    )


def _draft(metadata: sa.MetaData) -> sa.Table:
    """One private editing session.

    `length` is the number of operations in the journal, `position` the last one
    done; `last_key` the last (negative) key the draft made; `keys` maps draft-made
    keys to real ones, once saved; `counted`: it is in the roll-up.
    """
    return sa.Table(
        "draft",
        metadata,
        sa.Column("key", _Number, primary_key=True),
        sa.Column("owner", name_type(OWNER), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("closed_because", sa.String(16)),
        _count("version"),
        _count("position"),
        _count("length"),
        _count("last_key", sa.BigInteger),
        _count("operations"),
        _count("undos"),
        _count("redos"),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        # As text: Alembic scripts generated on one database run on another.
        sa.Column("counted", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("keys", long_text()),
        sa.Column("revision", sa.Integer),
        sa.Index("ix_draft_owner", "owner", "key"),
        sa.Index("ix_draft_state_changed_at", "state", "changed_at"),
        sa.Index("ix_draft_closed_at", "closed_at", "key"),
        sqlite_autoincrement=True,
        postgresql_with={"fillfactor": "70"},
    )


def _draft_object(metadata: sa.MetaData) -> sa.Table:
    """The object that a draft is opened on, and its revision at that time (base)."""
    return sa.Table(
        "draft_object",
        metadata,
        draft_reference(primary_key=True, autoincrement=False),
        _target(),
        _root(),
        _count("base"),
        sa.Index("ix_draft_object_target_root", "target", "root", "draft"),
    )


def _operation(metadata: sa.MetaData) -> sa.Table:
    """The journal. `forward` is the operation as it was made and never changes;
    `inverse` takes it back, made when it was last done; `again` does it once more,
    made when it was last undone. `kind` and `table_name` are what the statistics count
    of `forward`: reading the JSON of a long batch would take longer than purging it.
    """
    return sa.Table(
        "operation",
        metadata,
        draft_reference(primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", name_type(VALUE), nullable=False, server_default=""),
        sa.Column("table_name", name_type(VALUE)),
        sa.Column("forward", long_text(), nullable=False),
        sa.Column("inverse", long_text(), nullable=False),
        sa.Column("again", long_text()),
        sa.Column("label", long_text()),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _request(metadata: sa.MetaData) -> sa.Table:
    """Responses by request key, so that a repeated request is not carried out twice."""
    return sa.Table(
        "request",
        metadata,
        sa.Column("owner", name_type(OWNER), primary_key=True),
        sa.Column("key", name_type(128), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", long_text(), nullable=False),
        draft_reference(index=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
    )


def _draft_day(metadata: sa.MetaData) -> sa.Table:
    """Drafts per day and target, kept when purge deletes the drafts themselves."""
    counts = ("opened", "saved", "cancelled", "abandoned")
    return sa.Table(
        "draft_day",
        metadata,
        sa.Column("day", sa.Date, primary_key=True),
        _target(),
        *(_count(name) for name in (*counts, "operations", "undos", "redos")),
        _count("seconds_open", sa.BigInteger),
    )


def _draft_day_figure(metadata: sa.MetaData) -> sa.Table:
    """Closed drafts per day, target and outcome, by the measures of `counting`."""
    return sa.Table(
        "draft_day_figure",
        metadata,
        sa.Column("day", sa.Date, primary_key=True),
        _target(),
        sa.Column("outcome", sa.String(16), primary_key=True),
        sa.Column("measure", sa.String(16), primary_key=True),
        sa.Column("value", name_type(VALUE), primary_key=True),
        _count("count", sa.BigInteger),
    )


def _task_result(metadata: sa.MetaData) -> sa.Table:
    """The findings of a long task on an object, and whether a run is requested.

    `lease` names the run that may write; `free_at` is when another may take its place.
    `done` of `total`: the progress of that run. `found` belongs to `revision`.
    """
    return sa.Table(
        "task_result",
        metadata,
        _target(),
        _root(),
        sa.Column("task", name_type(TASK), primary_key=True),
        sa.Column("wanted_at", UtcDateTime, index=True),
        sa.Column("wanted_by", name_type(255)),
        sa.Column("lease", sa.String(32)),
        sa.Column("free_at", UtcDateTime),
        _count("done"),
        sa.Column("total", sa.Integer),
        _count("failures"),
        sa.Column("failed_at", UtcDateTime),
        sa.Column("revision", sa.Integer),
        sa.Column("found", long_text()),
        sa.Column("stored_at", UtcDateTime),
    )


def _task_worker(metadata: sa.MetaData) -> sa.Table:
    """When each worker process was last seen."""
    return sa.Table(
        "task_worker",
        metadata,
        sa.Column("name", name_type(WORKER), primary_key=True),
        sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    )


def _kept_row(metadata: sa.MetaData) -> sa.Table:
    """A row outside an object that a revision changed by deleting a row of the object.

    `part` and `part_key` name that row; `content` is what `action` took: the whole row,
    or the columns that it emptied, before and after. `number` is an order in which they
    can be restored.
    """
    return sa.Table(
        "kept_row",
        metadata,
        _target(),
        _root(),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("part", name_type(VALUE), nullable=False),
        sa.Column("part_key", name_type(ROOT), nullable=False),
        sa.Column("table_name", name_type(VALUE), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("row_key", long_text(), nullable=False),
        sa.Column("content", long_text(), nullable=False),
    )
