"""What keeps a browser safe: headers, cookies, and secrets that are some."""

import pytest
from pyramid import testing
from pyramid.config import Configurator
from pyramid.csrf import SessionCSRFStoragePolicy
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from webtest import TestApp

import draftedit.app
from draftedit.app import accounts
from draftedit.app.security import (
    SAMPLE_SECRET,
    Identity,
    SecurityPolicy,
    session_factory,
)
from draftedit.settings import BadSettings, shipped_ini
from draftedit.web import headers
from tests.databases import on_one_database

pytestmark = on_one_database


def hello(request):
    request.session["name"] = "value"
    return Response("hello")


def app_of(settings, *includes):
    with Configurator(settings=settings) as config:
        config.set_session_factory(
            session_factory({"draftedit.secret": "s" * 40} | settings)
        )
        for include in includes:
            config.include(include)
        for name in ("draftedit.page", "of_the_host"):
            config.add_route(name, f"/{name}")
            config.add_view(hello, route_name=name, permission=NO_PERMISSION_REQUIRED)
        return TestApp(config.make_wsgi_app(), {"wsgi.url_scheme": "https"})


def test_every_answer_is_strict(testapp):
    for path in ("/login", "/healthz", "/nowhere", "/account"):
        answer = testapp.get(path, expect_errors=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers


def test_pages_need_nothing_that_the_policy_forbids(testapp):
    page = testapp.get("/login").html
    assert not page.find_all("style")
    assert not page.find_all(style=True)
    assert all(script.get("src") for script in page.find_all("script"))


def test_a_hosts_own_pages_stay_as_they_are():
    app = app_of({}, headers)
    ours, theirs = app.get("/draftedit.page"), app.get("/of_the_host")
    assert ours.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Content-Security-Policy" not in theirs.headers


def test_browsers_are_told_to_stay_with_tls_where_the_ini_says_so():
    app = app_of({"draftedit.hsts": "31536000"}, headers.everywhere)
    answer = app.get("/of_the_host")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    answer = app.get("/of_the_host", extra_environ={"wsgi.url_scheme": "http"})
    assert "Strict-Transport-Security" not in answer.headers
    with pytest.raises(BadSettings, match=r"draftedit\.hsts = often"):
        app_of({"draftedit.hsts": "often"}, headers.everywhere)


def test_cookies_of_production_travel_over_tls_only():
    app = app_of({"draftedit.production": "true", "draftedit.secret": "s" * 40})
    cookie = app.get("/of_the_host").headers["Set-Cookie"]
    assert cookie.startswith("__Host-draftedit=")
    assert {"secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (SAMPLE_SECRET, "still the sample"),
        ("short", "shorter than 32"),
        ("", "does not set draftedit.secret"),
        (None, "does not set draftedit.secret"),
    ],
)
def test_production_does_not_start_on_a_secret_that_is_none(secret, message):
    with pytest.raises(BadSettings, match=message):
        session_factory({"draftedit.production": "true", "draftedit.secret": secret})


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_the_sample_secret_is_the_one_of_the_shipped_files(name):
    assert f"draftedit.secret = {SAMPLE_SECRET}\n" in shipped_ini(name)


def test_a_user_who_cannot_be_asked_for_is_nobody_on_the_page_that_says_so():
    class Broken:
        callbacks = ()

        def __init__(self):
            self.headers = {"Authorization": "Bearer x"}

        @property
        def dbsession(self):
            raise ConnectionError

        def add_finished_callback(self, callback):
            self.callbacks = (*self.callbacks, callback)

    policy, request = SecurityPolicy(), Broken()
    with pytest.raises(ConnectionError):
        policy.identity(request)
    assert policy.identity(request) is None
    assert policy.authenticated_userid(request) is None


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (None, ""),
        ("reader", "read"),
        ("editor", "read edit"),
        ("admin", "read edit admin"),
    ],
)
def test_the_policy_permits_by_role(monkeypatch, role, allowed):
    policy = SecurityPolicy()
    identity = role and Identity(1, "ann", role)
    monkeypatch.setattr(policy, "identity", lambda request: identity)
    permitted = [
        name
        for name in ("read", "edit", "admin")
        if policy.permits(None, None, f"draftedit.{name}")
    ]
    assert permitted == allowed.split()
    assert not policy.permits(None, None, "something.else")


def test_production_with_the_sample_secret_ends_in_one_line():
    settings = {"draftedit.production": "true", "draftedit.secret": SAMPLE_SECRET}
    with pytest.raises(SystemExit, match=r"^draftedit: .* put one of your own$"):
        draftedit.app.main({}, **{"sqlalchemy.url": "sqlite://"}, **settings)


def test_pyramids_own_way_to_sign_in_is_the_same(dbsession):
    accounts.create(dbsession, "ann", "editor", "a password of the tests")
    policy = SecurityPolicy()
    with testing.testConfig() as config:
        config.set_csrf_storage_policy(SessionCSRFStoragePolicy())
        request = testing.DummyRequest(dbsession=dbsession)
        request.session["planted"] = "by somebody else"
        assert policy.identity(request) is None
        assert policy.remember(request, "ann") == []
        assert policy.authenticated_userid(request) == "ann"
        assert "planted" not in request.session
        assert policy.forget(request) == []
        assert policy.identity(request) is None
