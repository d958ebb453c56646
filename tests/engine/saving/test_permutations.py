"""Every permutation is one save: random pairs of states, and each kind by name.

Whether a state is possible at all the database says, which is asked in plain SQL.
"""

import itertools
import random

import pytest
from sqlalchemy.exc import SQLAlchemyError

from draftedit.engine.base.errors import DraftError, Refused
from tests.databases import ALL_BACKENDS
from tests.engine.saving.conftest import HOSTS
from tests.engine.saving.models import halls
from tests.engine.saving.pairs import Pair
from tests.engine.saving.states import changed, put, random_state

PAIRS = 8  # of each host on each database; a long count is shared out among all


def dice_of(seed: int, number: int) -> random.Random:
    return random.Random(f"pair {seed} {number}")


@pytest.fixture
def neighbour(dbsession, model):
    """Put another object beside, which nothing may touch."""
    put(dbsession, random_state(model("other"), random.Random("a neighbour")))


def save_pair(dbsession, drafts, model, dice):
    with dbsession.begin_nested() as savepoint:
        pair = Pair(dbsession, model, dice)
        if pair.is_accepted():
            pair.save(drafts)
            pair.check(drafts)
        else:
            with pytest.raises(Refused):
                pair.save(drafts)
        savepoint.rollback()
    dbsession.expunge_all()


@pytest.mark.usefixtures("neighbour")
def test_any_two_states_of_an_object_are_one_save_apart(
    dbsession, drafts, model, seed, rounds
):
    shares = len(HOSTS) * len(ALL_BACKENDS)
    for number in range(rounds(PAIRS * shares) // shares):
        dice = dice_of(seed, number)
        try:
            save_pair(dbsession, drafts, model("mine"), dice)
        except Exception as error:  # because any is to name its seed
            error.add_note(f"pair {number} of DRAFTEDIT_TEST_SEED={seed}")
            raise


KINDS_OF_KEYS = {
    "partial": ("act", "headline"),
    "deferrable and checked": ("act", "number"),
    "of dates": ("act", "day"),
    "NULLS NOT DISTINCT": ("act", "guest"),
    "of an expression": ("role", "name"),
    "of an enum": ("singer", "voice"),
    "of a flag": ("singer", "is_second"),
    "excluding": ("booking", "first"),
    "of checked texts": ("booking", "code"),
}


def test_pairs_let_rows_exchange_values_under_keys_of_every_kind(seed):
    found = set()
    for number in range(200):
        before = random_state(halls("mine"), dice_of(seed, number))
        found |= taken_over(before, changed(before))

    assert {kind for kind, key in KINDS_OF_KEYS.items() if key not in found} == set()


def taken_over(before, after):
    """Return the columns whose value a row took from a sibling that got another."""
    stay = [number for number in after.rows if number in before.rows]
    return {
        (after.rows[one].table, name)
        for one, giver in itertools.permutations(stay, 2)
        if after.rows[one].table == after.rows[giver].table
        and {s.rows[n].parent for s in (before, after) for n in (one, giver)}
        == {after.rows[one].parent}
        for name, value in after.rows[one].values.items()
        if value == before.rows[giver].values.get(name)
        and value != before.rows[one].values.get(name)
        and value != after.rows[giver].values.get(name)
    }


def nothing(*_arguments):
    """Stand for a stage that is left out."""


RULES = {
    "park": ("writer.park", nothing),
    "delete links first": ("writer.delete_links", nothing),
    "connect": ("writer.connect", nothing),
    "disconnect": ("writer.disconnect", nothing),
    "archive what is inserted": ("inserting.archive_inserted", nothing),
    "let references wait": ("save_run.SaveRun.must_wait", lambda *_: False),
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
