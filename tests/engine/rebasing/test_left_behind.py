"""A draft that was left while others saved fifty times is rebased, and saved."""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.operations import LAST
from tests.engine.players import HOSTS
from tests.engine.rebasing.test_laws import Table, contents, visible

FOREIGN = 50
LOOKED_AT = (0, 1, 25, FOREIGN)  # of the revisions


@pytest.fixture(scope="session", params=HOSTS, ids=lambda host: host.name)
def host(request):
    return request.param()


@pytest.fixture(scope="session")
def database(fresh_database, host):
    return fresh_database(*host.metadata)


class Rows:
    """The rows that ada and bob edit: of the deepest table, one with an order first."""

    def __init__(self, table):
        self.table, self.host = table, table.host
        parts = [p for p in table.target.tables.values() if p.parent is not None]
        self.part = ([part for part in parts if part.order] or parts)[-1]
        rows = table.rows()[self.part.name]
        self.keys = [key for key, _ in rows]
        self.parent, _, self.there, *_ = (
            self.part.parent_key_of(values) for _, values in rows
        )
        self.text = self.settable(self.part.name, "text")
        self.name = self.settable(table.target.name, "unique")

    def settable(self, table, kind):
        fields = self.host.settable[table]
        return next(name for name in sorted(fields) if fields[name] == kind)

    def new(self, number):
        return self.host.values(self.part.name, number, 0)

    def insert(self, edit, number, after):
        after = after if self.part.order else LAST
        edit.apply(Insert(self.part.name, self.new(number), self.parent, after))

    def move(self, edit, key, parent=None, after=None):
        if self.part.order:
            edit.apply(Move(self.part.name, key, parent, after))

    def adas(self, edit):
        """Do one thing of each kind, and undo the last."""
        name, (first, second, third, *_) = self.part.name, self.keys
        edit.apply(Set(name, first, {self.text: "adas"}))
        self.insert(edit, "ada", first)
        edit.apply(Delete(name, second))
        self.move(edit, first, self.there, third)
        edit.apply(Set(name, first, {self.text: "undone"}))
        edit.undo()

    def bobs(self, edit, number):
        """Change what ada leaves alone; take away every third row that was added."""
        name, third = self.part.name, self.keys[2]
        edit.apply(Set(edit.target.name, edit.root, {self.name: f"bob {number}"}))
        edit.apply(Set(name, third, {self.text: f"bob {number}"}))
        self.move(edit, third)
        if number % 3:
            self.insert(edit, number, None)
        else:
            keys = [row.key for row in edit.page(name, parent=self.parent).rows]
            added = next(key for key in keys if key not in self.keys)
            edit.apply(Delete(name, added))


def left_behind(table):
    """Let ada open and edit a draft, and bob save; return some states of live."""
    rows, states = Rows(table), {0: table.rows()}
    edit = table.open("ada")
    rows.adas(edit)
    for number in range(1, FOREIGN + 1):
        other = table.open("bob")
        rows.bobs(other, number)
        assert other.save().revision == number
        table.dbsession.expire_all()
        if number in LOOKED_AT:
            states[number] = table.rows()
    return rows, edit, states


def test_a_draft_left_for_50_revisions_is_rebased_undone_redone_and_saved(
    database, host
):
    with Table(database, host) as table:
        rows, edit, states = left_behind(table)
        edit = table.resume(edit)
        assert edit.info.behind == FOREIGN
        adas = visible(edit)
        assert edit.conflicts() == []
        with table.dbsession.begin_nested() as savepoint:
            at_once = table.resume(edit).save()
            wanted = contents(table)
            savepoint.rollback()
        table.dbsession.expire_all()
        assert at_once.merged == list(range(1, FOREIGN + 1))

        brought = edit.rebase()

        assert [one.revision for one in brought.revisions] == at_once.merged
        assert brought.dropped == []
        edit = table.resume(edit)
        steps, rebased = edit.info.undo, visible(edit)
        assert edit.info.redo == 1
        edit.undo(steps)
        assert visible(edit) == states[FOREIGN]
        edit.redo(steps)
        assert visible(edit) == rebased
        edit.redo()
        edit.undo()
        assert edit.save().revision == FOREIGN + 1
        table.dbsession.expire_all()
        assert contents(table) == wanted
        check(rows, adas, states)


def check(rows, adas, states):
    """Assert that live has what both did, and that history has each state."""
    table, name = rows.table, rows.part.name
    live, before = dict(table.rows()[name]), dict(states[0][name])
    first, second, third, *_ = rows.keys
    assert live[first][rows.text] == "adas"
    assert live[third][rows.text] == f"bob {FOREIGN}"
    assert second not in live
    assert len(adas[name]) == len(before)  # one more, one less
    added = sum(1 if number % 3 else -1 for number in range(1, FOREIGN + 1))
    assert len(live) == len(before) + added
    [(_, root)] = table.rows()[table.target.name]
    assert root[rows.name] == f"bob {FOREIGN}"
    assert {revision: table.rows(revision) for revision in LOOKED_AT} == states
