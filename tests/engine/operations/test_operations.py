"""What each operation does to a draft, and what it refuses."""

import json
import uuid

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.base.errors import BadOperation, Refused, Unknown
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.operations import LAST, Ref
from draftedit.engine.operations import from_json as read_operation
from draftedit.engine.operations.base import Context
from draftedit.engine.operations.json_reader import JsonReader
from draftedit.engine.operations.move import Rekey
from draftedit.engine.values.order_key import MAX_LENGTH
from tests.hosts.selling import everything, products
from tests.hosts.shop import Label, Line, Note, Order, drafts


def refused(edit, operation, message, /, **where):
    """Apply what must be refused; see that nothing changed; return the problem."""
    before = everything(edit), edit.info.version
    with pytest.raises(Refused, match=message) as refusal:
        edit.apply(operation)
    again = drafts.resume(edit.dbsession, edit.info.key, owner="ada")
    assert (everything(again), again.info.version) == before
    problem = refusal.value.problems[0]
    for name, value in where.items():
        assert getattr(problem, name) == value
    return problem


class TestSet:
    def test_changes_the_fields_that_differ_and_keeps_what_was_there(self, edit, goods):
        key = goods.lines[0]
        done = edit.apply(Set("line", key, product="green tea", amount=2))
        assert done.operation == Set("line", (key,), product="green tea")
        assert done.inverse == Set("line", (key,), product="tea")
        [row] = done.rows
        assert (row.state, row.values["product"]) == ("changed", "green tea")
        assert row.changed_fields() == {"product": ("tea", "green tea")}

    def test_to_equal_values_is_no_operation(self, edit, goods):
        done = edit.apply(Set("line", goods.lines[0], product="tea", amount="2"))
        assert (done.sequence, done.operation, done.rows) == (None, None, [])
        assert edit.info.version == done.version == 1
        assert edit.journal().items == []

    def test_back_to_the_first_value_is_no_net_change(self, edit, goods):
        edit.apply(Set("line", goods.lines[0], product="x"))
        edit.apply(Set("line", goods.lines[0], product="tea"))
        assert edit.changes() == []
        assert edit.row("line", (goods.lines[0],)).state == "same"

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("id", "key cannot be changed"),
            ("order_id", "parent is changed by a move"),
            ("place", "place is changed by a move"),
            ("colour", "no field colour"),
        ],
    )
    def test_refuses_what_is_no_value(self, edit, goods, name, message):
        operation = Set("line", goods.lines[0], {name: "x"})
        refused(edit, operation, message, table="line", field=name)

    def test_refuses_null_where_there_must_be_a_value(self, edit, goods):
        refused(edit, Set("line", goods.lines[0], amount=None), "must be given")
        refused(edit, Set("purchase", goods.first, number=None), "must be given")

    def test_refuses_another_object_s_row(self, edit, goods):
        operation = Set("line", goods.other, product="x")
        refused(edit, operation, "no line", table="line", key=(goods.other,))

    @pytest.mark.parametrize("key", [0, "x", 2**70, (1, 2), (), None, {"a": 1}, True])
    def test_refuses_a_row_that_is_not_there(self, edit, key):
        refused(edit, Set("line", key, product="x"), "There is no line", table="line")

    @pytest.mark.parametrize("table", ["lines", "label", "", None, "purchase_draft"])
    def test_refuses_a_table_that_is_no_part(self, edit, table):
        refused(edit, Set(table, 1, product="x"), "There is no table")

    def test_of_a_link_is_refused_for_its_columns_are_its_key(self, edit, goods):
        key = (goods.lines[0], "gift")
        refused(edit, Set("line_label", key, label_code="urgent"), "cannot be changed")


