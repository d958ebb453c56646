"""A value that is not of its column's type is refused, by table, before anything else.

SQLite stores any text in any column: other programs may have written it.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, mapped_column

from draftedit import Set
from draftedit.engine.base.errors import Refused
from tests.engine.saving.one_part import Host

pytestmark = pytest.mark.only_on("sqlite")

UNREADABLE = [
    (sa.Integer, "many"),
    (sa.Integer, 1.5),
    (sa.Date, "31.01.2026"),
    (sa.DateTime, "yesterday"),
    (sa.DateTime, "2026-01-31 12:00:00+02:00"),
    (sa.Time, "noon"),
    (sa.Numeric(10, 2), "cheap"),
    (sa.Float, "heavy"),
    (sa.Uuid, "none"),
    (sa.JSON, "{no"),
    (sa.LargeBinary, "text"),
]
each = pytest.mark.parametrize(("kind", "value"), UNREADABLE)


@pytest.fixture
def dbsession(empty_database):
    with Session(empty_database.engine) as dbsession:
        yield dbsession


@pytest.fixture
def stored(dbsession):
    """Return `stored(type, value)`: a draft of an object with a row that has it."""

    def stored(kind, value):
        host = Host(value=mapped_column(kind), note=mapped_column(sa.String(20)))
        top = host.fill(dbsession, None, None)
        statement = sa.text("UPDATE bottom SET value = :value WHERE id = 1")
        dbsession.execute(statement, {"value": value})
        return host.drafts.open(dbsession, host.top, top.id, owner="ada")

    return stored


def check_refused(act):
    with pytest.raises(Refused) as refused:
        act()
    [problem] = refused.value.problems
    assert (problem.code, problem.table) == ("unreadable-value", "bottom")


@each
def test_the_table_is_named(stored, kind, value):
    edit = stored(kind, value)

    check_refused(lambda: edit.page("bottom"))
    check_refused(lambda: edit.below("bottom", [edit.root]))
    check_refused(lambda: edit.apply(Set("bottom", 1, note="x")))
    assert edit.touched() == {"top": 0, "bottom": 0}


@each
def test_the_other_rows_are_edited_and_saved(stored, dbsession, kind, value):
    edit = stored(kind, value)

    edit.apply(Set("bottom", 2, note="x"))
    edit.save()

    found = dbsession.execute(sa.text("SELECT note, value FROM bottom ORDER BY id"))
    [(_, left), (note, _)] = found.all()
    assert (left, note) == (value, "x")
