"""Laws of rebase and save, for random drafts on random revisions.

On every database and host; `make test-long` plays many more of each. In the end, the
host's own session shows what drafts show, and hidden rows are as they were.
"""

import contextlib
import random

import hypothesis
import pytest
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import Conflicts, Refused
from draftedit.engine.operations import LAST
from draftedit.engine.operations.move import Rekey
from draftedit.engine.rebasing import Resolution
from draftedit.service.objects import Objects
from tests.databases import rounds_on
from tests.engine.model import Model
from tests.engine.players import HOSTS
from tests.engine.rebasing.acting import Actor
from tests.engine.showing import Shown
from tests.hosts.selling import everything

OWN = (
    "This refers to",
    *(f"{one} is taken" for one in ("a", "b", "c", "alto", "bass", "False", "True")),
)
dices = st.integers(0, 2**32).map(random.Random)


@pytest.fixture(scope="session", params=HOSTS, ids=lambda host: host.name)
def host(request):
    return request.param()


@pytest.fixture(scope="session")
def database(fresh_database, host):
    return fresh_database(*host.metadata)


class Table:
    """One object that several people edit, inside a transaction that is taken back."""

    def __init__(self, database, host):
        self.host = host
        self.connection = database.engine.connect()
        self.transaction = self.connection.begin()
        self.dbsession = Session(
            self.connection, join_transaction_mode="create_savepoint"
        )
        [self.target, *_] = host.drafts.targets.values()
        host.listen(self.dbsession)
        self.root, _ = host.fill(self.dbsession)
        self.shown = self.show()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.check_shown()
        finally:
            self.dbsession.close()
            self.transaction.rollback()
            self.connection.close()

    def show(self):
        self.dbsession.expire_all()
        return Shown(self.dbsession, self.target, self.root)

    def check_shown(self):
        """See that drafts show what the session shows, and left the rest alone."""
        shown = self.show()
        assert {name: dict(rows) for name, rows in self.rows().items()} == shown.mine
        assert shown.others == self.shown.others
        assert shown.beside == self.shown.beside

    def open(self, owner):
        place = self.dbsession, self.target.name, self.root
        return self.host.drafts.open(*place, owner=owner)

    def resume(self, edit):
        """Take a draft up in a later request."""
        return self.host.drafts.resume(self.dbsession, edit.info.key, owner=None)

    def rows(self, revision=None):
        """Return what a reader sees, by table."""
        live = Objects(self.host.drafts, self.dbsession)
        place = (self.target.name, self.root)
        return {
            table: [
                (row.key, row.values)
                for row in live.page(*place, table, limit=500, revision=revision).rows
            ]
            for table in self.target.tables
        }

    def others_save(self, dice, count, name="bob", inside=None):
        """Let somebody else change the object and save it."""
        edit = self.open(name)
        actor = Actor(self.host, edit, dice, name, inside).act(count)
        try:
            edit.save()
        except Refused:
            actor.done.clear()  # it changed nothing, or deleted what is referred to
        self.dbsession.expire_all()
        return actor


def hold(law, database, host, examples=5):
    """Try a law at random: a few times, or twenty times as often in the long run."""
    quick = hypothesis.settings().derandomize
    few = rounds_on(database.backend, examples)
    settings = hypothesis.settings(max_examples=few if quick else examples * 20)

    def once(dice):
        with Table(database, host) as table:
            law(table, dice)

    hypothesis.given(dices)(settings(once))()


def visible(edit):
    return {
        table: [(row.key, row.values) for row in edit.page(table, limit=500).rows]
        for table in edit.target.tables
    }


def operations(edit):
    return [entry.operation for entry in edit.journal(limit=500).items]


def test_rebase_onto_an_unchanged_base_is_the_identity(database, host):
    def law(table, dice):
        edit = table.open("ada")
        Actor(host, edit, dice, "a").act(8)
        full, done = everything(edit), edit.info.undo
        undone = dice.randrange(done + 1)
        if undone:
            edit.undo(undone)
        before, steps = everything(edit), operations(edit)

        brought = table.resume(edit).rebase()

        again = table.resume(edit)
        assert (brought.revisions, brought.dropped) == ([], [])
        assert everything(again) == before
        assert operations(again)[: done - undone] == steps[: done - undone]
        assert (again.info.undo, again.info.redo) == (done - undone, undone)
        if undone:
            again.redo(undone)
        assert everything(again) == full

    hold(law, database, host)


def test_rebase_then_undo_all_is_the_new_live(database, host):
    def law(table, dice):
        edit = table.open("ada")
        Actor(host, edit, dice, "a").act(8)
        for _ in range(dice.randrange(1, 3)):
            table.others_save(dice, 6)
        edit = table.resume(edit)

        settle(edit, dice)

        after = visible(edit)
        if edit.info.undo:
            edit.undo(to=0)
        assert edit.changes() == []
        assert edit.info.behind == 0
        assert visible(edit) == table.rows()
        if edit.info.redo:
            edit.redo(edit.info.redo)
        assert visible(edit) == after

    hold(law, database, host, 8)


def settle(edit, dice):
    """Rebase, with a random choice for each conflict that can take it."""
    try:
        return edit.rebase()
    except Conflicts as refused:
        choices = [
            Resolution(dice.choice(("draft", "live")), c.table, c.key, c.field)
            for c in refused.conflicts
        ]
    try:
        return edit.rebase(choices)
    except Refused:
        return edit.rebase([Resolution("live")])


