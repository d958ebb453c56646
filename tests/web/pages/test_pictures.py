"""Numbers become shapes that fill their picture, whatever the numbers are."""

from datetime import date, timedelta

import pytest

from draftedit.web.pages.stats.geometry import (
    BOTTOM,
    MOST,
    TOP,
    Numbers,
    bars,
    calendar,
    chart,
    line_step,
)
from draftedit.web.pages.stats.pictures import count_names, half_below, time_names
from tests.databases import on_one_database

pytestmark = on_one_database

FIRST = date(2024, 2, 28)


def numbers(count):
    return [Numbers(f"n{n}", "", {"saved": n, "cancelled": 1}, n) for n in range(count)]


def test_parts_stand_on_each_other_within_the_plot():
    one, two = chart(
        [
            Numbers("a", "", {"saved": 2, "cancelled": 1, "abandoned": 1}, 3),
            Numbers("b", "", {"saved": 0, "cancelled": 0, "abandoned": 0}, 0),
        ]
    ).columns
    assert [(p.kind, p.start, p.length) for p in one.pieces] == [
        ("saved", 46.0, 40.0),
        ("cancelled", 26.0, 20.0),
        ("abandoned", TOP, 20.0),
    ]
    assert one.mark == 26.0
    assert (two.pieces, two.mark) == ([], None)


@pytest.mark.parametrize("count", [0, 1, 2, 14, 62])
def test_columns_and_their_names_stay_in_the_picture(count):
    drawn = chart(numbers(count))
    for column in drawn.columns:
        assert 0 <= column.x < column.end <= 100
        assert all(TOP <= p.start < p.start + p.length <= 86.001 for p in column.pieces)
    assert all(0 <= name.x <= 100 for name in drawn.names)
    assert len({name.text for name in drawn.names}) == len(drawn.names)
    assert [n.text for n in drawn.names[:1]] == ["n0"][:count]
    assert drawn.lines[0].y == BOTTOM


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (4, 1), (5, 2), (9, 5), (40, 10), (41, 20), (999, 500)],
)
def test_lines_are_few_and_at_round_numbers(highest, step):
    assert line_step(highest) == step


def test_the_longest_row_fills_its_bar():
    first, second, third = bars([{"a": 3, "b": 1}, {"a": 0, "b": 2}, {"a": 0, "b": 0}])
    assert [(p.kind, p.start, p.length) for p in first] == [("a", 0, 75), ("b", 75, 25)]
    assert [(p.kind, p.start, p.length) for p in second] == [("b", 0, 50)]
    assert third == []


@pytest.mark.parametrize(
    ("days", "unit"),
    [(1, "day"), (62, "day"), (63, "week"), (400, "week"), (900, "month")],
)
def test_a_calendar_has_no_gap_and_not_too_many_units(days, unit):
    last = FIRST + timedelta(days=days - 1)
    found = calendar(FIRST, last)
    starts = list(found.starts())
    assert found.unit == unit
    assert len(starts) <= MOST
    every = {found.start(FIRST + timedelta(days=n)) for n in range(days)}
    assert starts == sorted(every)
    assert len({found.name(start) for start in starts}) == len(starts)


def test_spans_are_named_for_people():
    times = list(time_names(str).values())
    assert (times[0], times[1]) == ("under ${to}", "${from} – ${to}")
    names = list(count_names("operations", str).values())
    assert names[:4] == ["0", "1", "2–4", "5–9"]


def test_half_of_the_drafts_stay_below_a_bound():
    assert half_below({"0": 1, "60": 1}, "seconds") == 60
    assert half_below({"0": 1, "60": 3}, "seconds") == 300
    assert half_below({str(30 * 86400): 1}, "seconds") is None
    assert half_below({}, "seconds") is None
