"""Dates that MariaDB refuses to copy are named; other errors stay what they are."""

import pymysql
import pytest
from sqlalchemy.exc import OperationalError

from draftedit.engine.base.errors import Refused
from draftedit.engine.reading.zero_dates import naming_zero_dates
from tests.hosts import zoo

ANIMAL = zoo.drafts.targets["zoo"].tables["animal"]
DATES = [name for name, one in ANIMAL.fields.items() if one.codec.may_be_zero_date]
WRONG_VALUE, DEADLOCK = 1292, 1213


def error(code):
    return OperationalError("INSERT", {}, pymysql.OperationalError(code, "no"))


def row(**values):
    return dict.fromkeys(DATES, "2024-01-31") | values


def test_only_the_rows_and_fields_with_such_a_date_are_named():
    rows = {(1,): row(), (2,): row(day="0000-00-00")}

    with pytest.raises(Refused) as refused, naming_zero_dates(ANIMAL, lambda: rows):
        raise error(WRONG_VALUE)

    found = [(one.table, one.key, one.field) for one in refused.value.problems]
    assert found == [("animal", (2,), "day")]


@pytest.mark.parametrize(
    ("code", "rows"), [(DEADLOCK, {(1,): row(day="0000-00-00")}), (WRONG_VALUE, {})]
)
def test_another_error_is_raised_as_it_is(code, rows):
    with pytest.raises(OperationalError), naming_zero_dates(ANIMAL, lambda: rows):
        raise error(code)
