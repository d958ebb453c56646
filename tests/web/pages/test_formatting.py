"""Values of every type, times, and choices that are called the same."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from pyramid.i18n import make_localizer

from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.model import Field
from draftedit.engine.values.codecs import codec
from draftedit.web import languages
from draftedit.web.forms import Option
from draftedit.web.pages.formatting import duration, plain, spelled_number, when
from draftedit.web.pages.row_choices import Chooser
from tests.hosts import shop
from tests.web.pages.test_journal_text import Labels, find, translate


def field(kind):
    column = sa.Column("x", kind)
    return Field("x", column, codec(kind), "value", "x", True, False, "X", None)


def test_times_are_shown_without_their_letters():
    shown = plain(field(sa.DateTime(timezone=True)), "2024-02-29T12:00:00Z")
    assert shown.text == "2024-02-29 12:00:00 UTC"


def test_json_is_short_in_one_line_and_whole_in_several():
    shown = plain(field(sa.JSON()), {"a": list(range(40))})
    assert shown.text.endswith("…")
    assert shown.full.startswith('{\n  "a": [')
    assert plain(field(sa.JSON()), [1]).full is None


def test_the_words_of_an_enum_are_words():
    assert plain(field(sa.Enum("a", "b", name="e")), "a").kind == "word"


@dataclass(frozen=True)
class Choice:
    key: tuple
    label: str


class Edit:
    """Offers two rows of the same name, outside of the object."""

    def choices(self, table, name, **options):
        return [Choice(("röt",), "red"), Choice(("rot",), "red")]


def test_choices_of_one_name_outside_the_object_show_their_keys():
    target = shop.drafts.targets["purchase"]
    chooser = Chooser(Edit(), Labels(target, find, translate))
    part = target.tables["line_label"]
    offered = chooser.references(part, None, None)["label_code"].options
    assert offered == [
        Option(code, f"red ({to_path((code,))})") for code in ("röt", "rot")
    ]


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


class TestInGerman:
    """Dates and numbers are written as the language of the page writes them."""

    @pytest.fixture
    def german(self):
        return make_localizer("de", [str(languages.FOLDER)]).translate

    def test_a_date_begins_with_the_day(self, german):
        shown = when("2024-03-01T12:30:15", translate=german)
        assert shown.endswith(">01.03.2024 12:30</time>")
        assert 'title="01.03.2024 12:30:15 UTC"' in shown
        assert 'datetime="2024-03-01T12:30:15Z"' in shown

    def test_thousands_are_set_apart_by_points(self, german):
        assert spelled_number(1234567, german) == "1.234.567"
        assert spelled_number(1234567) == "1,234,567"
