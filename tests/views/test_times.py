"""Times and lengths of time, as pages show them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from draftedit.views.times import duration, when

NOON = datetime(2024, 2, 29, 12, 0, 5, tzinfo=UTC)


def test_today_shows_the_clock_alone():
    assert ">12:00</time>" in when(NOON, today=date(2024, 2, 29))


def test_other_days_show_the_date():
    assert ">2024-02-29 12:00</time>" in when(NOON, today=date(2024, 3, 1))


def test_machines_get_all_of_it_in_utc():
    zoned = NOON.astimezone(timezone(timedelta(hours=9)))
    assert 'datetime="2024-02-29T12:00:05Z"' in when(zoned)
    assert 'title="2024-02-29 12:00:05 UTC"' in when("2024-02-29T12:00:05")


def test_no_time_shows_nothing():
    assert when(None) == ""


@pytest.mark.parametrize(
    ("seconds", "spelled"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (90061, "1 d 1 h"),
    ],
)
def test_durations_show_their_two_largest_units(seconds, spelled):
    assert duration(seconds) == spelled
