"""Random operations against a plain-Python model, on every database and host.

Undo all is the base, redo all is the last state, save is the model, which is what the
host's own session shows; other drafts, other live rows and hidden rows are untouched.
`make test-long` does 20,000 operations for each.
"""

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.base.keys import to_path
from draftedit.engine.operations import LAST
from draftedit.service.objects import Objects
from tests.engine.model import Model
from tests.engine.players import HOSTS
from tests.engine.showing import Shown

picks = st.integers(0, 2**20)
STEPS = 25


@pytest.fixture(scope="session", params=HOSTS, ids=lambda host: host.name)
def host(request):
    return request.param()


@pytest.fixture(scope="session")
def database(fresh_database, host):
    return fresh_database(*host.metadata)


class Editing(RuleBasedStateMachine):
    """One draft, edited at random, beside the model of it."""

    host = None
    engine = None

    def __init__(self):
        super().__init__()
        self.connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.dbsession = Session(
            self.connection, join_transaction_mode="create_savepoint"
        )
        self.host.listen(self.dbsession)
        self.drafts = self.host.drafts
        [self.target, *_] = self.drafts.targets.values()
        self.root, self.other_root = self.host.fill(self.dbsession)
        self.other = self.open("bob")
        self.edit = self.open("ada")
        self.model = self.read_model()
        self.base = self.model.copy()
        self.history, self.position = [self.base], 0
        self.counter = 0
        self.live = self.read_live(self.root), self.read_live(self.other_root)
        self.shown = self.check_shown()
        self.sound = True

    def open(self, owner):
        name = self.target.name
        return self.drafts.open(self.dbsession, name, self.root, owner=owner)

    # Reading what is there

    def check_shown(self):
        """See that drafts and the host's session show the same rows; return these."""
        self.dbsession.expire_all()
        shown = Shown(self.dbsession, self.target, self.root)
        live = self.read_live(self.root) if shown.mine[self.target.name] else {}
        for table, rows in live.items():
            assert {row.key: row.values for row in rows} == shown.mine[table]
        return shown

    def rows_of(self, page):
        found = {}
        for table in self.target.tables:
            found[table] = page(table).rows
        return found

    def read_live(self, root):
        def page(table):
            name = self.target.name
            return Objects(self.drafts, self.dbsession).page(
                name, root, table, limit=500
            )

        return self.rows_of(page)

    def read_model(self):
        model = Model(self.target)
        for table, rows in self.rows_of(self.page).items():
            part = self.target.tables[table]
            for row in rows:
                parent = part.parent_key_of(row.values)
                model.add(table, row.key, self.plain(row), parent)
        return model

    def page(self, table, **query):
        return self.edit.page(table, limit=500, **query)

    def plain(self, row):
        order = self.target.tables[row.table].order
        return {name: value for name, value in row.values.items() if name != order}

    # Choosing

    def choose(self, pick, rows):
        rows = sorted(rows, key=str)
        return rows[pick % len(rows)] if rows else None

    def any_row(self, pick, wanted=lambda part: True):
        rows = [
            (table, key)
            for table, part in self.target.tables.items()
            if wanted(part)
            for key in self.model.visible(table)
        ]
        return self.choose(pick, rows)

    def some_value(self, kind, pick):
        if isinstance(kind, tuple):
            return kind[pick % len(kind)]
        if kind == "unique":
            self.counter += 1
            return f"u{self.counter}"
        if kind in self.target.tables:
            choices = [None, *(key[0] for key in self.model.visible(kind))]
            return choices[pick % len(choices)]
        made = {
            "text": [None, "", "x", "ä"],
            "number": [0, 1, -5],
            "flag": [True, False],
        }
        return made[kind][pick % len(made[kind])]

    # Making operations; each changes the model as well

    def make_set(self, pick, value):
        row = self.any_row(pick, lambda part: part.name in self.host.settable)
        if row is None:
            return None
        fields = self.host.settable[row[0]]
        name = sorted(fields)[value % len(fields)]
        new = self.some_value(fields[name], value // 7)
        if name == "amount" and new is None:
            new = 3
        self.model.rows[row][name] = new
        return Set(*row, {name: new})

    def make_insert(self, pick, value):
        tables = [p for p in self.target.tables.values() if p.parent is not None]
        part = tables[pick % len(tables)]
        parent = self.choose(value, self.model.visible(part.parent))
        if parent is None:
            return None
        self.counter += 1
        values = self.host.values(part.name, self.counter, value)
        siblings = self.model.siblings(part.name, parent)
        where = [None, "last", *siblings][value % (len(siblings) + 2)]
        after = LAST if part.order is None or where == "last" else where
        return Insert(part.name, values, parent, after)

    def make_delete(self, pick, value):
        row = self.any_row(pick, lambda p: p.parent is not None or value % 9 == 0)
        if row is None:
            return None
        self.model.gone.add(row)
        return Delete(*row)

    def make_restore(self, pick, value):
        row = self.choose(pick, self.model.gone)
        if row is None:
            return None
        self.model.gone.discard(row)
        return Restore(*row)

    def make_move(self, pick, value):
        row = self.any_row(
            pick, lambda part: part.order or self.target.has_other_parents(part)
        )
        if row is None:
            return None
        table, key = row
        part = self.target.tables[table]
        parent = self.model.parent_of(table, key)
        if value % 3 == 0 or part.order is None:
            parent = self.choose(value // 3, self.model.visible(part.parent))
        if part.order is None:
            return self.make_move_below(row, parent)
        siblings = self.model.siblings(table, parent)
        where = [None, "last", *siblings][value % (len(siblings) + 2)]
        if where == key:
            where = None
        self.model.move(table, key, parent, where)
        return Move(table, key, parent, LAST if where == "last" else where)

    def make_move_below(self, row, parent):
        """Move a row that has no order, unless it is there already."""
        if self.model.parent_of(*row) == parent:
            return None
        self.model.move(*row, parent, "last")
        return Move(*row, parent)

    # The rules

    def apply(self, operation):
        outcome = self.edit.apply(operation)
        if outcome.sequence is None:
            return outcome
        del self.history[self.position + 1 :]
        self.history.append(self.model.copy())
        self.position += 1
        assert outcome.sequence == self.position
        return outcome

    @initialize()
    def begin(self):
        """Nothing is touched yet."""

    @rule(
        kind=st.sampled_from(["set", "delete", "restore", "move"]),
        pick=picks,
        value=picks,
    )
    def change(self, kind, pick, value):
        operation = getattr(self, f"make_{kind}")(pick, value)
        if operation is not None:
            self.apply(operation)

    @rule(pick=picks, value=picks)
    def insert(self, pick, value):
        operation = self.make_insert(pick, value)
        if operation is None:
            return
        part = self.target.tables[operation.table]
        if part.generated_key is None and self.bring_back(part, operation):
            return
        self.note_insert(part, operation, self.edit.apply(operation))

    def note_insert(self, part, wish, outcome):
        """Take the key and the defaults that the engine gave; they are its own."""
        [row] = [r for r in outcome.rows if r.table == part.name and r.state == "new"][
            -1:
        ]
        after = "last" if wish.after is LAST else wish.after
        if (part.name, row.key) in self.model.rows:  # of this key, and gone before
            raise AssertionError(f"{row.key} is given again")
        for name, value in wish.values.items():
            assert row.values[name] == value
        self.model.add(part.name, row.key, self.plain(row), wish.parent, after)
        del self.history[self.position + 1 :]
        self.history.append(self.model.copy())
        self.position += 1

    def bring_back(self, part, operation):
        """Insert under a key that is taken; tell whether it was."""
        parent = dict(zip(part.parent_fields, operation.parent, strict=True))
        key = part.key_of({**operation.values, **parent, **part.fixed})
        row = part.name, key
        found = self.edit.target and self.draft_row(part.name, key)
        if found is None:
            return False
        if not found.gone:
            with pytest.raises(Refused, match="exists already"):
                self.edit.apply(operation)
            return True
        self.edit.apply(operation)
        if row not in self.model.rows:  # an insert that was undone: it is back
            back = self.edit.row(*row)
            self.model.add(part.name, key, self.plain(back), operation.parent)
        self.model.gone.discard(row)
        del self.history[self.position + 1 :]
        self.history.append(self.model.copy())
        self.position += 1
        return True

    def draft_row(self, table, key):
        found = self.page(table, gone=True).rows
        rows = {row.key: row for row in found}
        draft = self.target.tables[table].draft
        if key in rows or not self.in_draft(draft, table, key):
            return rows.get(key)
        return self.edit.row(table, key)

    def in_draft(self, draft, table, key):
        part = self.target.tables[table]
        decoded = part.decode(dict(zip(part.key, key, strict=True)))
        wanted = sa.select(sa.func.count()).where(
            draft.c.draft == self.edit.info.key,
            *(draft.c[name] == value for name, value in decoded.items()),
        )
        return self.dbsession.scalar(wanted)

    @rule(made=st.lists(st.tuples(picks, picks), min_size=1, max_size=4))
    def batch(self, made):
        kinds = ["set", "delete", "restore", "move"]
        operations = [
            operation
            for pick, value in made
            if (operation := getattr(self, f"make_{kinds[pick % 4]}")(pick, value))
        ]
        self.apply(Batch(operations, label="several"))

    @rule(pick=picks, value=picks)
    def batch_that_is_refused(self, pick, value):
        before = self.model.copy()
        operation = self.make_set(pick, value) or self.make_restore(pick, value)
        self.model = before
        wrong = Set(self.target.name, self.root, {"": 1})
        with pytest.raises(Refused):
            self.edit.apply(Batch([operation, wrong] if operation else [wrong]))

    @rule(pick=picks)
    def touch_what_is_out_of_sight(self, pick):
        hidden = [row for row in self.model.rows if self.model.is_hidden(*row)]
        row = self.choose(pick, hidden)
        if row is not None:
            with pytest.raises(Refused, match="restore it first"):
                self.edit.apply(Delete(*row))

    @rule(count=st.integers(1, 4))
    def undo(self, count):
        count = min(count, self.position)
        if count:
            self.edit.undo(count)
            self.position -= count
            self.model = self.history[self.position].copy()

    @rule(count=st.integers(1, 4))
    def redo(self, count):
        count = min(count, len(self.history) - 1 - self.position)
        if count:
            self.edit.redo(count)
            self.position += count
            self.model = self.history[self.position].copy()

    @rule()
    def come_back_later(self):
        key = self.edit.info.key
        self.edit = self.drafts.resume(self.dbsession, key, owner="ada")

    # What must hold after each

    @invariant()
    def holds(self):
        self.sound = False
        self.check_rows(self.rows_of(self.page), self.model)
        net = {
            (change.table, change.key): set(change.fields)
            if change.kind == "changed"
            else change.kind
            for change in self.edit.changes()
        }
        self.check_changes(net, self.model.changes(self.base))
        info = self.edit.info
        assert (info.undo, info.redo) == (
            self.position,
            len(self.history) - 1 - self.position,
        )
        self.sound = True

    def check_rows(self, found, model):
        for table, rows in found.items():
            part = self.target.tables[table]
            assert {row.key: self.plain(row) for row in rows} == {
                key: model.rows[table, key] for key in model.visible(table)
            }
            parents = {part.parent_key_of(row.values) for row in rows}
            for parent in parents if part.order else ():
                here = [r.key for r in rows if part.parent_key_of(r.values) == parent]
                assert here == model.siblings(table, parent)

    def check_changes(self, net, expected):
        """The order is the engine's own; a changed place is not the model's."""
        for row, names in list(net.items()):
            order = self.target.tables[row[0]].order
            if isinstance(names, set):
                names.discard(order)
                if not names:
                    del net[row]
        assert net == expected

    def teardown(self):
        try:
            if self.sound:
                self.finish()
        finally:
            self.dbsession.close()
            self.transaction.rollback()
            self.connection.close()

    def finish(self):
        last, after = self.rows_of(self.page), self.model
        assert self.live == (
            self.read_live(self.root),
            self.read_live(self.other_root),
        )
        assert self.other.changes() == []
        done = self.position
        if done:
            self.edit.undo(to=0)
            assert self.edit.changes() == []
            self.check_rows(self.rows_of(self.page), self.base)
            for rows in self.rows_of(self.page).values():
                assert {row.state for row in rows} <= {"same"}
            self.edit.redo(done)
            assert self.rows_of(self.page) == last
        self.save(after)
        assert self.read_live(self.other_root) == self.live[1]
        shown = self.check_shown()
        assert shown.others == self.shown.others
        assert shown.beside == self.shown.beside

    def save(self, model):
        is_refused = model.dangling() or model.clashes() or self.is_kept(model)
        if not self.edit.changes() or is_refused:
            with pytest.raises(Refused):
                self.edit.save()
            return
        expected = self.rows_of(self.page)
        saved = self.edit.save()
        if model.is_hidden(self.target.name, self.root):
            return
        live = self.read_live(self.root)
        for table, rows in expected.items():
            mapped = [self.real(saved, row) for row in rows]
            there = [(row.key, row.values) for row in live[table]]
            assert sorted(there, key=str) == sorted(mapped, key=str)

    def is_kept(self, model):
        """Tell whether hidden rows refer to a root that is gone."""
        return self.host.is_kept and model.is_hidden(self.target.name, self.root)

    def real(self, saved, row):
        part = self.target.tables[row.table]
        values = dict(row.values)
        for name, field in part.fields.items():
            real = saved.ids.get(field.made_by_draft or "", {})
            if values[name] is not None and (key := real.get(to_path([values[name]]))):
                values[name] = key[0]
        return part.key_of(values), values


def test_a_draft_is_its_model_whatever_is_done(database, host, rounds):
    # As attributes of a class of its own: hypothesis makes the instances.
    kind = type("Play", (Editing,), {"host": host, "engine": database.engine})
    examples = max(1, rounds(3 * STEPS) // STEPS)
    settings = hypothesis.settings(max_examples=examples, stateful_step_count=STEPS)
    run_state_machine_as_test(kind, settings=settings)