class TestInsert:
    def test_has_its_identity_from_the_start(self, edit):
        keys = [edit.apply(Insert("line", {})).rows[0].key for _ in range(3)]
        assert keys == [(-1,), (-2,), (-3,)]

    def test_never_gives_a_key_back(self, edit):
        edit.apply(Insert("line", {}))
        edit.undo()
        assert edit.apply(Insert("line", {})).operation.key == (-2,)

    def test_counts_below_the_smallest_live_key(self, edit, dbsession, goods):
        line = Line(id=-40, order_id=goods.second, place="V00000")
        dbsession.add(line)
        dbsession.flush()
        assert edit.apply(Insert("line", {})).operation.key == (-41,)

    def test_stands_last_first_or_after_a_sibling(self, edit, goods):
        edit.apply(Insert("line", {"product": "last"}))
        edit.apply(Insert("line", {"product": "first"}, after=None))
        edit.apply(Insert("line", {"product": "after tea"}, after=goods.lines[0]))
        assert products(edit) == [
            "first",
            "tea",
            "after tea",
            "coffee",
            "milk",
            "last",
        ]

    def test_tells_what_it_made(self, edit, goods):
        done = edit.apply(Insert("line", {"product": "jam"}, after=(goods.lines[0],)))
        made = done.operation
        assert made.parent == (str(goods.first),)
        assert made.after == (goods.lines[0],)
        assert made.key == (-1,)
        assert made.place == done.rows[0].values["place"]
        assert done.inverse == Delete("line", (-1,))
        assert done.rows[0].state == "new"

    def test_evaluates_the_defaults_of_the_model(self, edit):
        assert edit.apply(Insert("line", {})).rows[0].values["amount"] == 1

    def test_carries_the_key_that_the_host_makes(self, edit, goods):
        done = edit.apply(Insert("note", {"topic": "x"}))
        assert done.operation.key == (str(goods.first), "x")

    def test_needs_the_parent_where_that_is_not_the_object(self, edit):
        operation = Insert("line_label", {"label_code": "gift"})
        refused(edit, operation, "parent, a line, must be given", table="line_label")

    @pytest.mark.parametrize("parent", ["other", 0, "x"])
    def test_refuses_a_foreign_parent(self, edit, goods, parent):
        key = goods.other if parent == "other" else parent
        operation = Insert("line_label", {"label_code": "gift"}, parent=key)
        refused(edit, operation, "There is no line")

    def test_refuses_the_object_of_another_draft_as_parent(self, edit, goods):
        operation = Insert("line", {}, parent=goods.second)
        refused(edit, operation, "There is no purchase")

    def test_refuses_a_gone_parent(self, edit, goods):
        edit.apply(Delete("line", goods.lines[0]))
        operation = Insert("line_label", {"label_code": "gift"}, goods.lines[0])
        refused(edit, operation, "parent is deleted", key=(goods.lines[0],))

    def test_refuses_a_sibling_that_is_none(self, edit, goods):
        refused(edit, Insert("line", {}, after=goods.other), "There is no line")
        edit.apply(Delete("line", goods.lines[1]))
        operation = Insert("line", {}, after=goods.lines[1])
        refused(edit, operation, "to stand after is not below this parent")

    def test_refuses_a_place_where_there_is_no_order(self, edit):
        operation = Insert("note", {"topic": "x"}, after=None)
        refused(edit, operation, "note has no order")

    def test_refuses_a_new_object(self, edit):
        refused(edit, Insert("purchase", {"number": "C3"}), "made by opening a draft")

    def test_refuses_to_leave_out_what_must_be_given(self, edit):
        problem = refused(edit, Insert("note", {"text": "x"}), "must be given")
        assert (problem.table, problem.field) == ("note", "topic")

    def test_refuses_what_is_no_value(self, edit):
        refused(edit, Insert("line", {"id": 5}), "key cannot be changed", field="id")
        refused(edit, Insert("line", {"place": "V00000"}), "by a move", field="place")

    def test_refuses_a_key_that_exists(self, edit, goods):
        refused(edit, Insert("note", {"topic": "door"}), "exists already")
        edit.apply(Insert("note", {"topic": "new"}))
        refused(edit, Insert("note", {"topic": "new"}), "exists already")
        link = Insert("line_label", {"label_code": "gift"}, parent=goods.lines[0])
        refused(edit, link, "exists already")

    def test_refuses_a_key_that_is_only_out_of_sight(self, edit, goods):
        edit.apply(Delete("purchase", goods.first))
        refused(edit, Insert("note", {"topic": "door"}), "parent is deleted")

    def test_under_a_key_that_is_gone_has_nothing_of_the_row_before(self, edit, goods):
        key = (str(goods.first), "door")
        edit.apply(Delete("note", key))
        done = edit.apply(Insert("note", {"topic": "door"}))
        assert done.operation == Insert("note", {"topic": "door"}, key[:1], key=key)
        assert edit.row("note", key).state == "changed"
        [change] = edit.changes()
        assert change.fields == {"text": ("ring twice", None)}
        edit.undo()
        assert edit.row("note", key).gone
        edit.undo()
        assert edit.row("note", key).values["text"] == "ring twice"
        edit.redo(2)
        assert edit.row("note", key).values["text"] is None

    def test_under_the_key_of_a_new_row_that_is_gone_makes_another(self, edit):
        edit.apply(Insert("note", {"topic": "x", "text": "1"}))
        edit.apply(Delete("note", (edit.root[0], "x")))
        edit.apply(Insert("note", {"topic": "x"}))
        row = edit.row("note", (edit.root[0], "x"))
        assert (row.state, row.values["text"]) == ("new", None)

    def test_refuses_a_reference_to_what_is_not_there(self, edit, goods):
        operation = Insert("line_label", {"label_code": "none"}, goods.lines[1])
        refused(edit, operation, "There is no label none", field="label_code")

    def test_many_times_at_one_place_keeps_keys_short(self, edit, goods):
        # After 345 a key would be longer than a key may be.
        count = 500
        edit.apply(
            Batch(
                [
                    Insert("line", {"amount": number}, after=goods.lines[0])
                    for number in range(count)
                ]
            )
        )
        page = edit.page("line", limit=count + 3)
        amounts = [row.values["amount"] for row in page.rows]
        assert amounts == [2, *range(count - 1, -1, -1), 2, 2]
        assert max(len(row.values["place"]) for row in page.rows) <= MAX_LENGTH
        edit.undo()
        assert edit.changes() == []
        edit.redo()
        assert edit.page("line", limit=count + 3).rows == page.rows


