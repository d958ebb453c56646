"""Users and tokens on the command line."""

import pytest

from draftedit.app import accounts
from draftedit.cli import user as user_module
from tests.app.admitting import admitted

PASSWORD = "a password of the tests"


@pytest.fixture
def ann(run, ini):
    run("user", ini, "ann", "--password-stdin", input=PASSWORD)


def test_a_new_user_is_a_reader(run, ini, dbsession):
    assert run("user", ini, "ann", "--password-stdin", input=f"{PASSWORD}\n") == [
        "ann: reader"
    ]
    ann = accounts.find(dbsession, "ann")
    assert admitted(ann, PASSWORD)
    assert PASSWORD not in ann.password_hash


def test_what_is_given_is_changed_and_nothing_else(run, ini, ann, dbsession):
    assert run("user", ini, "ann", "--role", "admin") == ["ann: admin"]
    assert run("user", ini, "ann", "--disable") == ["ann: admin, disabled"]
    assert run("user", ini, "ann", "--enable") == ["ann: admin"]
    assert admitted(accounts.find(dbsession, "ann"), PASSWORD)


def test_a_changed_password_ends_sessions(run, ini, ann, dbsession):
    before = accounts.find(dbsession, "ann").stamp
    dbsession.rollback()
    run("user", ini, "ann", "--password-stdin", input="another password")
    assert accounts.find(dbsession, "ann").stamp != before


def test_a_terminal_is_asked_twice_for_the_password(run, ini, monkeypatch, dbsession):
    monkeypatch.setattr(user_module, "_is_terminal", lambda: True)
    run("user", ini, "ann", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert admitted(accounts.find(dbsession, "ann"), PASSWORD)
    dbsession.rollback()
    run("user", ini, "ann", input="another one\nanother one\n")
    assert admitted(accounts.find(dbsession, "ann"), "another one")


@pytest.mark.parametrize(
    ("arguments", "input", "says"),
    [
        (("eve",), "", "--password-stdin"),
        (("eve", "--password-stdin"), "short\n", "at least 10 characters"),
        (("eve", "--password-stdin"), "", "at least 10 characters"),
        (("eve", "--disable"), "", "There is no user eve."),
        (("eve", "--role", "root"), "", "'root' is not one of"),
        ((" eve", "--password-stdin"), PASSWORD, "A name is one line of 1 to 64"),
        (("e\nve", "--password-stdin"), PASSWORD, "A name is one line of 1 to 64"),
        (("", "--password-stdin"), PASSWORD, "A name is one line of 1 to 64"),
        (("ann", "--password-stdin"), "short\n", "at least 10 characters"),
        (("ann",), "", "--password-stdin"),
    ],
)
def test_a_user_that_cannot_be_is_refused(run, ini, ann, arguments, input, says):
    run("user", ini, *arguments, input=input, fails=says)


def test_a_token_is_the_last_line_and_speaks_for_its_user(run, ini, ann, dbsession):
    lines = run("token", ini, "ann", "--label", "ci")
    assert accounts.by_token(dbsession, lines[-1]).name == "ann"
    (listed,) = run("token", ini, "ann", "--list")
    assert listed.startswith("1  ci, made ")
    assert lines[-1] not in listed


def test_a_revoked_token_is_nobodys(run, ini, ann, dbsession):
    token = run("token", ini, "ann")[-1]
    assert run("token", ini, "ann", "--revoke", 1) == ["Token 1 of ann is revoked."]
    assert accounts.by_token(dbsession, token) is None
    assert ", revoked " in run("token", ini, "ann", "--list")[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("eve",), "There is no user eve."),
        (("eve", "--list"), "There is no user eve."),
        (("ann", "--revoke", "7"), "There is no token 7."),
        (("ann", "--revoke", str(2**80)), "There is no token"),
        (("ann", "--revoke", "x"), "'x' is not a valid integer"),
        (("ann", "--label", ""), "what the token is for"),
        (("ann", "--list", "--revoke", "1"), "two calls"),
    ],
)
def test_a_token_that_cannot_be_is_refused(run, ini, ann, arguments, says):
    run("token", ini, *arguments, fails=says)
