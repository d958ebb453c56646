"""Conflicts and what came in are seen before anything is decided; choices by rows."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import Delete, Move, Set
from draftedit.engine.base.errors import (
    BaseMoved,
    Conflicts,
    NotOpen,
    Refused,
    SchemaChanged,
)
from draftedit.engine.rebasing import Resolution
from tests.engine.rebasing.looking import draft_look
from tests.engine.rebasing.test_pairs import do, mine_again
from tests.hosts import knot


@pytest.fixture
def torn(open_draft, keys):
    """Return a draft with two conflicts in one row, and one in another."""
    mine = do(
        open_draft,
        "ada",
        [Set("item", keys.u, nick="mine", code=1), Set("item", keys.x, code=2)],
    )
    theirs = [Set("item", keys.u, nick="theirs", code=3), Set("item", keys.x, code=4)]
    do(open_draft, "bob", theirs).save("all of them")
    return mine_again(mine, open_draft)


def places(conflicts):
    return [(one.table, one.key, one.field) for one in conflicts]


@pytest.mark.parametrize("lock", [False, True])
def test_looking_for_conflicts_finds_those_of_a_rebase_and_changes_nothing(
    torn, keys, lock
):
    before = draft_look(torn), torn.info

    found = torn.conflicts(lock)

    assert (draft_look(torn), torn.info) == before
    assert set(places(found)) == {
        ("item", keys.u, "code"),
        ("item", keys.u, "nick"),
        ("item", keys.x, "code"),
    }
    with pytest.raises(Conflicts) as refused:
        torn.rebase()
    assert refused.value.conflicts == found


def test_conflicts_are_looked_for_and_decided_in_open_drafts_that_fit(
    torn, monkeypatch
):
    misfit = [object()]
    monkeypatch.setattr(torn, "misfits", lambda: misfit)
    for look in (torn.conflicts, torn.rebase):
        with pytest.raises(SchemaChanged):
            look()
    monkeypatch.undo()
    torn.cancel()
    for look in (torn.conflicts, torn.rebase):
        with pytest.raises(NotOpen):
            look()


def test_a_choice_for_a_row_is_for_all_its_conflicts_and_the_closest_counts(torn, keys):
    torn.rebase(
        [
            Resolution("live"),
            Resolution("base", "item", keys.u, "nick"),
            Resolution("draft", "item", [str(keys.u[0])]),
        ]
    )

    look = draft_look(torn)
    assert "u.nick" not in look
    assert (look["u.code"], look["x.code"]) == (1, 4)


def test_of_choices_that_point_as_closely_the_last_one_counts(torn):
    torn.rebase([Resolution("live"), Resolution("draft")])

    assert draft_look(torn)["x.code"] == 2


def test_choices_leave_open_what_they_do_not_name(torn, keys):
    with pytest.raises(Conflicts) as refused:
        torn.rebase([Resolution("live", "item", keys.u)])

    assert places(refused.value.conflicts) == [("item", keys.x, "code")]


@pytest.mark.parametrize(
    ("table", "key", "field"),
    [
        ("item", "v", None),
        ("item", "u", "serial"),
        ("box", "a", None),
        ("nothing", "u", None),
        ("item", None, None),
    ],
)
def test_a_choice_about_no_conflict_is_refused(torn, keys, table, key, field):
    given = Resolution("live", table, key and keys[key], field)

    with pytest.raises(Refused) as refused:
        torn.rebase([Resolution("live"), given])

    [problem] = refused.value.problems
    assert (problem.table, problem.field) == (table, field)


def test_what_others_have_saved_is_told(torn, open_draft, keys):
    do(open_draft, "eve", [Delete("item", keys.z)]).save()
    before = torn.info.base

    told = [(one.revision, one.saved_by, one.message) for one in torn.incoming()]

    assert told == [(1, "bob", "all of them"), (2, "eve", None)]
    assert [one.revision for one in torn.incoming(newest=1)] == [2]
    torn.rebase([Resolution("draft")])
    assert torn.incoming() == []
    assert [one.revision for one in torn.incoming(base=before)] == [1, 2]


def test_a_save_that_is_to_be_looked_at_tells_what_came_in(torn, monkeypatch):
    reviewed = replace(torn.target, review=True)
    monkeypatch.setattr(torn, "target", reviewed)

    with pytest.raises(BaseMoved) as refused:
        torn.save()

    assert [one.saved_by for one in refused.value.incoming] == ["bob"]


def test_live_rows_are_seen_beside_those_of_the_draft(torn, dbsession, keys):
    torn.apply(Move("item", keys.v, keys.b, None))
    dbsession.execute(sa.delete(knot.Mark))
    rows = [("item", keys.u), ("item", keys.v), ("mark", (*keys.u, "old"))]

    live = torn.live_values(rows)

    assert live.keys() == set(rows[:2])
    assert live["item", keys.u]["nick"] == "theirs"
    assert live["item", keys.v]["box_id"] == keys.a[0]
