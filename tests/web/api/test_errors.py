"""Errors of the application around the API: no database, other people's routes."""

import sqlite3

import pytest
import sqlalchemy as sa
import webtest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationError
from pyramid.request import Request
from sqlalchemy.exc import OperationalError

import draftedit.app
from draftedit.app.models import make_engine
from draftedit.service.problem_types import KINDS
from tests.databases import create_tables, on_one_database
from tests.hosts import shop
from tests.hosts.application import PREFIX, TrustingPolicy, make_host
from tests.web.api.test_guards import problem

TOKEN = {"Authorization": "Bearer a-token"}


@pytest.fixture(params=["away", "not migrated"])
def without_database(request, app_settings, tmp_path):
    """Return the ready application where no table can be reached."""
    folder = tmp_path / "nowhere" if request.param == "away" else tmp_path
    engine = make_engine(f"sqlite:///{folder}/db.sqlite")
    yield webtest.TestApp(draftedit.app.main({}, dbengine=engine, **app_settings))
    engine.dispose()


PATHS = ["/targets", "/objects/ruleset/1", "/drafts", "/drafts/1", "/stats"]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_database_programs_are_told_to_come_back(without_database, path):
    answer = without_database.get(f"/api/v1{path}", headers=TOKEN, status=503)
    assert problem(answer) == "unavailable"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/drafts", "/drafts/1/undo", "/drafts/1/save"])
def test_without_a_database_nothing_can_be_changed(without_database, path):
    answer = without_database.post(f"/api/v1{path}", headers=TOKEN, status=503)
    assert problem(answer) == "unavailable"


@pytest.mark.parametrize("path", ["/", "/drafts", "/drafts/1", "/account"])
def test_without_a_database_people_get_a_page(without_database, path):
    answer = without_database.get(path, headers=TOKEN, status=503)
    assert answer.content_type == "text/html"
    assert answer.headers["Retry-After"]


def test_without_a_database_the_description_is_there(without_database):
    without_database.get("/api/v1/openapi.json")
    without_database.get("/problems/unavailable")


@on_one_database
def test_every_kind_of_problem_has_its_page(testapp):
    for kind in KINDS.values():
        page = testapp.get(f"/problems/{kind.name}")
        assert kind.title in page.text
    testapp.get("/problems/nothing", status=404)


@on_one_database
def test_people_get_pages_and_programs_problems(ada, login, example):
    browser = login("ada")
    page = browser.get("/drafts/999", status=404)
    assert page.content_type == "text/html"
    assert page.html.find("h1").text == "Not found"
    assert problem(ada.get("/drafts/999", 404)) == "not-found"


@pytest.mark.parametrize("path", ["/nothing", "/drafts/1/nothing", "/?q=%ff"])
@on_one_database
def test_odd_addresses_get_a_page_and_no_fault(login, path):
    answer = login("ada").get(path, expect_errors=True)
    assert answer.status_int in (200, 400, 404)
    assert answer.content_type == "text/html"


@pytest.mark.parametrize("body", [b"", b"--x\r\nbroken"])
@on_one_database
def test_a_path_that_is_no_utf8_gets_a_page(app, body):
    request = Request.blank("/", method="POST", body=body)
    request.content_type = "multipart/form-data"
    request.environ |= {"PATH_INFO": "/\xff", "QUERY_STRING": "q=%ff"}
    answer = request.get_response(app)
    assert answer.status_int == 400
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "application/x-www-form-urlencoded; charset=utf-16",
        "text/plain",
    ],
)
@pytest.mark.parametrize("path", ["/drafts", "{draft}/undo", "/login", "/stats"])
@on_one_database
def test_a_form_in_another_dress_is_refused(login, draft, content_type, path):
    answer = login("ada").post(
        path.format(draft=draft.path),
        b"--x\r\nbroken",
        headers={"Content-Type": content_type},
        expect_errors=True,
    )
    assert answer.status_int == {"/login": 403, "/stats": 405}.get(path, 415)


class TestHost:
    """Beside a host's own pages our errors are ours, and the host's are the host's."""

    @pytest.fixture
    def host(self):
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        create_tables(engine, shop.Base.metadata, shop.drafts.metadata)
        yield webtest.TestApp(make_host(engine, shop.drafts))
        engine.dispose()

    def test_the_hosts_routes_are_the_hosts(self, host):
        assert host.get("/a/b").text == "host a b"
        answer = host.get("/nothing", status=404)
        assert "draftedit" not in answer.text

    def test_ours_lie_under_the_prefix(self, host):
        answer = host.get(f"{PREFIX}/api/v1/nothing", headers=TOKEN, status=404)
        assert answer.json["type"] == f"{PREFIX}/problems/not-found"
        host.get(answer.json["type"])

    def test_links_have_the_prefix(self, host):
        program = {"Authorization": "Bearer ada", "Idempotency-Key": "k"}
        draft = host.post_json(
            f"{PREFIX}/api/v1/drafts", {"target": "purchase"}, headers=program
        )
        assert draft.location == f"http://localhost{PREFIX}/api/v1/drafts/1"
        assert draft.json["url"] == draft.location
        host.get(draft.location, headers=program)

    def test_the_description_says_where_the_api_is(self, host):
        document = host.get(f"{PREFIX}/api/v1/openapi.json").json
        assert document["servers"] == [{"url": f"http://localhost{PREFIX}/api/v1"}]
        assert "/drafts/{key}" in document["paths"]

    def test_nobody_has_no_drafts(self, host):
        host.get(f"{PREFIX}/api/v1/drafts", status=401)

    def test_how_people_sign_in_is_the_hosts_business(self, host):
        answer = host.get(f"{PREFIX}/drafts", status=403)
        assert "draftedit" not in answer.text


def test_a_host_without_a_policy_is_refused():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with pytest.raises(ConfigurationError, match="set_security_policy"):
        configure(engine)
    engine.dispose()


def configure(engine):
    with Configurator(settings={"dbengine": engine}) as config:
        config.include("draftedit.app.models")
        config.include("draftedit")
        config.add_drafts(shop.drafts)


class TestHostWhoseUsersAreAway:
    """A host may look its user up again and again, and lose its database meanwhile."""

    @pytest.fixture
    def host(self, monkeypatch):
        asked = []

        def look_up(_policy, _request):
            asked.append(None)
            if len(asked) == 1:  # by pyramid_tm, before there is a view
                return "ada"
            original = sqlite3.OperationalError("unable to open database file")
            original.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise OperationalError("SELECT 1", {}, original)

        monkeypatch.setattr(TrustingPolicy, "permits", lambda *_args: False)
        monkeypatch.setattr(TrustingPolicy, "authenticated_userid", look_up)
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        create_tables(engine, shop.Base.metadata, shop.drafts.metadata)
        yield webtest.TestApp(make_host(engine, shop.drafts))
        engine.dispose()

    @pytest.mark.parametrize("path", ["/drafts", "/api/v1/drafts"])
    def test_what_is_forbidden_is_answered_with_that(self, host, path):
        answer = host.get(f"{PREFIX}{path}", headers=TOKEN, status=503)

        assert "The database is away." in answer.text
        assert answer.headers["Retry-After"]
