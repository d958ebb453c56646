"""Rebase: the journal afterwards, steps that no longer apply, rows that are lost."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import BaseMoved, Conflicts, Refused
from draftedit.engine.journal.journal import CannotRedo
from draftedit.engine.operations import Recreate
from draftedit.engine.rebasing import LAST_BATCH, Resolution, context
from draftedit.engine.values.order_key import spread
from tests.engine.rebasing.looking import draft_look, live_look
from tests.engine.rebasing.test_pairs import item, mine_again
from tests.hosts import knot
from tests.hosts.knot import Badge, Box, Item, Mark


@pytest.fixture
def edit(open_draft):
    return open_draft("ada")


@pytest.fixture
def save_others(open_draft):
    """Return `save_others(operation, …)`: somebody else saves them."""

    def save(*operations_):
        other = open_draft("bob")
        for one in operations_:
            other.apply(one)
        return other.save()

    return save


def again(edit):
    return mine_again(edit, None)


def dropped(brought):
    return [(one.sequence, one.operation.op) for one in brought.dropped]


# What came in


def test_a_rebase_says_what_came_in_and_how_far_live_was_ahead(edit, keys, save_others):
    edit.apply(Set("item", keys.u, nick="mine"))
    save_others(Set("item", keys.v, nick="one"))
    save_others(Set("item", keys.w, nick="two"))
    edit = again(edit)
    assert edit.info.behind == 2

    brought = edit.rebase()

    assert [(one.revision, one.saved_by) for one in brought.revisions] == [
        (1, "bob"),
        (2, "bob"),
    ]
    assert (brought.info.base, brought.info.behind) == (2, 0)
    assert again(edit).info == brought.info
    assert edit.save().revision == 3


def test_each_rebase_is_a_new_version_of_the_draft(edit):
    before = edit.info.version
    assert edit.rebase().info.version == before + 1


def test_on_the_same_revision_what_plain_sql_changed_comes_in(edit, keys, dbsession):
    edit.apply(Set("item", keys.u, nick="mine"))
    dbsession.execute(sa.update(Item).where(Item.name == "u").values(code=7))
    edit = again(edit)
    assert edit.row("item", keys.u).values["code"] == ord("u")

    edit.rebase()

    assert edit.row("item", keys.u).values["code"] == 7
    edit.undo()
    assert edit.row("item", keys.u).state == "same"


def test_plain_sql_is_in_conflict_without_a_name(edit, keys, dbsession):
    edit.apply(Set("item", keys.u, nick="mine"))
    dbsession.execute(sa.update(Item).where(Item.name == "u").values(nick="theirs"))
    with pytest.raises(Conflicts) as refused:
        again(edit).rebase()
    (conflict,) = refused.value.conflicts
    assert (conflict.base, conflict.draft, conflict.live) == (None, "mine", "theirs")
    assert (conflict.live_by, conflict.live_at) == (None, None)


def test_a_target_may_want_a_look_before_a_save(edit, keys, save_others, monkeypatch):
    monkeypatch.setitem(knot.drafts.targets, "plan", replace(edit.target, review=True))
    edit.apply(Set("item", keys.u, nick="mine"))
    save_others(Set("item", keys.v, nick="theirs"))
    edit = again(edit)

    with pytest.raises(BaseMoved) as moved:
        edit.save()

    assert (moved.value.base, moved.value.current) == (0, 1)
    assert edit.check().is_clear
    edit.rebase()
    assert edit.save().revision == 2


# The journal


def test_steps_keep_their_labels_and_times(edit, keys, save_others):
    steps = (Set("item", keys.u, nick="mine"), Set("item", keys.v, nick="other"))
    edit.apply(Batch(steps, label="Names"))
    (before,) = edit.journal().items
    save_others(Set("item", keys.v, nick="other"))

    edit = again(edit)
    edit.rebase()

    (after,) = edit.journal().items
    assert (after.label, after.at) == ("Names", before.at)


def test_the_order_is_that_of_the_wish_not_of_the_old_key(edit, keys, save_others):
    edit.apply(item("n", keys.a))
    new = edit.page("item", parent=keys.a).rows[-1].key
    edit.apply(Move("item", new, None, keys.u))
    save_others(Move("item", keys.u, None, keys.w))

    edit = again(edit)
    edit.rebase()

    assert draft_look(edit)["a"] == "v w u n"


def test_what_was_undone_is_redone_on_the_new_base(edit, keys, save_others):
    edit.apply(item("n", keys.a))
    new = edit.page("item", parent=keys.a).rows[-1].key
    edit.apply(Set("item", new, nick="new"))
    edit.undo(2)
    save_others(Delete("item", keys.w), Set("item", keys.u, nick="theirs"))

    edit = again(edit)
    edit.rebase()
    assert (edit.info.undo, edit.info.redo) == (0, 2)
    edit.redo(2)

    look = draft_look(edit)
    assert (look["a"], look["n.nick"], look["u.nick"]) == ("u v n", "new", "theirs")
    edit.undo(2)
    edit.redo(2)
    assert draft_look(edit) == look
    assert again(edit).save().ids == {"item": {"-1": edit.saved_root or ANY}}


class Anything:
    def __eq__(self, other):
        return True

    __hash__ = None


ANY = Anything()


def test_an_undone_step_that_no_longer_applies_says_so_and_stays(
    edit, keys, save_others
):
    edit.apply(Set("item", keys.u, nick="mine"))
    edit.undo()
    save_others(Delete("item", keys.u))
    edit = again(edit)
    edit.rebase()

    with pytest.raises(CannotRedo, match="Step 1 no longer applies"):
        edit.redo()

    assert (edit.info.undo, edit.info.redo) == (0, 1)
    edit.apply(Set("item", keys.v, nick="mine"))
    assert (edit.info.undo, edit.info.redo) == (1, 0)


def test_an_undone_step_that_is_so_already_is_redone_without_effect(
    edit, keys, save_others
):
    edit.apply(Set("item", keys.u, nick="same"))
    edit.apply(Set("item", keys.v, nick="mine"))
    edit.undo(2)
    save_others(Set("item", keys.u, nick="same"))
    edit = again(edit)
    edit.rebase()

    edit.redo(2)

    assert draft_look(edit)["v.nick"] == "mine"
    edit.undo(2)
    assert edit.changes() == []
    edit.redo(2)
    assert len(edit.changes()) == 1


def test_a_neighbour_that_the_draft_itself_has_deleted_is_no_conflict(
    edit, keys, save_others
):
    edit.apply(item("n", keys.a))
    new = edit.page("item", parent=keys.a).rows[-1].key
    edit.apply(Move("item", keys.u, None, new))
    edit.apply(Delete("item", new))
    save_others(Set("item", keys.v, nick="theirs"))

    edit = again(edit)
    edit.rebase()

    assert draft_look(edit)["a"] == "v w u"


def test_a_unique_value_that_changes_hands_here_is_no_conflict(edit, keys, save_others):
    """Others have touched its holder, but it is the draft that takes it away."""
    edit.apply(Set("item", keys.v, code=1))
    edit.apply(Set("item", keys.u, code=ord("v")))
    save_others(Set("item", keys.v, nick="theirs"))

    edit = again(edit)
    edit.save()

    assert edit.info.state == "saved"


# What cannot be carried over


def test_steps_that_do_nothing_any_more_are_told(edit, keys, save_others):
    edit.apply(Set("item", keys.u, nick="same"))
    edit.apply(Delete("item", keys.v))
    save_others(Set("item", keys.u, nick="same"), Delete("item", keys.v))

    brought = again(edit).rebase()

    assert dropped(brought) == [(1, "set"), (2, "delete")]
    assert brought.info.undo == 0


def test_a_set_loses_only_the_field_that_is_refused(edit, keys, save_others):
    edit.apply(Set("box", keys.a, name="new", next_id=keys.c[0]))
    save_others(Delete("box", keys.c))
    edit = again(edit)

    brought = edit.rebase([Resolution("live")])

    assert draft_look(edit)[""] == "new b"
    (lost,) = brought.dropped
    assert lost.operation.values == {"next_id": keys.c[0]}
    assert "There is no box" in lost.problems[0].message


def test_an_insert_loses_only_the_field_that_is_refused(edit, keys, save_others):
    edit.apply(item("n", keys.a, friend_id=keys.z[0]))
    save_others(Delete("item", keys.z))
    edit = again(edit)
    with pytest.raises(Conflicts) as refused:
        edit.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.kind, conflict.field) == ("link", "friend_id")

    brought = edit.rebase([Resolution("base")])

    assert draft_look(edit)["a"] == "u v w n"
    assert dropped(brought) == [(1, "insert")]
    edit.save()


def test_a_step_whose_only_field_is_refused_is_dropped_as_a_whole(
    edit, keys, save_others
):
    edit.apply(Set("box", keys.a, next_id=keys.c[0]))
    save_others(Delete("box", keys.c))
    brought = again(edit).rebase([Resolution("live")])
    assert dropped(brought) == [(1, "set")]


def test_a_batch_loses_only_what_is_refused_and_all_of_it_is_dropped_as_one(
    edit, keys, save_others
):
    edit.apply(Batch((Delete("item", keys.u), Delete("item", keys.v))))
    save_others(Delete("item", keys.u), Delete("item", keys.v))
    brought = again(edit).rebase()
    assert dropped(brought) == [(1, "delete"), (1, "delete")]
    assert brought.info.undo == 0


def test_what_the_replay_loses_on_the_way_is_made_up_for(edit, keys, save_others):
    """The row was moved through a box that is gone; where it ended is there."""
    edit.apply(Move("item", keys.u, keys.c, None))
    edit.apply(Set("item", keys.u, nick="mine"))
    edit.apply(Move("item", keys.u, keys.b, None))
    save_others(Delete("box", keys.c))

    edit = again(edit)
    edit.rebase()

    look = draft_look(edit)
    assert (look["b"], look["u.nick"]) == ("u x y", "mine")
    assert edit.save().merged == []


def test_a_new_row_that_was_made_below_what_is_gone_and_moved_on_is_kept(
    edit, keys, save_others, dbsession
):
    edit.apply(item("n", keys.c))
    (_, new) = edit.page("item", parent=keys.c).rows
    edit.apply(Move("item", new.key, keys.b, keys.x))
    save_others(Delete("box", keys.c))

    edit = again(edit)
    brought = edit.rebase()

    assert dropped(brought) == []
    assert [one.label for one in edit.journal().items] == [LAST_BATCH]
    assert draft_look(edit)["b"] == "x n y"
    edit.save()
    assert live_look(dbsession, keys)["b"] == "x n y"


def test_a_draft_of_a_deleted_object_can_be_let_go(edit, keys, save_others, dbsession):
    edit.apply(Set("item", keys.u, nick="mine"))
    save_others(Delete("plan", keys.plan))
    edit = again(edit)

    brought = edit.rebase([Resolution("live")])

    assert dropped(brought) == [(1, "set")]
    assert edit.changes() == []
    assert draft_look(edit) == {}
    assert edit.cancel().state == "cancelled"


def test_a_draft_that_deletes_what_is_deleted_elsewhere_too_is_no_conflict(
    edit, keys, save_others
):
    edit.apply(Delete("plan", keys.plan))
    save_others(Delete("plan", keys.plan))
    edit = again(edit)
    edit.rebase()
    assert edit.changes() == []


def test_a_recreated_object_is_the_same_with_the_draft_s_changes(
    edit, keys, save_others, dbsession
):
    edit.apply(Set("item", keys.u, nick="mine"))
    before = draft_look(edit)
    save_others(Delete("plan", keys.plan))
    edit = again(edit)

    brought = edit.rebase([Resolution("draft", "plan", keys.plan)])
    saved = edit.save()

    assert brought.dropped == []

    assert saved.key == keys.plan
    assert live_look(dbsession, keys) == before
    assert live_look(dbsession, keys, revision=1) == {}


def test_what_plain_sql_has_deleted_altogether_cannot_come_back(edit, keys, dbsession):
    edit.apply(Insert("mark", {"word": "new", "weight": 1}, keys.z))
    dbsession.execute(sa.delete(Mark).where(Mark.item_id == keys.z[0]))
    dbsession.execute(sa.delete(Item).where(Item.id == keys.z[0]))
    edit = again(edit)
    with pytest.raises(Conflicts):
        edit.save()
    with pytest.raises(Refused, match="nothing is left of it"):
        edit.rebase([Resolution("draft")])
    edit.rebase([Resolution("live")])
    assert edit.changes() == []


def test_what_comes_back_is_read_in_pages_and_what_is_elsewhere_stays_there(
    edit, keys, save_others, monkeypatch
):
    monkeypatch.setattr(context, "PAGE", 1)
    edit.apply(Set("box", keys.a, name="new"))
    save_others(Move("item", keys.v, keys.b, None), Delete("box", keys.a))
    edit = again(edit)

    edit.rebase([Resolution("draft")])

    look = draft_look(edit)
    assert (look["new"], look["b"], look["u/old"]) == ("u w", "v x y", 1)
    edit.save()


# Choices


def test_a_row_that_two_values_are_taken_from_is_given_up_once(edit, keys, save_others):
    edit.apply(item("n", keys.a, nick="taken"))
    save_others(Set("item", keys.v, nick="taken", code=500 + ord("n")))
    edit = again(edit)
    assert {one.field for one in edit.conflicts()} == {"code", "nick"}
    edit.rebase([Resolution("live")])
    assert edit.changes() == []


def test_a_choice_about_what_is_no_conflict_is_refused(edit, keys):
    edit.apply(Set("item", keys.u, nick="mine"))
    with pytest.raises(Refused, match="no such conflict"):
        edit.rebase([Resolution("live", "item", keys.u, "nick")])


def test_the_closest_choice_counts_and_of_equal_ones_the_last(edit, keys, save_others):
    for name in "uvw":
        edit.apply(Set("item", keys[name], nick=f"mine {name}"))
    save_others(*(Set("item", keys[name], nick=f"theirs {name}") for name in "uvw"))
    edit = again(edit)

    edit.rebase(
        [
            Resolution("live", "item", keys.u, "nick"),
            Resolution("draft", "item", keys.u),
            Resolution("live"),
            Resolution("live", "item", keys.v),
            Resolution("draft", "item", keys.v),
        ]
    )

    look = draft_look(edit)
    assert [look[f"{name}.nick"] for name in "uvw"] == [
        "theirs u",
        "mine v",
        "theirs w",
    ]
    last = edit.journal().items[-1]
    assert last.label == LAST_BATCH
    edit.undo()
    assert draft_look(edit)["u.nick"] == "mine u"


def test_only_the_conflicts_that_are_open_still_are_told(edit, keys, save_others):
    for name in "uv":
        edit.apply(Set("item", keys[name], nick=f"mine {name}"))
    save_others(*(Set("item", keys[name], nick=f"theirs {name}") for name in "uv"))
    edit = again(edit)
    with pytest.raises(Conflicts) as refused:
        edit.rebase([Resolution("live", "item", keys.u)])
    assert [one.key for one in refused.value.conflicts] == [keys.v]
    assert edit.info.base == 0


@pytest.mark.parametrize(
    ("mine", "theirs", "choice", "message"),
    [
        (
            lambda k: Set("item", k.u, nick="mine"),
            lambda k: Delete("item", k.u),
            Resolution("value", value="x"),
            "take base, draft or live",
        ),
        (
            lambda k: Set("item", k.u, nick="mine"),
            lambda k: Set("item", k.u, nick="theirs"),
            Resolution("value", value="x" * 99),
            "20 characters",
        ),
        (
            lambda k: Move("item", k.u, None, k.w),
            lambda k: Move("item", k.u, k.b, None),
            Resolution("value", value=[999]),
            "There is no item",
        ),
    ],
)
def test_a_choice_that_cannot_be_carried_out_names_the_conflict(
    edit, keys, save_others, mine, theirs, choice, message
):
    edit.apply(mine(keys))
    save_others(theirs(keys))
    edit = again(edit)
    before = draft_look(edit)
    with pytest.raises(Refused, match=message) as refused:
        edit.rebase([choice])
    assert {p.key for p in refused.value.problems} == {keys.u}
    assert draft_look(edit) == before
    assert again(edit).info.base == 0


def test_a_place_of_one_s_own_may_be_the_first(edit, keys, save_others):
    edit.apply(Move("item", keys.v, None, keys.w))
    save_others(Move("item", keys.v, keys.b, None))
    edit = again(edit)
    edit.rebase([Resolution("value", value=None)])
    assert draft_look(edit)["a"] == "v u w"


def test_a_link_to_what_is_gone_outside_cannot_be_kept(edit, keys, dbsession):
    edit.apply(Insert("item_badge", {"badge_code": "red"}, keys.u))
    dbsession.execute(sa.delete(Badge).where(Badge.code == "red"))
    edit = again(edit)
    with pytest.raises(Conflicts):
        edit.save()
    with pytest.raises(Refused, match="There is no badge red"):
        edit.rebase([Resolution("draft")])
    edit.rebase([Resolution("live")])
    assert edit.changes() == []


def test_a_link_that_others_made_from_what_is_deleted_here_brings_it_back(
    edit, keys, save_others
):
    edit.apply(Delete("item", keys.z))
    save_others(Insert("item_badge", {"badge_code": "red"}, keys.z))
    edit = again(edit)
    edit.rebase([Resolution("live")])
    assert draft_look(edit)["z#red"] is True


def test_a_required_reference_that_is_gone_takes_its_row_along(edit, keys, save_others):
    """What others refer to is deleted here: without the value there is no row."""
    edit.apply(Delete("item", keys.z))
    save_others(Set("item", keys.u, friend_id=keys.z[0]))
    edit = again(edit)
    edit.rebase([Resolution("draft")])
    assert edit.row("item", keys.u).values["friend_id"] is None


# Rows that share a key with what was there before


def test_a_row_that_a_revert_has_brought_back_is_the_same_row(
    edit, keys, save_others, dbsession
):
    edit.apply(Set("item", keys.u, nick="mine"))
    save_others(Delete("item", keys.u))
    back = knot.drafts.open(dbsession, knot.Plan, keys.plan, owner="bob", revert_to=0)
    back.save()

    edit = again(edit)
    saved = edit.save()

    assert saved.merged == [1, 2]
    assert live_look(dbsession, keys)["u.nick"] == "mine"


def give_key_anew(dbsession, keys, save_others):
    """Let the database give the key of a deleted row to another one."""
    save_others(Delete("item", keys.u))
    recreated = dict.fromkeys(("nick", "friend_id"))
    recreated |= {
        "id": keys.u[0],
        "box_id": keys.a[0],
        "place": spread(3)[0],
        "name": "other",
    }
    recreated |= {"code": 99, "serial": "00000000-0000-4000-8000-000000000099"}
    save_others(Recreate("item", recreated))


@pytest.mark.parametrize(
    ("take", "a", "nicks"),
    [("live", "other v w", set()), ("draft", "u other v w", {"mine"})],
)
def test_a_change_of_a_row_whose_key_is_another_s_never_merges(
    edit, keys, save_others, dbsession, take, a, nicks
):
    edit.apply(Set("item", keys.u, nick="mine"))
    edit.apply(Insert("mark", {"word": "new", "weight": 1}, keys.u))
    give_key_anew(dbsession, keys, save_others)
    edit = again(edit)
    with pytest.raises(Conflicts) as refused:
        edit.save()
    assert {c.kind for c in refused.value.conflicts} <= {"row"}

    edit.rebase([Resolution(take)])

    look = draft_look(edit)
    assert look["a"].split() == a.split()
    assert {v for path, v in look.items() if path.endswith(".nick")} == nicks
    assert "other/new" not in look


def test_a_delete_of_a_row_whose_key_is_another_s_is_asked_for(
    edit, keys, save_others, dbsession
):
    edit.apply(Delete("item", keys.u))
    give_key_anew(dbsession, keys, save_others)
    edit = again(edit)
    edit.rebase([Resolution("live")])
    assert draft_look(edit)["a"] == "other v w"
    edit.apply(Delete("item", keys.u))
    assert draft_look(edit)["a"] == "v w"


# New objects


def test_a_new_object_is_rebased_onto_nothing_and_stays_as_it_is(dbsession, keys):
    edit = knot.drafts.open(dbsession, knot.Plan, owner="ada")
    edit.apply(Set("plan", edit.root, name="new"))
    place = {"name": "box"}
    edit.apply(Insert("box", place, edit.root))
    edit.apply(Set("plan", edit.root, name="newer"))
    edit.undo()
    before = draft_look(edit)

    again(edit).rebase()

    edit = again(edit)
    assert draft_look(edit) == before
    edit.redo()
    assert edit.save().revision == 1
    assert dbsession.scalar(sa.select(sa.func.count()).select_from(Box)) == 4


def test_theirs_brings_back_what_i_deleted_before_it_puts_a_row_there(
    edit, keys, save_others
):
    edit.apply(Move("item", keys.u, keys.a, after=keys.w))
    edit.apply(Delete("box", keys.b))
    save_others(Move("item", keys.u, keys.b, after=None), Set("item", keys.x, nick="x"))
    edit = again(edit)

    edit.rebase([Resolution("live")])

    assert edit.row("box", keys.b).state == "same"
    assert [row.key for row in edit.page("item", keys.b).rows] == [
        keys.u,
        keys.x,
        keys.y,
    ]
    assert edit.check().is_clear
