"""Values of every type, and choices that are called the same."""

from dataclasses import dataclass

import sqlalchemy as sa

from draftedit.engine.keys import to_path
from draftedit.engine.schema import Field
from draftedit.engine.values import codec
from draftedit.forms import Option
from draftedit.views.choosing import Chooser
from draftedit.views.showing import plain
from tests.hosts import shop
from tests.views.test_describing import Names, find, translate


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
    chooser = Chooser(Edit(), Names(target, find, translate))
    part = target.tables["line_label"]
    offered = chooser.references(part, None, None)["label_code"].options
    assert offered == [
        Option(code, f"red ({to_path((code,))})") for code in ("röt", "rot")
    ]
