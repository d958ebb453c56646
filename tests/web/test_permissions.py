"""docs/permissions.md tells the context and the permission of each view; ACLs hold."""

import re

import pytest
import sqlalchemy as sa
import webtest
from pyramid.authorization import ACLHelper, Allow, Deny, Everyone
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from draftedit import Drafts
from draftedit.web.api import ENDPOINTS
from draftedit.web.permissions import ADMIN, EDIT, READ
from draftedit.web.resources import API_PREFIX
from draftedit.web.routes import API, PAGES
from tests.databases import on_one_database
from tests.documents import Page
from tests.hosts.application import TrustingPolicy, make_host

pytestmark = on_one_database

PAGE = Page("docs/permissions.md")
OPEN = {"draftedit.problem", "draftedit.api.openapi", "draftedit.api.unknown"}
TOKEN = "t" * 32


def listed():
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE.section("Contexts"), re.MULTILINE
    )
    return {name: set(re.findall(r"`([\w.]+)`", cell)) for name, cell in rows}


@pytest.mark.only_on("sqlite")
def test_the_docs_list_the_context_and_the_permissions_of_every_route(app):
    contexts = {f"draftedit.{n}": c.__name__ for n, _, c in PAGES}
    contexts |= {API_PREFIX + n: c.__name__ for n, _, c in API}
    asked = {name: set() for name in contexts.values()}
    found = app.registry.introspector
    permitted = {
        view["introspectable"]["route_name"]
        for view in found.get_category("views")
        if view["introspectable"]["route_name"] in contexts
    }
    for one in found.get_category("permissions"):
        for view in one["related"]:
            if view.category_name == "views" and view["route_name"] in contexts:
                asked[contexts[view["route_name"]]].add(one["introspectable"]["value"])
    for one in ENDPOINTS:
        if one.permission:
            asked[contexts[API_PREFIX + one.route]].add(one.permission)
    assert permitted | OPEN >= set(contexts)
    for permissions in asked.values():
        permissions.discard("__no_permission_required__")
    assert listed() == asked


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "purchase"
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.String(20))


class Secret(Base):
    __tablename__ = "secret"
    __acl__ = ((Deny, "ada", (READ, EDIT)),)
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.String(20))


class Personal(Base):
    __tablename__ = "personal"
    id = mapped_column(sa.Integer, primary_key=True)
    number = mapped_column(sa.String(20))

    def __acl__(self):
        raise AssertionError("it is about an instance")


drafts = Drafts(Base.metadata)
for kind in (Order, Secret, Personal):
    drafts.target(kind, label=kind.number)


class Root:
    """The host's root: everybody called ada or bob may edit."""

    __acl__ = ((Allow, "ada", (READ, EDIT)), (Allow, "bob", (READ, EDIT, ADMIN)))

    def __init__(self, request):
        self.request = request


class AclPolicy(TrustingPolicy):
    def permits(self, request, context, permission):
        who = [Everyone, self.identity(request) or "nobody"]
        return ACLHelper().permits(context, who, permission)


@pytest.fixture(scope="session")
def database(fresh_database):
    made = fresh_database(Base.metadata, drafts.metadata)
    with Session(made.engine) as dbsession, dbsession.begin():
        dbsession.add_all(kind(id=1, number="A1") for kind in (Order, Secret, Personal))
    return made


@pytest.fixture
def ask(database, dbsession_factory):
    """Return `ask(who, method, path, data)`: the answer of a host with ACLs."""
    with Configurator(
        settings={"dbengine": database.engine}, root_factory=Root
    ) as config:
        config.include("draftedit.app.models")
        config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
        config.set_security_policy(AclPolicy())
        config.include("draftedit", route_prefix="/edit")
        config.add_drafts(drafts)
        client = webtest.TestApp(
            config.make_wsgi_app(),
            extra_environ={"app.dbsession_factory": dbsession_factory},
        )

    def ask(who, method, path, data=None, below="/edit/api/v1"):
        send = client.post_json if method == "POST" else client.get
        options = {"headers": {"Authorization": f"Bearer {who}"}, "status": "*"}
        body = () if data is None else (data,)
        return send(f"{below}{path}", *body, **options)

    return ask


