"""The contract of operations holds for every built-in one, and catches bad ones."""

from dataclasses import dataclass, field

import pytest

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.errors import BadModel, BadOperation
from draftedit.engine.operations import BUILT_IN, PUBLIC, Done, Operation, Ref
from draftedit.engine.operations.naming import refused, row_in_sight
from draftedit.testing import BrokenContract, check_operation, check_refusal
from tests.hosts.shop import drafts


@drafts.operation
@dataclass(frozen=True)
class Raise(Operation):
    """A host's own operation: more (or less) of one line."""

    op = "raise"
    key: tuple
    by: int

    def apply(self, rows):
        line = row_in_sight(rows, rows.part("line"), self.key)
        if line.values["amount"] + self.by < 0:
            raise refused("Less than nothing.", line, field="amount")
        rows.write(line, {"amount": line.values["amount"] + self.by})
        return Done(self, Raise(self.key, -self.by))

    def to_json(self):
        return {"op": self.op, "id": list(self.key), "by": self.by}

    @classmethod
    def from_json(cls, data, context):
        return cls(tuple(data["id"]), data["by"])


def operations(goods):
    tea, coffee, milk = ((key,) for key in goods.lines)
    root = (str(goods.first),)
    deleted = Delete("line", coffee)
    return {
        "set": [Set("line", tea, product="x", amount=3)],
        "set to NULL": [Set("line", tea, product=None)],
        "set of the root": [Set("purchase", root, number="A9")],
        "insert": [Insert("line", {"product": "jam"})],
        "insert first": [Insert("line", {"product": "jam"}, after=None)],
        "insert after": [Insert("line", {"product": "jam", "amount": 7}, after=tea)],
        "insert with a key of its own": [Insert("note", {"topic": "x"})],
        "insert of a link": [Insert("line_label", {"label_code": "gift"}, milk)],
        "insert under a key that is gone": [
            Delete("note", (goods.first, "door")),
            Insert("note", {"topic": "door", "text": "knock"}),
        ],
        "delete": [Delete("line", tea)],
        "delete of a link": [Delete("line_label", (goods.lines[0], "gift"))],
        "delete of the root": [Delete("purchase", root)],
        "delete of a new row": [Insert("line", {}), Delete("line", (-1,))],
        "restore": [deleted, Restore("line", coffee)],
        "restore of a changed row": [
            Set("line", coffee, amount=9),
            deleted,
            Restore("line", coffee),
        ],
        "move to the end": [Move("line", tea)],
        "move to the front": [Move("line", milk, after=None)],
        "move after": [Move("line", tea, after=coffee)],
        "move of a new row": [Insert("line", {}), Move("line", (-1,), after=None)],
        "batch": [
            Batch(
                (
                    Insert("line", {"product": "jam"}, after=None, name="jam"),
                    Insert("line_label", {"label_code": "gift"}, Ref("jam")),
                    Move("line", tea, after=Ref("jam")),
                    Set("line", Ref("jam"), amount=5),
                    Delete("line", coffee),
                    Batch((Set("line", milk, amount=5), Restore("line", coffee))),
                ),
                label="breakfast",
            )
        ],
        "batch that takes itself back": [
            Batch((Set("line", tea, amount=3), Set("line", tea, amount=2)))
        ],
        "set of what was not given": [
            Insert("line", {}),
            Set("line", (-1,), product="jam"),
        ],
        "a host's own": [Raise(tea, 3)],
    }


