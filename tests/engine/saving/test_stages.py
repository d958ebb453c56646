"""The stages of a save: who wins, what conflicts, what is written, what is kept."""

import uuid

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Move, Set
from draftedit.engine.base.errors import Conflicts, NotOpen, Refused, SaveRace
from draftedit.engine.saving import revision
from draftedit.engine.values.order_key import spread
from tests.engine.saving.looking import as_of, dump, history, objects
from tests.hosts import knot
from tests.hosts.knot import Badge, Box, Item, Mark, Plan

PLAN = knot.drafts.targets["plan"]
TABLES = knot.drafts.tables
BOX, ITEM = PLAN.tables["box"], PLAN.tables["item"]


def serial(number):
    return f"00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def plan(dbsession):
    """A plan of two boxes, with two items in each."""
    dbsession.add(Badge(code="red"))
    plan = Plan(name="mine")
    other = Plan(name="other", boxes=[Box(name="a", place=spread(1)[0])])
    places = spread(2)
    for at, name in enumerate(("a", "b")):
        box = Box(name=name, place=places[at])
        plan.boxes.append(box)
        for index, called in enumerate(("x", "y")):
            number = 2 * at + index
            item = Item(name=called, place=places[index], code=number)
            item.serial = uuid.UUID(serial(number))
            item.marks = [Mark(word="old", weight=1)]
            box.items.append(item)
    dbsession.add_all([plan, other])
    dbsession.commit()
    return plan.id


@pytest.fixture
def boxes(dbsession, plan):
    wanted = sa.select(Box.id).where(Box.plan_id == plan).order_by(Box.place)
    return [(key,) for key in dbsession.scalars(wanted)]


@pytest.fixture
def items(dbsession, boxes):
    """The keys of the items by their code."""
    return [(key,) for key in dbsession.scalars(sa.select(Item.id).order_by(Item.code))]


@pytest.fixture
def edit(dbsession, plan):
    return knot.drafts.open(dbsession, Plan, plan, owner="ada")


def by_sql(dbsession, model, key, **values):
    """Change a row under the draft."""
    dbsession.execute(sa.update(model).where(model.id == key[0]).values(values))


def value(dbsession, model, key, name):
    wanted = sa.select(getattr(model, name)).where(model.id == key[0])
    return dbsession.scalar(wanted)


def new_item(edit, box, name, number):
    values = {"name": name, "code": number, "serial": serial(number)}
    return edit.apply(Insert("item", values, box)).rows[-1].key


# Who wins


def test_a_save_of_what_another_has_saved_otherwise_is_refused(dbsession, plan, edit):
    second = knot.drafts.open(dbsession, Plan, plan, owner="bob")
    second.apply(Set("plan", (plan,), name="bobs"))
    edit.apply(Set("plan", (plan,), name="adas"))
    second.save()
    late = knot.drafts.resume(dbsession, edit.info.key, owner="ada")
    with pytest.raises(Conflicts) as refused:
        late.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.kind, conflict.field, conflict.live_by) == ("field", "name", "bob")
    assert value(dbsession, Plan, (plan,), "name") == "bobs"
    assert late.info.state == "open"


def test_the_lock_sees_a_save_that_came_after_the_draft_was_read(dbsession, plan, edit):
    edit.apply(Set("plan", (plan,), name="adas"))
    second = knot.drafts.open(dbsession, Plan, plan, owner="bob")
    second.apply(Set("plan", (plan,), name="bobs"))
    second.save()
    with pytest.raises(Conflicts):
        edit.save()
    assert value(dbsession, Plan, (plan,), "name") == "bobs"


def test_the_count_decides_where_the_lock_was_lost(
    dbsession, plan, boxes, edit, monkeypatch
):
    edit.apply(Set("plan", (plan,), name="adas"))
    second = knot.drafts.open(dbsession, Plan, plan, owner="bob")
    second.apply(Set("box", boxes[0], name="bobs"))
    second.save()
    monkeypatch.setattr(revision, "locked", lambda *_: 0)
    with pytest.raises(SaveRace):
        edit.save()
    assert value(dbsession, Plan, (plan,), "name") == "mine"


