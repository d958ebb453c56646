"""Save: swap a draft in for live, in one transaction, in eight stages.

1 lock (`revision`), 2 compare, 3 archive, 4 park, 5 insert (`inserting`), 6 update
(`updating`), 7 delete (`deleting`), 8 the revision; `writer` runs 3 to 7.
"""

import json
from dataclasses import dataclass, field

from draftedit.engine.changes import touched_rows
from draftedit.engine.checks import validate
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, NothingToSave
from draftedit.engine.keys import to_list, to_path
from draftedit.engine.records import DraftRecord
from draftedit.engine.saving.compare import compare
from draftedit.engine.saving.plan import make_plan
from draftedit.engine.saving.problems import write_or_explain
from draftedit.engine.saving.revision import Revision, count_up, lock, record_revision
from draftedit.engine.saving.work import Work
from draftedit.engine.tables import Tables


@dataclass(frozen=True)
class Saved:
    """What a save made: the revision, and the real keys of the rows it inserted.

    `ids` maps, by table, draft-made keys spelled as in paths; `merged` are the foreign
    revisions that came in.
    """

    target: str
    key: Key
    revision: int
    ids: dict[str, dict[str, Key]]
    merged: list[int] = field(default_factory=list)

    def ids_json(self) -> str:
        """Spell `ids` for the draft's record."""
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
    validated: bool = True,
) -> Saved:
    """Write the net changes of a draft to live; keep what they replace as history.

    `validated`: the host's own checks may refuse. Raises Conflicts, Refused or
    SaveRace, with nothing written. Closing the draft is the caller's.
    """
    dbsession = rows.dbsession
    # The savepoint flushes what the host has pending: its own, and older than the save.
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
        work = write_or_explain(rows, tables, plan, live, revision)
        record_revision(dbsession, tables, record, work.revision, plan.count, message)
    root = work.keys.real(rows.target.root, rows.root)
    return Saved(rows.target.name, root, work.revision.number, _ids(work))


def _ids(work: Work) -> dict[str, dict[str, Key]]:
    ids: dict[str, dict[str, Key]] = {}
    for name, new in work.plan.new.items():
        part = work.target.tables[name]
        real = {to_path(row.key): work.keys.real(part, row.key) for row in new}
        changed = {path: key for path, key in real.items() if path != to_path(key)}
        if changed:
            ids[name] = changed
    return ids
