"""The contract of operations holds for every built-in one, and catches bad ones."""

from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.base.errors import BadModel, BadOperation
from draftedit.engine.operations import BUILT_IN, PUBLIC, Done, Ref
from draftedit.engine.operations.description import Description, on_row
from draftedit.engine.operations.json_reader import schema_of
from draftedit.engine.operations.lookup import refused
from draftedit.engine.values.order_key import spread
from draftedit.testing import BrokenContract, check_operation, check_refusal
from tests.hosts.raising import Raise
from tests.hosts.shop import Line, drafts


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
        "a host's own": [Raise(tea, 3, product="herbs")],
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


@pytest.mark.parametrize("makes_room", ["insert", "move"])
def test_the_contract_holds_where_others_make_room(edit, goods, makes_room):
    tea, _, milk = ((key,) for key in goods.lines)
    edit.dbsession.execute(sa.update(Line).values(place=spread(1)[0]))
    operation = {
        "insert": Insert("line", {"product": "jam"}, after=tea),
        "move": Move("line", milk, after=tea),
    }[makes_room]

    applied = check_operation(edit, operation)

    assert "rekey" in str(applied.operation.to_json())


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
    assert hidden == {"rekey", "recreate", "rewrite"}
    with pytest.raises(BadOperation, match="rekey"):
        drafts.operation_from_json({"op": "rekey", "table": "line", "places": []})


class Broken(Raise):
    """An operation of which each subclass breaks one promise."""


class ForgetsTheInverse(Broken):
    def apply(self, rows, mode):
        return Done(self, super().apply(rows, mode) and Raise(self.key, 0))


class WritesBehindTheBack(Broken):
    def apply(self, rows, mode):
        done = super().apply(rows, mode)
        rows.touched.clear()
        return done


class RefusesTooLate(Broken):
    def apply(self, rows, mode):
        super().apply(rows, mode)
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

    def apply(self, rows, mode):
        self.seen.append(1)
        return super().apply(rows, mode)

    def to_json(self):
        return {**super().to_json(), "seen": len(self.seen)}


class DoesNotComeAgain(Broken):
    """Its inverse's inverse is something else."""

    def apply(self, rows, mode):
        super().apply(rows, mode)
        return Done(Raise(self.key, self.by), Twice(self.key, -self.by))


@drafts.operation
class Twice(Raise):
    op = "raise twice"

    def apply(self, rows, mode):
        super().apply(rows, mode)
        return Done(self, Raise(self.key, -2 * self.by))


@drafts.operation
class Leaves(Raise):
    """An inverse that leaves what was inserted."""

    op = "leave"

    def apply(self, rows, mode):
        Insert("line", {"product": "jam"}).apply(rows, mode)
        return Done(Raise(self.key, self.by), Raise(self.key, 0))


class KeepsItsResult(Broken):
    """A replay of it gives the amount that it came to, and more each time."""

    def intent(self):
        return Raise(self.key, self.by + 1)


class HasNoIntent(Broken):
    def intent(self):
        return None


class HasMoreAndMoreIntents(Broken):
    def apply(self, rows, mode):
        done = super().apply(rows, mode)
        return Done(HasMoreAndMoreIntents(self.key, self.by), done.inverse)

    def intent(self):
        return HasMoreAndMoreIntents(self.key, self.by + 1)


class Itself(Broken):
    """One of the following, which is itself again when it is done."""

    def apply(self, rows, mode):
        done = super().apply(rows, mode)
        return Done(replace(self, to=done.operation.to), done.inverse)


class NamesAnotherRow(Itself):
    def rows(self):
        return (("line", (0,)),)


class GivesWhatIsLeftOut(Itself):
    def without(self, fields):
        return self


class MovesWithoutAPosition(Broken):
    """A rebase would drop the move without a conflict, if others moved the row, too."""

    def apply(self, rows, mode):
        return Done(self, Move("line", self.key).apply(rows, mode).inverse)

    def intent(self):
        return self


class SaysWhatItDoesNotHave(Itself):
    def describe(self, inverse=None):
        return Description("Raise ${line}")


class SpeaksOfNoTable(Itself):
    def describe(self, inverse=None):
        return on_row("Raise ${row}", "shelf", self.key)


class HasNoTitle(Itself):
    @classmethod
    def title(cls):
        return ""


class IsDescribedAsAnother(Itself):
    @classmethod
    def schema(cls):
        return Set.schema()


class IsDescribedWithMore(Itself):
    @classmethod
    def schema(cls):
        return schema_of("raise", "id by times")


class IsDescribedWithLess(Itself):
    @classmethod
    def schema(cls):
        return schema_of("raise", "id")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (KeepsItsResult, "intent does something else"),
        (HasNoIntent, "intent does something else"),
        (HasMoreAndMoreIntents, "intent of its intent"),
        (NamesAnotherRow, "did not touch"),
        (GivesWhatIsLeftOut, "Without amount"),
        (MovesWithoutAPosition, "its positions do not have"),
        (SaysWhatItDoesNotHave, "is not given {'line'}"),
        (SpeaksOfNoTable, "names no table: {'shelf'}"),
        (HasNoTitle, "no title"),
        (IsDescribedAsAnother, "another name"),
        (IsDescribedWithMore, "requires what it does not have: {'times'}"),
        (IsDescribedWithLess, "does not know {'by'}"),
        (ForgetsTheInverse, "differs from what it was"),
        (WritesBehindTheBack, "did not report"),
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
