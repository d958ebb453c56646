"""Law 2: a draft shows the rows that the host's relationships show, and no others.

The host's relationships have further conditions; beside each of the object's rows lies
one that differs only in what a condition demands.
"""

import datetime
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.base.errors import Conflicts, Refused, Unknown
from draftedit.engine.tasks.revision_reader import RevisionReader
from draftedit.engine.values.order_key import spread
from draftedit.service.objects import Objects
from tests.hosts import generic
from tests.hosts.generic import Kind, Note, Picture, Rack, Remark, Slot, Tag

LONG_AGO = datetime.datetime(2020, 1, 1)
PARTS = ("memo", "marked", "slot", "picture", "remark")


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(generic.Base.metadata, generic.drafts.metadata)


@pytest.fixture
def racks(dbsession):
    """Put a rack, and beside it what is not its own, into the tables."""
    first, second = spread(2)
    dbsession.add_all([Rack(id=1, name="R"), Tag(id=1, name="a"), Tag(id=2, name="b")])
    dbsession.flush()
    dbsession.add_all(
        [
            Note(id=1, about_kind="rack", about_id=1, place=first, text="mine"),
            Note(id=2, about_kind="customer", about_id=1, place=second, text="theirs"),
            Picture(id=1, about_id=1, kind=Kind.FRONT, title="mine"),
            Picture(id=2, about_id=1, kind=Kind.PERSON, title="theirs"),
            Picture(id=3, about_id=1, kind=Kind.BACK, archived_at=LONG_AGO),
            Slot(id=1, rack_id=1, name="mine"),
        ]
    )
    dbsession.flush()
    dbsession.add_all([Remark(id=1, note_id=1), Remark(id=2, note_id=2)])
    pairs = [("rack", 1), ("customer", 2)]
    rows = [{"about_id": 1, "about_kind": k, "tag_id": tag} for k, tag in pairs]
    dbsession.execute(sa.insert(generic.tagged), rows)
    if dbsession.get_bind().dialect.name == "postgresql":
        for table in ("memo", "slot", "picture", "remark"):  # that had keys given
            sequence = sa.func.pg_get_serial_sequence(table, "id")
            dbsession.execute(sa.select(sa.func.setval(sequence, 9)))
    dbsession.commit()
    dbsession.expire_all()


@pytest.fixture
def hidden_slot(racks, dbsession):
    dbsession.add(Slot(id=2, rack_id=1, name="given up", deleted=True))
    dbsession.commit()


@pytest.fixture
def edit(racks, dbsession):
    return draft(dbsession)


def draft(dbsession, **options):
    return generic.drafts.open(dbsession, Rack, 1, owner="ada", **options)


def keys(view, table, **query):
    return [row.key for row in view.page(table, **query).rows]


def all_keys(view):
    return {table: keys(view, table) for table in PARTS}


def theirs(dbsession):
    """Return what belongs to others, as it is in the tables."""
    return {
        "memo": dbsession.scalars(sa.select(Note.text).where(Note.id == 2)).all(),
        "remark": dbsession.scalars(sa.select(Remark.id).where(Remark.id == 2)).all(),
        "picture": dbsession.scalars(
            sa.select(Picture.id).where(Picture.id > 1).order_by(Picture.id)
        ).all(),
        "marked": dbsession.scalars(
            sa.select(generic.tagged.c.tag_id).where(
                generic.tagged.c.about_kind == "customer"
            )
        ).all(),
    }


MINE = {
    "memo": [(1,)],
    "marked": [(1, "rack", 1)],
    "slot": [(1,)],
    "picture": [(1,)],
    "remark": [(1,)],
}
THEIRS = {"memo": ["theirs"], "remark": [2], "picture": [2, 3], "marked": [2]}


