"""A draft that a migration left behind names its values, and loses nothing."""

import json

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Set
from draftedit.engine.errors import DoesNotFit
from draftedit.exporting import export
from tests.hosts.shop import drafts

STORED = {
    "op": "batch",
    "operations": [
        {
            "op": "set",
            "table": "line",
            "id": [5],
            "values": {"colour": "red", "product": "x" * 41, "amount": None},
        },
        {"op": "insert", "table": "shelf", "values": {"name": "a"}},
        {"op": "delete", "table": "line", "id": [5]},
    ],
}


@pytest.fixture
def left_behind(edit, goods, dbsession):
    """Make a draft as if columns had been narrower, and others, when it was opened."""
    tea = goods.lines[0]
    edit.apply(Set("line", tea, product="green tea"))
    edit.apply(Insert("line", {"product": "thrown away"}))
    edit.apply(Delete("line", (-1,)))
    line, tables = edit.target.tables["line"].draft, drafts.tables
    origin = {**edit.row("line", (tea,)).origin, "weight": 5}
    dbsession.execute(
        sa.update(line).where(line.c.id == tea).values(origin=json.dumps(origin))
    )
    dbsession.execute(sa.update(tables.draft).values(fingerprint="of old"))
    operation = tables.operation
    dbsession.execute(
        sa.update(operation)
        .where(operation.c.sequence == 1)
        .values(forward=json.dumps(STORED))
    )
    return drafts.resume(dbsession, edit.info.key, owner="ada")


def test_each_value_that_no_longer_fits_is_named(left_behind, goods):
    found = {(p.table, p.key, p.field): p.message for p in left_behind.misfits()}
    tea = (goods.lines[0],)
    assert found[None, (), None] == "There is no table shelf any more."
    assert found["line", tea, "weight"] == "line has no weight any more: 5."
    assert found["line", (5,), "colour"] == 'line has no colour any more: "red".'
    assert "At most 40 characters" in found["line", (5,), "product"]
    assert len(found) == 4


def test_save_is_refused_and_everything_else_goes_on(left_behind):
    with pytest.raises(DoesNotFit) as refusal:
        left_behind.save()
    assert len(refusal.value.problems) == 4
    assert export(left_behind)["journal"][0]["operation"] == STORED
    assert [change.kind for change in left_behind.changes()] == ["changed"]
    assert left_behind.cancel().state == "cancelled"


def test_a_draft_of_today_is_not_looked_through(edit, statements):
    statements.clear()
    assert edit.misfits() == []
    assert statements == []
