"""A draft that a migration left behind names its values, and loses nothing."""

import json

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import SchemaChanged
from draftedit.engine.draft.compat import as_of_today
from draftedit.service.draft_export import export
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
    # That live had a weight once is nothing that the draft has given it.
    assert ("line", tea, "weight") not in found
    assert found["line", (5,), "colour"] == 'line has no colour any more: "red".'
    assert "At most 40 characters" in found["line", (5,), "product"]
    assert len(found) == 3


def test_save_is_refused_and_everything_else_goes_on(left_behind):
    with pytest.raises(SchemaChanged) as refusal:
        left_behind.save()
    assert len(refusal.value.problems) == 3
    assert export(left_behind)["journal"][0]["operation"] == STORED
    assert [change.kind for change in left_behind.changes()] == ["changed"]
    assert left_behind.cancel().state == "cancelled"


def test_a_draft_of_today_is_not_looked_through(edit, statements):
    statements.clear()
    assert edit.misfits() == []
    assert statements == []


def stored(dbsession, sequence, **operations):
    """Put operations into the journal as they were before a migration."""
    operation = drafts.tables.operation
    texts = {name: json.dumps(data) for name, data in operations.items()}
    where = sa.update(operation).where(operation.c.sequence == sequence)
    dbsession.execute(where.values(texts))
    dbsession.execute(sa.update(drafts.tables.draft).values(fingerprint="of old"))


def with_colour(key, colour, **values):
    values = {"colour": colour, **values}
    return {"op": "set", "table": "line", "id": list(key), "values": values}


@pytest.mark.parametrize("others", [{}, {"product": "green tea"}])
def test_the_undo_of_a_step_of_a_dropped_column_makes_the_draft_fit_again(
    edit, goods, dbsession, others
):
    tea = (goods.lines[0],)
    edit.apply(Set("line", goods.lines[1], amount=7))
    edit.apply(Set("line", tea, product="green tea"))
    undone = {"product": "tea"} if others else {}
    if not others:  # a step of nothing but that column
        edit.undo()
        edit.redo()
        dbsession.execute(
            sa.update(edit.target.tables["line"].draft)
            .where(edit.target.tables["line"].draft.c.id == tea[0])
            .values(product="tea")
        )
    stored(
        dbsession,
        2,
        forward=with_colour(tea, "red", **others),
        inverse={
            "op": "batch",
            "operations": [with_colour(tea, "blue", **undone) | {"omit": ["colour"]}],
        },
    )
    left = drafts.resume(dbsession, edit.info.key, owner="ada")
    with pytest.raises(SchemaChanged):
        left.save()
    left.undo()
    assert left.row("line", tea).values["product"] == "tea"
    assert left.misfits() == []
    left.redo()
    assert [p.field for p in left.misfits()] == ["colour"]
    left.undo()
    assert left.save().revision == 1


def test_what_else_the_journal_holds_is_read_as_it_was(edit, goods):
    target = edit.target
    for data in (
        {"op": "delete", "table": "line", "id": [1]},
        {"op": "set", "table": "shelf", "id": [1], "values": {"colour": "red"}},
        with_colour([1], "red") | {"values": {"amount": 1}, "omit": ["product"]},
    ):
        assert as_of_today(data, target) == (data, False)
