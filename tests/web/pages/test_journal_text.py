"""Rows, values and operations in plain words."""

import pytest

from draftedit.engine.base.errors import Refused, Unknown
from draftedit.engine.operations import UnknownOperation
from draftedit.engine.operations.base import AS_ASKED
from draftedit.engine.reading.rows import Row
from draftedit.web.pages.journal_text import describe, read
from draftedit.web.pages.labels import Labels
from tests.hosts import shop
from tests.hosts.raising import Raise

PURCHASE = shop.drafts.targets["purchase"]
ORDER = "3f2c9a52-0d6b-4a39-9a53-3a0a4fbd0c11"

ROWS = {
    ("purchase", (ORDER,)): {"id": ORDER, "number": "A 1"},
    ("line", (3,)): {
        "id": 3,
        "order_id": ORDER,
        "place": "V",
        "product": "tea",
        "amount": 2,
    },
    ("line", (-1,)): {
        "id": -1,
        "order_id": ORDER,
        "place": "k",
        "product": None,
        "amount": 1,
    },
    ("note", (ORDER, "to all")): {"order_id": ORDER, "topic": "to all", "text": "…"},
    ("line_label", (3, "röt")): {"line_id": 3, "label_code": "röt"},
}


def find(table, key):
    if (table, tuple(key)) not in ROWS:
        raise Unknown(table, key)
    return Row(table, tuple(key), ROWS[table, tuple(key)])


def translate(text):
    return text.interpolate() if hasattr(text, "interpolate") else text


@pytest.fixture
def names():
    return Labels(PURCHASE, find, translate, lowers=True)


def told(operation, inverse=None, names=None):
    known = shop.drafts.operations
    back = read(inverse, known) if inverse else None
    return str(describe(read(operation, known), back, names))


def test_a_set_tells_old_and_new(names):
    operation = {
        "op": "set",
        "table": "line",
        "id": [3],
        "values": {"product": "tea", "amount": 2},
    }
    inverse = {**operation, "values": {"product": "coffee", "amount": 1}}
    assert (
        told(operation, inverse, names)
        == "Line 3 “tea”: product coffee → tea, amount 1 → 2"
    )


def test_columns_and_tables_that_are_gone_do_not_hurt(names):
    operation = {"op": "set", "table": "line", "id": [3], "values": {"colour": "red"}}
    assert told(operation, {}, names) == "Line 3 “tea”"
    shelves = [{"op": "delete", "table": "shelf", "id": [n]} for n in range(4)]
    assert told(shelves[0], {}, names) == "delete"
    for number in (1, 4):
        batch = {"op": "batch", "operations": shelves[:number]}
        assert told(batch, {}, names) == "delete"
    mixed = [shelves[0], {"op": "delete", "table": "line", "id": [9]}]
    batch = {"op": "batch", "operations": mixed}
    assert told(batch, {}, names) == "delete; Delete line 9"


def test_rows_that_are_gone_are_told_by_their_number(names):
    gone = {"op": "delete", "table": "line", "id": [9]}
    assert told(gone, {}, names) == "Delete line 9"


def test_new_rows_are_counted_as_new(names):
    insert = {"op": "insert", "table": "line", "id": [-1], "values": {}}
    assert told(insert, {}, names) == "Add line new 1"


def test_a_row_below_another_says_where(names):
    restore = {"op": "restore", "table": "line_label", "id": [3, "röt"]}
    assert told(restore, {}, names).endswith(" in Line 3 “tea”")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({}, "to the last place"),
        ({"after": None}, "to the first place"),
        ({"after": [-1]}, "after line new 1"),
    ],
)
def test_a_move_says_where_to(names, where, words):
    move = {"op": "move", "table": "line", "id": [3], **where}
    assert told(move, {"op": "move"}, names) == f"Move line 3 “tea” {words}"


def test_a_move_to_another_parent_names_it(names):
    wish = {"op": "move", "table": "line", "id": [3], "parent": [ORDER]}
    move, back = {**wish, "place": "V"}, {**wish, "parent": ["other"]}
    words = told(move, back, names)
    assert words == "Move line 3 “tea” to purchase A 1, to the last place"
    assert told(wish, back, names) == "Move line 3 “tea” to purchase A 1"
    assert told(move, move, names).endswith("“tea” to the last place")


