"""Save: write a draft into the live tables, in one transaction, in stages.

Lock the object (`revision`), `compare` origin, draft and live, write (`writer` lists
the stages: `archive`, park, insert, update, delete), and record the revision. If the
database refuses, `db_refusals` has it written again, row by row, and explains why.
"""

import json
from dataclasses import dataclass, field

from draftedit.engine.base.errors import Consequence, Key, NothingToSave
from draftedit.engine.base.keys import to_list, to_path
from draftedit.engine.draft.changes import touched_rows
from draftedit.engine.draft.checks import validate
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.saving.compare import compare
from draftedit.engine.saving.db_refusals import write_or_explain
from draftedit.engine.saving.outside import consent, consequences_of
from draftedit.engine.saving.plan import make_plan
from draftedit.engine.saving.revision import Revision, count_up, lock, record_revision
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.tables import Tables
from draftedit.engine.store.draft_records import DraftRecord


@dataclass(frozen=True)
class Saved:
    """The result of a save: the revision, and the real keys of the rows it inserted.

    `ids` maps, by table, draft-made keys in the form of paths; `merged` are the foreign
    revisions that came in; `consequences` its effects on rows outside the object, and
    `consent` the token for those of them that are lost.
    """

    target: str
    key: Key
    revision: int
    ids: dict[str, dict[str, Key]]
    merged: list[int] = field(default_factory=list)
    consequences: list[Consequence] = field(default_factory=list)
    consent: str | None = None

    def ids_json(self) -> str:
        """Serialise `ids` for the draft's record."""
        return json.dumps(
            {
                table: {path: to_list(key) for path, key in real.items()}
                for table, real in self.ids.items()
            }
        )


def save(
    rows: DraftRows,
    tables: Tables,
    record: DraftRecord,
    message: str | None,
    accept: str | None = "",
    validated: bool = True,
) -> Saved:
    """Write the net changes of a draft to live; keep what they replace as history.

    `validated`: the host's own checks may refuse. `accept`: the consent to what is lost
    outside the object; None, for a check: to anything. Raises Conflicts, Refused,
    NeedsConsent or SaveRace, with nothing written. The caller closes the draft.
    """
    dbsession = rows.dbsession
    # The savepoint flushes the host's pending changes: they are older than the save.
    with dbsession.no_autoflush, dbsession.begin_nested():
        is_recorded = lock(dbsession, tables, record)
        touched = touched_rows(rows)
        plan = make_plan(rows, touched)
        live = compare(rows, plan)
        if plan.count == 0:
            raise NothingToSave
        if validated:
            validate(rows, touched)
        number = record.base + 1
        is_first = plan.makes_object and number == 1
        revision = Revision(record.target, record.root, number, is_recorded, is_first)
        if is_recorded:
            count_up(dbsession, tables, record)
        work = write_or_explain(rows, tables, plan, live, revision, accept)
        record_revision(dbsession, tables, record, work.revision, plan.count, message)
    root = work.keys.real(rows.target.root, rows.root)
    return Saved(
        rows.target.name,
        root,
        work.revision.number,
        _ids(work),
        consequences=consequences_of(work),
        consent=consent(work),
    )


def _ids(work: SaveRun) -> dict[str, dict[str, Key]]:
    ids: dict[str, dict[str, Key]] = {}
    for name, new in work.plan.new.items():
        part = work.target.tables[name]
        real = {to_path(row.key): work.keys.real(part, row.key) for row in new}
        changed = {path: key for path, key in real.items() if path != to_path(key)}
        if changed:
            ids[name] = changed
    return ids