class TestDeleteAndRestore:
    def test_what_hangs_below_is_out_of_sight_and_comes_back_with_it(self, edit, goods):
        key, link = (goods.lines[0],), (goods.lines[0], "gift")
        done = edit.apply(Delete("line", key))
        assert [row.key for row in done.rows] == [key]
        assert not edit.in_sight(edit.row("line_label", link))
        assert edit.page("line_label").rows == []
        edit.apply(Restore("line", key))
        assert edit.in_sight(edit.row("line_label", link))
        assert edit.row("line_label", link).state == "same"
        assert edit.changes() == []

    @pytest.mark.parametrize(
        "operation",
        [
            lambda line: Set("line", line, product="x"),
            lambda line: Delete("line", line),
            lambda line: Move("line", line),
            lambda line: Delete("line_label", (line, "gift")),
            lambda line: Insert("line_label", {"label_code": "urgent"}, line),
        ],
    )
    def test_on_or_under_a_row_out_of_sight_all_but_restore_is_refused(
        self, edit, goods, operation
    ):
        edit.apply(Delete("line", goods.lines[0]))
        refused(edit, operation(goods.lines[0]), "restore it first")
        edit.apply(Restore("line", goods.lines[0]))
        edit.apply(Delete("purchase", goods.first))
        refused(edit, operation(goods.lines[0]), "restore it first")

    def test_a_row_below_a_gone_one_can_be_restored(self, edit, goods):
        link = (goods.lines[0], "gift")
        edit.apply(Delete("line_label", link))
        edit.apply(Delete("line", goods.lines[0]))
        assert edit.apply(Restore("line_label", link)).sequence == 3
        edit.apply(Restore("line", goods.lines[0]))
        assert edit.changes() == []

    def test_restore_of_a_row_that_is_there_is_no_operation(self, edit, goods):
        assert edit.apply(Restore("line", goods.lines[0])).sequence is None

    def test_of_the_object_hides_everything(self, edit, goods):
        edit.apply(Delete("purchase", goods.first))
        for table in edit.target.tables:
            assert edit.page(table).rows == []
            assert {row.state for row in edit.page(table, gone=True).rows} == {"gone"}
        assert [change.table for change in edit.changes()] == ["purchase"]

    def test_a_new_row_that_is_deleted_is_no_change(self, edit):
        key = edit.apply(Insert("line", {})).operation.key
        edit.apply(Delete("line", key))
        assert edit.changes() == []
        assert edit.row("line", key).state == "gone"


