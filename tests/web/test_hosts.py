"""Whatever protects the ready application protects a host that includes it (law 6)."""

import inspect
import re
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import webtest
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from pyramid.exceptions import ConfigurationError, URLDecodeError
from pyramid.interfaces import ILocalizer
from pyramid.response import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

import draftedit.app
import draftedit.web
from draftedit.web.headers import HEADERS
from draftedit.web.limits import QUERY_LIMIT
from tests.databases import create_tables
from tests.hosts import shop
from tests.hosts.application import TrustingPolicy
from tests.hosts.selling import Shop
from tests.web.test_retry import busy

# What only the ready application includes, and why a host can do without.
ITS_OWN = {
    "draftedit.app.models": "a host has sessions of its own; it is refused without",
    "draftedit.app.security": "a host has its own users; refused without a policy",
    "draftedit.web.headers.everywhere": "on our routes a host has them, too",
    "draftedit.web.limits.everywhere": "on our routes a host has them, too",
    "draftedit.web.languages": "a host chooses its own; our routes check `_LOCALE_`",
    "draftedit.app.pages": "pages about users",
    "draftedit.app.role_limits": "by roles; a host watches its engine with a Throttle",
    "draftedit": "the rest",
    "draftedit.app.task_queue": "a setting; a host has config.set_task_queue",
    "draftedit.web.pages.error_views.everywhere": "on our routes a host has them, too",
}

# Of what the ready application has, a host gets this.
SHARED = ("retry", "headers", "limits", "pages.error_views")


def included(function):
    """Return what a function includes, as its source says."""
    source = textwrap.dedent(inspect.getsource(function))
    found = re.findall(r'config\.include\("([\w.]+)"\)', source)
    package = function.__module__
    return {f"{package}{name}" if name.startswith(".") else name for name in found}


def test_what_the_ready_application_includes_a_host_gets_or_has_itself():
    theirs = included(draftedit.web.includeme)
    assert included(draftedit.app.main) - theirs == set(ITS_OWN)
    assert {f"draftedit.web.{name}" for name in SHARED} <= theirs


class Host:
    """A host as Pyramid's cookiecutter has it; `without` names what it lacks."""

    def __init__(self, engine, without=(), settings=None, more=()):
        self.engine = engine
        named = {"tm.manager_hook": "pyramid_tm.explicit_manager", **(settings or {})}
        with Configurator(settings=named) as config:
            if "pyramid_tm" not in without:
                config.include("pyramid_tm")
            if "pyramid_retry" not in without:
                config.include("pyramid_retry")
            if "dbsession" not in without:
                config.add_request_method(self.dbsession, "dbsession", reify=True)
            if "security policy" not in without:
                config.set_security_policy(TrustingPolicy())
            if "session factory" not in without:
                config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
            config.include("draftedit", route_prefix="/edit")
            config.add_drafts(shop.drafts)
            for configure in more:
                configure(config)
            config.add_route("host", "/host")
            config.add_view(self.page, route_name="host")
            self.app = config.make_wsgi_app()
        self.visits = 0

    def dbsession(self, request):
        made = sessionmaker(self.engine)()
        zope.sqlalchemy.register(made, transaction_manager=request.tm)
        return made

    def page(self, request):
        self.visits += 1
        if self.visits == 1:
            raise busy()
        return Response("host")


@pytest.fixture
def shop_engine(empty_database):
    create_tables(empty_database.engine, shop.Base.metadata, shop.drafts.metadata)
    return empty_database.engine


@pytest.mark.parametrize(
    "lack", ["pyramid_tm", "dbsession", "security policy", "session factory"]
)
@pytest.mark.only_on("sqlite")
def test_a_host_that_lacks_something_is_refused_by_name(empty_database, lack):
    with pytest.raises(ConfigurationError, match=lack):
        Host(empty_database.engine, without=(lack,))