class TestBatch:
    DELETES = tuple({"op": "delete", "table": "line", "id": [n]} for n in range(5, 10))

    def batch(self, *operations, **more):
        return {"op": "batch", "operations": list(operations), **more}

    def test_with_a_label_is_its_label(self, names):
        batch = self.batch(*self.DELETES, label="Sort by name")
        assert told(batch, {}, names) == "Sort by name"

    def test_tells_a_few_and_counts_the_rest(self, names):
        mixed = {"op": "set", "table": "line", "id": [3], "values": {"amount": 1}}
        assert told(self.batch(*self.DELETES[:3], mixed), {}, names) == (
            "Delete line 5; Delete line 6; Delete line 7; and 1 more"
        )
        assert told(self.batch(*self.DELETES[:2]), {}, names) == (
            "Delete line 5; Delete line 6"
        )

    def test_tells_at_once_what_was_done_alike_with_many(self, names):
        assert told(self.batch(*self.DELETES), {}, names) == "Delete 5 lines"
        set_alike = (
            {"op": "set", "table": "line", "id": [n], "values": {"amount": 1}}
            for n in range(4)
        )
        assert told(self.batch(*set_alike), {}, names) == "4 lines: amount → 1"

    def test_pairs_each_operation_with_its_inverse(self, names):
        batch = self.batch(
            {"op": "set", "table": "line", "id": [3], "values": {"amount": 1}},
            {"op": "set", "table": "line", "id": [3], "values": {"amount": 2}},
        )
        back = self.batch(
            {"op": "set", "table": "line", "id": [3], "values": {"amount": 1}},
            {"op": "set", "table": "line", "id": [3], "values": {"amount": 0}},
        )
        assert told(batch, back, names) == (
            "Line 3 “tea”: amount 0 → 1; Line 3 “tea”: amount 1 → 2"
        )

    def test_making_room_is_not_told_beside_what_it_was_for(self, names):
        rekey = {"op": "rekey", "table": "line", "places": []}
        move = {"op": "move", "table": "line", "id": [3]}
        words = told(self.batch(rekey, move), {}, names)
        assert words == "Move line 3 “tea” to the last place"
        assert told(rekey, {}, names) == "Make room in the order"

    def test_a_row_that_comes_back_is_told_by_its_old_key(self, names):
        recreate = {"op": "recreate", "table": "line", "values": {"id": 3}}
        assert told(recreate, {}, names) == "Bring back line 3 “tea”"


def test_an_operation_that_the_host_has_given_up_is_told_by_its_name(names):
    discount = {"op": "discount", "percent": 5}
    assert told(discount, {}, names) == "discount"
    gone = {"op": "delete", "table": "line", "id": [9]}
    batch = {"op": "batch", "operations": [discount, gone]}
    assert told(batch, {}, names) == "discount; Delete line 9"
    # Its class is there, and reads this no longer.
    assert told({"op": "delete", "line": 9}, {}, names) == "delete"


def test_what_is_only_told_is_kept_and_cannot_be_done():
    data = {"op": "discount", "percent": 5}
    discount = read(data, shop.drafts.operations)
    assert discount == UnknownOperation(data)
    assert discount.to_json() == data
    with pytest.raises(Refused, match="'discount'"):
        discount.apply(None, AS_ASKED)


def test_a_message_of_the_host_is_told_with_what_is_in_it(names):
    assert told(Raise((3,), 2).to_json(), {}, names) == "Raise line 3 “tea” by 2"


class TestNames:
    def test_a_unique_column_names_a_row(self, names):
        assert names.row(find("purchase", (ORDER,))) == "A 1"
        assert names.title(find("purchase", (ORDER,))) == "Purchase A 1"

    def test_composite_keys_are_spelled(self, names):
        assert "to all" in names.row(find("note", (ORDER, "to all")))

    def test_in_other_languages_nouns_stay_as_they_are(self):
        names = Labels(PURCHASE, find, translate)
        gone = {"op": "delete", "table": "line", "id": [9]}
        assert told(gone, {}, names) == "Delete Line 9"

    def test_abbreviations_stay(self, names):
        assert names.small("IP address") == "IP address"

    @pytest.mark.parametrize(
        ("value", "text", "kind"),
        [
            (None, "none", "none"),
            ("", "empty", "empty"),
            ("tea", "tea", "text"),
            ("x" * 60, "x" * 48 + "…", "text"),
            ("two\nlines", "two lines…", "text"),
        ],
    )
    def test_values_are_short_and_kept_in_full(self, names, value, text, kind):
        one = PURCHASE.tables["line"].fields["product"]
        shown = names.value(one, value)
        assert (shown.text, shown.kind) == (text, kind)
        assert shown.full == (value if text.endswith("…") else None)

    def test_references_are_called_by_name_where_one_is_known(self):
        outside = {("label", ("röt",)): "Röt"}.get
        names = Labels(PURCHASE, find, translate, outside=lambda *key: outside(key))
        one = PURCHASE.tables["line_label"].fields["label_code"]
        assert names.value(one, "röt").text == "Röt"
        assert names.value(one, "blau").text == "blau"
