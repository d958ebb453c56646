"""A value that only the database knows to be too odd for its column is refused."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Session, mapped_column

from draftedit import Insert, Set
from draftedit.engine.base.errors import Refused
from tests.engine.saving.one_part import Host

pytestmark = pytest.mark.only_on("mariadb")


@pytest.fixture
def dbsession(empty_database):
    with Session(empty_database.engine) as dbsession:
        yield dbsession


@pytest.fixture
def opened(dbsession):
    """Return `opened(type)`: a draft of an object with one row that has it."""

    def opened(kind):
        host = Host(value=mapped_column(kind))
        top = host.fill(dbsession, None)
        return host.drafts.open(dbsession, host.top, top.id, owner="ada")

    return opened


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (mysql.VARCHAR(20, charset="latin1"), "\N{SLIGHTLY SMILING FACE}"),
        (mysql.VARCHAR(20, charset="utf8mb3"), "\N{SLIGHTLY SMILING FACE}"),
        (mysql.TIMESTAMP(), "1960-01-01T00:00:00"),
        (sa.TIMESTAMP(), "2140-01-01T00:00:00"),
    ],
    ids=["latin1", "utf8mb3", "before 1970", "after 2106"],
)
def test_its_field_is_named_and_the_draft_goes_on(opened, kind, value):
    edit = opened(kind)
    [row] = edit.page("bottom").rows

    for operation in (
        Set("bottom", row.key, value=value),
        Insert("bottom", {"value": value}),
    ):
        with pytest.raises(Refused) as refused:
            edit.apply(operation)
        [problem] = refused.value.problems
        assert problem.code == "value-does-not-fit"
        assert (problem.table, problem.field) == ("bottom", "value")

    assert [row.values["value"] for row in edit.page("bottom").rows] == [None]