def test_a_revision_that_came_between_two_looks_is_noticed_before_a_write(
    dbsession, plan, edit, monkeypatch
):
    edit.apply(Set("plan", (plan,), name="adas"))
    seen = iter((0, 1))
    monkeypatch.setattr(revision, "locked", lambda *_: next(seen))
    with pytest.raises(SaveRace) as race:
        edit.save()
    assert race.value.seen == 0
    assert value(dbsession, Plan, (plan,), "name") == "mine"


def test_a_saved_draft_cannot_be_saved_again(edit, plan):
    edit.apply(Set("plan", (plan,), name="new"))
    edit.save()
    with pytest.raises(NotOpen):
        edit.save()


def test_a_draft_that_changes_nothing_is_not_saved(dbsession, edit, plan):
    with pytest.raises(Refused, match="nothing to save"):
        edit.save()
    edit.apply(Set("plan", (plan,), name="new"))
    edit.undo()
    with pytest.raises(Refused, match="nothing to save"):
        edit.save()
    assert edit.info.state == "open"
    assert dbsession.scalars(sa.select(TABLES.revision.c.number)).all() == []


# What conflicts


def conflicts(edit):
    before = edit.changes(), edit.info
    with pytest.raises(Conflicts) as raised:
        edit.save()
    assert (edit.changes(), edit.info) == before
    return raised.value.conflicts


def test_a_field_that_plain_sql_changed_too_is_a_conflict(dbsession, edit, items):
    edit.apply(Set("item", items[0], nick="draft"))
    edit.apply(Set("item", items[1], nick="other"))
    by_sql(dbsession, Item, items[0], nick="live")
    (one,) = conflicts(edit)
    assert (one.table, one.key, one.field, one.kind) == (
        "item",
        items[0],
        "nick",
        "field",
    )
    assert (one.base, one.draft, one.live) == (None, "draft", "live")
    assert value(dbsession, Item, items[1], "nick") is None


def test_conflicts_are_raised_before_the_first_write(
    dbsession, edit, items, connection
):
    edit.apply(Set("item", items[0], nick="draft"))
    edit.apply(Delete("item", items[1]))
    by_sql(dbsession, Item, items[0], nick="live")
    written = []

    def collect(_connection, _cursor, statement, *_):
        if not statement.startswith(("SELECT", "SAVEPOINT", "ROLLBACK", "RELEASE")):
            written.append(statement)

    sa.event.listen(connection, "before_cursor_execute", collect)
    try:
        conflicts(edit)
    finally:
        sa.event.remove(connection, "before_cursor_execute", collect)
    assert written == []


def test_the_same_result_on_both_sides_is_no_conflict(dbsession, edit, items):
    edit.apply(Set("item", items[0], nick="same"))
    edit.apply(Delete("item", items[1]))
    by_sql(dbsession, Item, items[0], nick="same")
    dbsession.execute(sa.delete(Mark).where(Mark.item_id == items[1][0]))
    dbsession.execute(sa.delete(Item).where(Item.id == items[1][0]))
    assert edit.save().revision == 1


def test_a_field_that_the_draft_has_not_changed_survives(dbsession, edit, items):
    edit.apply(Set("item", items[0], nick="draft"))
    by_sql(dbsession, Item, items[0], name="by sql")
    edit.save()
    assert value(dbsession, Item, items[0], "name") == "by sql"
    assert value(dbsession, Item, items[0], "nick") == "draft"


def test_a_row_deleted_under_the_draft_is_a_conflict(dbsession, edit, items):
    edit.apply(Set("item", items[0], nick="draft"))
    dbsession.execute(sa.delete(Mark).where(Mark.item_id == items[0][0]))
    dbsession.execute(sa.delete(Item).where(Item.id == items[0][0]))
    (one,) = conflicts(edit)
    assert (one.kind, one.live) == ("row", None)


def test_a_row_changed_in_live_and_deleted_in_the_draft_is_a_conflict(
    dbsession, edit, items
):
    edit.apply(Delete("item", items[0]))
    by_sql(dbsession, Item, items[0], nick="live")
    (one,) = conflicts(edit)
    assert (one.kind, one.draft, one.live["nick"]) == ("row", None, "live")


def test_a_place_changed_on_both_sides_is_a_conflict_of_order(dbsession, edit, items):
    edit.apply(Move("item", items[1], after=None))
    by_sql(dbsession, Item, items[1], place="zz0000")
    (one,) = conflicts(edit)
    assert (one.kind, one.field) == ("order", "place")


