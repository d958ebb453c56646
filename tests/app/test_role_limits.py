"""The ready application limits what its users write, where its ini file says so."""

import pytest

import draftedit.app
from draftedit.app import accounts
from draftedit.app.role_limits import limits_by_role, storage
from draftedit.settings import BadSettings, shipped_ini
from tests.client import Client
from tests.conftest import PASSWORD

SET = {"draftedit.processes": "1", "draftedit.throttle.editor": "3/hour"}


@pytest.fixture
def login(race_database, app_settings):
    """Return `login(name, role)`: a browser of an application with a limit."""
    app = draftedit.app.main({}, dbengine=race_database.engine, **app_settings, **SET)
    factory = app.registry["dbsession_factory"]

    def login(name, role="editor"):
        with factory.begin() as dbsession:
            accounts.create(dbsession, name, role, PASSWORD)
        return Client(app).login(name, PASSWORD)

    return login


def begin(settings):
    return limits_by_role(settings), storage(settings)


def open_draft(browser, **options):
    token = browser.get("/").html.select_one("input[name=csrf_token]")["value"]
    form = {"csrf_token": token, "target": "ruleset"}
    return browser.post("/drafts", form, **options)


def test_who_writes_too_much_is_told_when_to_come_again(login):
    ann, bob, ada = login("ann"), login("bob"), login("ada", "admin")
    for _ in range(3):
        open_draft(ann, status=303)
    answer = open_draft(ann, status=429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert "Too many changes" in answer.html.h1.get_text()
    assert len(ann.get("/drafts", status=200).html.select("tbody tr")) == 3
    open_draft(bob, status=303)
    for _ in range(5):
        open_draft(ada, status=303)


def test_programs_are_told_a_problem(login):
    ann = login("ann")
    token = ann.get("/").html.select_one("input[name=csrf_token]")["value"]
    headers = {"X-CSRF-Token": token}
    data = {"target": "ruleset"}
    for status in (201, 201, 201, 429):
        answer = ann.post_json("/api/v1/drafts", data, headers=headers, status=status)
    assert answer.json["type"] == "/problems/too-many-writes"
    assert int(answer.headers["Retry-After"]) >= 1


def test_without_a_limit_nothing_is_registered(app, database):
    assert not database.engine.dispatch.before_cursor_execute


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"draftedit.throttle.editor": "many"}, "editor: 'many' is no limit"),
        ({"draftedit.throttle.editor": "1/hour", "draftedit.processes": "2"}, "Redis"),
        ({"draftedit.throttle.editor": "1/hour"}, "Redis"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_start(settings, says):
    with pytest.raises(BadSettings, match=says):
        begin(settings)


def test_an_application_refuses_to_start_with_it(database, app_settings):
    wrong = {"draftedit.throttle.editor": "1/hour"}
    with pytest.raises(SystemExit, match=r"draftedit\.throttle\.storage"):
        draftedit.app.main({}, dbengine=database.engine, **app_settings, **wrong)


def test_a_storage_without_a_limit_registers_nothing(database, app_settings):
    alone = {"draftedit.throttle.storage": "redis://127.0.0.1:1"}
    draftedit.app.main({}, dbengine=database.engine, **app_settings, **alone)
    assert not database.engine.dispatch.before_cursor_execute


def test_an_empty_line_is_no_limit():
    assert limits_by_role({"draftedit.throttle.editor": " "}) == {}


@pytest.mark.parametrize("name", ["development", "production"])
def test_the_inis_show_the_line_and_set_no_limit(name):
    text = shipped_ini(f"{name}.ini")
    assert "\n#draftedit.throttle.editor = 200/minute\n" in text
    assert "\ndraftedit.throttle" not in text
