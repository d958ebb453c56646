"""Whatever a database refuses is a problem of a table, a row and a field.

And of the other row, where two collide: for every kind of refusal, on every database.
"""

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Refused
from tests.hosts import strict
from tests.hosts.strict import Box, Shelf

RULE = "A rule of the database refuses this value."
GIVEN = "This must be given."
SIZE = "The value does not fit the column."
NOT_THERE = "This refers to a row that is not there."

# What is written, the field that is named, what is said, and with whom it collides.
REFUSED = {
    "a unique value": ({"code": "one"}, "code", "one is taken", "one"),
    "a unique constraint of several": ({"number": 1}, "number", "1 is taken", "one"),
    "a unique index of several": (
        {"left": "l", "right": "r"},
        "right",
        "l, r is taken",
        "one",
    ),
    "not null": ({"must": None}, "must", GIVEN, None),
    "a check of a column": ({"level": 0}, "level", RULE, None),
    "a check of a table": ({"made": 9, "opened": 3}, "opened", RULE, None),
    "a length": ({"word": "too long"}, "word", (SIZE, RULE), None),
    "a range": ({"weight": 70_000}, "weight", (SIZE, RULE), None),
    "a precision": ({"price": "123.45"}, "price", (SIZE, RULE), None),
    "a foreign key": ({"wood": 7}, "wood", NOT_THERE, None),
}


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(strict.real, strict.drafts.metadata)


@pytest.fixture
def boxes(dbsession):
    """Return the keys of two boxes on a shelf."""
    one = Box(code="one", number=1, left="l", right="r", must="x")
    two = Box(code="two", number=2, left="l", right="s", must="x")
    dbsession.add(Shelf(name="shelf", boxes=[one, two]))
    dbsession.flush()
    return {"one": (one.id,), "two": (two.id,), "shelf": one.shelf_id}


@pytest.fixture
def edit(dbsession, boxes):
    return strict.drafts.open(dbsession, Shelf, boxes["shelf"], owner="ada")


def refused(edit):
    """Return the one problem that save and check have, found among other changes."""
    checked = edit.check()
    with pytest.raises(Refused) as refusal:
        edit.save()
    assert list(refusal.value.problems) == checked.problems
    [problem] = checked.problems
    return problem


def agrees(problem, key, kind, boxes):
    values, field, message, other = REFUSED[kind]
    assert (problem.table, problem.key) == ("box", key)
    assert problem.field in (field, *(values if "check of a table" in kind else ()))
    assert problem.message.startswith(message)
    assert problem.other == (boxes[other] if other else None)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_changed_row_is_named(edit, boxes, kind):
    edit.apply(Set("box", boxes["one"], level=3))
    edit.apply(Set("box", boxes["two"], REFUSED[kind][0]))

    agrees(refused(edit), boxes["two"], kind, boxes)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_new_row_is_named_by_the_key_that_the_draft_gave_it(edit, boxes, kind):
    edit.apply(Insert("box", {"must": "x"}))
    values = {"must": "x", **REFUSED[kind][0]}
    new = edit.apply(Insert("box", values)).rows[-1].key
    edit.apply(Insert("box", {"must": "x"}))

    agrees(refused(edit), new, kind, boxes)


def test_a_reference_inside_a_new_object_is_not_taken_for_the_wrong_one(dbsession):
    edit = strict.drafts.open(dbsession, Shelf, owner="ada")
    edit.apply(Set("shelf", edit.root, name="new"))
    box = edit.apply(Insert("box", {"must": "x", "wood": 7})).rows[-1].key

    problem = refused(edit)

    assert (problem.key, problem.field, problem.message) == (box, "wood", NOT_THERE)


def test_a_row_in_use_outside_is_named(edit, boxes, dbsession):
    label = strict.real.tables["label"]
    dbsession.execute(sa.insert(label).values(box_id=boxes["two"][0]))
    edit.apply(Delete("box", boxes["one"]))
    edit.apply(Delete("box", boxes["two"]))

    problem = refused(edit)

    assert (problem.table, problem.key) == ("box", boxes["two"])
    assert "outside this object refers to it" in problem.message


@pytest.mark.only_on("mariadb")
def test_two_new_rows_that_only_the_collation_takes_for_equal_are_refused(edit):
    edit.apply(Insert("box", {"code": "tea", "must": "x"}))
    edit.apply(Insert("box", {"code": "TEA", "must": "x"}))

    problem = refused(edit)

    assert problem.message == "TEA is taken already by another box."
    assert (problem.field, problem.other) == ("code", None)


LATE = """
CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'late' USING ERRCODE = '23514'; END $$;
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON box
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_late()
"""


@pytest.mark.only_on("postgresql")
def test_what_only_the_end_of_the_transaction_refuses_is_told(edit, boxes, dbsession):
    dbsession.execute(sa.text(LATE))
    edit.apply(Set("box", boxes["one"], level=3))

    problem = refused(edit)

    assert (problem.table, problem.message) == (None, RULE)
