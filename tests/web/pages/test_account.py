"""One's account: password and tokens, and what ends whose sessions."""

import pytest

from draftedit.app import accounts
from draftedit.app.security import PERMISSIONS
from draftedit.web.permissions import ADMIN, EDIT, READ
from tests.databases import on_one_database

pytestmark = on_one_database

NEW = "another password of the tests"


@pytest.fixture
def ann(login):
    return login("ann")


def change_password(browser, current, new=NEW, again=NEW, status=303):
    form = browser.get("/account").forms["password"]
    form["current"], form["password"], form["again"] = current, new, again
    return form.submit(status=status)


@pytest.fixture
def current(dbsession, ann):
    accounts.set_password(accounts.find(dbsession, "ann"), "the password before")
    dbsession.commit()
    ann.reset()
    ann.login("ann", "the password before")
    return "the password before"


def make_token(browser, label="ci"):
    form = browser.get("/account").forms["token"]
    form["label"] = label
    page = form.submit(status=303).follow()
    return page, page.html.find(id="new-token").text


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(
    ann, current, new_testapp
):
    elsewhere = new_testapp().login("ann", current)
    elsewhere.get("/account", status=200)
    token = ann.csrf_token()
    page = change_password(ann, current).follow(status=200)
    assert "other sessions have ended" in page.text
    elsewhere.get("/account", status=303)
    assert ann.csrf_token() != token
    new_testapp().login("ann", NEW)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"again": "something else"}, "again"),
        ({"new": "short", "again": "short"}, "password"),
        ({"new": "x" * 2000, "again": "x" * 2000}, "password"),
        ({"current": "not it"}, "current"),
    ],
)
def test_a_refused_password_says_where_and_changes_nothing(
    ann, current, new_testapp, fields, field
):
    answer = change_password(ann, **({"current": current} | fields), status=422)
    wrong = answer.html.find_all(attrs={"aria-invalid": "true"})
    assert [one["id"] for one in wrong] == [f"field-{field}"]
    described = wrong[0]["aria-describedby"].split()
    assert all(answer.html.find(id=one) for one in described)
    assert answer.html.find(class_="errors")
    ann.get("/account", status=200)
    new_testapp().login("ann", current)


def test_guessing_the_current_password_is_slowed_down(ann, current):
    for _ in range(5):
        change_password(ann, "not it", status=422)
    answer = change_password(ann, current, status=429)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_token_is_shown_once_and_speaks_for_its_user(ann, new_testapp):
    page, token = make_token(ann, "build server")
    assert len(token) >= 43
    assert "build server" in page.text
    assert token not in ann.get("/account").text
    program = new_testapp().with_token(token)
    assert program.get("/account", status=403)  # known, but not for this


def test_a_token_is_not_stored(ann, dbsession):
    _page, token = make_token(ann)
    (stored,) = accounts.tokens(dbsession, accounts.find(dbsession, "ann"))
    assert token not in vars(stored).values()


def test_a_token_needs_a_label(ann):
    form = ann.get("/account").forms["token"]
    for label in ("", " ", "x" * 65, "two\nlines"):
        form["label"].force_value(label)
        answer = form.submit(status=422)
        assert answer.html.find(id="field-label")["aria-invalid"] == "true"


def test_a_revoked_token_is_nobodys(ann, dbsession):
    page, token = make_token(ann)
    assert accounts.by_token(dbsession, token).name == "ann"
    dbsession.rollback()
    revoking = [f for f in page.forms.values() if f.action.endswith("/revoke")]
    page = revoking[0].submit(status=303).follow()
    assert "revoked" in page.text
    assert accounts.by_token(dbsession, token) is None


def test_nobody_revokes_the_token_of_another(ann, login, dbsession):
    make_token(ann)
    (token,) = accounts.tokens(dbsession, accounts.find(dbsession, "ann"))
    dbsession.rollback()
    bea = login("bea")
    fields = {"csrf_token": bea.csrf_token()}
    for number in (token.id, 0, -1, "x", 2**70, "1%00"):
        address = f"/account/tokens/{number}/revoke"
        bea.post(address, fields, status=404)
    dbsession.expire_all()
    assert token.revoked_at is None


def test_a_token_is_not_enough_to_change_the_account(ann, new_testapp):
    _page, token = make_token(ann)
    program = new_testapp().with_token(token)
    program.post("/account/tokens", {"label": "more"}, status=403)
    program.post("/account/password", {"password": NEW}, status=403)


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "bearer  "])
def test_a_wrong_token_is_nobody_even_with_a_session(ann, header):
    ann.get("/account", status=200)
    ann.get("/account", headers={"Authorization": header}, status=303)


def test_a_header_that_is_a_proxys_leaves_the_session_alone(ann):
    ann.get("/account", headers={"Authorization": "Basic eDp5"}, status=200)
    # And a browser would send it by itself, so that it is no proof of anything.
    answer = ann.post(
        "/account/tokens",
        {"label": "x"},
        headers={"Authorization": "Basic eDp5"},
        expect_errors=True,
    )
    assert answer.status_int in (400, 403)


def test_a_disabled_user_is_out_at_once(ann, dbsession, new_testapp):
    _page, token = make_token(ann)
    user = accounts.find(dbsession, "ann")
    accounts.set_disabled(user, True)
    dbsession.commit()
    ann.get("/account", status=303)
    assert accounts.by_token(dbsession, token) is None
    # Let in again, the old session does not come back.
    accounts.set_disabled(user, False)
    dbsession.commit()
    ann.get("/account", status=303)


def test_another_role_counts_from_the_next_request_on(ann, dbsession):
    assert "Editor" in ann.get("/account").text
    accounts.set_role(accounts.find(dbsession, "ann"), "reader")
    dbsession.commit()
    assert "Reader" in ann.get("/account").text


def test_roles_permit_more_and_more():
    assert {
        "reader": {READ},
        "editor": {READ, EDIT},
        "admin": {READ, EDIT, ADMIN},
    } == PERMISSIONS


@pytest.mark.parametrize("path", ["/account/tokens", "/account/password", "/logout"])
def test_no_form_without_its_token(ann, path):
    assert ann.post(path, expect_errors=True).status_int in (400, 403)
    fields = {"csrf_token": "made-up"}
    assert ann.post(path, fields, expect_errors=True).status_int in (400, 403)
    ann.get("/account", status=200)


def test_the_page_is_kept_by_nobody(ann):
    assert ann.get("/account").headers["Cache-Control"] == "no-store"
    assert ann.get("/login").status_int == 303
