"""A pytest plugin: requests commit or abort, and after each test all is as before.

    # conftest.py at the root of the tests
    pytest_plugins = ["draftedit.testing.plugin"]

    @pytest.fixture(scope="session")
    def app(): ...  # the application, with its tables made

It is named and not found by an entry point: that would give fixtures of these names to
every project in whose environment draftedit is. See docs/testing.md.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit.testing.outer import NotUndone, Outer, undone


@pytest.fixture
def dbengine(app: Any) -> sa.Engine:
    """Return the engine of the application; a project may have a fixture of its own."""
    engine = app.registry["dbsession_factory"].kw["bind"]
    assert isinstance(engine, sa.Engine)  # noqa: S101 — else it is joined twice
    return engine


@pytest.fixture
def outer(dbengine: sa.Engine) -> Iterator[Outer]:
    """Open the outer transaction; the test fails if it could not undo everything."""
    try:
        with undone(dbengine) as outer:
            yield outer
    except NotUndone as broken:
        pytest.fail(str(broken), pytrace=False)


@pytest.fixture
def connection(outer: Outer) -> sa.Connection:
    """Return the one connection that everything in the test is on."""
    return outer.connection


@pytest.fixture
def dbsession_factory(app: Any, outer: Outer) -> sessionmaker[Session]:
    """Return the application's own factory, whose sessions end at a savepoint.

    It is looked for where Pyramid's cookiecutter puts it. A project that has it
    elsewhere overrides this: `return outer.join(my_factory)`.
    """
    factory: sessionmaker[Session] = app.registry["dbsession_factory"]
    return outer.join(factory)


@pytest.fixture
def dbsession(dbsession_factory: sessionmaker[Session], outer: Outer) -> Session:
    """Open a session for the test itself.

    Beside `testapp`, `flush()` or `commit()` before a request and `expire_all()` after
    it; a rollback would take the request's work along, and fails the test.
    """
    dbsession = dbsession_factory()
    outer.at_end(dbsession.close)
    return dbsession


@pytest.fixture
def testapp(app: Any, dbsession_factory: sessionmaker[Session]) -> Any:
    """Return a browser (`webtest.TestApp`) whose requests commit or abort inside."""
    from webtest import TestApp

    return TestApp(app, extra_environ={"HTTP_HOST": "example.com"})