class TestMove:
    def test_writes_one_row(self, edit, goods):
        tea, _, milk = goods.lines
        assert [row.key for row in edit.apply(Move("line", milk, after=None)).rows] == [
            (milk,)
        ]
        assert products(edit) == ["milk", "tea", "coffee"]
        edit.apply(Move("line", milk, after=tea))
        assert products(edit) == ["tea", "milk", "coffee"]
        edit.apply(Move("line", tea))
        assert products(edit) == ["milk", "coffee", "tea"]

    def test_to_where_the_row_stands_is_no_operation(self, edit, goods):
        tea, coffee, milk = goods.lines
        for where in (
            Move("line", tea, after=None),
            Move("line", coffee, after=tea),
            Move("line", coffee, after=coffee),
            Move("line", milk, after=LAST),
            Move("line", milk, parent=goods.first),
        ):
            assert edit.apply(where).sequence is None

    def test_keeps_the_wish_and_the_result(self, edit, goods):
        tea, coffee, _ = goods.lines
        done = edit.apply(Move("line", tea, after=coffee))
        place = edit.row("line", (tea,)).values["place"]
        assert done.operation == Move(
            "line", (tea,), (str(goods.first),), (coffee,), place
        )

    def test_is_refused_without_an_order(self, edit, goods):
        refused(edit, Move("note", (goods.first, "door")), "note have no order")
        refused(edit, Move("purchase", goods.first), "purchase has no order")

    def test_is_refused_to_another_object(self, edit, goods):
        operation = Move("line", goods.lines[0], parent=goods.second)
        refused(edit, operation, "There is no purchase")
        operation = Move("line", goods.lines[0], after=goods.other)
        refused(edit, operation, "There is no line")

    def test_between_equal_neighbours_gives_a_window_new_keys(self, edit, goods):
        session = edit.dbsession
        session.execute(sa.update(Line).values(place="V00000"))
        tea, coffee, milk = sorted(goods.lines)
        edit.apply(Move("line", milk, after=tea))
        rows = edit.page("line").rows
        assert [row.key[0] for row in rows] == [tea, milk, coffee]
        assert len({row.values["place"] for row in rows}) == 3
        edit.undo()
        assert edit.changes() == []
        edit.redo()
        assert edit.page("line").rows == rows

    def test_of_the_first_of_equal_ones_to_the_middle(self, edit, goods):
        edit.dbsession.execute(sa.update(Line).values(place="V00000"))
        tea, coffee, milk = sorted(goods.lines)
        edit.apply(Move("line", tea, after=coffee))
        assert [row.key[0] for row in edit.page("line").rows] == [coffee, tea, milk]

    def test_before_the_very_first_place_gives_new_keys(self, edit, goods, dbsession):
        line = dbsession.get_one(Line, goods.lines[0])
        line.place = "000001"
        dbsession.flush()
        edit.apply(Insert("line", {"product": "first"}, after=None))
        assert products(edit) == ["first", "tea", "coffee", "milk"]

    def test_re_keys_more_where_a_window_has_no_room(self, edit, goods, dbsession):
        # Forty at one place: the first window lies between two that are equal.
        dbsession.add_all(
            Line(order_id=goods.first, place="V00000", product=str(number))
            for number in range(40)
        )
        dbsession.execute(sa.update(Line).values(place="V00000"))
        dbsession.flush()
        keys = [row.key for row in edit.page("line").rows]
        edit.apply(Insert("line", {"product": "middle"}, after=keys[20]))
        rows = edit.page("line").rows
        assert [row.key for row in rows] == [*keys[:21], (-1,), *keys[21:]]
        edit.undo()
        assert edit.changes() == []


