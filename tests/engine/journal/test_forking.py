"""A draft that is copied or given to another is the same draft still."""

import pytest

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.base.errors import NotOpen, Refused, Unknown
from tests.engine.explaining import Recorder
from tests.hosts.selling import everything
from tests.hosts.shop import drafts


@pytest.fixture
def worked(edit, goods):
    """A draft with something of each kind, a step of which is undone."""
    tea, coffee, milk = goods.lines
    edit.apply(Set("line", tea, product="oat"))
    edit.apply(Insert("line", {"product": "jam"}))
    edit.apply(Insert("line_label", {"label_code": "urgent"}, -1))
    edit.apply(Delete("line", coffee))
    edit.apply(Move("line", milk, after=None))
    edit.apply(Set("purchase", goods.first, number="A2"))
    edit.undo()
    return edit


def journal(edit):
    return edit.journal(limit=500).items


def all_the_way(edit):
    """Undo all, redo all: what the draft shows after each step."""
    seen = []
    while edit.info.undo:
        edit.undo()
        seen.append(everything(edit))
    while edit.info.redo:
        edit.redo()
        seen.append(everything(edit))
    return seen


def test_a_fork_is_the_same_draft_a_second_time(worked):
    fork = worked.fork()

    assert fork.info.key != worked.info.key
    assert (fork.info.owner, fork.info.version) == (worked.info.owner, 1)
    assert (fork.info.undo, fork.info.redo) == (worked.info.undo, worked.info.redo)
    assert fork.info.base == worked.info.base
    assert everything(fork) == everything(worked)
    assert journal(fork) == journal(worked)
    assert fork.changes() == worked.changes()


def test_undo_and_redo_work_in_both(worked):
    fork = worked.fork()
    assert all_the_way(fork) == all_the_way(worked)


def test_each_goes_its_own_way(worked, goods, dbsession):
    before = everything(worked), journal(worked)
    fork = worked.fork()
    fork.apply(Insert("line", {"product": "rye"}))
    fork.undo(to=0)
    fork.apply(Set("line", goods.lines[0], product="else"))

    again = drafts.resume(dbsession, worked.info.key, owner="ada")
    assert (everything(again), journal(again)) == before
    fork.cancel()
    assert again.save().revision == 1


def test_keys_that_the_draft_made_are_equal_and_none_is_made_twice(worked):
    fork = worked.fork()
    for one in (worked, fork):
        done = one.apply(Insert("line", {"product": "rye"}))
        assert done.operation.key == (-2,)


def test_a_closed_draft_is_not_forked(worked):
    worked.cancel()
    with pytest.raises(NotOpen):
        worked.fork()


def test_a_fork_costs_the_same_whatever_was_done(worked, connection, goods):
    with Recorder(connection) as small:
        worked.fork()
    for number in range(30):
        worked.apply(Insert("note", {"topic": f"topic {number}"}))
    with Recorder(connection) as large:
        worked.fork()
    assert len(large.statements) == len(small.statements)


def test_handed_on_it_is_anothers_with_its_journal(worked, dbsession):
    seen, steps, version = everything(worked), journal(worked), worked.info.version

    info = worked.hand_on("bob")

    assert (info.owner, info.version) == ("bob", version + 1)
    with pytest.raises(Unknown):
        drafts.resume(dbsession, info.key, owner="ada")
    theirs = drafts.resume(dbsession, info.key, owner="bob")
    assert (everything(theirs), journal(theirs)) == (seen, steps)
    assert len(all_the_way(theirs)) == 2 * len(steps) - 1
    theirs.save()
    assert drafts.mine(dbsession, "ada").items == []


def test_only_an_open_draft_is_handed_on_and_not_to_its_owner(worked):
    with pytest.raises(Refused, match="theirs already"):
        worked.hand_on("ada")
    worked.cancel()
    with pytest.raises(NotOpen):
        worked.hand_on("bob")
