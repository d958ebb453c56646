"""Try the steps of an editor at one part of a target, and roll them back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, NeedsConsent
from draftedit.engine.base.keys import to_path
from draftedit.engine.dialects import backend_of
from draftedit.engine.operations import Delete, Insert, Move, Operation, Set
from draftedit.engine.reading.rows import Row
from draftedit.engine.saving import Saved
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.schema.root_join import joined_to_root
from draftedit.service.doctor import made_up
from draftedit.service.doctor.findings import Diagnosis, PartReport
from draftedit.service.doctor.inspecting import inspect_table
from draftedit.service.doctor.steps import Failed, NotTaken, Steps
from draftedit.service.dry_run import as_check
from draftedit.service.objects import Objects
from draftedit.service.session import EditSession

if TYPE_CHECKING:
    from draftedit.service.drafts import Drafts

OWNER = "draftedit doctor"

TRIES = 5  # fields of a row that are tried until one is accepted

NO_ROWS = "there are no rows to try with"


def try_part(
    drafts: "Drafts", engine: sa.Engine, target: Target, part: Part
) -> PartReport:
    """Do the steps of an editor at a part, and roll them back."""
    with _taken_back(drafts, engine) as dbsession:
        trial = _Trial(drafts, dbsession, target, part)
        try:
            trial.run()
        except Failed as failed:
            found = Diagnosis(target.name, part.name, failed.step, failed.meaning)
            return PartReport(target.name, part.name, (found,), trial.tried)
    notes = tuple(
        Diagnosis(target.name, part.name, step, meaning, is_fault=False)
        for step, meaning in trial.notes
    )
    return PartReport(target.name, part.name, notes, trial.tried)


@contextmanager
def _taken_back(drafts: "Drafts", engine: sa.Engine) -> Iterator[Session]:
    """Open a session that is rolled back, whatever isolation level the engine has."""
    with engine.connect() as connection:
        begin = backend_of(connection).begin_to_write
        if begin is None:  # one that commits each statement could take nothing back
            connection.execution_options(isolation_level="READ COMMITTED")
        transaction = connection.begin()
        try:
            if begin is not None:
                _begin_to_write(drafts, connection, begin)
            dbsession = Session(connection, join_transaction_mode="create_savepoint")
            with dbsession, as_check(dbsession):
                yield dbsession
        finally:
            transaction.rollback()


def _begin_to_write(drafts: "Drafts", connection: sa.Connection, begin: str) -> None:
    """Begin where the driver puts it off, and be the one writer from the start."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql(begin)
    nothing = sa.update(drafts.tables.draft).where(sa.false()).values(version=0)
    connection.execute(nothing)