def test_a_natural_key_that_others_have_used_meanwhile_is_a_conflict(
    dbsession, edit, items
):
    edit.apply(Insert("mark", {"word": "new", "weight": 2}, items[0]))
    dbsession.add(Mark(item_id=items[0][0], word="new", weight=3))
    dbsession.flush()
    (one,) = conflicts(edit)
    assert (one.table, one.kind, one.live["weight"]) == ("mark", "row", 3)


def test_a_row_that_others_moved_to_another_object_is_a_conflict(
    dbsession, plan, edit, boxes, items
):
    edit.apply(Set("item", items[0], nick="draft"))
    edit.apply(Set("item", items[2], nick="fine"))
    elsewhere = dbsession.scalar(sa.select(Box.id).where(Box.plan_id != plan))
    by_sql(dbsession, Item, items[0], box_id=elsewhere)
    by_sql(dbsession, Item, items[2], box_id=boxes[0][0], name="z")
    (one,) = conflicts(edit)
    assert (one.key, one.kind) == (items[0], "row")


# What is kept


def test_history_has_what_was_replaced_with_its_time(dbsession, plan, edit, boxes):
    before, _ = objects(dbsession, PLAN, (plan,))
    edit.apply(Set("box", boxes[0], name="renamed"))
    edit.apply(Delete("box", boxes[1]))
    box = edit.apply(Insert("box", {"name": "new"})).rows[-1].key
    new_item(edit, box, "x", 50)
    saved = edit.save()
    rows = history(dbsession, BOX)
    real = saved.ids["box"][str(box[0])]
    assert {(r["id"], r["absent"]) for r in rows} == {
        (*boxes[0], False),
        (*boxes[1], False),
        (*real, True),
    }
    assert all(row["replaced_at"].tzinfo is not None for row in rows)
    assert len(history(dbsession, PLAN.tables["mark"])) == 2
    assert as_of(dbsession, PLAN, (plan,), 0) == before


def test_every_revision_can_be_put_together_again(dbsession, plan, boxes):
    states = [objects(dbsession, PLAN, (plan,))[0]]
    for name in ("first", "second", "third"):
        edit = knot.drafts.open(dbsession, Plan, plan, owner="ada")
        edit.apply(Set("box", boxes[0], name=name))
        edit.apply(Insert("box", {"name": f"new {name}"}))
        edit.save()
        states.append(objects(dbsession, PLAN, (plan,))[0])
    for number, state in enumerate(states):
        assert as_of(dbsession, PLAN, (plan,), number) == state


def test_a_new_object_leaves_no_marks_in_history(dbsession):
    edit = knot.drafts.open(dbsession, Plan, owner="ada")
    edit.apply(Set("plan", edit.root, name="new"))
    box = edit.apply(Insert("box", {"name": "a"})).rows[-1].key
    new_item(edit, box, "x", 60)
    saved = edit.save("the first")
    assert saved.revision == 1
    assert edit.info.root == saved.key
    assert history(dbsession, BOX) == history(dbsession, ITEM) == []
    mine, _ = objects(dbsession, PLAN, saved.key)
    assert [row["name"] for row in mine["item"].values()] == ["x"]


def test_an_object_that_is_deleted_leaves_its_history(dbsession, plan, edit):
    before, others = objects(dbsession, PLAN, (plan,))
    edit.apply(Delete("plan", (plan,)))
    assert edit.save().revision == 1
    mine, rest = objects(dbsession, PLAN, (plan,))
    assert not any(mine.values())
    assert rest == others
    assert as_of(dbsession, PLAN, (plan,), 0) == before


def test_a_key_used_again_goes_on_with_the_numbers_of_the_old_object(
    dbsession, plan, edit
):
    before, _ = objects(dbsession, PLAN, (plan,))
    edit.apply(Delete("plan", (plan,)))
    edit.save()
    again = {"target": "plan", "root": str(plan + 100), "revision": 4}
    dbsession.execute(sa.insert(TABLES.object), again)
    made = knot.drafts.open(dbsession, Plan, owner="ada")
    made.apply(Set("plan", made.root, name="again"))

    def fix_key(session, *_):
        for instance in session.new:
            instance.id = plan + 100

    sa.event.listen(dbsession, "before_flush", fix_key)
    saved = made.save()
    assert (saved.key, saved.revision) == ((plan + 100,), 5)
    absent = [row for row in history(dbsession, PLAN.root) if row["absent"]]
    assert [(row["root"], row["revision"]) for row in absent] == [(str(plan + 100), 5)]
    assert as_of(dbsession, PLAN, (plan,), 0) == before


