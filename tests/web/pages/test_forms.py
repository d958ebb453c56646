"""Forms are made from metadata, and read back what they showed as no change."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship
from webob.multidict import MultiDict

from draftedit.engine.base.errors import Problem
from draftedit.service.drafts import Drafts
from draftedit.web.form_values import FormInput, read
from draftedit.web.forms import Choices, Option, build


class Base(DeclarativeBase): ...


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Shelf(Base):
    __tablename__ = "shelf"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20), nullable=False, info={"help": "Its name."})
    things = relationship("Thing", cascade="all, delete-orphan")


class Thing(Base):
    __tablename__ = "thing"
    __table_args__ = (sa.Index("ix_thing", "shelf_id"),)
    id = mapped_column(sa.Integer, primary_key=True)
    shelf_id = mapped_column(sa.ForeignKey(Shelf.id), nullable=False)
    name = mapped_column(sa.String(20), nullable=False)
    note = mapped_column(sa.Text)
    count = mapped_column(sa.BigInteger, nullable=False)
    whole = mapped_column(sa.Boolean, nullable=False, default=True)
    sure = mapped_column(sa.Boolean)
    set_by_server = mapped_column(sa.Boolean, nullable=False, server_default=sa.true())
    colour = mapped_column(sa.Enum(Colour), default=Colour.RED)
    price = mapped_column(sa.Numeric(8, 2))
    data = mapped_column(sa.JSON)
    day = mapped_column(sa.Date)
    at = mapped_column(sa.DateTime(timezone=True))
    other_id = mapped_column(sa.ForeignKey("thing.id"))
    changed = mapped_column(sa.Integer, onupdate=sa.func.now())
    odd = mapped_column(sa.Integer, default="many")


drafts = Drafts(Base.metadata)
TARGET = drafts.target(Shelf, label=Shelf.name)
THING = TARGET.tables["thing"]

VALUES = {
    "id": 7,
    "shelf_id": 1,
    "name": "cup",
    "note": None,
    "count": 2,
    "whole": True,
    "sure": None,
    "set_by_server": False,
    "colour": "RED",
    "price": "1.50",
    "data": {"a": [1]},
    "day": "2024-02-29",
    "at": "2024-02-29T12:00:00Z",
    "other_id": None,
    "changed": 1,
    "odd": None,
}


def form(values=None, **options):
    return {one.field.name: one for one in build(THING, values, **options)}


def sent_by(inputs):
    """Return what a browser sends for a form that nobody has touched."""
    params = {}
    for name, one in inputs.items():
        params[f"v.{name}"] = one.text or ("false" if one.control == "check" else "")
        if one.may_be_null and one.is_null:
            params[f"null.{name}"] = "1"
    return params


def said(**texts):
    return FormInput.from_params({n.replace("__", "."): t for n, t in texts.items()})


def test_keys_parents_and_computed_columns_are_not_asked_for():
    assert not {"id", "shelf_id", "changed"} & form(VALUES).keys()
    assert not {"id", "shelf_id", "changed"} & form().keys()


def test_controls_follow_the_types():
    controls = {name: one.control for name, one in form(VALUES).items()}
    assert controls["name"] == "line"
    assert controls["note"] == "area"
    assert controls["whole"] == "check"
    assert controls["sure"] == "select"
    assert controls["colour"] == "select"
    assert controls["data"] == "area"
    assert form(VALUES | {"name": "two\nlines"})["name"].control == "area"


def test_a_boolean_of_unknown_default_is_not_decided_by_a_box():
    one = form()["set_by_server"]
    assert (one.control, one.blank) == ("select", "by default")


def test_known_defaults_are_shown_in_a_new_row():
    inputs = form()
    assert inputs["whole"].text == "true"
    assert inputs["colour"].text == "RED"
    assert inputs["odd"].text == ""


def test_few_references_are_chosen_and_many_are_looked_for():
    few = Choices([Option("1", "one")])
    many = Choices([Option("1", "one")], complete=False)
    assert form(VALUES, choices={"other_id": few})["other_id"].control == "select"
    assert form(VALUES, choices={"other_id": many})["other_id"].control == "find"


def test_help_and_error_describe_the_field():
    problem = Problem("Too long.", table="thing", field="at")
    one = form(VALUES, problems=[problem])["at"]
    assert one.described_by == "f-at-help f-at-error"
    assert "zone" in str(one.hint)
    assert form(VALUES)["name"].described_by == ""


def test_what_a_draft_changed_shows_what_was_before():
    inputs = form(VALUES, origin=VALUES | {"name": "mug", "note": "old"})
    assert (inputs["name"].was, inputs["note"].was) == ("mug", "old")
    assert inputs["count"].was is None


def test_a_form_that_nobody_touched_changes_nothing():
    sent = FormInput.from_params(sent_by(form(VALUES)))
    assert read(THING, sent, VALUES) == ({}, [])


def test_line_ends_of_browsers_are_no_change():
    values = VALUES | {"note": "one\ntwo"}
    assert read(THING, said(v__note="one\r\ntwo"), values) == ({}, [])


def test_a_text_keeps_the_line_ends_it_had():
    values = VALUES | {"note": "one\r\ntwo"}
    assert read(THING, said(v__note="one\r\ntwo"), values) == ({}, [])
    changed, _ = read(THING, said(v__note="one\r\ntwo\r\nthree"), values)
    assert changed == {"note": "one\r\ntwo\r\nthree"}


def test_an_empty_text_is_null_only_where_its_box_says_so():
    values = VALUES | {"note": "old"}
    assert read(THING, said(v__note=""), values) == ({"note": ""}, [])
    ticked = said(v__note="", null__note="1")
    assert read(THING, ticked, values) == ({"note": None}, [])
    both = said(v__note="new", null__note="1")
    assert read(THING, both, values) == ({"note": "new"}, [])
    assert read(THING, said(null__note="1"), values) == ({"note": None}, [])


def test_what_is_no_text_is_null_when_empty():
    changed, _ = read(THING, said(v__price="", v__colour="", v__day=""), VALUES)
    assert changed == {"price": None, "colour": None, "day": None}


def test_a_new_row_names_only_what_was_filled_in():
    params = sent_by(form()) | {"v.name": "pot", "v.count": "3"}
    values, problems = read(THING, FormInput.from_params(params), None)
    assert problems == []
    assert values == {
        "name": "pot",
        "note": None,
        "count": "3",
        "whole": "true",
        "sure": None,
        "colour": "RED",
        "price": None,
        "data": None,
        "day": None,
        "at": None,
        "other_id": None,
    }


def test_a_default_that_was_taken_out_stays_out():
    values, _ = read(THING, said(v__colour=""), None)
    assert values == {"colour": None}


def test_json_is_read_or_refused_by_name():
    assert read(THING, said(v__data="[1, null]"), VALUES)[0] == {"data": [1, None]}
    values, [problem] = read(THING, said(v__data="[1,"), VALUES)
    assert (values, problem.table, problem.field) == ({}, "thing", "data")


def test_unknown_columns_are_left_to_the_service():
    assert read(THING, said(v__nonsense="1"), VALUES)[0] == {"nonsense": "1"}


def test_what_was_said_wins_over_the_row():
    inputs = form(
        VALUES, typed_in=said(v__name="mug", null__note="1", q__other_id="ab")
    )
    assert inputs["name"].text == "mug"
    assert inputs["note"].is_null
    assert inputs["other_id"].search == "ab"
    assert inputs["count"].text == "2"


def test_the_last_of_a_name_counts_as_a_box_comes_after_its_no():
    params = MultiDict([("v.whole", "false"), ("v.whole", "true")])
    assert FormInput.from_params(params).texts == {"whole": "true"}
