"""Signing in and out, and what one is answered without it."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from pyramid.exceptions import PredicateMismatch
from pyramid.httpexceptions import HTTPForbidden
from pyramid.testing import DummyRequest

from draftedit.app import accounts, passwords, sign_in_failures
from draftedit.app.models.user import SignInFailure
from draftedit.app.pages import login as login_page
from draftedit.app.pages.login import ask, field_of
from draftedit.web.resources import API_PREFIX
from tests.databases import on_one_database

pytestmark = on_one_database

PASSWORD = "a password of the tests"


@pytest.fixture
def testapp(testapp):
    testapp.extra_environ["REMOTE_ADDR"] = "192.0.2.1"
    return testapp


@pytest.fixture
def ann(dbsession):
    user = accounts.create(dbsession, "ann", "editor", PASSWORD)
    dbsession.commit()
    return user


def sign_in(browser, name="ann", password=PASSWORD, status=None, **fields):
    form = browser.get("/login").forms["login"]
    form["name"], form["password"] = name, password
    for field, value in fields.items():
        form[field] = value
    return form.submit(status=status)


def cookie(response):
    return next(c for c in response.headers.getall("Set-Cookie"))


def test_whoever_knows_the_password_gets_in(testapp, ann):
    answer = sign_in(testapp, status=303)
    assert answer.location == "http://localhost/"
    assert "ann" in testapp.get("/account").text


def test_names_are_exact(testapp, ann):
    sign_in(testapp, name="Ann", status=422)
    sign_in(testapp, name="ann ", status=303)  # blanks around are typing mistakes


def test_a_refused_form_keeps_the_name_and_says_why(testapp, ann):
    answer = sign_in(testapp, password="wrong", next="/drafts/7", status=422)
    form = answer.forms["login"]
    assert form["name"].value == "ann"
    assert form["password"].value == ""
    assert form["next"].value == "/drafts/7"
    field = answer.html.find(id="field-name")
    assert field["aria-invalid"] == "true"
    assert answer.html.find(id=field["aria-describedby"]).text.strip()
    summary = answer.html.find(class_="errors")
    assert summary.find("a")["href"] == "#field-name"


def test_the_page_has_one_heading_and_a_label_for_each_field(testapp):
    page = testapp.get("/login").html
    assert len(page.find_all("h1")) == 1
    for field in page.find(id="login").find_all("input"):
        if field["type"] != "hidden":
            assert page.find("label", attrs={"for": field["id"]})


def test_the_cookie_is_not_for_scripts_nor_other_sites(testapp):
    set_cookie = cookie(testapp.get("/login")).lower()
    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie
    assert "; secure" not in set_cookie


def test_a_session_from_before_is_not_the_one_after(testapp, new_testapp, ann):
    before = testapp.get("/login")
    token = before.forms["login"]["csrf_token"].value
    planted = testapp.cookies["draftedit"]
    sign_in(testapp, status=303)
    # Neither the cookie that somebody else may have planted, nor its token, is of use.
    stranger = new_testapp()
    stranger.set_cookie("draftedit", planted)
    stranger.get("/account", status=303)
    assert testapp.csrf_token() != token


def test_a_changed_cookie_is_nobodys(testapp, ann):
    sign_in(testapp, status=303)
    value = testapp.cookies["draftedit"]
    testapp.set_cookie("draftedit", value[:-4] + "AAAA")
    testapp.get("/account", status=303)


@pytest.mark.parametrize(
    "next_",
    [
        "//elsewhere.example",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "elsewhere.example",
        "///elsewhere.example",
        "http:elsewhere.example",
        "/\n/elsewhere.example",
        "",
    ],
)
def test_next_leads_nowhere_but_here(testapp, ann, next_):
    testapp.get("/login", params={"next": next_})
    answer = sign_in(testapp, next=next_, status=303)
    assert answer.location == "http://localhost/"
    # Signed in already: the same without a form.
    answer = testapp.get("/login", params={"next": next_}, status=303)
    assert answer.location == "http://localhost/"


@pytest.mark.parametrize("next_", ["/drafts/7?part=line&after=x%2Cy", "/", "/a?b=//c"])
def test_next_leads_to_a_page_here(testapp, ann, next_):
    answer = sign_in(testapp, next=next_, status=303)
    assert answer.location == f"http://localhost{next_}"


def test_next_may_hold_any_letter(testapp, ann):
    answer = sign_in(testapp, next="/objects/tag/grün€", status=303)
    assert answer.location == "http://localhost/objects/tag/gr%C3%BCn%E2%82%AC"


def test_a_stranger_is_asked_to_sign_in_and_led_back(testapp, ann):
    answer = testapp.get("/account?x=1", status=303)
    assert answer.location == "http://localhost/login?next=%2Faccount%3Fx%3D1"
    form = answer.follow().forms["login"]
    form["name"], form["password"] = "ann", PASSWORD
    assert form.submit(status=303).location == "http://localhost/account?x=1"


def test_a_program_is_told_so_and_led_nowhere(testapp):
    answer = testapp.get("/api/v1/targets", status=401)
    assert answer.content_type == "application/problem+json"


def test_the_form_is_never_the_answer_to_a_program():
    request = DummyRequest(matched_route=SimpleNamespace(name=f"{API_PREFIX}targets"))
    with pytest.raises(PredicateMismatch):
        ask(HTTPForbidden(), request)


def test_a_form_of_an_ended_session_leads_back_to_its_page(login, dbsession):
    browser = login("bea")
    token = browser.csrf_token()
    accounts.set_disabled(accounts.find(dbsession, "bea"), True)
    dbsession.commit()
    answer = browser.post(
        "/account/tokens",
        {"csrf_token": token, "label": "x"},
        headers={"Referer": "http://localhost/account?x=1"},
        status=303,
    )
    assert answer.location == "http://localhost/login?next=%2Faccount%3Fx%3D1"
    answer = browser.post(
        "/account/tokens",
        {"csrf_token": token},
        headers={"Referer": "http://elsewhere.example/trap"},
        status=303,
    )
    assert answer.location == "http://localhost/login?next=%2F"


def test_a_form_without_the_token_is_refused(testapp, ann):
    fields = {"name": "ann", "password": PASSWORD}
    answer = testapp.post("/login", fields, expect_errors=True)
    assert answer.status_int in (400, 403)
    testapp.get("/account", status=303)


def test_signing_out_ends_the_session(testapp, ann):
    sign_in(testapp, status=303)
    testapp.post("/logout", expect_errors=True)
    testapp.get("/account", status=200)  # not without the token
    answer = testapp.post("/logout", {"csrf_token": testapp.csrf_token()}, status=303)
    assert answer.location == "http://localhost/login"
    testapp.get("/account", status=303)


def test_an_unknown_name_is_answered_the_same_after_the_same_work(
    testapp, ann, monkeypatch
):
    verified = []

    def verify(self, password_hash, password):
        parameters = password_hash.rpartition("$")[0].rpartition("$")[0]
        verified.append(parameters)
        return original(self, password_hash, password)

    original = passwords.PasswordHasher.verify
    monkeypatch.setattr(passwords.PasswordHasher, "verify", verify)
    known = sign_in(testapp, name="ann", password="wrong wrong", status=422)
    unknown = sign_in(testapp, name="eve", password="wrong wrong", status=422)
    assert len(verified) == 2
    assert len(set(verified)) == 1
    assert known.text.replace("ann", "eve") == unknown.text


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_five_failures_slow_down_a_name_known_or_not(testapp, ann, dbsession, name):
    for _ in range(5):
        testapp.extra_environ["REMOTE_ADDR"] = f"192.0.2.{_}"
        sign_in(testapp, name=name, password="wrong", status=422)
    testapp.extra_environ["REMOTE_ADDR"] = "192.0.2.9"
    answer = sign_in(testapp, name=name, password=PASSWORD, status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 15
    assert answer.forms["login"]["name"].value == name
    # Others are not in the way of it, and it passes.
    sign_in(testapp, name="other", password="wrong", status=422)
    make_older(dbsession, timedelta(seconds=16))
    sign_in(testapp, name=name, status=303 if name == "ann" else 422)


def test_five_failures_slow_down_an_address(testapp, ann):
    for n in range(5):
        sign_in(testapp, name=f"name{n}", password="wrong", status=422)
    sign_in(testapp, status=429)
    testapp.extra_environ["REMOTE_ADDR"] = "192.0.2.77"
    sign_in(testapp, status=303)


def test_an_account_of_ones_own_buys_no_further_guesses(testapp, ann, dbsession):
    for n in range(4):
        sign_in(testapp, name=f"name{n}", password="wrong", status=422)
    sign_in(testapp, status=303)
    testapp.reset()
    sign_in(testapp, name="name5", password="wrong", status=422)
    sign_in(testapp, name="name6", password="wrong", status=429)


def test_a_slowed_attempt_is_no_further_failure(testapp, ann, dbsession):
    for _ in range(5):
        sign_in(testapp, password="wrong", status=422)
    for _ in range(3):
        sign_in(testapp, password="wrong", status=429)
    counts = dbsession.scalars(sa.select(SignInFailure.failures)).all()
    assert sorted(counts) == [5, 5]


def test_guesses_while_a_password_is_hashed_count(
    testapp, ann, dbsession_factory, monkeypatch
):
    released = login_page.released

    @contextmanager
    def meanwhile(request):
        with released(request):
            yield
            guess()

    def guess():
        with dbsession_factory.begin() as other:
            for _ in range(5):
                sign_in_failures.begin(other, "ann", "192.0.2.9").failed()

    monkeypatch.setattr(login_page, "released", meanwhile)

    answer = sign_in(testapp, status=429)

    assert int(answer.headers["Retry-After"]) > 0
    assert testapp.get("/account", expect_errors=True).status_int == 303


def test_an_address_that_a_client_claims_is_not_believed(testapp, ann):
    for n in range(5):
        testapp.extra_environ["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{n}"
        sign_in(testapp, name=f"name{n}", password="wrong", status=422)
    sign_in(testapp, status=429)


def test_failures_leave_no_trace_of_what_was_typed(testapp, dbsession):
    sign_in(testapp, name="hunter2-typed-as-a-name", password="x", status=422)
    subjects = list(dbsession.scalars(sa.select(SignInFailure.subject)))
    assert subjects
    assert [one for one in subjects if "hunter" in one] == []
    assert "X-Tm" not in sign_in(testapp, name="x", password="x", status=422).headers


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann\0", PASSWORD),
        ("", ""),
        ("ann", "x" * 5_000),
        ("x" * 3_000, "x"),
        ("ann' OR 1=1 --", "x"),
        ("\u202eann", "x"),
        ("ann", "\ud83d\ude00"),
    ],
)
def test_no_input_is_an_error_of_ours(testapp, ann, name, password):
    form = testapp.get("/login").forms["login"]
    fields = {
        "csrf_token": form["csrf_token"].value,
        "name": name.encode("utf-8", "surrogatepass"),
        "password": password.encode("utf-8", "surrogatepass"),
    }
    answer = testapp.post("/login", fields, expect_errors=True)
    assert answer.status_int in (400, 422)


def test_an_uploaded_file_is_no_text():
    request = DummyRequest(post={"password": object(), "name": "ann"})
    assert field_of(request, "password") == ""
    assert field_of(request, "name") == "ann"


def test_a_hash_of_older_parameters_is_made_anew(testapp, ann, dbsession):
    older = passwords.PasswordHasher(time_cost=2, memory_cost=32, parallelism=1)
    accounts.find(dbsession, "ann").password_hash = older.hash(PASSWORD)
    dbsession.commit()
    sign_in(testapp, status=303)
    dbsession.expire_all()
    assert not passwords.is_outdated(accounts.find(dbsession, "ann").password_hash)


def make_older(dbsession, by):
    for count in dbsession.scalars(sa.select(SignInFailure)):
        count.last_at -= by
    dbsession.commit()


def test_pauses_double_up_to_the_longest():
    counts = (0, 4, 5, 6, 7, 50, 10**9)
    pauses = [sign_in_failures.pause(n).total_seconds() for n in counts]
    assert pauses == [0, 0, 15, 30, 60, 900, 900]