def opened(target):
    return "POST", "/drafts", {"target": target, "id": 1}


def test_an_acl_on_the_root_of_the_host_permits(ask):
    assert ask("ada", "GET", "/targets").status_int == 200
    draft = ask("ada", *opened("purchase"))
    assert draft.status_int == 201
    path = f"/drafts/{draft.json['key']}"
    assert ask("ada", "GET", path).status_int == 200
    refused = ask("eve", "GET", path)
    assert refused.status_int == 403
    assert refused.json["detail"] == "You are not permitted to do this."
    assert ask("bob", "GET", path).status_int == 404


@pytest.mark.parametrize("kind", ["secret", "personal", "purchase"])
def test_an_acl_of_a_target_tells_it_from_others(ask, kind):
    status = 403 if kind == "secret" else 200
    assert ask("ada", "GET", f"/objects/{kind}").status_int == status
    assert ask("ada", "GET", f"/objects/{kind}/1").status_int == status
    made = {200: 201, 403: 403}[status]
    assert ask("ada", *opened(kind)).status_int == made
    assert ask("bob", *opened(kind)).status_int == 201


def test_what_one_may_not_read_is_not_listed(ask):
    def names(who):
        items = ask(who, "GET", "/targets").json["items"]
        return {one["name"] for one in items}

    assert names("ada") == {"purchase", "personal"}
    assert names("bob") == {"purchase", "personal", "secret"}


@pytest.fixture
def drafts_of_ada(dbsession_factory):
    """Open drafts of ada's on each kind, from code, and cancel one of each.

    She may not read one of the kinds.
    """
    with dbsession_factory.begin() as dbsession:
        for kind in (Order, Secret):
            drafts.open(dbsession, kind, 1, owner="ada").cancel()
            drafts.open(dbsession, kind, 1, owner="ada")


@pytest.mark.parametrize("path", ["/stats", "/stats.csv", "/stats.csv?details=1"])
def test_pages_count_no_drafts_of_what_one_may_not_read(ask, drafts_of_ada, path):
    told = {who: ask(who, "GET", path, below="/edit").text for who in ("ada", "bob")}
    assert "secret" in told["bob"].lower()
    assert "secret" not in told["ada"].lower()
    assert "purchase" in told["ada"].lower() or "order" in told["ada"].lower()


def test_the_api_counts_no_drafts_of_what_one_may_not_read(ask, drafts_of_ada):
    def counted(who):
        return {one["target"] for one in ask(who, "GET", "/stats").json["items"]}

    assert counted("ada") == {"purchase"}
    assert counted("bob") == {"purchase", "secret"}


def test_my_drafts_are_of_what_one_may_edit(ask, drafts_of_ada):
    listed = ask("ada", "GET", "/drafts").json["items"]
    assert [one["target"] for one in listed] == ["purchase"] * 2
    for page in ("/drafts", "/"):
        shown = ask("ada", "GET", page, below="/edit").text.lower()
        assert "secret" not in shown


@pytest.mark.parametrize("body", [[1], {"target": 3}, {"target": "nothing"}, {}])
def test_a_body_that_names_no_target_is_refused_by_the_view(ask, body):
    assert ask("ada", "POST", "/drafts", body).status_int in (400, 422)
    assert ask("eve", "POST", "/drafts", body).status_int == 403


def test_a_target_that_is_not_there_is_not_told_to_who_may_not_read(ask):
    assert ask("ada", "GET", "/objects/nothing").status_int == 404
    assert ask("eve", "GET", "/objects/nothing").status_int == 403


def test_a_draft_that_is_not_there_is_not_told_to_who_may_not_edit(ask):
    assert ask("ada", "GET", "/drafts/99").status_int == 404
    assert ask("eve", "GET", "/drafts/99").status_int == 403


def test_a_host_is_made_as_ever(database):
    assert make_host(database.engine, drafts)