# What is written


def test_new_rows_may_refer_to_each_other_in_a_circle(dbsession, edit, boxes):
    first = edit.apply(Insert("box", {"name": "first"})).rows[-1].key
    second = edit.apply(Insert("box", {"name": "second"})).rows[-1].key
    chief = new_item(edit, first, "chief", 70)
    edit.apply(Set("box", first, next_id=second[0], chief_id=chief[0]))
    edit.apply(Set("box", second, next_id=first[0]))
    edit.apply(Set("item", chief, friend_id=chief[0]))
    saved = edit.save()
    one, two = (saved.ids["box"][str(key[0])] for key in (first, second))
    item = saved.ids["item"][str(chief[0])]
    assert value(dbsession, Box, one, "next_id") == two[0]
    assert value(dbsession, Box, two, "next_id") == one[0]
    assert value(dbsession, Box, one, "chief_id") == item[0]
    assert value(dbsession, Item, item, "friend_id") == item[0]


def test_rows_that_refer_to_each_other_are_deleted_together(
    dbsession, edit, boxes, items
):
    by_sql(dbsession, Box, boxes[0], next_id=boxes[1][0], chief_id=items[2][0])
    by_sql(dbsession, Box, boxes[1], next_id=boxes[0][0], chief_id=items[0][0])
    by_sql(dbsession, Item, items[0], friend_id=items[3][0])
    by_sql(dbsession, Item, items[3], friend_id=items[0][0])
    for box in boxes:
        edit.apply(Delete("box", box))
    edit.save()
    assert dbsession.scalar(sa.select(sa.func.count()).select_from(Item)) == 0


def test_a_row_that_stays_and_refers_to_one_that_goes_is_named(
    dbsession, edit, boxes, items
):
    by_sql(dbsession, Box, boxes[0], chief_id=items[2][0])
    edit.apply(Delete("box", boxes[1]))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key, problem.field) == ("box", boxes[0], "chief_id")
    assert problem.other == items[2]
    edit.apply(Set("box", boxes[0], chief_id=None))
    edit.save()


def test_a_new_row_that_refers_to_one_that_goes_is_named_as_the_draft_knows_it(
    edit, boxes
):
    new = edit.apply(Insert("box", {"name": "new"}, edit.root)).rows[-1]
    edit.apply(Set("box", new.key, next_id=boxes[1][0]))
    edit.apply(Delete("box", boxes[1]))

    with pytest.raises(Refused) as refused:
        edit.save()

    (problem,) = refused.value.problems
    assert (problem.key, problem.field, problem.other) == (new.key, "next_id", boxes[1])


def test_a_row_that_refers_to_one_made_and_deleted_again_is_a_problem_no_conflict(
    edit, boxes
):
    new = edit.apply(Insert("box", {"name": "new"}, edit.root)).rows[-1]
    edit.apply(Set("box", boxes[0], next_id=new.key[0]))
    edit.apply(Delete("box", new.key))
    assert edit.conflicts() == []

    with pytest.raises(Refused) as refused:
        edit.save()

    (problem,) = refused.value.problems
    assert (problem.table, problem.key, problem.field) == ("box", boxes[0], "next_id")


def test_two_names_are_swapped(dbsession, edit, boxes):
    edit.apply(Set("box", boxes[0], name="b"))
    edit.apply(Set("box", boxes[1], name="a"))
    edit.save()
    assert value(dbsession, Box, boxes[0], "name") == "b"
    assert value(dbsession, Box, boxes[1], "name") == "a"


def test_the_case_of_a_name_is_changed_whatever_the_collation(dbsession, edit, boxes):
    edit.apply(Set("box", boxes[0], name="B"))
    edit.apply(Set("box", boxes[1], name="A"))
    edit.save()
    assert value(dbsession, Box, boxes[0], "name") == "B"
    edit = knot.drafts.open(dbsession, Plan, edit.root, owner="ada")
    edit.apply(Set("box", boxes[0], name="b"))
    edit.save()
    assert value(dbsession, Box, boxes[0], "name") == "b"


