"""Every permutation is one save: random pairs of states, and each kind by name."""

import random

import pytest

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
        except Exception as error:
            error.add_note(f"pair {number} of DRAFTEDIT_TEST_SEED={seed}")
            raise
