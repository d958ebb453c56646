"""The description of the API is complete, and holds for what is answered."""

import re

import pytest
from pyramid.interfaces import IRoutesMapper

from draftedit.web.api import ENDPOINTS
from draftedit.web.api.schemas import SCHEMAS
from draftedit.web.resources import API_PREFIX
from tests.databases import on_one_database
from tests.web.api.shapes import check

pytestmark = on_one_database

METHODS = {"get", "post", "put", "patch", "delete"}
NAMES = re.compile(r"{(\w+)}")


@pytest.fixture
def document(stranger):
    return stranger.get("/openapi.json").json


def test_every_route_is_described_and_nothing_else(app, document):
    mapper = app.registry.getUtility(IRoutesMapper)
    routes = {
        route.pattern.removeprefix("/").removeprefix("api/v1")
        for route in mapper.get_routes()
        if route.name.startswith(API_PREFIX) and route.name != f"{API_PREFIX}unknown"
    }
    assert set(document["paths"]) == routes


def test_every_method_is_described_and_nothing_else(app, document):
    views = {
        (
            view["introspectable"]["route_name"],
            view["introspectable"]["request_methods"],
        )
        for view in app.registry.introspector.get_category("views")
    }
    answered = {
        (name.removeprefix(API_PREFIX), method)
        for name, methods in views
        if (name or "").startswith(API_PREFIX) and methods
        for method in ([methods] if isinstance(methods, str) else methods)
    }
    assert {(one.route, one.method) for one in ENDPOINTS} == answered
    described = {
        item[method]["operationId"]
        for item in document["paths"].values()
        for method in METHODS & set(item)
    }
    assert described == {f"{route}_{method.lower()}" for route, method in answered}


def test_parameters_of_paths_are_described(document):
    for path, item in document["paths"].items():
        named = [parameter["name"] for parameter in item["parameters"]]
        assert named == NAMES.findall(path)


def test_every_reference_leads_somewhere(document):
    found = re.findall(
        r'"#/components/schemas/(\w+)"', re.sub(r"'", '"', str(document))
    )
    assert set(found) <= set(document["components"]["schemas"])
    assert set(document["components"]["schemas"]) == set(SCHEMAS)


def test_the_address_of_the_server_is_ours(stranger, document):
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://localhost/api/v1"}]


def test_answers_have_the_shapes_described(ada, draft, example):
    def reads(path, shape):
        check(ada.get(path).json, shape)

    def lists(path, shape):
        items = ada.get(path).json["items"]
        assert items
        for item in items:
            check(item, shape)

    draft_path, live = draft.path, f"/objects/ruleset/{example.ruleset}"
    insert = {"op": "insert", "table": "rule", "parent": example.input, "values": {}}
    check(draft.set("rule", example.rules[0], comment="x").json, "Outcome")
    check(draft.do("operations", insert).json, "Outcome")
    check(draft.do("undo").json, "Moved")
    check(draft.do("redo").json, "Moved")
    lists("/targets", "Target")
    lists("/objects/ruleset", "ObjectInfo")
    reads(live, "Object")
    lists(f"{live}/rows/rule", "Row")
    lists(f"{live}/drafts", "OpenDraft")
    wish = {"task": "in_depth"}
    check(ada.post(f"{live}/results", wish, status=202).json, "Result")
    lists(f"{live}/results", "Result")
    lists("/drafts", "Draft")
    reads(draft_path, "Draft")
    lists(f"{draft_path}/rows/rule", "DraftRow")
    reads(f"{draft_path}/rows/rule/{example.rules[0]}", "DraftRow")
    lists(f"{draft_path}/choices/rule/jump_id", "Choice")
    lists(f"{draft_path}/operations", "Entry")
    lists(f"{draft_path}/changes", "Change")
    check(draft.set("rule", example.rules[0], 422, comment=7).json, "Problem")
    check(draft.do("check").json, "Checked")
    check(draft.do("undo", version=1, status=412).json, "Problem")
    check(draft.do("save").json, "Saved")
    lists(f"{live}/revisions", "Revision")
    lists(f"{live}/revisions/1/changes", "Change")
    reads(f"{live}/rows/rule/{example.rules[0]}", "Row")
    reads(f"{live}?revision=0", "Object")
    lists("/stats", "Day")
    revert = {"target": "ruleset", "id": example.ruleset, "revert_to": 0}
    reverting = ada.post("/drafts", revert, status=201).json
    check(reverting, "Draft")
    check(ada.post(f"/drafts/{reverting['key']}/fork", status=201).json, "Draft")
    check(ada.open("ruleset", example.ruleset).do("cancel").json, "Draft")
