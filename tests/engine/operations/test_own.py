"""A host's own operation has the same part in drafts as the built-in ones."""

import pytest

from draftedit import Batch, Set
from draftedit.engine.rebasing import Resolution
from tests.hosts import shop
from tests.hosts.raising import Raise


@pytest.fixture
def tea(goods):
    return (goods.lines[0],)


@pytest.fixture
def save_others(goods, dbsession):
    """Return `save_others(amount)`: somebody else saves another amount of tea."""

    def save(amount):
        other = shop.drafts.open(dbsession, shop.Order, goods.first, owner="bob")
        other.apply(Set("line", (goods.lines[0],), amount=amount))
        other.save()

    return save


def rebased(edit, take):
    """Rebase the draft, and say `take` to every conflict."""
    edit = shop.drafts.resume(edit.dbsession, edit.info.key, owner="ada")
    choices = [
        Resolution(take, one.table, one.key, one.field) for one in edit.conflicts()
    ]
    assert choices
    return edit, edit.rebase(choices)


def first_step(edit):
    return edit.journal().items[0].operation


def test_a_rebase_replays_what_it_was_for_and_not_what_it_resulted_in(
    edit, tea, save_others
):
    edit.apply(Raise(tea, 3))
    assert first_step(edit)["to"] == 5
    save_others(10)

    edit, brought = rebased(edit, "draft")

    assert brought.dropped == []
    assert first_step(edit) == {"op": "raise", "id": list(tea), "by": 3, "to": 13}
    # The net change is kept as it was decided: the last step sets the amount.
    assert edit.row("line", tea).values["amount"] == 5
    edit.undo()
    assert edit.row("line", tea).values["amount"] == 13


@pytest.mark.parametrize("in_batch", [False, True])
def test_a_rebase_leaves_out_what_is_refused_and_keeps_the_rest(
    edit, tea, save_others, in_batch
):
    lower = Raise(tea, -2, product="herbs")
    edit.apply(Batch((lower,)) if in_batch else lower)
    save_others(1)

    edit, brought = rebased(edit, "live")

    [dropped] = brought.dropped
    assert dropped.operation == Raise(tea, -2)
    assert dropped.problems[0].field == "amount"
    values = edit.row("line", tea).values
    assert (values["amount"], values["product"]) == (1, "herbs")


def test_what_the_last_step_makes_up_for_is_not_reported(edit, tea, save_others):
    edit.apply(Raise(tea, -2))
    save_others(1)

    edit, brought = rebased(edit, "draft")

    assert brought.dropped == []
    assert edit.row("line", tea).values["amount"] == 0


def test_the_journal_keeps_the_table_that_statistics_count(edit, tea, dbsession):
    edit.apply(Raise(tea, 3))
    edit.apply(Batch((Raise(tea, 1), Raise(tea, 1))))
    columns = shop.drafts.tables.operation.c
    kept = dbsession.execute(
        columns.sequence.table.select().order_by(columns.sequence)
    ).mappings()
    assert [(one["kind"], one["table_name"]) for one in kept] == [
        ("raise", "line"),
        ("batch", None),
    ]