def test_children_move_to_a_new_parent_that_takes_the_old_ones_name(
    dbsession, edit, boxes, items
):
    new = edit.apply(Insert("box", {"name": "?"})).rows[-1].key
    edit.apply(Move("item", items[0], new))
    edit.apply(Move("item", items[1], new))
    edit.apply(Delete("box", boxes[0]))
    edit.apply(Set("box", new, name="a"))
    saved = edit.save()
    real = saved.ids["box"][str(new[0])][0]
    assert [value(dbsession, Item, key, "box_id") for key in items[:2]] == [real, real]
    assert dbsession.scalar(sa.select(sa.func.count()).select_from(Mark)) == 4


def test_what_was_moved_below_a_row_that_is_deleted_goes_with_it(
    dbsession, edit, boxes, items
):
    edit.apply(Set("item", items[0], name="moved"))
    edit.apply(Move("item", items[0], boxes[1]))
    edit.apply(Insert("mark", {"word": "dropped"}, items[0]))
    edit.apply(Delete("box", boxes[1]))
    edit.save()
    left = dbsession.scalars(sa.select(Item.id)).all()
    assert left == [items[1][0]]


def test_negative_keys_are_keys_like_others(dbsession, plan):
    place = spread(1)[0]
    dbsession.add(Box(id=-7, plan_id=plan, name="negative", place=place))
    dbsession.commit()
    edit = knot.drafts.open(dbsession, Plan, plan, owner="ada")
    box = edit.apply(Insert("box", {"name": "new"})).rows[-1].key
    assert box == (-8,)
    edit.apply(Set("box", (-7,), next_id=box[0], name="still"))
    edit.apply(Set("box", box, next_id=-7))
    saved = edit.save()
    real = saved.ids["box"]["-8"]
    assert value(dbsession, Box, (-7,), "next_id") == real[0]
    assert value(dbsession, Box, real, "next_id") == -7


def test_links_come_and_go(dbsession, edit, items):
    edit.apply(Insert("item_badge", {"badge_code": "red"}, items[0]))
    edit.save()
    links = dump(dbsession, knot.item_badge)["item_badge"]
    assert links == [(items[0][0], "red")]
    again = knot.drafts.open(dbsession, Plan, edit.root, owner="ada")
    again.apply(Delete("item_badge", (items[0][0], "red")))
    again.apply(Insert("item_badge", {"badge_code": "red"}, items[1]))
    again.save()
    links = dump(dbsession, knot.item_badge)["item_badge"]
    assert links == [(items[1][0], "red")]


def test_a_link_to_what_others_have_deleted_names_the_end(dbsession, edit, boxes):
    item = new_item(edit, boxes[0], "new", 90)
    edit.apply(Insert("item_badge", {"badge_code": "red"}, item))
    dbsession.execute(sa.delete(Badge))
    with pytest.raises(Conflicts) as refused:
        edit.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.table, conflict.key) == ("item_badge", (item[0], "red"))
    assert conflict.kind == "link"


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_database_that_fails_is_no_problem_of_a_row(dbsession, edit, boxes, attempt):
    """The second attempt is the one that goes row by row."""
    flushes = []

    def fail(*_):
        flushes.append(1)
        if len(flushes) == attempt:
            raise sa.exc.OperationalError("UPDATE", {}, Exception("gone away"))

    edit.apply(Set("box", boxes[0], name="b"))
    sa.event.listen(dbsession, "before_flush", fail)
    with pytest.raises(sa.exc.OperationalError, match="gone away"):
        edit.save()
    assert edit.info.state == "open"


@pytest.mark.parametrize("with_chief", [True, False])
def test_a_reference_to_a_row_that_others_have_deleted_is_named(
    dbsession, edit, boxes, items, with_chief
):
    edit.apply(Set("box", boxes[0], next_id=boxes[1][0]))
    if with_chief:
        chief = new_item(edit, boxes[0], "new", 91)
        edit.apply(Set("box", boxes[0], chief_id=chief[0]))
    gone = [key for (key,) in items[2:]]
    dbsession.execute(sa.delete(Mark).where(Mark.item_id.in_(gone)))
    dbsession.execute(sa.delete(Item).where(Item.id.in_(gone)))
    dbsession.execute(sa.delete(Box).where(Box.id == boxes[1][0]))
    with pytest.raises(Conflicts) as refused:
        edit.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.table, conflict.key, conflict.field) == (
        "box",
        boxes[0],
        "next_id",
    )
    assert conflict.kind == "link"
