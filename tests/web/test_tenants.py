"""Law 2 over HTTP: with two tenants signed in, pages and API obey `visible=`."""

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
import webtest
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy

from draftedit import Delete, Set
from tests.databases import on_one_database
from tests.hosts import tenants
from tests.hosts.application import TrustingPolicy
from tests.hosts.tenants import Bill, Item, current_tenant

pytestmark = on_one_database

API = "/edit/api/v1"
NOBODYS = 987_654  # the key of no bill, item or draft
TENANTS = (1, 2)


class TenantPolicy(TrustingPolicy):
    """A user and the tenant they work for, as `name@tenant`."""

    def identity(self, request):
        name, _, tenant = super().identity(request).partition("@")
        current_tenant.set(int(tenant))
        return name


@dataclass
class Made:
    """A bill, its line, and a draft that ada has open on it."""

    bill: int
    item: int
    draft: int

    def path(self, pattern):
        return pattern.format(bill=self.bill, item=self.item, draft=self.draft)


def without_keys(text):
    """Return a text without the keys of the bills, lines and drafts that it names."""
    text = re.sub(r"(bill|item|drafts?)([ /])\d+", r"\1\2#", text)
    return re.sub(r'("name": "?)\d+', r"\1#", text)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(tenants.Base.metadata, tenants.drafts.metadata)


@pytest.fixture(autouse=True)
def tenant_of_the_test():
    token = current_tenant.set(1)
    yield
    current_tenant.reset(token)


@pytest.fixture
def bills(dbsession_factory):
    """Make a bill of each tenant, with a revision and an open draft of ada's."""
    found = {}
    for tenant in TENANTS:
        current_tenant.set(tenant)
        with dbsession_factory.begin() as dbsession:
            found[tenant] = make(dbsession, tenant)
    return found


def make(dbsession, tenant):
    # Keys of two and more digits, which nothing else on a page is called by.
    bill = Bill(id=4200 + tenant, tenant_id=tenant, number="before")
    bill.items = [Item(id=4300 + tenant, product="tea")]
    dbsession.add(bill)
    dbsession.flush()  # opening reads the rows by statements of its own
    edit = tenants.drafts.open(dbsession, Bill, bill.id, owner="ada")
    edit.apply(Set("bill", edit.root, number=f"number {tenant}"))
    edit.save(message=f"message {tenant}")
    draft = tenants.drafts.open(dbsession, Bill, bill.id, owner="ada")
    return Made(bill.id, bill.items[0].id, draft.key)


@pytest.fixture
def browse(database, dbsession_factory):
    """Return `browse(tenant)`: a client of a host with tenants, signed in as ada."""
    with Configurator(settings={"dbengine": database.engine}) as config:
        config.include("draftedit.app.models")
        config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
        config.set_security_policy(TenantPolicy())
        config.include("draftedit", route_prefix="/edit")
        config.add_drafts(tenants.drafts)
        app = config.make_wsgi_app()

    def browse(tenant):
        client = webtest.TestApp(
            app, extra_environ={"app.dbsession_factory": dbsession_factory}
        )
        client.authorization = ("Bearer", f"ada@{tenant}")
        return client

    return browse


OF_AN_OBJECT = (
    "/edit/objects/bill/{bill}",
    "/edit/objects/bill/{bill}?revision=0",
    "/edit/objects/bill/{bill}/history",
    "/edit/objects/bill/{bill}/history?from=0&to=1",
    "/edit/objects/bill/{bill}/drafts",
    "/edit/objects/bill/{bill}/results",
    "/edit/objects/bill/{bill}/rows/bill_item/{item}",
    "/edit/objects/bill/{bill}/rows/bill/{bill}",
    API + "/objects/bill/{bill}",
    API + "/objects/bill/{bill}?revision=0",
    API + "/objects/bill/{bill}/rows/bill_item",
    API + "/objects/bill/{bill}/rows/bill_item?revision=0",
    API + "/objects/bill/{bill}/rows/bill_item/{item}",
    API + "/objects/bill/{bill}/revisions",
    API + "/objects/bill/{bill}/revisions/1/changes",
    API + "/objects/bill/{bill}/drafts",
    API + "/objects/bill/{bill}/results",
)
OF_A_DRAFT = (
    "/edit/drafts/{draft}",
    "/edit/drafts/{draft}/changes",
    "/edit/drafts/{draft}/conflicts",
    "/edit/drafts/{draft}/rows/bill_item/{item}",
    API + "/drafts/{draft}",
    API + "/drafts/{draft}/rows/bill_item",
    API + "/drafts/{draft}/rows/bill_item/{item}",
    API + "/drafts/{draft}/operations",
    API + "/drafts/{draft}/changes",
)


