"""A walk over every route there is, as those who must not see what is there."""

import re

import pytest
from pyramid.interfaces import IRoutesMapper

from tests.databases import on_one_database

pytestmark = on_one_database

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Open to everybody: they say nothing about what is stored.
PUBLIC = {
    "draftedit.api.openapi",
    "draftedit.problem",
    "draftedit_app.login",
    "draftedit_app.logout",
    "draftedit_app.healthz",
    "draftedit_app.readyz",
    "draftedit_app.favicon",
}
# What a reader has, of what asks for somebody.
FOR_READERS = {
    "draftedit_app.account",
    "draftedit.api.object",
    "draftedit.api.object_row",
    "draftedit.api.object_rows",
    "draftedit.api.objects",
    "draftedit.api.results",
    "draftedit.api.revision_changes",
    "draftedit.api.revisions",
    "draftedit.api.stats",
    "draftedit.api.targets",
    "draftedit.history",
    "draftedit.home",
    "draftedit.live_row",
    "draftedit.object",
    "draftedit.results",
    "draftedit.stats",
    "draftedit.stats_csv",
}
LIVE, DRAFTED = "live-content-of-the-object", "content-of-the-draft"


@pytest.fixture
def paths(app, ada, example):
    """Return every path by the name of its route, filled in with what there is."""
    setup = ada.open("ruleset", example.ruleset)
    setup.set("ruleset", example.ruleset, name=LIVE)
    setup.do("save")
    draft = ada.open("ruleset", example.ruleset)
    draft.set("rule", example.rules[0], comment=DRAFTED)
    values = {
        "target": "ruleset",
        "key": str(draft.key),
        "field": "jump_id",
        "name": "not-found",
        "path": "x",
        "number": "1",
    }

    def fill(pattern):
        rule = str(example.rules[0])
        known = {**values, "table": "rule", "id": rule, "row": rule}
        if "{target}" in pattern:
            known["id"] = str(example.ruleset)
        return re.sub(r"{(\w+)[^}]*}", lambda found: known[found[1]], pattern)

    mapper = app.registry.getUtility(IRoutesMapper)
    found = {
        route.name: "/" + fill(route.pattern).lstrip("/")
        for route in mapper.get_routes()
        if not route.name.startswith("__")
    }
    assert len(found) > 30
    return found


def ask(client, method, path, headers):
    return client.request(
        path, method=method, headers=headers, status="*", expect_errors=True
    )


def walk(paths, client, headers=None):
    for name, path in paths.items():
        for method in METHODS:
            yield name, method, ask(client, method, path, headers or {})


def is_refused(answer):
    """Tell whether somebody was sent away: to nothing, or to the form to sign in."""
    to_sign_in = answer.status_int == 303 and "/login" in answer.location
    return to_sign_in or answer.status_int in (401, 403, 404, 405)


def test_a_stranger_sees_nothing(paths, new_testapp):
    for name, method, answer in walk(paths, new_testapp()):
        assert LIVE not in answer.text
        assert DRAFTED not in answer.text
        assert answer.status_int < 500
        if name not in PUBLIC:
            assert is_refused(answer), (name, method, answer.status)


def test_a_wrong_token_is_a_stranger(paths, new_testapp):
    headers = {"Authorization": "Bearer wrong"}
    for name, method, answer in walk(paths, new_testapp(), headers):
        assert LIVE not in answer.text
        assert DRAFTED not in answer.text
        if name not in PUBLIC:
            assert is_refused(answer), (name, method, answer.status)


def test_a_reader_sees_no_draft(paths, program):
    reader = program("rhea", "reader")
    for name, method, answer in walk(paths, reader.client, reader.headers):
        assert DRAFTED not in answer.text
        assert answer.status_int < 500
        if name not in PUBLIC | FOR_READERS:
            assert is_refused(answer), (name, method, answer.status)


def test_a_reader_sees_what_is_theirs(paths, program, login):
    reader = program("rhea", "reader")
    browser = login("rhea")
    for name in FOR_READERS:
        client, headers = (
            (reader.client, reader.headers) if ".api." in name else (browser, {})
        )
        assert ask(client, "GET", paths[name], headers).status_int == 200, name


def test_another_editor_sees_no_content_of_the_draft(paths, program, login):
    bob = program("bob")
    for name, method, answer in walk(paths, bob.client, bob.headers):
        assert DRAFTED not in answer.text
        assert answer.status_int < 500
        if "{key}" in name or "/drafts/" in paths[name]:
            assert is_refused(answer), (name, method, answer.status)


def test_its_owner_is_the_one_who_does(paths, ada):
    answer = ask(ada.client, "GET", paths["draftedit.api.changes"], ada.headers)
    assert DRAFTED in answer.text