class TestBatch:
    def test_is_one_step_and_names_its_inserts(self, edit, goods):
        done = edit.apply(
            Batch(
                (
                    Insert("line", {"product": "jam"}, name="jam"),
                    Insert("line_label", {"label_code": "gift"}, Ref("jam")),
                    Set("line", Ref("jam"), amount=4),
                ),
                label="breakfast",
            )
        )
        assert edit.info.undo == 1
        insert, link, change = done.operation.operations
        assert (insert.key, link.parent, change.key) == ((-1,), (-1,), (-1,))
        assert edit.journal().items[0].label == "breakfast"
        edit.undo()
        assert edit.changes() == []

    def test_names_an_insert_that_makes_room_among_its_siblings(
        self, edit, goods, dbsession
    ):
        dbsession.execute(sa.update(Line).values(place="V00000"))
        between = Insert("line", {"product": "jam"}, after=goods.lines[0], name="jam")
        edit.apply(Batch((between, Set("line", Ref("jam"), amount=4))))
        assert edit.row("line", (-1,)).values["amount"] == 4

    def test_puts_a_new_row_behind_one_that_it_has_named(self, edit):
        jam = Insert("line", {"product": "jam"}, after=None, name="jam")
        tea = Insert("line", {"product": "tea"}, after=Ref("jam"))

        done = edit.apply(Batch((jam, tea))).operation

        assert done.operations[1].after == done.operations[0].key
        assert [row.key for row in edit.page("line").rows][:2] == [(-1,), (-2,)]

    def test_s_inverse_is_the_reversed_list(self, edit, goods):
        tea = (goods.lines[0],)
        done = edit.apply(Batch((Set("line", tea, amount=5), Delete("line", tea))))
        assert done.inverse == Batch((Restore("line", tea), Set("line", tea, amount=2)))

    def test_without_effect_is_no_operation(self, edit, goods):
        nothing = Batch((Set("line", goods.lines[0], amount=2),))
        assert edit.apply(Batch((nothing, Batch(())))).sequence is None

    def test_is_all_or_nothing_and_names_the_operation_refused(self, edit, goods):
        operation = Batch(
            (
                Insert("line", {}),
                Batch((Set("line", goods.lines[0], amount=5), Delete("line", 0))),
            )
        )
        problem = refused(edit, operation, "There is no line", operation=1)
        assert (problem.table, problem.key) == ("line", (0,))
        assert edit.apply(Insert("line", {})).operation.key == (-1,)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (Ref("x"), "Nothing in this batch is called 'x'"),
            ({"ref": "x"}, "Nothing in this batch is called 'x'"),
            ({"id": 5}, "no key"),
            ({"ref": "tea"}, "rows of this object only"),
        ],
    )
    def test_refuses_a_reference_to_what_it_has_not_named(
        self, edit, goods, value, message
    ):
        operation = Batch(
            (
                Insert("line", {}, name="tea"),
                Insert("line_label", {"label_code": value}, goods.lines[0]),
            )
        )
        problem = refused(edit, operation, message, operation=1, field="label_code")
        assert problem.table == "line_label"

    def test_refuses_a_key_that_it_has_not_named(self, edit):
        operation = Batch((Delete("line", Ref("x")),))
        refused(edit, operation, "Nothing in this batch is called 'x'")

    def test_forgets_its_names(self, edit, goods):
        edit.apply(Batch((Insert("line", {}, name="jam"),)))
        refused(edit, Delete("line", Ref("jam")), "called 'jam'")

    def test_names_what_came_back(self, edit, goods):
        key = (goods.first, "door")
        done = edit.apply(
            Batch(
                (
                    Delete("note", key),
                    Insert("note", {"topic": "door"}, name="n"),
                    Set("note", Ref("n"), text="x"),
                )
            )
        )
        assert done.operation.operations[-1].key == (str(goods.first), "door")


class TestJson:
    @pytest.mark.parametrize(
        "data",
        [
            None,
            [],
            {},
            {"op": None},
            {"op": ["set"]},
            {"op": "drop", "table": "line"},
            {"op": "set", "table": "line", "values": {}},
            {"op": "set", "table": 5, "id": 1, "values": {}},
            {"op": "set", "table": "line", "id": 1},
            {"op": "set", "table": "line", "id": 1, "values": []},
            {"op": "set", "table": "line", "id": 1, "values": {}, "omit": ["a"]},
            {"op": "set", "table": "line", "id": [], "values": {}},
            {"op": "set", "table": "line", "id": [[1]], "values": {}},
            {"op": "set", "table": "line", "id": [{"ref": 1}], "values": {}},
            {"op": "set", "table": "line", "id": {"x": 1}, "values": {}},
            {"op": "delete", "table": "line", "id": None},
            {"op": "insert", "table": "line", "values": {}, "id": [5]},
            {"op": "insert", "table": "line", "values": {}, "place": "V"},
            {"op": "insert", "table": "line", "values": {}, "as": 5},
            {"op": "move", "table": "line", "id": 1, "place": "V"},
            {"op": "move", "table": "line", "id": 1, "to": 5},
            {"op": "batch", "operations": {}},
            {"op": "batch", "operations": [1]},
            {"op": "batch", "operations": [], "label": 5},
            {"op": "batch", "operations": [], "x": 5},
        ],
    )
    def test_what_has_not_the_shape_of_an_operation_is_refused(self, data):
        with pytest.raises(BadOperation):
            drafts.operation_from_json(data)

    def test_batches_are_not_nested_without_end(self):
        data = {"op": "batch", "operations": []}
        for _ in range(20):
            data = {"op": "batch", "operations": [data]}
        with pytest.raises(BadOperation, match="nested"):
            drafts.operation_from_json(data)

    @pytest.mark.parametrize("by", [None, True, "3", 1.5])
    def test_a_number_that_an_operation_takes_must_be_whole(self, by):
        read = JsonReader({"op": "raise", "by": by}, Context({}))
        with pytest.raises(BadOperation, match='raise: "by" must be a whole number'):
            read.integer("by")

    def test_a_wish_has_three_forms(self):
        move = {"op": "move", "table": "line", "id": 1}
        read = drafts.operation_from_json
        assert read(move).after is LAST
        assert read({**move, "after": None}).after is None
        assert read({**move, "after": 5}).after == (5,)
        for form in (move, {**move, "after": None}, {**move, "after": [5]}):
            data = {**form, "id": [1]}
            assert read(form).to_json() == data

    def test_references_are_spelled_by_name(self):
        data = {
            "op": "batch",
            "operations": [
                {"op": "insert", "table": "line", "values": {}, "as": "a"},
                {"op": "set", "table": "line", "id": {"ref": "a"}, "values": {}},
                {
                    "op": "insert",
                    "table": "line_label",
                    "values": {"label_code": {"ref": "b"}},
                    "parent": {"ref": "a"},
                    "after": {"ref": "c"},
                },
            ],
        }
        assert drafts.operation_from_json(data).to_json() == data
        made = Insert("line_label", {"label_code": Ref("b")}, Ref("a"))
        assert made.to_json()["values"] == {"label_code": {"ref": "b"}}
        assert Set("line", 1, amount=Ref("b")).to_json()["values"] == {
            "amount": {"ref": "b"}
        }

    def test_a_rekey_is_read_from_the_journal(self):
        rekey = Rekey("line", (((1,), "V00001"), ((2,), "V00002")))
        data = json.loads(json.dumps(rekey.to_json()))
        assert read_operation(data, drafts.operations, stored=True) == rekey