class _Trial:
    """One part of one object, in one transaction."""

    def __init__(
        self, drafts: "Drafts", dbsession: Session, target: Target, part: Part
    ) -> None:
        self.drafts = drafts
        self.dbsession = dbsession
        self.target = target
        self.part = part
        self.dialect = dbsession.get_bind().dialect.name
        self.steps = Steps()
        self.notes: list[tuple[str, str]] = []

    @property
    def tried(self) -> tuple[str, ...]:
        return tuple(self.steps.done)

    def run(self) -> None:
        """Do all steps that can be done; raise Failed."""
        with self.steps.step("open"):
            root = self._find_root(self.part) or self._find_root(self.target.root)
        if root is None:
            self.notes.append(("open", NO_ROWS))
            return
        with self._rolled_back():
            rows = self._read(root)
        if not rows:
            self.notes.append(("page", NO_ROWS))
            return
        self._set(root, rows[0])
        if not self._insert(root, rows):
            self._move(root, rows)
            self._delete_leaf(root, rows[0])

    @contextmanager
    def _rolled_back(self) -> Iterator[None]:
        """Roll back what is done inside."""
        savepoint = self.dbsession.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()
            self.dbsession.expire_all()

    def _find_root(self, part: Part) -> Key | None:
        """Return the key of an object that has a row of a part."""
        root = self.target.root
        rows, demands = joined_to_root(self.target, part)
        fields = [root.fields[name] for name in root.key]
        wanted = sa.select(*(field.read() for field in fields)).select_from(rows)
        found = self.dbsession.execute(wanted.where(*demands).limit(1)).first()
        if found is None:
            return None
        pairs = zip(fields, found, strict=True)
        return tuple(field.codec.encode(value) for field, value in pairs)

    def _open(self, root: Key | None, revert_to: int | None = None) -> EditSession:
        return self.drafts.open(
            self.dbsession, self.target.name, root, owner=OWNER, revert_to=revert_to
        )

    def _edit(self, root: Key) -> EditSession:
        with self.steps.step("open"):
            return self._open(root)

    def _read(self, root: Key) -> list[Row]:
        """Open the object and return rows of the part below one parent."""
        name = self.part.name
        edit = self._edit(root)
        with self.steps.step("page"):
            rows = edit.page(name, limit=1).rows
            if rows and self.part.parent is not None:
                parent = self.part.parent_key_of(rows[0].values)
                rows = edit.page(name, parent=parent).rows
        return list(rows)

    def _set(self, root: Key, row: Row) -> None:
        why = None
        changes = made_up.changes_of(self.part, row, self.dialect)
        for _, (name, value) in zip(range(TRIES), changes, strict=False):
            try:
                with self._rolled_back():
                    edit = self._edit(root)
                    change = Set(self.part.name, row.key, {name: value})
                    self._apply("set", edit, change)
                    self._revert(self._save(edit))
                return
            except NotTaken as refusal:
                why = refusal
        if why is not None:
            self.notes.append(("set", f"no value was set ({why})"))

    def _insert(self, root: Key, rows: list[Row]) -> bool:
        """Insert a row, move it, and delete it again; return whether that worked."""
        try:
            with self._rolled_back():
                self._delete(*self._inserted(root, rows))
        except NotTaken as refusal:
            self.notes.append(("insert", f"no row was inserted ({refusal})"))
            return False
        return True

    def _inserted(self, root: Key, rows: list[Row]) -> tuple[Key, Key]:
        """Save a new row; return the keys of its object and its own."""
        part = self.part
        with self.steps.step("insert"):
            edit = self._open(root if part.parent else None)
            values = self._like(edit, rows)
        if part.parent is None:
            self._apply("insert", edit, Set(part.name, edit.root, values))
            saved = self._save(edit)
            return saved.key, saved.key
        parent = part.parent_key_of(rows[0].values)
        done = self._apply("insert", edit, Insert(part.name, values, parent=parent))
        row = next(row for row in done if row.is_new)
        move = self._some_move(edit, row)
        if move is not None:
            self._apply("move", edit, move)
        key = row.key
        saved = self._save(edit)
        real = saved.ids.get(part.name, {})
        return saved.key, real.get(to_path(key), key)

    def _like(self, edit: EditSession, rows: list[Row]) -> dict[str, Any]:
        part, row = self.part, rows[0]
        real = inspect_table(self.dbsession.connection(), part.live)
        keys = real.unique if real is not None else []
        made_unique = made_up.unique_columns(part, self.dialect)
        unique = {name for key in keys for name in key} | made_unique
        unique -= set(part.key)

        def choices(name: str) -> list[Any]:
            field = part.fields[name]
            other = self.target.tables.get(str(field.references))
            at = other.key.index(str(field.referred)) if other else 0
            taken = {one.values[name] for one in rows}
            found = (choice.key[at] for choice in edit.choices(part.name, name))
            return [value for value in found if value not in taken]

        values = made_up.like(part, row, unique, choices, self.dialect)
        if part.parent is None:
            return {n: v for n, v in values.items() if part.fields[n].settable}
        return values

    def _move(self, root: Key, rows: list[Row]) -> None:
        is_alone = self.part.order is not None and len(rows) == 1
        with suppress(NotTaken), self._rolled_back():
            edit = self._edit(root)
            move = None if is_alone else self._some_move(edit, rows[-1])
            if move is not None:
                self._apply("move", edit, move)
                self._save(edit)

    def _some_move(self, edit: EditSession, row: Row) -> Move | None:
        """Return a move to the first place; without order, to another parent."""
        part = self.part
        if part.order is not None:
            return Move(part.name, row.key, after=None)
        if not self.target.has_other_parents(part):
            return None
        here = part.parent_key_of(row.values)
        above = edit.page(str(part.parent), limit=2).rows
        others = (one.key for one in above if one.key != here)
        parent = next(others, None)
        return None if parent is None else Move(part.name, row.key, parent)

    def _delete_leaf(self, root: Key, row: Row) -> None:
        if self.part.children or self.part.parent is None:
            why = "what hangs below its rows would go with them"
            self.notes.append(("delete", f"no row was deleted ({why})"))
            return
        try:
            with self._rolled_back():
                self._delete(root, row.key)
        except NotTaken as refusal:
            self.notes.append(("delete", f"no row was deleted ({refusal})"))

    def _delete(self, root: Key, key: Key) -> None:
        edit = self._edit(root)
        self._apply("delete", edit, Delete(self.part.name, key))
        self._revert(self._save(edit))

    def _apply(self, step: str, edit: EditSession, operation: Operation) -> list[Row]:
        """Apply an operation, undo and redo it."""
        with self.steps.step(step):
            outcome = edit.apply(operation)
        if outcome.sequence is not None:
            with self.steps.step("undo"):
                edit.undo()
                edit.redo()
        return outcome.rows

    def _save(self, edit: EditSession) -> Saved:
        with self.steps.step("save"):
            try:
                return edit.save()
            except NeedsConsent as need:
                return edit.save(accept=need.consent)

    def _revert(self, saved: Saved) -> None:
        """Read what a save replaced, and revert to it."""
        before = saved.revision - 1
        with self.steps.step("history"):
            live = Objects(self.drafts, self.dbsession)
            place = (self.target.name, saved.key)
            live.page(*place, self.part.name, limit=1, revision=before)
            live.revisions(*place, limit=1)
        with self.steps.step("revert"):
            self._open(saved.key, before).save()