@pytest.mark.parametrize("pattern", [*OF_AN_OBJECT, *OF_A_DRAFT])
def test_what_is_another_tenants_is_answered_as_if_it_were_not_there(
    browse, bills, pattern
):
    nobodys = Made(NOBODYS, NOBODYS, NOBODYS)
    browse(1).get(bills[1].path(pattern), status=200)

    hidden = browse(1).get(bills[2].path(pattern), status=404)

    not_there = browse(1).get(nobodys.path(pattern), status=404)
    assert without_keys(hidden.text) == without_keys(not_there.text)


@pytest.mark.parametrize(
    "path", ["/edit/", "/edit/?target=bill&q=number", "/edit/drafts"]
)
def test_pages_list_what_is_of_the_tenant(browse, bills, path):
    for tenant, other in (TENANTS, TENANTS[::-1]):
        listed = browse(tenant).get(path).text
        assert f"number {tenant}" in listed
        assert f"number {other}" not in listed


@pytest.mark.parametrize("path", ["/objects/bill", "/objects/bill?q=number", "/drafts"])
def test_the_api_lists_what_is_of_the_tenant(browse, bills, path):
    for tenant in TENANTS:
        items = browse(tenant).get(API + path).json["items"]
        assert {one["label"] for one in items} == {f"number {tenant}"}


@pytest.mark.parametrize("more", [{}, {"revert_to": 0}])
def test_a_draft_is_opened_on_what_is_of_the_tenant_only(browse, bills, more):
    body = {"target": "bill", **more}
    ada = browse(1)
    refused = [
        ada.post_json(API + "/drafts", {**body, "id": str(key)}, status="*")
        for key in (bills[2].bill, NOBODYS)
    ]
    assert {one.status_int for one in refused} == {refused[0].status_int}
    assert refused[0].status_int in (404, 422)
    ada.post_json(API + "/drafts", {**body, "id": str(bills[1].bill)}, status=201)


def test_a_draft_cannot_be_changed_from_another_tenant(browse, bills):
    operation = {"op": "set", "table": "bill_item", "id": [bills[2].item]}
    path = f"{API}/drafts/{bills[2].draft}"
    headers = {"If-Match": '"1"'}
    body = {"operation": {**operation, "fields": {"product": "x"}}}
    for verb in ("operations", "save", "cancel", "check", "undo", "hand-on", "fork"):
        browse(1).post_json(f"{path}/{verb}", body, headers=headers, status=404)


def test_a_deleted_object_stays_its_tenants(browse, bills, dbsession_factory):
    for tenant, made in bills.items():
        current_tenant.set(tenant)
        with dbsession_factory.begin() as dbsession:
            edit = tenants.drafts.open(dbsession, Bill, made.bill, owner="ada")
            edit.apply(Delete("bill", edit.root))
            edit.save()
    for where in ("/history", "/history?from=0&to=1", "?revision=1"):
        path = f"/edit/objects/bill/{{bill}}{where}"
        browse(1).get(bills[1].path(path), status=200)
        browse(1).get(bills[2].path(path), status=404)
    body = {"target": "bill", "id": str(bills[2].bill), "revert_to": 1}
    assert browse(1).post_json(API + "/drafts", body, status="*").status_int in (
        404,
        422,
    )
    labels = {
        tenant: len(browse(tenant).get(API + "/drafts").json["items"])
        for tenant in TENANTS
    }
    assert labels == {1: 3, 2: 3}


def test_a_draft_of_a_new_object_is_its_tenants(browse):
    made = browse(1).post_json(API + "/drafts", {"target": "bill"}, status=201).json
    path = f"{API}/drafts/{made['key']}"
    browse(1).get(path, status=200)
    browse(2).get(path, status=404)
    assert browse(2).get(API + "/drafts").json["items"] == []


def test_what_only_plain_sql_has_deleted_is_shown_to_nobody(
    browse, bills, dbsession_factory
):
    with dbsession_factory.begin() as dbsession:
        for model in (Item.__table__, Bill.__table__):
            dbsession.connection().execute(sa.delete(model))
        then = tenants.drafts.targets["bill"].root.history
        dbsession.connection().execute(sa.delete(then))
    for made in bills.values():
        browse(1).get(f"/edit/objects/bill/{made.bill}/history", status=404)


def test_the_statistics_count_drafts_of_all_tenants_and_name_no_object(browse, bills):
    [day] = browse(1).get(API + "/stats").json["items"]
    assert day["opened"] == 4
    for path in ("/edit/stats", "/edit/stats.csv", API + "/stats"):
        told = browse(1).get(path).text
        assert not any(f"number {tenant}" in told for tenant in TENANTS)