NAMES = [
    "set",
    "set to NULL",
    "set of the root",
    "insert",
    "insert first",
    "insert after",
    "insert with a key of its own",
    "insert of a link",
    "insert under a key that is gone",
    "delete",
    "delete of a link",
    "delete of the root",
    "delete of a new row",
    "restore",
    "restore of a changed row",
    "move to the end",
    "move to the front",
    "move after",
    "move of a new row",
    "batch",
    "batch that takes itself back",
    "set of what was not given",
    "a host's own",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_contract_holds_for(edit, goods, name):
    *before, operation = operations(goods)[name]
    for one in before:
        edit.apply(one)
    check_operation(edit, operation)


def test_the_contract_is_tried_on_every_operation(goods):
    tried = operations(goods)
    assert list(tried) == NAMES
    kinds = {type(one) for group in tried.values() for one in group}
    assert kinds >= set(PUBLIC.values()) | {Raise}


def test_a_refusal_is_returned(edit, goods):
    refusal = check_refusal(edit, Raise((goods.lines[0],), -3))
    assert refusal.problems[0].field == "amount"


def test_an_operation_that_is_not_refused_is_told(edit, goods):
    with pytest.raises(BrokenContract, match="not refused"):
        check_refusal(edit, Raise((goods.lines[0],), 3))


def test_an_operation_without_effect_proves_nothing(edit, goods):
    with pytest.raises(BrokenContract, match="no effect"):
        check_operation(edit, Set("line", goods.lines[0], product="tea"))


def test_a_name_is_registered_once():
    with pytest.raises(BadModel, match="'raise' already"):
        drafts.operation(Raise)


def test_callers_may_send_what_a_host_has_registered():
    assert drafts.operation_from_json({"op": "raise", "id": [1], "by": 2}) == Raise(
        (1,), 2
    )


def test_callers_may_not_send_what_only_the_journal_knows():
    hidden = BUILT_IN.keys() - PUBLIC.keys()
    assert hidden == {"rekey", "recreate"}
    with pytest.raises(BadOperation, match="rekey"):
        drafts.operation_from_json({"op": "rekey", "table": "line", "places": []})


class Broken(Raise):
    """An operation of which each subclass breaks one promise."""


class ForgetsTheInverse(Broken):
    def apply(self, rows):
        return Done(self, super().apply(rows) and Raise(self.key, 0))


class WritesBehindTheBack(Broken):
    def apply(self, rows):
        done = super().apply(rows)
        rows.touched.clear()
        return done


class RefusesTooLate(Broken):
    def apply(self, rows):
        super().apply(rows)
        raise refused("Too late.")


class MakesNoJson(Broken):
    def to_json(self):
        return {"op": self.op, "id": self}


@drafts.operation
class LosesItself(Broken):
    op = "lose"

    @classmethod
    def from_json(cls, data, context):
        return cls(tuple(data["id"]), 8)


@dataclass(frozen=True)
class Mutable(Broken):
    seen: list = field(default_factory=list)

    def apply(self, rows):
        self.seen.append(1)
        return super().apply(rows)

    def to_json(self):
        return {**super().to_json(), "seen": len(self.seen)}


class DoesNotComeAgain(Broken):
    """Its inverse's inverse is something else."""

    def apply(self, rows):
        super().apply(rows)
        return Done(Raise(self.key, self.by), Twice(self.key, -self.by))


@drafts.operation
class Twice(Raise):
    op = "raise twice"

    def apply(self, rows):
        super().apply(rows)
        return Done(self, Raise(self.key, -2 * self.by))


@drafts.operation
class Leaves(Raise):
    """An inverse that leaves what was inserted."""

    op = "leave"

    def apply(self, rows):
        Insert("line", {"product": "jam"}).apply(rows)
        return Done(Raise(self.key, self.by), Raise(self.key, 0))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (ForgetsTheInverse, "differs from what it was"),
        (WritesBehindTheBack, "did not tell"),
        (MakesNoJson, "no JSON"),
        (LosesItself, "does not bring it back"),
        (Mutable, "changed itself"),
        (DoesNotComeAgain, "differs from the first time"),
        (Leaves, "is there still"),
    ],
)
def test_an_operation_that_breaks_the_contract_is_told(edit, goods, kind, message):
    with pytest.raises(BrokenContract, match=message):
        check_operation(edit, kind((goods.lines[0],), 3))


def test_an_inverse_that_forgets_a_row_touched_before_is_told(edit, goods):
    key = (goods.lines[0],)
    edit.apply(Raise(key, 1))
    with pytest.raises(BrokenContract, match="it was"):
        check_operation(edit, ForgetsTheInverse(key, 3))


def test_a_refusal_that_comes_too_late_is_told(edit, goods):
    with pytest.raises(BrokenContract, match="changed rows nevertheless"):
        check_refusal(edit, RefusesTooLate((goods.lines[0],), 3))
