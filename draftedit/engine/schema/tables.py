"""Define the shared tables: objects, revisions, drafts, journals, request keys."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import BadModel
from draftedit.engine.values.codecs import long_text
from draftedit.engine.values.column_types import UtcDateTime, counted_type, name_type

# AUTOINCREMENT: otherwise SQLite reuses the number of a purged draft.
_Number = counted_type()


PREFIX = "draftedit_"
LONGEST_PREFIX = 18  # the longest name that is made with it has 63 characters
_PREFIX = re.compile(rf"(?:[A-Za-z]\w{{0,{LONGEST_PREFIX - 1}}})?", re.ASCII)

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


class _Maker:
    """Makes tables whose names begin with a prefix."""

    def __init__(self, metadata: sa.MetaData, prefix: str) -> None:
        self.metadata, self.prefix = metadata, prefix

    def table(self, name: str, *items: Any, **options: Any) -> sa.Table:
        return sa.Table(f"{self.prefix}{name}", self.metadata, *items, **options)

    def index(self, table: str, *columns: str, name: str) -> sa.Index:
        return sa.Index(f"ix_{self.prefix}{table}_{name}", *columns)


def build(metadata: sa.MetaData, prefix: str) -> Tables:
    """Add the tables to `metadata`; raise BadModel for a prefix that no name takes."""
    if not (isinstance(prefix, str) and _PREFIX.fullmatch(prefix)):
        raise BadModel(
            f"prefix={prefix!r} is not up to {LONGEST_PREFIX} letters, digits and"
            " underscores, beginning with a letter"
        )
    make = _Maker(metadata, prefix)
    draft = _draft(make)
    return Tables(
        object=_object(make),
        revision=_revision(make, draft),
        draft=draft,
        draft_object=_draft_object(make, draft),
        operation=_operation(make, draft),
        request=_request(make, draft),
        draft_day=_draft_day(make),
        draft_day_figure=_draft_day_figure(make),
        task_result=_task_result(make),
        task_worker=_task_worker(make),
        kept_row=_kept_row(make),
    )


def draft_reference(draft: sa.Table, **options: Any) -> sa.Column[int]:
    """Return a column that points to a draft, in the table of these."""
    return sa.Column("draft", sa.BigInteger, sa.ForeignKey(draft.c.key), **options)


def _target() -> sa.Column[str]:
    return sa.Column("target", name_type(TARGET), primary_key=True)


def _root() -> sa.Column[str]:
    return sa.Column("root", name_type(ROOT), primary_key=True)


def _count(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0", default=0)


def _object(make: _Maker) -> sa.Table:
    """Map an object to its revision: the row that saves lock and increment."""
    return make.table("object", _target(), _root(), _count("revision"))


def _revision(make: _Maker, draft: sa.Table) -> sa.Table:
    """Record each saved state; the primary key forbids a second of one number."""
    return make.table(
        "revision",
        _target(),
        _root(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("saved_by", name_type(255), nullable=False),
        sa.Column("message", long_text()),
        draft_reference(draft, index=True),
        _count("changes"),
    )


def _draft(make: _Maker) -> sa.Table:
    """One private editing session.

    `length` is the number of operations in the journal, `position` the last one
    done; `last_key` the last (negative) key the draft made; `keys` maps draft-made
    keys to real ones, once saved; `counted`: it is in the roll-up.
    """
    return make.table(
        "draft",
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
        make.index("draft", "owner", "key", name="owner"),
        make.index("draft", "state", "changed_at", name="state_changed_at"),
        make.index("draft", "closed_at", "key", name="closed_at"),
        sqlite_autoincrement=True,
        postgresql_with={"fillfactor": "70"},
    )


def _draft_object(make: _Maker, draft: sa.Table) -> sa.Table:
    """The object that a draft is opened on, and its revision at that time (base)."""
    return make.table(
        "draft_object",
        draft_reference(draft, primary_key=True, autoincrement=False),
        _target(),
        _root(),
        _count("base"),
        make.index("draft_object", "target", "root", "draft", name="target_root"),
    )


def _operation(make: _Maker, draft: sa.Table) -> sa.Table:
    """The journal. `forward` is the operation as it was made and never changes;
    `inverse` takes it back, made when it was last done; `again` does it once more,
    made when it was last undone. `kind` and `table_name` are what the statistics count
    of `forward`: reading the JSON of a long batch would take longer than purging it.
    """
    return make.table(
        "operation",
        draft_reference(draft, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", name_type(VALUE), nullable=False, server_default=""),
        sa.Column("table_name", name_type(VALUE)),
        sa.Column("forward", long_text(), nullable=False),
        sa.Column("inverse", long_text(), nullable=False),
        sa.Column("again", long_text()),
        sa.Column("label", long_text()),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _request(make: _Maker, draft: sa.Table) -> sa.Table:
    """Responses by request key, so that a repeated request is not carried out twice."""
    return make.table(
        "request",
        sa.Column("owner", name_type(OWNER), primary_key=True),
        sa.Column("key", name_type(128), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", long_text(), nullable=False),
        draft_reference(draft, index=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
    )


def _draft_day(make: _Maker) -> sa.Table:
    """Drafts per day and target, kept when purge deletes the drafts themselves."""
    counts = ("opened", "saved", "cancelled", "abandoned")
    return make.table(
        "draft_day",
        sa.Column("day", sa.Date, primary_key=True),
        _target(),
        *(_count(name) for name in (*counts, "operations", "undos", "redos")),
        _count("seconds_open", sa.BigInteger),
    )


def _draft_day_figure(make: _Maker) -> sa.Table:
    """Closed drafts per day, target and outcome, by the measures of `counting`."""
    return make.table(
        "draft_day_figure",
        sa.Column("day", sa.Date, primary_key=True),
        _target(),
        sa.Column("outcome", sa.String(16), primary_key=True),
        sa.Column("measure", sa.String(16), primary_key=True),
        sa.Column("value", name_type(VALUE), primary_key=True),
        _count("count", sa.BigInteger),
    )


def _task_result(make: _Maker) -> sa.Table:
    """The findings of a long task on an object, and whether a run is requested.

    `lease` names the run that may write; `free_at` is when another may take its place.
    `done` of `total`: the progress of that run. `found` belongs to `revision`.
    """
    return make.table(
        "task_result",
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


def _task_worker(make: _Maker) -> sa.Table:
    """When each worker process was last seen."""
    return make.table(
        "task_worker",
        sa.Column("name", name_type(WORKER), primary_key=True),
        sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    )


def _kept_row(make: _Maker) -> sa.Table:
    """A row outside an object that a revision changed by deleting a row of the object.

    `part` and `part_key` name that row; `content` is what `action` took: the whole row,
    or the columns that it emptied, before and after. `number` is an order in which they
    can be restored.
    """
    return make.table(
        "kept_row",
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
