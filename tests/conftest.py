"""A ladder of fixtures, from dear to cheap; take the lowest that shows the promise.

- `race_database`: a migrated database of one test's own, where commits are real.
  Not for anything but races, and processes of their own.
- `empty_database`: the same without tables.
- `database`: a migrated database of the whole run, one of each kind in turn.
  Not for writing, unless inside `connection`.
- `app`: the ready application on `database`. Not for looking at rows.
- `testapp`, `login`: a browser; each request really commits or aborts.
  Not for the rules of the engine.
- `connection`, `dbsession`: a session inside a transaction that is rolled back.
  Not for two transactions at once.

What is committed "inside" lies between savepoints of one outer transaction, which the
end of the test rolls back: nothing is left, whatever the test did. That, `connection`
and `dbsession` are the plugin that is shipped: docs/testing.md.
"""

import contextlib
import os
import random
from collections.abc import Callable, Iterator

import argon2
import hypothesis
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

import draftedit.app
from draftedit.app import accounts, passwords
from draftedit.app.models import migration
from draftedit.settings.table import URL_VARIABLE
from draftedit.testing.outer import OuterTransaction
from tests.client import Client
from tests.databases import (
    ALL_BACKENDS,
    BACKENDS,
    REQUIRED,
    Database,
    Servers,
    create_tables,
    new_database,
    rounds_on,
)

pytest_plugins = ["draftedit.testing.plugin"]

# A developer's own database is never the tests', nor that of a command they start.
os.environ.pop(URL_VARIABLE, None)

PASSWORD = "a password of the tests"
MAY_LACK = ("no nft", "no IPv6")  # reasons to skip a test on any machine

