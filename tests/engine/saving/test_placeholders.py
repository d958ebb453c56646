"""A stand-in for a unique value is one that its column takes."""

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts
from draftedit.engine.saving.placeholders import candidates, likeliest


class Base(DeclarativeBase):
    pass


class Sample(Base):
    __tablename__ = "sample"

    id = mapped_column(sa.Integer, primary_key=True)
    text = mapped_column(sa.String(20))
    code = mapped_column(sa.String(3))
    small = mapped_column(sa.SmallInteger)
    number = mapped_column(sa.Integer)
    amount = mapped_column(sa.Numeric(6, 2))
    ratio = mapped_column(sa.Float)
    day = mapped_column(sa.Date)
    moment = mapped_column(sa.DateTime)
    hour = mapped_column(sa.Time)
    span = mapped_column(sa.Interval)
    uid = mapped_column(sa.Uuid)
    flag = mapped_column(sa.Boolean)
    kind = mapped_column(sa.Enum("a", "b", name="kind"))
    document = mapped_column(sa.JSON)


drafts = Drafts(Base.metadata)
drafts.target(Sample, label=Sample.text)
FIELDS = drafts.targets["sample"].root.fields

OLD = {"text": "Aa-1", "code": "A-1", "small": 5, "number": 5, "amount": "5.00"}
TRIED = [name for name in FIELDS if name not in ("id", "document")]


# Of the short code nothing is known without an old value: not even its shape.
PAIRS = [(name, old) for old in ({}, OLD) for name in TRIED if old or name != "code"]


@pytest.mark.parametrize(("name", "old"), PAIRS)
def test_every_candidate_is_a_value_of_its_column(name, old):
    field = FIELDS[name]
    found = list(candidates(field, old.get(name), "sqlite"))
    assert found
    for value in found:
        assert field.codec.parse(value, "sqlite") is not None


def test_a_short_text_of_unknown_shape_has_no_candidate():
    assert list(candidates(FIELDS["code"], None, "sqlite")) == []


def test_there_is_none_for_what_has_no_order_of_values():
    assert list(candidates(FIELDS["document"], None, "sqlite")) == []
    assert likeliest(FIELDS["document"], "sqlite") is None


def test_days_are_far_from_those_of_today():
    [first, *_] = candidates(FIELDS["day"], None, "sqlite")
    assert datetime.date.fromisoformat(first).year >= 3000
