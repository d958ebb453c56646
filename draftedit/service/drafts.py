"""`Drafts`: what a host registers its targets with, and opens drafts from.

drafts = Drafts(Base.metadata)
drafts.target(Order, label=Order.number, order={Line: Line.place})
edit = drafts.open(dbsession, Order, 42, owner="ada")
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session

from draftedit.engine import operations
from draftedit.engine.base.errors import BadModel, Problem, Refused, Unknown
from draftedit.engine.base.messages import say
from draftedit.engine.base.paging import Listing
from draftedit.engine.draft.checks import Check
from draftedit.engine.draft.notes import Notes
from draftedit.engine.journal import opening
from draftedit.engine.operations import Operation
from draftedit.engine.schema import registration, tables
from draftedit.engine.schema.model import Park, Target
from draftedit.engine.schema.task import Run, Task
from draftedit.engine.schema.visibility import Visible, with_criteria
from draftedit.engine.statistics.daily_counts import DayStatistics, statistics
from draftedit.engine.store import draft_lists, draft_records
from draftedit.service.results import DraftInfo
from draftedit.service.session import EditSession
from draftedit.service.unit_of_work import verb

if TYPE_CHECKING:
    from draftedit.service.doctor import Report

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Drafts:
    """The targets of one host, and the tables that its drafts live in.

    Made at import time, so that Alembic sees `drafts.metadata` beside the host's own.
    """

    def __init__(self, metadata: sa.MetaData, *, prefix: str = tables.PREFIX) -> None:
        """Prepare drafts over the tables of `metadata`, which is not altered.

        `prefix` begins the names of the tables that all targets share, or BadModel.
        """
        self.host_metadata = metadata
        self.metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
        self.tables = tables.build(self.metadata, prefix)
        self.targets: dict[str, Target] = {}
        self.operations: dict[str, type[Operation]] = dict(operations.BUILT_IN)

    def target(
        self,
        model: type[Any],
        *,
        label: InstrumentedAttribute[Any],
        order: Mapping[type[Any], InstrumentedAttribute[Any]] | None = None,
        park: Park | None = None,
        review: bool = False,
        visible: Visible | None = None,
    ) -> Target:
        """Register a root class with its parts.

        `label` is the column whose value names an object on pages; `order` maps part
        classes to their `OrderKey` columns; `park(table, row)` returns the values that
        a row takes while another row gets its unique ones. `review`: a save is refused,
        once, if others have saved since the base, so that the user looks at their
        changes and rebases. `visible(table)` is called once for each class and
        association table, and returns a criterion (or `visible` is a mapping of these,
        and of classes that the target refers to): rows outside of it are part of no
        object and no choice, see `docs/relationships.md`. Raises BadModel, naming what
        cannot be drafted.
        """
        with registration.nothing_left_if_refused(self.metadata):
            target = registration.build_target(
                _mapper(model),
                _column_name(label),
                {_table_name(m): _column_name(c) for m, c in (order or {}).items()},
                self.tables.draft,
                park,
                review,
                {n: one.name for one in self.targets.values() for n in one.tables},
            )
            self._check_free()
            if visible is not None:
                target = with_criteria(target, visible)
        target = replace(target, siblings=self.targets)
        self.targets[target.name] = target
        return target

    def _check_free(self) -> None:
        for name in self.metadata.tables:
            if name in self.host_metadata.tables:
                raise BadModel(f"{name} is a table of the host and of draftedit")

    def operation(self, kind: type[Operation]) -> type[Operation]:
        """Register an operation of the host's own; usable as a class decorator."""
        if kind.op in self.operations:
            raise BadModel(f"there is an operation {kind.op!r} already")
        self.operations[kind.op] = kind
        return kind

    def check(self, target: type[Any] | str) -> Callable[[Check], Check]:
        """Register a check of the host's own: `@drafts.check(Order)`.

        It is called with a `DraftReader` in `check` and in `save`, before anything is
        written, and yields problems; any one refuses the save. Raises Unknown for a
        class that is no target.
        """

        def register(check: Check) -> Check:
            found = self.find_target(target)
            self.targets[found.name] = replace(found, checks=(*found.checks, check))
            return check

        return register

    def note(self, target: type[Any] | str) -> Callable[[Notes], Notes]:
        """Register notes that `check` shows beside the problems; they stop nothing.

        Called like a check; it yields notes. Slow work, such as running a program, is
        yielded as a function without arguments that returns notes: pages and API call
        it while no transaction is open.
        """

        def register(notes: Notes) -> Notes:
            found = self.find_target(target)
            self.targets[found.name] = replace(found, notes=(*found.notes, notes))
            return notes

        return register

    def task(self, target: type[Any] | str, *, label: str) -> Callable[[Run], Run]:
        """Register a long task of a host's own: `@drafts.task(Order, label="Stock")`.

        A worker calls it with a `RevisionReader`, and it yields findings; see
        `draftedit.results`. Programs name it by its function's name. Raises Unknown for
        a class that is no target, BadModel for a second task of one name.
        """

        def register(run: Run) -> Run:
            found = self.find_target(target)
            if run.__name__ in found.tasks:
                raise BadModel(f"there is a task {run.__name__!r} already")
            tasks = {**found.tasks, run.__name__: Task(run.__name__, label, run)}
            self.targets[found.name] = replace(found, tasks=tasks)
            return run

        return register

    def public_operations(self) -> dict[str, type[Operation]]:
        """Return the operations that a caller may send, by their names in JSON."""
        hidden = operations.BUILT_IN.keys() - operations.PUBLIC.keys()
        return {n: k for n, k in self.operations.items() if n not in hidden}

    def operation_from_json(self, data: Any) -> Operation:
        """Read an operation that a caller sent; raise BadOperation."""
        return operations.from_json(data, self.public_operations())

    def find_target(self, target: type[Any] | str) -> Target:
        """Return the target of a class or of a root table's name; raise Unknown."""
        name = target if isinstance(target, str) else _table_name(target)
        if name not in self.targets:
            raise Unknown("target", name)
        return self.targets[name]

    def keys_to_give(self, target: type[Any] | str) -> list[str]:
        """Return the columns of a new object's key that `open` must be given."""
        return opening.keys_to_give(self.find_target(target))

    @verb
    def open(
        self,
        dbsession: Session,
        target: type[Any] | str,
        key: Any = None,
        *,
        owner: str,
        values: Mapping[str, Any] | None = None,
        revert_to: int | None = None,
    ) -> EditSession:
        """Open a draft on the object `key` (None: on a new object) for `owner`.

        Copies the target row and nothing else. A new object begins with `values`, by
        column, among them its key if nothing generates that; no undo takes them away.
        With `revert_to`, the draft's one operation turns the object, which may be
        deleted, into what that revision had. Raises Unknown if there is no such object
        or revision, Refused if the revert would change nothing, a row cannot be
        restored, or a new object cannot have the values or the key.
        """
        found = self.find_target(target)
        if key is None:
            place = dbsession, self.tables, found, owner
            record = opening.open_new(*place, values or {})
        elif values is not None:
            raise Refused(Problem(say("values-of-new-objects"), table=found.name))
        else:
            columns = key if isinstance(key, tuple | list) else (key,)
            record = opening.open_on(
                dbsession, self.tables, found, columns, owner, revert_to is not None
            )
        edit = self._session(dbsession, found, record).held()
        if revert_to is not None:
            edit.revert(revert_to)
        return edit

    def resume(
        self,
        dbsession: Session,
        draft_key: int | str,
        *,
        owner: str | None,
        lock: bool = False,
    ) -> EditSession:
        """Resume a draft of `owner` (None: of any owner, for code that may).

        `lock` blocks other requests on the same draft. Raises Unknown if it does not
        exist, belongs to another user, or if `visible=` hides its object.
        """
        key = draft_records.parse_draft_key(draft_key)
        record = draft_records.load(dbsession, self.tables, key, owner, lock)
        edit = self._session(dbsession, self.find_target(record.target), record)
        if not edit.object_in_sight:
            raise Unknown("draft", key)
        return edit.held() if lock else edit

    def _session(
        self, dbsession: Session, target: Target, record: draft_records.DraftRecord
    ) -> EditSession:
        return EditSession(dbsession, self.tables, target, self.operations, record)

    def mine(
        self,
        dbsession: Session,
        owner: str,
        state: str | None = None,
        after: str | None = None,
        limit: int = 50,
        targets: Iterable[Target] | None = None,
    ) -> Listing[DraftInfo]:
        """List the drafts of `owner`, the newest first.

        `targets`: only drafts of these. A page has fewer than `limit` drafts if
        `visible=` hides the object of some of them.
        """
        wanted = self.targets if targets is None else [one.name for one in targets]
        found = draft_lists.listing(
            dbsession, self.tables, owner, state, after, limit, wanted
        )
        edits = [
            self._session(dbsession, self.targets[one.target], one)
            for one in found.items
        ]
        infos = [one.info for one in edits if one.object_in_sight]
        return Listing(infos, found.next)

    def statistics(
        self, dbsession: Session, since: datetime.date | None = None
    ) -> Sequence[DayStatistics]:
        """Count drafts per day and target: the roll-up and the drafts together.

        The newest day first; `since`: days (UTC) before it are left out.
        """
        return statistics(dbsession, self.tables, since)

    def probe(self, engine: sa.Engine) -> "Report":
        """Check that the database of `engine` is what the targets need.

        Compares tables and tries every step of an editor, and leaves nothing behind:
        see `draftedit.service.doctor`.
        """
        # Imported lazily: it depends on this module, and on Alembic.
        from draftedit.service.doctor import probe

        return probe(self, engine)


def _mapper(model: type[Any]) -> Mapper[Any]:
    mapper: Mapper[Any] = sa.inspect(model)
    return mapper


def _table_name(model: type[Any]) -> str:
    table = _mapper(model).local_table
    if not isinstance(table, sa.Table):
        raise BadModel(f"{model.__name__} is not mapped to a table")
    return table.name


def _column_name(attribute: InstrumentedAttribute[Any]) -> str:
    return str(attribute.property.columns[0].name)
