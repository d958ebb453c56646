"""docs/http.md names every address of the application, and no other."""

import re

import pytest
from pyramid.interfaces import IRoutesMapper

from draftedit.web.api import ENDPOINTS
from draftedit.web.resources import API_PREFIX
from tests.architecture.modules import PACKAGE
from tests.documents import Page

on_one_database = pytest.mark.only_on("sqlite")  # an address is the same on all

PAGE = Page("docs/http.md")
PAGES = ("Pages", "Pages of the ready application")
ROW = re.compile(r"^\| `(GET|POST) (/\S*)` \| (.*) \|$", re.MULTILINE)


def rows(title):
    """Return what a section's table says: method and path, and the other cells."""
    found = ROW.findall(PAGE.section(title))
    return {
        (method, path): [cell.strip() for cell in cells.split("|")]
        for method, path, cells in found
    }


@pytest.fixture
def paths(app):
    """Return the path of each route by its name."""
    routes = app.registry.getUtility(IRoutesMapper).get_routes()
    return {route.name: f"/{route.pattern.lstrip('/')}" for route in routes}


@on_one_database
def test_every_page_is_listed_and_nothing_else(app, paths):
    views = [
        view["introspectable"]
        for view in app.registry.introspector.get_category("views")
    ]
    answered = {
        (view["request_methods"] or "GET", paths[view["route_name"]])
        for view in views
        if view["route_name"] in paths
        and not view["route_name"].startswith((API_PREFIX, "__static"))
        # What refuses a form shows the page that the form was on.
        and not _is_for_an_error(view)
    }
    listed = [address for title in PAGES for address in rows(title)]
    assert sorted(listed) == sorted(answered)


def _is_for_an_error(view):
    context = view["context"]
    return isinstance(context, type) and issubclass(context, Exception)


@on_one_database
def test_every_call_of_the_api_is_listed_as_it_is_described(paths):
    described = {
        (one.method, paths[API_PREFIX + one.route].removeprefix("/api/v1")): one.summary
        for one in ENDPOINTS
    }
    listed = {address: summary for address, [summary] in rows("The API").items()}
    assert listed == described


def test_every_field_that_it_names_is_read_somewhere():
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            *(PACKAGE / "web").glob("*.py"),
            *(PACKAGE / "web" / "pages").rglob("*.py"),
            *(PACKAGE / "app" / "pages").glob("*.py"),
        )
    )
    named = {
        name.partition("<")[0]
        for title in PAGES
        for fields, _answer in rows(title).values()
        for name in re.findall(r"`([^`]+)`", fields)
    }
    assert [name for name in sorted(named) if f'"{name}"' not in source] == []
