"""What drafts hold is the same after a migration, under the columns' new names."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, mapped_column

from draftedit import Batch, Delete, Insert, Restore, Set, migrating
from draftedit.engine.base.errors import SchemaChanged
from tests.databases import create_tables
from tests.migrations import test_columns
from tests.migrations.test_columns import Host, editing, live, migrating_by, text

before = test_columns.before
engine = test_columns.engine


def drafted(engine, host):
    """Open a draft with operations of many kinds, some undone; return its key."""
    with editing(engine, host) as edit:
        new = Insert("line", {"product": "sugar", "colour": "brown"}, name="new")
        edit.apply(Batch([new, Set("line", (1,), product="coffee")]))
        edit.apply(Insert("line", {"colour": "pink"}))
        edit.apply(Delete("line", (2,)))
        edit.apply(Restore("line", (2,)))
        edit.apply(Set("line", (3,), product="pepper", colour="black"))
        edit.apply(Set("line", (3,), product="chili"))
        edit.undo(2)
        return edit.info.key


def journal_texts(engine, host, draft):
    """Return all that the draft says of itself, step by step through its journal."""
    seen = []
    with editing(engine, host, draft) as edit:
        edit.redo(2)
        for _ in range(6):
            rows = edit.page("line", gone=True).rows
            seen.append([(r.key, r.values, r.origin, r.state) for r in rows])
            seen.append([(e.operation, e.inverse) for e in edit.journal().items])
            edit.undo()
        assert edit.changes() == []
        edit.redo(4)
    return str(seen)


def test_a_draft_tells_the_same_story_under_the_new_name(engine, before):
    draft = drafted(engine, before)
    story = journal_texts(engine, before, draft)
    with migrating_by(engine) as op:
        migrating.rename_column(op, "line", "product", "zproduct")
    after = Host(zproduct=text(), colour=text())
    renamed = journal_texts(engine, after, draft)
    assert "'product'" not in renamed
    assert sorted(renamed) == sorted(story.replace("'product'", "'zproduct'"))
    with editing(engine, after, draft) as edit:
        edit.save()
    assert [row["zproduct"] for row in live(engine)] == [
        "coffee",
        "salt",
        "rice",
        "sugar",
        None,
    ]


def test_nothing_is_lost_when_a_used_column_is_dropped(engine, before):
    draft = drafted(engine, before)
    with migrating_by(engine) as op:
        migrating.drop_column(op, "line", "colour")
    after = Host(product=text())
    with editing(engine, after, draft) as edit:
        named = {problem.message for problem in edit.misfits()}
        assert named == {
            f'line has no colour any more: "{colour}".'
            # Not "black", which live had: the draft has given it to nothing.
            for colour in ("brown", "pink")
        }
        with pytest.raises(SchemaChanged):
            edit.save()
        assert [row.values["product"] for row in edit.page("line").rows] == [
            "coffee",
            "salt",
            "rice",
            "sugar",
            None,
        ]
        assert all(colour in str(edit.journal().items) for colour in ("brown", "pink"))
        assert edit.info.state == "open"


def test_a_value_that_a_narrower_column_does_not_take_is_named(
    engine,
    before,
):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="a long word"))
        edit.apply(Set("line", (2,), product="short"))
        draft = edit.info.key
    after = Host(product=mapped_column(sa.String(8)), colour=text())
    with editing(engine, after, draft) as edit:
        (problem, *_) = edit.misfits()
        assert {p.key for p in edit.misfits()} == {(1,)}
        assert problem.field == "product"
        assert "a long word" in problem.message
        with pytest.raises(SchemaChanged):
            edit.save()


@pytest.fixture
def red():
    """Return a column that the database fills if nobody does."""
    return lambda: mapped_column(sa.String(40), server_default="red")


def test_what_was_left_to_a_default_is_left_to_it_under_the_new_name(
    empty_database, red
):
    engine, before = empty_database.engine, Host(product=text(), colour=red())
    create_tables(engine, before.metadata, before.drafts.metadata)
    with Session(engine) as dbsession, dbsession.begin():
        dbsession.add(before.order(number="A 1"))
    with editing(engine, before) as edit:
        edit.apply(Insert("line", {"product": "tea"}))
        edit.apply(Set("line", (-1,), colour="blue"))
        draft = edit.info.key
    with migrating_by(engine) as op:
        migrating.rename_column(op, "line", "colour", "paint")

    with editing(engine, Host(product=text(), paint=red()), draft) as edit:
        edit.undo()
        edit.save()

    assert [(row["product"], row["paint"]) for row in live(engine)] == [("tea", "red")]
