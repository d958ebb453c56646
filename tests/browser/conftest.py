"""Real pages in a real Chromium, on a live server with a database of its own.

- `site`: the ready application, `shop_site`: a host of its own; each test has a fresh
  copy of the seeded database.
- `page`: signed in as an editor. `new_page(name)`: one more browser, of anybody;
  `new_page(name, java_script_enabled=False)`: without JavaScript; other keywords are
  those of Playwright's `new_context`.
- `watch`: what the console says. Any message fails the test, but those it expects.

Playwright comes with the extra `test-browser`; the browser is the system's.
"""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

import draftedit.app
from draftedit import Drafts
from draftedit.app import accounts
from draftedit.app.models import migration
from draftedit.firewall import sample
from tests.browser.sites import Site, seed, serve
from tests.browser.watching import Watch
from tests.conftest import PASSWORD
from tests.databases import create_tables
from tests.hosts import office, shop
from tests.hosts.application import PREFIX, make_host
from tests.hosts.selling import Shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A page that has not come after this long does not come.
MILLISECONDS = 10_000
USERS = {"ann": "editor", "bob": "editor", "ada": "admin", "rob": "reader"}

if importlib.util.find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever lies here: it needs a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Start the Chromium of this machine, once."""
    from playwright.sync_api import sync_playwright

    named = os.environ.get("DRAFTEDIT_TEST_CHROMIUM")
    program = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.exit(
            "No Chromium: apt-get install chromium, or set DRAFTEDIT_TEST_CHROMIUM.", 1
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the ready application with the sample and its users, once."""
    file = tmp_path_factory.mktemp("site") / "site.sqlite"
    engine = seed(file, migration.upgrade, _add_sample)
    app = draftedit.app.main(
        {},
        dbengine=engine,
        **{"draftedit.secret": "a secret of the browser tests, and of nobody else"},
    )
    with serve(app, file, sign_in=sign_in) as site:
        yield site


@pytest.fixture(scope="session")
def served_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a host with models, users and a prefix of its own, once."""
    folder = tmp_path_factory.mktemp("shop")
    with _serve_host(folder, shop.Base, shop.drafts, _add_orders) as site:
        yield site


@pytest.fixture(scope="session")
def served_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a host whose rows have no order, once."""
    folder = tmp_path_factory.mktemp("office")
    with _serve_host(folder, office.Base, office.drafts, _add_desks) as site:
        yield site


@contextlib.contextmanager
def _serve_host(
    folder: Path, base: type[Any], drafts: Drafts, fill: Callable[..., None]
) -> Iterator[Site]:
    file, metadata = folder / "host.sqlite", (base.metadata, drafts.metadata)
    engine = seed(file, lambda engine: create_tables(engine, *metadata), fill)
    app = make_host(engine, drafts)
    with serve(app, file, home=f"{PREFIX}/", sign_in=_be_trusted) as site:
        yield site


@pytest.fixture
def site(served_site: Site, tmp_path: Path) -> Iterator[Site]:
    """Return the ready application as it was seeded."""
    with served_site.open(tmp_path):
        yield served_site


@pytest.fixture
def shop_site(served_shop: Site, tmp_path: Path) -> Iterator[Site]:
    """Return the shop as it was seeded."""
    with served_shop.open(tmp_path):
        yield served_shop


@pytest.fixture
def office_site(served_office: Site, tmp_path: Path) -> Iterator[Site]:
    """Return the office as it was seeded."""
    with served_office.open(tmp_path):
        yield served_office


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fail a test whose pages complain of anything that it does not expect."""
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def new_context(browser: "Browser", watch: Watch) -> Iterator[Callable[..., Any]]:
    """Return `new_context(site, name=None, **options)`: a browser of its own."""
    opened = []

    def new_context(site: Site, name: str | None = None, **options: Any) -> Any:
        context = browser.new_context(base_url=site.url, **options)
        opened.append(context)
        context.set_default_timeout(MILLISECONDS)
        watch.over(context)
        if name is not None:
            site.let_in(context, name)
        return context

    yield new_context
    for context in opened:
        context.close()


@pytest.fixture
def new_page(site: Site, new_context: Callable[..., Any]) -> Callable[..., "Page"]:
    """Return `new_page(name="ann", **options)`: a page of somebody's own browser."""

    def new_page(name: str | None = "ann", **options: Any) -> "Page":
        page = new_context(site, name, **options).new_page()
        page.goto(site.home)
        return page

    return new_page


@pytest.fixture
def page(new_page: Callable[..., "Page"]) -> "Page":
    """Return the first page of an editor, ann."""
    return new_page()


@pytest.fixture
def shop_page(shop_site: Site, new_context: Callable[..., Any]) -> "Page":
    """Return the first page of somebody whom the shop knows."""
    page = new_context(shop_site, "ann").new_page()
    page.goto(shop_site.home)
    return page


def sign_in(context: Any, name: str, password: str = PASSWORD) -> None:
    """Sign somebody in by the form."""
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".who form")
    page.close()


def _be_trusted(context: Any, name: str) -> None:
    context.add_cookies(
        [{"name": "name", "value": name, "domain": "127.0.0.1", "path": "/"}]
    )


def _add_sample(engine: Any) -> None:
    with Session(engine) as dbsession, dbsession.begin():
        sample.seed(dbsession)
        for name, role in USERS.items():
            accounts.create(dbsession, name, role, PASSWORD)


def _add_orders(engine: Any) -> None:
    with Session(engine) as dbsession:
        Shop(dbsession)


def _add_desks(engine: Any) -> None:
    with Session(engine) as dbsession, dbsession.begin():
        desks = [office.Desk(number=number, name=f"desk {number}") for number in (1, 2)]
        rooms = [
            office.Room(number=1, title="hall", desks=desks),
            office.Room(number=2, title="attic"),
        ]
        dbsession.add(office.Office(name="head office", rooms=rooms))