# Examples differ from run to run only where a seed says which; databases are slow.
_COMMON = {
    "deadline": None,
    "suppress_health_check": [
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
}
hypothesis.settings.register_profile(
    "quick", max_examples=25, derandomize=True, database=None, **_COMMON
)
hypothesis.settings.register_profile("long", print_blob=True, **_COMMON)
hypothesis.settings.load_profile("quick")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what is no promise on a database, so that a skip is always a lack."""
    elsewhere = {item for item in items if not _is_promised(item)}
    items[:] = [item for item in items if item not in elsewhere]
    config.hook.pytest_deselected(items=list(elsewhere))
    for item in items:
        if _adds_no_coverage(item):
            item.add_marker(pytest.mark.no_cover)


def _is_promised(item: pytest.Item) -> bool:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    backend = params.get("backend", BACKENDS[0])
    if backend in ALL_BACKENDS and backend not in BACKENDS:
        return False  # a test of certain databases, none of which was chosen
    mark = item.get_closest_marker("only_on")
    if mark is not None:
        return params["backend"] in mark.args
    return not item.get_closest_marker("on_one_database") or backend == BACKENDS[0]


# Tests of what is done otherwise on a server.
_ABOUT_SERVERS = (
    "engine/dialects/",
    "engine/saving/test_db_refusals.py",
    "engine/saving/test_exchanges.py",
    "engine/values/",
    "migrations/",
    "service/doctor/",
)


def _adds_no_coverage(item: pytest.Item) -> bool:
    """Return whether the test runs what SQLite's run of it runs, too.

    To count branches makes a test nearly twice as slow.
    """
    if not hasattr(item, "callspec") or item.get_closest_marker("only_on"):
        return False
    if item.callspec.params.get("backend", BACKENDS[0]) == BACKENDS[0]:
        return False
    return not any(name in item.nodeid for name in _ABOUT_SERVERS)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where databases are demanded, a test that was skipped has not been passed.

    But for those that need what a machine may not have.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    lacking = [
        report
        for report in skipped
        if not any(one in str(report.longrepr) for one in MAY_LACK)
    ]
    if os.environ.get(REQUIRED) and lacking:
        reporter.write_line(f"Skipped tests fail the run, as {REQUIRED} is set.")
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    found = Servers(tmp_path_factory.mktemp("databases"))
    yield found
    found.close()


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Run the test on each kind of database."""
    return request.param


@pytest.fixture(scope="session")
def database(servers: Servers, backend: str) -> Iterator[Database]:
    """Make the tables by the real migrations, once. Not for writing: `connection`."""
    with new_database(servers, backend) as database:
        migration.upgrade(database.engine)
        yield database


@pytest.fixture
def empty_database(servers: Servers, backend: str) -> Iterator[Database]:
    """Make a database for this test alone, without any tables."""
    with new_database(servers, backend) as database:
        yield database


@pytest.fixture
def race_database(empty_database: Database) -> Database:
    """Make a database for this test alone, where commits are real and others see them.

    Dear: it runs all migrations. For races, and for processes of their own.
    """
    migration.upgrade(empty_database.engine)
    return empty_database


@pytest.fixture(scope="session")
def fresh_database(servers: Servers, backend: str) -> Iterator[Callable[..., Database]]:
    """Return `make(*metadata)`: a database with a host's own tables, by create_all.

    The same tables are made once in a run. A folder of tests about one host replaces
    `database` by it, and what stands on `database` follows.
    """
    made: dict[tuple[int, ...], Database] = {}
    with contextlib.ExitStack() as stack:

        def make(*metadata: sa.MetaData) -> Database:
            key = tuple(map(id, metadata))
            if key not in made:
                made[key] = stack.enter_context(new_database(servers, backend))
                create_tables(made[key].engine, *metadata)
            return made[key]

        yield make


@pytest.fixture
def dbengine(database: Database) -> sa.Engine:
    """Say where the outer transaction is opened."""
    return database.engine


@pytest.fixture
def dbsession_factory(outer: OuterTransaction) -> sessionmaker[Session]:
    """Return what makes sessions inside; not an application's, as most need none."""
    return outer.join(sessionmaker())


@pytest.fixture(scope="session")
def app_settings() -> dict[str, str]:
    """Return what an ini file would say, the database aside."""
    return {
        "draftedit.secret": "a secret of the tests, and of nobody else",
        "retry.attempts": "3",
    }


@pytest.fixture(scope="session")
def app(database: Database, app_settings: dict[str, str]) -> Callable[..., object]:
    """Build the ready application once. Not for requests: `testapp` undoes them."""
    return draftedit.app.main({}, dbengine=database.engine, **app_settings)


@pytest.fixture
def new_testapp(
    app: Callable[..., object], dbsession_factory: sessionmaker[Session]
) -> Callable[[], Client]:
    """Return what makes one more browser, for a test of two users or sessions."""
    return lambda: Client(
        app, extra_environ={"app.dbsession_factory": dbsession_factory}
    )


@pytest.fixture
def testapp(new_testapp: Callable[[], Client]) -> Client:
    """Return a browser and API client.

    pyramid_tm is on: each request commits or aborts, and the next one sees it. Not for
    rules of the engine or the service, which `dbsession` shows without HTTP.
    """
    return new_testapp()


@pytest.fixture
def login(
    dbsession_factory: sessionmaker[Session], new_testapp: Callable[[], Client]
) -> Callable[..., Client]:
    """Return `login(name, role="editor")`: a browser with that user signed in.

    The user is made when there is none of that name.
    """

    def login(name: str, role: str = "editor") -> Client:
        with dbsession_factory.begin() as dbsession:
            if accounts.look_up(dbsession, name) is None:
                accounts.create(dbsession, name, role, PASSWORD)
        return new_testapp().login(name, PASSWORD)

    return login


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords with little work: nobody guesses those of a test."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "hasher", cheap)
        yield


@pytest.fixture
def seed() -> int:
    """Return the number that random tests start from; `make test-long` sets it."""
    return int(os.environ.get("DRAFTEDIT_TEST_SEED", "1"))


@pytest.fixture
def dice(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Return random numbers, the same for the same test and seed."""
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """Return `rounds(small)`: how often to repeat, more in `make test-long`."""
    wanted = int(os.environ.get("DRAFTEDIT_TEST_COUNT", "0"))
    backend = "sqlite"
    if "backend" in request.fixturenames:
        backend = request.getfixturevalue("backend")
    return lambda small: wanted or rounds_on(backend, small)
