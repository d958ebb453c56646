"""Drafts are counted per day and target, purged or not."""

import datetime
from collections import Counter

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Set
from draftedit.engine.statistics.counting import SPANS, Figure
from draftedit.engine.statistics.daily_counts import DayStatistics
from draftedit.engine.statistics.purge import purge
from tests.hosts import shop

DRAFT = shop.drafts.tables.draft


def at(day, hour=12):
    return datetime.datetime(2026, 3, day, hour, tzinfo=datetime.UTC)


def march(day, **counts):
    return DayStatistics(datetime.date(2026, 3, day), "purchase", **counts)


@pytest.fixture
def make(dbsession_factory, goods):
    """Return `make(opened_at, closed_at, verb)`: a draft of that time."""

    def make(opened, closed=None, verb="cancel"):
        with dbsession_factory.begin() as dbsession:
            edit = shop.drafts.open(dbsession, shop.Order, goods.second, owner="ada")
            edit.apply(Insert("line", {"product": "tea"}))
            edit.apply(Insert("line", {"product": "milk"}))
            edit.undo()
            edit.redo()
            if closed is not None:
                getattr(edit, verb)()
            mine = sa.update(DRAFT).where(DRAFT.c.key == edit.info.key)
            dbsession.execute(mine.values(opened_at=opened, closed_at=closed))

    return make


@pytest.fixture
def purged(dbsession_factory):
    """Return `purged(day)`: purge what was closed before that day."""

    def purged(day):
        tables, targets = shop.drafts.tables, shop.drafts.targets
        return purge(dbsession_factory.begin, tables, targets, at(day, 0)).deleted

    return purged


WORK = {"operations": 2, "undos": 1, "redos": 1}


def worked(outcome, span):
    """Return the figures of one draft that `make` made, open for so many seconds."""
    figures = {
        Figure(outcome, "seconds", span): 1,
        Figure(outcome, "operations", "2"): 1,
        Figure(outcome, "undos", "1"): 1,
        Figure(outcome, "kind", "insert"): 2,
    }
    given_up = {Figure(outcome, "last", "insert line"): 1}
    return figures | (given_up if outcome != "saved" else {})


def test_a_draft_counts_on_the_day_it_was_opened_and_the_day_it_was_closed(
    make, dbsession, purged
):
    make(at(1, 23), at(2, 1))
    wanted = [
        march(
            2,
            cancelled=1,
            seconds_open=7200,
            **WORK,
            figures=worked("cancelled", "3600"),
        ),
        march(1, opened=1),
    ]
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(3) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted


def test_a_clock_that_was_put_back_gives_no_draft_a_negative_time(
    make, dbsession, purged
):
    make(at(1, 8), at(1, 7))
    make(at(1, 8), at(1, 9))
    for _ in range(2):
        [day] = shop.drafts.statistics(dbsession)
        assert (day.cancelled, day.seconds_open) == (2, 3600)
        assert purged(2) in (2, 0)


def test_the_roll_up_and_the_drafts_are_added_up(make, dbsession, purged):
    make(at(1), at(1, 13))
    make(at(1), at(5), "save")
    make(at(1))
    wanted = [
        march(
            5,
            saved=1,
            seconds_open=4 * 86400,
            **WORK,
            figures=worked("saved", "86400"),
        ),
        march(
            1,
            opened=3,
            cancelled=1,
            seconds_open=3600,
            **WORK,
            figures=worked("cancelled", "3600"),
        ),
    ]
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(3) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted
    assert purged(9) == 1
    dbsession.expire_all()
    assert shop.drafts.statistics(dbsession) == wanted


def test_without_drafts_there_is_nothing_to_count(goods, dbsession):
    assert shop.drafts.statistics(dbsession) == []


def test_what_was_before_a_day_is_left_out_where_that_is_asked(make, dbsession, purged):
    make(at(1), at(2))
    make(at(3), at(4))
    purged(3)
    found = shop.drafts.statistics(dbsession, since=datetime.date(2026, 3, 3))
    assert [day.day.day for day in found] == [4, 3]