class TestKeysAsTheDatabaseSeesThem:
    """MariaDB takes "Door" for "door" in a column of its usual collation."""

    def test_one_row_is_never_two_in_a_draft(self, edit, goods, dbsession):
        key = (goods.first, "DOOR")
        if dbsession.get_bind().dialect.name not in ("mariadb", "mysql"):
            refused(edit, Set("note", key, text="x"), "There is no note")
            return
        done = edit.apply(Batch((Set("note", key, text="x"), Delete("note", key))))
        assert {row.key[1] for row in done.rows} == {"door"}
        refused(edit, Set("note", key, text="y"), "restore it first")
        done = edit.apply(Insert("note", {"topic": "DOOR", "text": "z"}))
        assert [row.key[1] for row in done.rows] == ["DOOR"]  # as it was given now
        spelled = [row.key[1].lower() for row in edit.page("note").rows]
        assert spelled.count("door") == 1


class TestDraftRows:
    def test_the_rows_of_another_draft_are_not_seen(self, edit, goods, dbsession):
        other = drafts.open(dbsession, Order, goods.first, owner="bob")
        edit.apply(Set("line", goods.lines[0], product="x"))
        edit.apply(Insert("line", {"product": "y"}))
        assert products(other) == ["tea", "coffee", "milk"]
        assert other.changes() == []

    def test_a_new_object_has_a_key_that_the_draft_or_the_model_makes(
        self, dbsession, goods
    ):
        edit = drafts.open(dbsession, Order, owner="ada")
        [key] = edit.info.root
        assert uuid.UUID(key)
        assert (edit.info.base, edit.row("purchase", (key,)).state) == (0, "new")
        edit.apply(Set("purchase", key, number="C3"))
        edit.apply(Insert("line", {"product": "tea"}))
        assert products(edit) == ["tea"]
        rows = DraftRows(dbsession, edit.target, edit.root, edit.info.key)
        assert rows.hangs_below(rows.row("purchase", edit.root))
        assert not rows.hangs_below(rows.row("line", (-1,)))

    def test_a_row_of_no_object_is_not_there(self, edit, dbsession):
        line = Line(place="V00000")
        dbsession.add(line)
        dbsession.flush()
        with pytest.raises(Unknown):
            edit.row("line", (line.id,))

    def test_live_is_untouched(self, edit, goods, dbsession):
        edit.apply(Delete("purchase", goods.first))
        assert dbsession.get(Order, goods.first).number == "A1"
        assert dbsession.scalar(sa.select(sa.func.count(Note.topic))) == 3
        assert dbsession.get(Label, "gift") is not None
