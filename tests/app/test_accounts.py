"""Users: names that are exact, and numbers that end somewhere."""

import pytest

from draftedit.app import accounts, passwords
from draftedit.engine.base.errors import Refused, Unknown
from tests.app.admitting import admitted

PASSWORD = "a password of the tests"


@pytest.fixture
def ann(dbsession):
    return accounts.create(dbsession, "ann", "editor", PASSWORD)


def test_names_that_differ_are_two_users(dbsession, ann):
    for name in ("Ann", "änn", "anñ", "ann b"):
        other = accounts.create(dbsession, name, "reader", PASSWORD)
        assert other.id != ann.id
        assert accounts.look_up(dbsession, name) is other
    assert accounts.look_up(dbsession, "ann") is ann


def test_one_name_in_two_spellings_is_one_user(dbsession):
    composed, decomposed = "jos\u00e9", "jose\u0301"
    user = accounts.create(dbsession, composed, "reader", PASSWORD)
    assert accounts.look_up(dbsession, decomposed) is user
    with pytest.raises(Refused, match="There is a user"):
        accounts.create(dbsession, decomposed, "reader", PASSWORD)


@pytest.mark.parametrize("name", ["ann ", " ann", "an\0n", "", "x" * 65, "a\u200bnn"])
def test_a_name_that_is_none_is_nobodys_and_nobody_gets_it(dbsession, ann, name):
    assert accounts.look_up(dbsession, name) is None
    with pytest.raises(Unknown):
        accounts.find(dbsession, name)
    with pytest.raises(Refused) as refused:
        accounts.create(dbsession, name, "reader", PASSWORD)
    assert refused.value.problems[0].field == "name"


def test_a_role_is_one_of_three(dbsession, ann):
    with pytest.raises(Refused) as refused:
        accounts.set_role(ann, "root")
    assert refused.value.problems[0].field == "role"


def test_nobody_has_more_tokens_than_enough(dbsession, ann, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_TOKENS", 2)
    first, _text = accounts.new_token(dbsession, ann, "one")
    accounts.new_token(dbsession, ann, "two")
    with pytest.raises(Refused, match="revoke one first"):
        accounts.new_token(dbsession, ann, "three")
    accounts.revoke(dbsession, ann, first.id)
    accounts.revoke(dbsession, ann, first.id)  # already: nothing to say
    accounts.new_token(dbsession, ann, "three")


def test_a_password_is_the_same_from_any_keyboard(dbsession):
    user = accounts.create(dbsession, "ann", "reader", "gar\u00e7on au caf\u00e9")
    assert admitted(user, "garc\u0327on au cafe\u0301")
    assert not admitted(user, "garcon au cafe")
    assert not admitted(None, "nobody's password")


def test_half_a_character_is_no_error_of_ours(dbsession, ann):
    assert not admitted(ann, "\ud83d" * 20)
    assert accounts.by_token(dbsession, "\ud83d") is None


def test_a_proof_is_of_the_password_that_the_user_has_now(dbsession, ann):
    proof = passwords.prove(ann.password_hash, PASSWORD)
    assert accounts.admits(ann, proof)
    accounts.set_password(ann, "it is another one now")
    assert not accounts.admits(ann, proof)
    assert not accounts.admits(None, proof)