@pytest.mark.usefixtures("hidden_slot")
class TestADraft:
    def test_shows_what_the_relationships_show(self, edit, dbsession):
        assert all_keys(edit) == MINE
        rack = dbsession.get_one(Rack, 1)
        assert [one.id for one in rack.notes] == [1]
        assert [one.id for one in rack.pictures] == [1]
        assert [one.id for one in rack.slots] == [1]
        assert [one.id for one in rack.tags] == [1]

    def test_shows_no_more_below_a_parent_and_by_search(self, edit):
        assert keys(edit, "memo", parent=(1,)) == [(1,)]
        assert keys(edit, "memo", search="i") == [(1,)]
        assert [row.key for row in edit.below("picture", [(1,)])] == [(1,)]
        assert [row.key for row in edit.below("slot", [(1,)])] == [(1,)]

    @pytest.mark.parametrize(
        ("table", "key"),
        [
            ("memo", 2),
            ("remark", 2),
            ("picture", 2),
            ("picture", 3),
            ("slot", 2),
            ("marked", (1, "customer", 2)),
        ],
    )
    def test_does_not_know_rows_of_others_by_their_keys(self, edit, table, key):
        columns = key if isinstance(key, tuple) else (key,)
        with pytest.raises(Unknown):
            edit.row(table, columns)
        with pytest.raises(Refused, match="There is no"):
            edit.apply(Delete(table, key))
        if table != "remark":  # it is told by its parent, which is not asked here
            assert edit.live_values([(table, columns)]) == {}

    def test_counts_and_lists_no_others_for_a_task(self, edit, dbsession):
        @contextmanager
        def reading():
            yield dbsession

        target = generic.drafts.find_target(Rack)
        reader = RevisionReader(reading, target, "1", 0, lambda *_: None)
        assert {table: reader.count(table) for table in PARTS} == dict.fromkeys(
            PARTS, 1
        )
        assert [row.key for row in reader.rows("memo")] == [(1,)]

    def test_live_shows_no_others_either(self, edit, dbsession):
        page = Objects(generic.drafts, dbsession).page("rack", (1,), "memo")
        assert [row.key for row in page.rows] == [(1,)]
        with pytest.raises(Unknown):
            Objects(generic.drafts, dbsession).row("rack", (1,), "memo", (2,))


class TestSaving:
    def test_a_delete_takes_no_rows_of_others_along(self, edit, dbsession):
        edit.apply(Delete("rack", 1))
        assert edit.check().is_clear
        edit.save()
        assert theirs(dbsession) == THEIRS
        assert dbsession.scalars(sa.select(Rack.id)).all() == []
        assert dbsession.scalars(sa.select(Remark.id)).all() == [2]

    def test_a_revert_brings_all_back_with_what_the_conditions_demand(
        self, edit, dbsession
    ):
        edit.apply(Delete("rack", 1))
        edit.save()
        draft(dbsession, revert_to=0).save()
        assert all_keys(draft(dbsession)) == MINE
        assert theirs(dbsession) == THEIRS
        rack = dbsession.get_one(Rack, 1)
        assert [one.about_kind for one in rack.notes] == ["rack"]
        assert [one.id for one in rack.notes[0].remarks] == [1]
        assert [one.deleted for one in rack.slots] == [False]
        assert [one.id for one in rack.tags] == [1]

    def test_a_new_row_gets_what_a_condition_demands(self, edit, dbsession):
        edit.apply(Insert("memo", {"text": "new"}))
        edit.apply(Insert("slot", {"name": "new"}))
        edit.apply(Insert("picture", {"kind": "BACK"}))
        edit.apply(Insert("marked", {"tag_id": 2}, parent=1))
        shown = {table: len(keys(edit, table)) for table in PARTS}
        edit.save()
        rack = dbsession.get_one(Rack, 1)
        assert [one.about_kind for one in rack.notes] == ["rack", "rack"]
        assert [one.deleted for one in rack.slots] == [False, False]
        assert [one.kind for one in rack.pictures] == [Kind.FRONT, Kind.BACK]
        assert [one.id for one in rack.tags] == [1, 2]
        assert shown == {table: len(keys(draft(dbsession), table)) for table in PARTS}

    def test_undo_and_redo_of_a_new_row_keep_it(self, edit):
        edit.apply(Insert("memo", {"text": "new"}))
        made = keys(edit, "memo")
        edit.undo()
        assert keys(edit, "memo") == [(1,)]
        edit.redo()
        assert keys(edit, "memo") == made
        assert edit.row("memo", made[-1]).values["about_kind"] == "rack"

    def test_history_has_no_rows_of_others(self, edit, dbsession):
        edit.apply(Set("memo", 1, text="new"))
        edit.apply(Delete("picture", 1))
        edit.save()
        for table in PARTS:
            page = Objects(generic.drafts, dbsession).page(
                "rack", (1,), table, revision=0
            )
            assert [row.key for row in page.rows] == MINE[table]

    def test_what_others_put_out_of_sight_meanwhile_is_a_conflict(
        self, edit, dbsession
    ):
        edit.apply(Set("slot", 1, name="new"))
        dbsession.execute(sa.update(Slot).values(deleted=True))
        with pytest.raises(Conflicts) as refusal:
            edit.save()
        [conflict] = refusal.value.conflicts
        assert (conflict.table, conflict.key, conflict.live) == ("slot", (1,), None)

    def test_the_draft_is_rebased_on_what_others_saved(self, edit, dbsession):
        edit.apply(Insert("memo", {"text": "new"}))
        other = generic.drafts.open(dbsession, Rack, 1, owner="bob")
        other.apply(Set("memo", 1, text="bob's"))
        other.save()
        edit.rebase()
        edit.save()
        assert [one.text for one in dbsession.get_one(Rack, 1).notes] == [
            "bob's",
            "new",
        ]


