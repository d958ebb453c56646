"""Values that the doctor makes up are of their column, and are not those of the row."""

import secrets
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts, OrderKey
from draftedit.service.doctor.made_up import other_value


class Base(DeclarativeBase):
    pass


class Sample(Base):
    __tablename__ = "sample"

    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    code = mapped_column(sa.String(2))
    tiny = mapped_column(sa.SmallInteger)
    amount = mapped_column(sa.Numeric(6, 2))
    share = mapped_column(sa.Numeric(2, 2))
    place = mapped_column(OrderKey())
    day = mapped_column(sa.Date)
    moment = mapped_column(sa.DateTime)
    there = mapped_column(sa.DateTime(timezone=True))
    flag = mapped_column(sa.Boolean)
    mood = mapped_column(sa.Enum("glad", "sad", name="mood"))
    document = mapped_column(sa.JSON)


drafts = Drafts(Base.metadata)
drafts.target(Sample, label=Sample.name)
FIELDS = drafts.targets["sample"].root.fields

OLD = {
    "name": "soup",
    "code": "ab",
    "tiny": 3,
    "amount": "3.00",
    "day": "2026-03-01",
    "moment": "2026-03-01T04:05:06",
    "there": "2026-03-01T04:05:06Z",
    "flag": True,
    "mood": "glad",
    "document": {"tried": 1},
}


@pytest.mark.parametrize("old", [None, OLD], ids=["empty", "filled"])
@pytest.mark.parametrize("name", OLD)
def test_another_value_is_one_that_the_column_takes(name, old, backend):
    field, value = FIELDS[name], old and old[name]

    found = other_value(field, value, backend)

    assert found is not None
    assert found != value
    assert field.codec.parse(found, backend) == found


def test_a_moment_may_need_a_zone_or_may_have_none(backend):
    found = {name: other_value(FIELDS[name], None, backend) for name in OLD}

    assert datetime.fromisoformat(found["moment"]).tzinfo is None
    assert datetime.fromisoformat(found["there"]).tzinfo is not None


def test_where_a_column_allows_a_few_values_it_is_one_of_them(backend):
    field = replace(FIELDS["name"], allowed=(None, "soup", "salad"))

    assert other_value(field, "soup", backend) == "salad"


@pytest.mark.parametrize("allowed", [(None, "soup"), ("soup",)])
def test_where_a_column_allows_its_value_alone_no_other_is_known(allowed, backend):
    field = replace(FIELDS["name"], allowed=allowed)

    assert other_value(field, "soup", backend) is None


def test_of_a_place_no_other_value_is_known(backend):
    assert other_value(FIELDS["place"], None, backend) is None


def test_a_number_that_may_not_grow_becomes_smaller(backend, monkeypatch):
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)

    assert other_value(FIELDS["tiny"], 2**15 - 1, backend) == 2**15 - 2


def test_a_number_that_no_step_fits_has_no_other_value_that_is_known(backend):
    assert other_value(FIELDS["share"], "0.50", backend) == "-0.50"
    assert other_value(FIELDS["share"], "0.00", backend) is None


def test_a_text_that_is_the_drawn_one_already_is_made_another(backend, monkeypatch):
    drawn = iter(["ab", "cd"])
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(drawn))

    assert other_value(FIELDS["code"], "ab", backend) == "cd"


def test_of_a_text_that_is_drawn_again_and_again_no_other_is_known(
    backend, monkeypatch
):
    monkeypatch.setattr(secrets, "token_hex", lambda _: "ab")

    assert other_value(FIELDS["code"], "ab", backend) is None
