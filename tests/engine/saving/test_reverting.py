"""A revert gives back an older revision, row by row, under the same keys."""

import random

import pytest

from draftedit import Delete
from draftedit.engine.base.errors import Unknown
from draftedit.service.objects import Objects
from tests.engine.saving.pairs import Pair
from tests.engine.showing import Shown

PAIRS = 6  # of each host on each database


class Object:
    """A random object with a second state saved over it, and what reverts make."""

    def __init__(self, dbsession, drafts, model, dice):
        self.dbsession, self.drafts = dbsession, drafts
        self.pair = Pair(dbsession, model, dice)
        # Without hidden rows, which would keep the object from being deleted.
        self.pair.save(drafts, hiding=False)
        self.target, self.root = self.pair.target, self.pair.root
        self.seen = [_rows(self.pair.shown), self.live()]

    def live(self):
        self.dbsession.expire_all()
        return _rows(Shown(self.dbsession, self.target, self.root))

    def open(self, revision):
        return self.drafts.open(
            self.dbsession,
            self.target.name,
            self.root,
            owner="ada",
            revert_to=revision,
        )

    def revert(self, revision):
        saved = self.open(revision).save()
        self.seen.append(self.live())
        return saved

    def delete(self):
        edit = self.drafts.open(
            self.dbsession, self.target.name, self.root, owner="bob"
        )
        edit.apply(Delete(self.target.name, self.root))
        edit.save()
        self.seen.append(self.live())

    def changes(self, newer, older):
        path = (self.target.name, [str(column) for column in self.root])
        return Objects(self.drafts, self.dbsession).changes_between(
            *path, newer=newer, older=older
        )


def _rows(shown):
    """Return the rows that the application's own session shows of the object."""
    return shown.mine


@pytest.fixture
def each(dbsession, drafts, model, seed, rounds):
    """Return `each(act)`: act on many random objects, all taken away afterwards."""

    def each(act):
        for number in range(min(rounds(PAIRS), 200)):
            dice = random.Random(f"revert {seed} {number}")
            with dbsession.begin_nested() as savepoint:
                try:
                    act(Object(dbsession, drafts, model("mine"), dice))
                except Exception as error:  # because any is to name its seed
                    error.add_note(f"object {number} of DRAFTEDIT_TEST_SEED={seed}")
                    raise
                savepoint.rollback()
            dbsession.expunge_all()

    return each


def test_what_is_saved_equals_the_old_revision_and_keeps_its_keys(each):
    def there_and_back(one):
        # SQLite may give the key of a deleted row to a new one that is just like it.
        if one.seen[0] == one.seen[1]:
            return
        saved = one.revert(0)
        assert one.seen[2] == one.seen[0]
        assert saved.ids == {}
        one.revert(1)
        assert one.seen[3] == one.seen[1]
        assert one.changes(3, 1) == []

    each(there_and_back)


def test_a_deleted_object_comes_back_and_its_history_stays(each):
    def delete_and_revert(one):
        one.delete()
        gone = len(one.seen) - 1 if one.pair.changes else 1
        one.revert(0)
        assert one.seen[-1] == one.seen[0]
        path = (one.target.name, [str(column) for column in one.root])
        read = [
            Objects(one.drafts, one.dbsession).revisions(*path).items[0].revision,
            Objects(one.drafts, one.dbsession).find(*path).revision,
        ]
        assert read == [gone + 1, gone + 1]
        with pytest.raises(Unknown):
            Objects(one.drafts, one.dbsession).find(*path, revision=gone)
        for table in one.target.tables:
            with pytest.raises(Unknown):
                Objects(one.drafts, one.dbsession).page(*path, table, revision=gone)
            page = Objects(one.drafts, one.dbsession).page(
                *path, table, limit=500, revision=0
            )
            assert {r.key: r.values for r in page.rows} == one.seen[0][table]

    each(delete_and_revert)


def test_undone_it_leaves_what_is_there_today(each):
    def undo_and_redo(one):
        # SQLite may give the key of a deleted row to a new one that is just like it.
        if one.seen[0] == one.seen[1]:
            return
        edit = one.open(0)
        changes = edit.changes()
        assert edit.info.undo == 1
        assert edit.journal().items[0].label == "Revert to revision 0"
        edit.undo()
        assert edit.changes() == []
        edit.redo()
        assert edit.changes() == changes

    each(undo_and_redo)
