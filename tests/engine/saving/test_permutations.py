"""Every permutation is one save: random pairs of states, and each kind by name."""

import random

import pytest
from sqlalchemy.exc import SQLAlchemyError

from draftedit.engine.errors import DraftError
from tests.engine.saving.pairs import Pair
from tests.engine.saving.states import put, random_state

PAIRS = 8  # of each host on each database


def dice_of(seed: int, number: int) -> random.Random:
    return random.Random(f"pair {seed} {number}")


@pytest.fixture
def neighbour(dbsession, model):
    """Put another object beside, which nothing may touch."""
    put(dbsession, random_state(model("other"), random.Random("a neighbour")))


def save_pair(dbsession, drafts, model, dice):
    with dbsession.begin_nested() as savepoint:
        pair = Pair(dbsession, model, dice)
        pair.save(drafts)
        pair.check(drafts)
        savepoint.rollback()
    dbsession.expunge_all()


@pytest.mark.usefixtures("neighbour")
def test_any_two_states_of_an_object_are_one_save_apart(
    dbsession, drafts, model, seed, rounds
):
    for number in range(min(rounds(PAIRS), 400)):
        dice = dice_of(seed, number)
        try:
            save_pair(dbsession, drafts, model("mine"), dice)
        except Exception as error:  # because any is to name its seed
            error.add_note(f"pair {number} of DRAFTEDIT_TEST_SEED={seed}")
            raise


def nothing(*_arguments):
    """Stand for a stage that is left out."""


RULES = {
    "park": ("writer.park", nothing),
    "delete links first": ("writer.delete_links", nothing),
    "connect": ("writer.connect", nothing),
    "disconnect": ("writer.disconnect", nothing),
    "archive what is inserted": ("inserting.archive_inserted", nothing),
    "let references wait": ("inserting._must_wait", lambda *_: False),
    "update before delete": ("writer.update", nothing),
}


@pytest.mark.parametrize("host", ["plan"], indirect=True)
@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed_by_some_pair(
    dbsession, drafts, model, seed, monkeypatch, rule
):
    name, stand_in = RULES[rule]
    monkeypatch.setattr(f"draftedit.engine.saving.{name}", stand_in)
    for number in range(40):
        try:
            save_pair(dbsession, drafts, model("mine"), dice_of(seed, number))
        except (AssertionError, DraftError, SQLAlchemyError):
            return
    pytest.fail(f"40 pairs are saved without the rule: {rule}")