class TestRowsOutOfSight:
    """Law 3: they are not part of the object, and hold on to it all the same."""

    @pytest.mark.usefixtures("hidden_slot")
    def test_keep_their_parent_from_being_deleted_by_name(self, edit, dbsession):
        edit.apply(Delete("rack", 1))
        [problem] = edit.check().problems
        assert problem.message.startswith("slot refers to this rack in 1 row that")
        assert (problem.table, problem.key) == ("rack", (1,))
        with pytest.raises(Refused, match="slot refers to this rack"):
            edit.save()
        assert len(dbsession.scalars(sa.select(Slot.id)).all()) == 2

    def test_a_key_that_one_of_them_has_cannot_come_back(self, edit, dbsession):
        edit.apply(Delete("slot", 1))
        edit.save()
        dbsession.execute(
            sa.insert(Slot).values(id=1, rack_id=1, name="other", deleted=True)
        )
        with pytest.raises(Refused, match="in use elsewhere"):
            draft(dbsession, revert_to=0)


class TestAColumnOfACondition:
    @pytest.mark.parametrize(
        ("operation", "message"),
        [
            (Set("memo", 1, about_kind="customer"), "is rack for every row here"),
            (Insert("memo", {"about_kind": "rack"}), "is rack for every row here"),
            (Set("slot", 1, deleted=True), "is False for every row"),
            (Set("picture", 1, archived_at=None), "is None for every row"),
            (Set("picture", 1, kind="PERSON"), "must be one of FRONT, BACK"),
            (Insert("picture", {"kind": "PERSON"}), "must be one of FRONT, BACK"),
            (Set("picture", 1, kind=None), "must be given"),
            (Insert("picture", {}), "must be given"),
        ],
    )
    def test_takes_no_value_that_the_condition_forbids(self, edit, operation, message):
        with pytest.raises(Refused, match=message):
            edit.apply(operation)

    def test_takes_the_others(self, edit, dbsession):
        edit.apply(Set("picture", 1, kind="BACK"))
        edit.save()
        assert dbsession.get_one(Picture, 1).kind is Kind.BACK

    def test_may_stand_in_the_index_of_a_page(self):
        memo = generic.drafts.targets["rack"].tables["memo"]
        assert memo.listing_index == "ix_memo_about"
        assert memo.fixed == {"about_kind": "rack"}
        assert not memo.fields["about_kind"].insertable
        assert not memo.fields["about_kind"].required


def test_a_batch_moves_and_restores_within_the_condition(edit, dbsession):
    edit.apply(Insert("memo", {"text": "new"}))
    new = keys(edit, "memo")[-1]
    edit.apply(
        Batch([Move("memo", new, after=None), Delete("memo", 1), Restore("memo", 1)])
    )
    edit.save()
    assert [one.text for one in dbsession.get_one(Rack, 1).notes] == ["new", "mine"]