@pytest.fixture
def figures(dbsession):
    """Return `figures(measure)`: what is counted for each outcome and value."""

    def figures(measure):
        dbsession.expire_all()
        found = Counter()
        for day in shop.drafts.statistics(dbsession):
            for figure, count in day.figures.items():
                if figure.measure == measure:
                    found[figure.outcome, figure.value] += count
        return found

    return figures


@pytest.mark.parametrize("last", [bound for bound in SPANS["seconds"] if bound])
def test_a_span_begins_at_its_bound(make, figures, last):
    second = datetime.timedelta(seconds=1)
    make(at(1), at(1) + last * second - second)
    make(at(1), at(1) + last * second)
    before = SPANS["seconds"][SPANS["seconds"].index(last) - 1]
    assert figures("seconds") == {
        ("cancelled", str(before)): 1,
        ("cancelled", str(last)): 1,
    }


def test_every_closed_draft_is_in_one_span_of_each_measure(make, figures, purged):
    make(at(1), at(1))
    make(at(1), at(2), "save")
    make(at(1), at(3))
    make(at(1))
    for _each in range(2):
        for measure in SPANS:
            assert sum(figures(measure).values()) == 3
        assert purged(3) in (2, 0)


def test_steps_are_counted_by_kind_as_they_stood_when_the_draft_was_closed(
    edit, figures, goods
):
    edit.apply(Insert("line", {"product": "tea"}))
    edit.apply(Set("line", goods.lines[0], amount=7))
    edit.apply(Batch((Delete("line", goods.lines[1]),)))
    edit.apply(Set("line", goods.lines[0], amount=8))
    edit.undo(2)
    edit.cancel()
    assert figures("kind") == {("cancelled", "insert"): 1, ("cancelled", "set"): 1}
    assert figures("last") == {("cancelled", "set line"): 1}
    assert figures("operations") == {("cancelled", "2"): 1}


def test_a_draft_given_up_at_a_batch_or_before_any_step_says_so(
    edit, figures, goods, dbsession
):
    edit.apply(Batch((Set("line", goods.lines[0], amount=7),), "a label"))
    edit.cancel()
    other = shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")
    other.cancel()
    assert figures("last") == {("cancelled", "batch"): 1, ("cancelled", ""): 1}


def test_a_saved_draft_was_not_given_up(edit, figures, goods):
    edit.apply(Set("line", goods.lines[0], amount=7))
    edit.save()
    assert figures("last") == {}
    assert figures("kind") == {("saved", "set"): 1}


def test_the_steps_a_copy_was_made_with_are_counted_once(edit, figures, goods):
    edit.apply(Set("line", goods.lines[0], amount=7))
    copy = edit.fork()
    copy.apply(Delete("line", goods.lines[1]))
    edit.cancel()
    copy.cancel()
    assert figures("kind") == {("cancelled", "set"): 1, ("cancelled", "delete"): 1}
    assert figures("last") == {
        ("cancelled", "set line"): 1,
        ("cancelled", "delete line"): 1,
    }


def test_a_step_of_any_length_of_name_is_counted(edit, figures, dbsession, goods):
    edit.apply(Set("line", goods.lines[0], amount=7))
    journal = shop.drafts.tables.operation
    long = sa.update(journal).values(kind="x" * 128, table_name="y" * 128)
    dbsession.execute(long)
    edit.cancel()
    assert figures("last") == {("cancelled", "x" * 128): 1}


def test_many_drafts_take_as_many_statements_as_few(make, dbsession, statements):
    counts = []
    for _each in range(2):
        make(at(1), at(2))
        make(at(1), at(3), "save")
        statements.clear()
        shop.drafts.statistics(dbsession)
        counts.append(len([one for one in statements if "SAVEPOINT" not in one]))
    assert counts == [3, 3]
