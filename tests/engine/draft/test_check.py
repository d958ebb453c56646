"""`check` says what `save` would do, and leaves nothing of it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Delete, Insert, Note, Problem, Set, is_check
from draftedit.engine.base.errors import (
    BaseMoved,
    NothingToSave,
    NotOpen,
    Refused,
    Unknown,
)
from draftedit.service.objects import Objects
from tests.engine.explaining import Recorder
from tests.hosts import shop
from tests.hosts.selling import everything
from tests.hosts.shop import Line, Order


@pytest.fixture
def registered(monkeypatch):
    """Let a test register checks and notes of the host; they are forgotten after."""
    targets = shop.drafts.targets
    monkeypatch.setitem(targets, "purchase", targets["purchase"])


@pytest.fixture
def reopen(dbsession, goods):
    """Return what opens a draft with what is registered by then."""
    return lambda: shop.drafts.open(dbsession, Order, goods.first, owner="ada")


def taken(edit):
    """Give the order a number that another has."""
    edit.apply(Set("purchase", edit.root, number="B2"))


def live(dbsession, goods):
    key = (str(goods.first),)
    return {
        table: Objects(shop.drafts, dbsession).page("purchase", key, table).rows
        for table in shop.drafts.targets["purchase"].tables
    }


def test_what_save_would_refuse_is_told(edit, goods):
    taken(edit)

    checked = edit.check()

    assert not checked.is_clear
    [problem] = checked.problems
    assert (problem.table, problem.key, problem.field) == (
        "purchase",
        edit.root,
        "number",
    )
    assert problem.other == (str(goods.second),)
    with pytest.raises(Refused) as refusal:
        edit.save()
    assert list(refusal.value.problems) == checked.problems


def test_conflicts_are_told_as_save_would_raise_them(edit, goods, dbsession):
    edit.apply(Set("line", goods.lines[0], amount=5))
    dbsession.execute(sa.update(Line).values(amount=9))

    checked = edit.check()

    assert not checked.is_clear
    assert checked.problems == []
    [conflict] = checked.conflicts
    assert (conflict.key, conflict.base, conflict.draft, conflict.live) == (
        (goods.lines[0],),
        2,
        5,
        9,
    )


def test_nothing_is_changed_by_a_check(edit, goods, dbsession):
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    edit.apply(Insert("line", {"product": "honey"}))
    edit.apply(Delete("line", goods.lines[2]))
    edit.undo()
    before = everything(edit), edit.info, edit.journal().items, live(dbsession, goods)
    counts = [
        dbsession.scalar(sa.select(sa.func.count()).select_from(table))
        for table in shop.drafts.metadata.sorted_tables
    ]

    assert edit.check().is_clear

    assert before == (
        everything(edit),
        edit.info,
        edit.journal().items,
        live(dbsession, goods),
    )
    assert counts == [
        dbsession.scalar(sa.select(sa.func.count()).select_from(table))
        for table in shop.drafts.metadata.sorted_tables
    ]
    edit.redo()
    saved = edit.save()
    assert saved.revision == 1


def test_the_hosts_instances_are_those_of_live_afterwards(edit, goods, dbsession):
    order, line = dbsession.get(Order, goods.first), dbsession.get(Line, goods.lines[0])
    assert len(order.lines) == 3
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    edit.apply(Delete("line", goods.lines[1]))
    edit.apply(Insert("line", {"product": "honey"}))

    edit.check()

    assert line.product == "tea"
    assert {one.product for one in order.lines} == {"tea", "coffee", "milk"}
    assert not dbsession.new
    assert not dbsession.dirty
    assert not dbsession.deleted


def test_what_the_host_has_pending_stays(edit, goods, dbsession):
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    dbsession.get(Line, goods.lines[1]).product = "espresso"

    edit.check()

    assert dbsession.get(Line, goods.lines[1]).product == "espresso"


def test_a_draft_that_changes_nothing_is_clear_though_there_is_nothing_to_save(edit):
    assert edit.check().is_clear
    with pytest.raises(NothingToSave):
        edit.save()


def test_a_closed_draft_is_not_checked(edit):
    edit.cancel()
    with pytest.raises(NotOpen):
        edit.check()


def test_what_others_have_saved_is_brought_in_for_the_forecast_only(
    edit, goods, reopen
):
    other = reopen()
    other.apply(Set("line", goods.lines[0], amount=7))
    other.save()
    edit.apply(Set("line", goods.lines[1], amount=5))

    assert edit.check().is_clear
    assert edit.info.base == 0

    edit.apply(Set("line", goods.lines[0], amount=6))
    [conflict] = edit.check().conflicts
    assert (conflict.key, conflict.field) == ((goods.lines[0],), "amount")
    edit.undo()
    assert edit.save().merged == [1]


@pytest.mark.usefixtures("registered")
def test_a_look_that_the_target_demands_is_asked_for_by_save_alone(reopen, goods):
    targets = shop.drafts.targets
    targets["purchase"] = replace(targets["purchase"], review=True)
    edit, other = reopen(), reopen()
    other.apply(Set("line", goods.lines[0], amount=7))
    other.save()
    edit.apply(Set("line", goods.lines[1], amount=5))

    assert edit.check().is_clear
    with pytest.raises(BaseMoved):
        edit.save()


def test_a_draft_that_no_longer_fits_is_told_so(edit, goods, monkeypatch):
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    wrong = Problem("too long", "line", (goods.lines[0],), "product")
    monkeypatch.setattr(type(edit), "misfits", lambda self: [wrong])

    assert edit.check().problems == [wrong]


def test_events_of_the_host_can_tell_a_check_from_a_save(edit, goods, dbsession):
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    seen = []

    def look(_dbsession, _context, _instances):
        seen.append(is_check(dbsession))

    sa.event.listen(dbsession, "before_flush", look)
    edit.check()
    assert seen
    assert all(seen)
    assert not is_check(dbsession)

    seen.clear()
    edit.save()
    sa.event.remove(dbsession, "before_flush", look)
    assert seen
    assert not any(seen)


def test_a_database_that_fails_is_raised_and_the_mark_is_taken_away(
    edit, goods, dbsession
):
    edit.apply(Set("line", goods.lines[0], product="green tea"))

    def fail(*_arguments):
        raise sa.exc.OperationalError("UPDATE", {}, Exception("deadlock"))

    sa.event.listen(Session, "before_flush", fail)
    try:
        with pytest.raises(sa.exc.OperationalError):
            edit.check()
    finally:
        sa.event.remove(Session, "before_flush", fail)
    assert not is_check(dbsession)


# The host's own checks


def amounts(draft):
    """Sell no more than ten of a thing, and nothing twice."""
    for line in draft.changed("line", "amount"):
        if line.values["amount"] > 10:
            yield line.problem("At most ten.", "amount")


def named(draft):
    for line in draft.changed("line", "product"):
        if not line.values["product"]:
            yield line.problem("What is sold?", "product")


@pytest.mark.usefixtures("registered")
def test_checks_of_the_host_refuse_a_save_all_together(reopen, goods, dbsession):
    shop.drafts.check(Order)(amounts)
    shop.drafts.check("purchase")(named)
    edit = reopen()
    first, second, third = goods.lines
    edit.apply(Set("line", first, amount=11))
    edit.apply(Set("line", second, product="", amount=12))
    edit.apply(Set("line", third, product=""))
    edit.apply(Set("line", third, product="milk"))
    before = live(dbsession, goods)

    with pytest.raises(Refused) as refusal:
        edit.save()

    problems = [
        Problem("At most ten.", "line", (first,), "amount"),
        Problem("At most ten.", "line", (second,), "amount"),
        Problem("What is sold?", "line", (second,), "product"),
    ]
    assert list(refusal.value.problems) == problems
    assert edit.check().problems == problems
    assert live(dbsession, goods) == before
    assert edit.is_open


@pytest.mark.usefixtures("registered")
def test_what_the_database_finds_is_told_beside_what_the_host_finds(reopen, goods):
    shop.drafts.check(Order)(amounts)
    edit = reopen()
    edit.apply(Set("line", goods.lines[0], amount=11))
    taken(edit)

    assert [problem.field for problem in edit.check().problems] == ["amount", "number"]


@pytest.mark.usefixtures("registered")
def test_rows_out_of_sight_are_not_the_hosts_to_refuse(reopen, goods):
    shop.drafts.check(Order)(amounts)
    edit = reopen()
    edit.apply(Set("line", goods.lines[0], amount=11))
    edit.apply(Delete("line", goods.lines[0]))

    assert edit.check().is_clear
    assert edit.save().revision == 1


@pytest.mark.usefixtures("registered")
def test_a_check_sees_the_draft_as_it_would_be_saved(reopen, goods):
    seen = {}

    @shop.drafts.check(Order)
    def look(draft):
        seen["kinds"] = [(one.table, one.kind) for one in draft.changes]
        seen["changed"] = [(r.key, r.is_new, r.changed) for r in draft.changed("note")]
        seen["in order"] = [line.values["product"] for line in draft.rows("line")]
        seen["below"] = len(list(draft.rows("line_label", parent=goods.lines[0])))
        seen["one"] = draft.row("line", goods.lines[0]).values["product"]
        seen["gone"] = draft.row("line", goods.lines[1])
        seen["other object's"] = draft.row("line", (goods.other,))
        return ()

    edit = reopen()
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    edit.apply(Delete("line", goods.lines[1]))
    edit.apply(Set("note", (str(goods.first), "door"), text="knock"))

    assert edit.check().is_clear

    key = (str(goods.first), "door")
    assert seen == {
        "kinds": [("line", "changed"), ("line", "gone"), ("note", "changed")],
        "changed": [(key, False, {"text"})],
        "in order": ["green tea", "milk"],
        "below": 1,
        "one": "green tea",
        "gone": None,
        "other object's": None,
    }


@pytest.mark.usefixtures("registered")
def test_checks_are_of_one_target():
    with pytest.raises(Unknown):
        shop.drafts.check("nothing")(amounts)


# Notes


@pytest.mark.usefixtures("registered")
def test_notes_are_told_by_a_check_and_stop_no_save(reopen, goods):
    note = Note("Tea is dear just now.", "line", (goods.lines[0],), "product")
    shop.drafts.note(Order)(lambda draft: [note] if draft.changes else [])
    edit = reopen()
    edit.apply(Set("line", goods.lines[0], product="green tea"))

    assert edit.check().notes == [note]
    assert edit.check().is_clear
    assert edit.check(notes=False).notes == []
    assert edit.save().revision == 1


@pytest.mark.usefixtures("registered")
def test_rows_are_read_as_they_are_taken(reopen, goods, connection, monkeypatch):
    monkeypatch.setattr("draftedit.engine.draft.checks.PAGE", 1)
    taken_rows = []
    counts = []

    @shop.drafts.note(Order)
    def look(draft):
        rows = draft.rows("line", parent=goods.first)
        for _ in range(2):
            with Recorder(connection) as recorder:
                taken_rows.append(next(rows).values["product"])
            counts.append(len(recorder.statements))
        taken_rows.extend(row.values["product"] for row in rows)
        return ()

    reopen().check()

    assert taken_rows == ["tea", "coffee", "milk"]
    assert counts == [2, 1]