@pytest.mark.parametrize("without", [(), ("pyramid_retry",)])
def test_all_who_first_open_an_object_at_once_are_answered(shop_engine, without):
    with Session(shop_engine) as dbsession:
        order = Shop(dbsession).first
    plain = sa.create_engine(shop_engine.url)  # without a decision of ours
    host = Host(plain, without=without)
    barrier = threading.Barrier(4)

    def post(name):
        client = webtest.TestApp(host.app)
        barrier.wait(timeout=30)
        body = {"target": "purchase", "id": str(order)}
        headers = {"Authorization": f"Bearer {name}"}
        return client.post_json(
            "/edit/api/v1/drafts", body, headers=headers, status="*"
        ).status_int

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(post, ("ada", "bob", "cy", "di"))) == [201] * 4
    plain.dispose()


@pytest.mark.only_on("sqlite")
def test_a_hosts_own_pages_are_repeated_only_where_it_says_so(shop_engine):
    with_retry = Host(shop_engine)
    assert webtest.TestApp(with_retry.app).get("/host").text == "host"
    assert with_retry.visits == 2

    without = Host(shop_engine, without=("pyramid_retry",))
    client = webtest.TestApp(without.app)
    with pytest.raises(OperationalError):
        client.get("/host")
    assert without.visits == 1
    assert client.get("/host").text == "host"
    client.get("/nothing", status=404)
    with pytest.raises(URLDecodeError):
        client.get("/%ff")


@pytest.mark.only_on("sqlite")
def test_ours_are_repeated_as_often_as_the_setting_says(shop_engine, monkeypatch):
    asked = []

    def find(*_args, **_options):
        asked.append(True)
        raise busy()

    monkeypatch.setattr("draftedit.web.resources.Objects.find", find)
    settings = {"retry.attempts": "5"}
    host = Host(shop_engine, without=("pyramid_retry",), settings=settings)
    answer = webtest.TestApp(host.app).get(
        "/edit/api/v1/objects/purchase/1",
        headers={"Authorization": "Bearer ada"},
        status=409,
    )
    assert answer.headers["Retry-After"] == "1"
    assert len(asked) == 5


def get(host, path, **options):
    headers = {"Authorization": "Bearer ada", **options.pop("headers", {})}
    return webtest.TestApp(host.app).get(path, headers=headers, **options)


@pytest.mark.only_on("sqlite")
def test_our_static_files_are_as_strict_and_as_limited_in_a_host(shop_engine):
    host = Host(shop_engine)
    address = get(host, "/edit/").html.find("link", rel="stylesheet")["href"]

    answer = get(host, address)
    assert HEADERS.items() <= dict(answer.headers).items()
    get(host, f"{address}?{'a' * (QUERY_LIMIT + 1)}", status=413)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("how", ["query", "cookie"])
def test_a_language_that_nobody_has_is_not_looked_for_nor_kept(shop_engine, how):
    host = Host(shop_engine)
    for name in ("../../draftedit", "xx", "en_" + "x" * 200):
        query = f"?_LOCALE_={quote(name)}" if how == "query" else ""
        cookie = {"Cookie": f"_LOCALE_={quote(name)}"} if how == "cookie" else {}
        for path in ("/edit/", "/edit/api/v1/objects/purchase/99"):
            answer = get(host, path + query, headers=cookie, status="*")
            assert answer.status_int in (200, 404)
    kept = {name for name, _ in host.app.registry.getUtilitiesFor(ILocalizer)}
    assert kept == {"en"}


@pytest.mark.only_on("sqlite")
def test_a_language_that_a_host_has_is_answered_in(shop_engine, tmp_path):
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    host = Host(
        shop_engine, more=(lambda config: config.add_translation_dirs(str(tmp_path)),)
    )
    assert 'lang="de"' in get(host, "/edit/?_LOCALE_=de").text
    assert 'lang="en"' in get(host, "/edit/").text


@pytest.mark.only_on("sqlite")
def test_a_hosts_own_choice_of_a_language_is_left_alone(shop_engine):
    host = Host(
        shop_engine, more=(lambda config: config.set_locale_negotiator(lambda _: "fr"),)
    )
    assert 'lang="fr"' in get(host, "/edit/?_LOCALE_=de").text
