"""An operation that nobody knows any more can be kept and told, and not applied."""

import pytest

from draftedit import Set
from draftedit.engine.base.errors import BadOperation, Refused
from draftedit.engine.operations import UnknownOperation
from draftedit.engine.operations.base import AS_ASKED, Context, Operation
from draftedit.engine.operations.description import Description
from draftedit.engine.operations.move import Rekey
from tests.hosts.raising import Raise

DATA = {"op": "discount", "percent": 10}


def test_it_keeps_its_json():
    read = UnknownOperation.from_json(DATA, Context({}))
    assert read.to_json() == DATA
    assert read.describe() == Description("discount")


def test_it_cannot_be_applied():
    with pytest.raises(Refused, match="discount"):
        UnknownOperation(DATA).apply(None, AS_ASKED)


def test_one_that_no_form_leads_to_says_so():
    with pytest.raises(BadOperation, match="set"):
        Operation.from_form.__func__(Set, None)


def test_one_that_says_nothing_of_itself_is_told_by_its_name():
    raised = Raise(("1",), 1)
    assert Operation.describe(raised) == Description("raise")


def test_what_makes_room_is_told_without_its_keys_and_counted_under_its_table():
    room = Rekey("line", ())
    assert room.table_name() == "line"
    assert room.describe() == Description("Make room in the order")
