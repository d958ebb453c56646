"""A row that was there once comes back under its old key, exactly as it was."""

import json

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert
from draftedit.engine.base.errors import Conflicts
from draftedit.engine.operations import Recreate
from draftedit.engine.operations import from_json as read_operation
from draftedit.testing import check_operation, check_refusal
from tests.hosts import shop
from tests.hosts.selling import everything, products
from tests.hosts.shop import Line, drafts


def line(goods, key, **values):
    usual = {"place": "V00000", "product": "jam", "amount": 7}
    return Recreate(
        "line", {"id": key, "order_id": str(goods.first), **usual, **values}
    )


def delete_for_all(dbsession, goods):
    """Let somebody else delete the first line; return it as it was."""
    key = goods.lines[0]
    other = drafts.open(dbsession, shop.Order, goods.first, owner="bob")
    row = other.row("line", [key])
    other.apply(Delete("line", key))
    other.save()
    return Recreate("line", row.values)


class TestInADraft:
    def test_it_holds_to_the_contract(self, edit, goods):
        check_operation(edit, line(goods, 999))
        edit.apply(Delete("line", goods.lines[1]))
        check_operation(edit, line(goods, goods.lines[1], product=None))

    def test_a_row_that_is_gone_comes_back_with_what_hung_below_it(self, edit, goods):
        key = goods.lines[0]
        before = everything(edit)
        edit.apply(Delete("line", key))

        edit.apply(line(goods, key))

        row = edit.row("line", [key])
        assert (row.state, row.values["product"]) == ("changed", "jam")
        assert len(edit.page("line_label").rows) == 1
        edit.undo(to=0)
        assert everything(edit) == before

    def test_nothing_comes_back_below_a_row_that_is_gone(self, edit, goods):
        label = {"line_id": goods.lines[0], "label_code": "gift"}
        edit.apply(Delete("line", goods.lines[0]))
        refusal = check_refusal(edit, Recreate("line_label", label))
        assert "parent is deleted" in str(refusal)

        edit.apply(line(goods, goods.lines[0]))
        assert edit.page("line_label").rows[0].key == (goods.lines[0], "gift")

    def test_what_was_never_given_stays_so_when_undone(self, edit, goods):
        edit.apply(Insert("note", {"topic": "x"}))
        edit.apply(Delete("note", [goods.first, "x"]))
        note = {"order_id": str(goods.first), "topic": "x", "text": None}
        check_operation(edit, Recreate("note", note))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"id": 0}, "does not take an old one"),
            ({"id": -3}, "does not take an old one"),
            ({"id": None}, "must be given"),
            ({"order_id": None}, "must be given"),
            ({"colour": 1}, "no field colour"),
        ],
    )
    def test_what_no_row_can_be_is_refused(self, edit, goods, change, message):
        assert message in str(check_refusal(edit, line(goods, 999, **change)))

    def test_a_key_in_use_is_refused_in_this_object_and_in_another(self, edit, goods):
        for key in (goods.lines[0], goods.other):
            refusal = check_refusal(edit, line(goods, key))
            assert refusal.problems[0].key == (key,)

    def test_another_root_is_refused(self, edit, goods):
        values = {**edit.row("purchase", edit.root).values, "id": str(goods.second)}
        check_refusal(edit, Recreate("purchase", values))
        values["id"] = "00000000-0000-4000-8000-000000000000"
        assert "one root" in str(check_refusal(edit, Recreate("purchase", values)))

    def test_a_parent_that_is_not_there_is_refused(self, edit):
        label = {"line_id": 999, "label_code": "gift"}
        check_refusal(edit, Recreate("line_label", label))

    def test_it_is_read_from_the_journal_and_from_nobody_else(self, goods):
        operation = line(goods, 999)
        data = json.loads(json.dumps(operation.to_json()))
        assert read_operation(data, drafts.operations, stored=True) == operation


class TestSaved:
    def test_the_row_has_its_old_key_and_every_value(self, goods, dbsession):
        operation = delete_for_all(dbsession, goods)
        edit = drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        edit.apply(Batch((operation, Insert("line", {"product": "jam"}, after=None))))
        shown = [(r.key, r.values) for r in edit.page("line").rows if r.key[0] > 0]

        saved = edit.save()

        (real,) = saved.ids["line"].values()
        assert saved.ids == {"line": {"-1": real}}
        now = drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        rows = [(row.key, row.values) for row in now.page("line").rows]
        assert [one for one in rows if one[0] != real] == shown
        assert (goods.lines[0],) in [key for key, _ in shown]
        assert products(now) == ["jam", "tea", "coffee", "milk"]

    def test_a_row_that_takes_its_key_meanwhile_is_a_conflict(self, goods, dbsession):
        operation = delete_for_all(dbsession, goods)
        edit = drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        edit.apply(operation)
        dbsession.execute(
            sa.insert(Line.__table__),
            {"id": goods.lines[0], "order_id": goods.second, "place": "V00000"},
        )

        with pytest.raises(Conflicts) as caught:
            edit.save()

        (conflict,) = caught.value.conflicts
        assert (conflict.table, conflict.key) == ("line", (goods.lines[0],))
        assert (conflict.kind, conflict.live["product"]) == ("row", None)

    def test_a_key_made_now_is_never_the_one_that_comes_back(self, goods, dbsession):
        """SQLite gives the greatest key once more when its row is gone."""
        key = max(goods.lines[0], goods.other, *goods.lines)
        owner = goods.second if key == goods.other else goods.first
        other = drafts.open(dbsession, shop.Order, owner, owner="bob")
        values = other.row("line", [key]).values
        other.apply(Delete("line", key))
        other.save()
        edit = drafts.open(dbsession, shop.Order, owner, owner="ada")
        edit.apply(Insert("line", {"product": "jam"}))
        edit.apply(Recreate("line", values))

        saved = edit.save()

        assert saved.ids["line"]["-1"] != (key,)
        assert dbsession.get_one(Line, key).product == values["product"]