def test_taking_theirs_in_every_conflict_is_always_possible(database, host):
    def law(table, dice):
        edit = table.open("ada")
        Actor(host, edit, dice, "a").act(8)
        table.others_save(dice, 8)
        edit = table.resume(edit)

        edit.rebase([Resolution("live")])

        problems = edit.check().problems
        # What the draft itself has left dangling, or given twice, is its own problem.
        assert [p for p in problems if not p.message.startswith(OWN)] == []
        assert edit.check().conflicts == ()

    hold(law, database, host, 8)


def test_disjoint_drafts_give_the_same_whoever_saves_first(database, host):
    def law(table, dice):
        sides = list(disjoint(table))
        edits = [table.open(name) for name in ("ada", "bob")]
        for edit, inside in zip(edits, sides, strict=True):
            Actor(host, edit, dice, edit.info.owner, inside).act(6)

        ends = []
        for order in (edits, edits[::-1]):
            with table.dbsession.begin_nested() as savepoint:
                for edit in order:
                    save_if_changed(table.resume(edit))
                ends.append(contents(table))
                savepoint.rollback()
            table.dbsession.expire_all()
        assert ends[0] == ends[1]

    hold(law, database, host)


def disjoint(table):
    """Return two rows below which two people can work without meeting."""
    part = next(p for p in table.target.tables.values() if p.parent is not None)
    rows = table.rows()[part.name]
    return [(part.name, key) for key, _ in rows[:2]]


def save_if_changed(edit):
    # There was nothing to do below its row, or its own references dangle.
    with contextlib.suppress(Refused):
        edit.save()


def contents(table):
    """Return what is live without the keys that depend on who came first."""
    found = table.rows()
    known = {(name, key) for name, rows in found.items() for key, _ in rows}
    assert known
    return {
        name: sorted(
            str({n: v for n, v in values.items() if not is_key(table, name, n)})
            for _, values in rows
        )
        for name, rows in found.items()
    }


def is_key(table, name, field):
    one = table.target.tables[name].fields[field]
    return one.made_by_draft is not None or one.role == "order"


def test_a_save_on_a_moved_base_is_what_the_model_makes_of_the_operations(
    database, host
):
    def law(table, dice):
        edit = table.open("ada")
        actor = Actor(host, edit, dice, "a").act(8)
        table.others_save(dice, 6)
        model = model_of(table)
        edit = table.resume(edit)
        try:
            edit.rebase()
        except Conflicts:
            return
        if not replayed(model, actor.done):
            return  # a step lost its object without a net effect: the pairs show these
        assert seen(edit) == told(model)
        expected = visible(edit)
        with contextlib.suppress(Refused):  # the draft's own references may dangle
            edit.save()
            assert sizes(table.rows()) == sizes(expected)

    hold(law, database, host, 8)


def sizes(rows):
    return {table: len(found) for table, found in rows.items()}


def model_of(table):
    model = Model(table.target)
    for name, rows in table.rows().items():
        part = table.target.tables[name]
        for key, values in rows:
            plain = {n: v for n, v in values.items() if n != part.order}
            model.add(name, key, plain, part.parent_key_of(values))
    return model


def replayed(model, done):
    """Carry the wishes out in plain Python; tell whether each could be."""
    try:
        for operation in done:
            carry_out(model, operation)
    except (KeyError, ValueError):
        return False
    return True


def carry_out(model, one):
    if isinstance(one, Batch):
        for each in one.operations:
            carry_out(model, each)
    elif isinstance(one, Insert):
        part = model.target.tables[one.table]
        values = dict.fromkeys(n for n in part.columns if n != part.order)
        parent = dict(zip(part.parent_fields, one.parent, strict=True))
        values |= part.fixed | parent | one.values
        if model.is_hidden(part.parent, one.parent):
            raise ValueError(one)
        values |= dict(zip(part.key, key_of(part, one, values), strict=True))
        if (one.table, key_of(part, one, values)) in model.rows:
            raise ValueError(one)
        after = "last" if one.after is LAST else one.after
        model.add(one.table, key_of(part, one, values), values, one.parent, after)
    elif not isinstance(one, Rekey):
        if model.is_hidden(one.table, one.key):
            raise ValueError(one)
        if isinstance(one, Set):
            model.rows[one.table, one.key] |= one.values
        elif isinstance(one, Delete):
            model.gone.add((one.table, one.key))
        elif isinstance(one, Move):
            after = "last" if one.after is LAST else one.after
            model.move(one.table, one.key, one.parent, after)
        else:
            raise TypeError(one)


def key_of(part, one, values):
    return one.key or part.key_of(values)


def told(model):
    """Return the rows in sight and the order of siblings, as the model has them."""
    rows = {
        (table, key): model.rows[table, key]
        for table in model.target.tables
        for key in model.visible(table)
    }
    orders = {
        (table, parent): model.siblings(table, parent)
        for table, parent in model.order
        if model.target.tables[table].order and model.siblings(table, parent)
    }
    return rows, orders


def seen(edit):
    rows, orders = {}, {}
    for table, part in edit.target.tables.items():
        for row in edit.page(table, limit=500).rows:
            plain = {n: v for n, v in row.values.items() if n != part.order}
            rows[table, row.key] = plain
            if part.order:
                place = table, part.parent_key_of(row.values)
                orders.setdefault(place, []).append(row.key)
    return rows, orders


def test_every_old_revision_reads_as_a_reader_saw_it_then(database, host):
    def law(table, dice):
        states = [table.rows()]
        for number in range(5):
            actor = table.others_save(dice, 5, f"user{number}")
            if actor.done:
                states.append(table.rows())
        for revision, state in enumerate(states):
            assert table.rows(revision) == state

    hold(law, database, host)
