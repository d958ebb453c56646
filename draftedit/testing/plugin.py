"""A pytest plugin: requests commit or abort, and each test is undone afterwards.

    # conftest.py at the root of the tests
    pytest_plugins = ["draftedit.testing.plugin"]

    @pytest.fixture(scope="session")
    def app(): ...  # the application, with its tables made

Name it explicitly: an entry point would give fixtures of these names to every project
in whose environment draftedit is installed. See docs/testing.md.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit.testing.outer import NotUndone, OuterTransaction, undone


@pytest.fixture
def dbengine(app: Any) -> sa.Engine:
    """Return the engine of the application; a project may have a fixture of its own."""
    engine = app.registry["dbsession_factory"].kw["bind"]
    assert isinstance(engine, sa.Engine)  # noqa: S101 — else it is joined twice
    return engine


@pytest.fixture
def outer(dbengine: sa.Engine) -> Iterator[OuterTransaction]:
    """Open the outer transaction; the test fails if it could not undo everything."""
    try:
        with undone(dbengine) as outer:
            yield outer
    except NotUndone as broken:
        pytest.fail(str(broken), pytrace=False)


@pytest.fixture
def connection(outer: OuterTransaction) -> sa.Connection:
    """Return the one connection that everything in the test is on."""
    return outer.connection


@pytest.fixture
def dbsession_factory(app: Any, outer: OuterTransaction) -> sessionmaker[Session]:
    """Return the application's own factory, whose sessions end at a savepoint.

    It is expected where Pyramid's cookiecutter puts it. A project that has it elsewhere
    overrides this: `return outer.join(my_factory)`.
    """
    factory: sessionmaker[Session] = app.registry["dbsession_factory"]
    return outer.join(factory)


@pytest.fixture
def dbsession(
    dbsession_factory: sessionmaker[Session], outer: OuterTransaction
) -> Session:
    """Open a session for the test itself.

    With `testapp`, call `flush()` or `commit()` before a request and `expire_all()`
    after it; a rollback would undo the request's work too, and fails the test.
    """
    dbsession = dbsession_factory()
    outer.at_end(dbsession.close)
    return dbsession


@pytest.fixture
def testapp(
    app: Any,
    dbsession_factory: sessionmaker[Session],  # noqa: ARG001 — made before the requests
) -> Any:
    """Return a browser (`webtest.TestApp`) whose requests commit or abort inside."""
    from webtest import TestApp

    return TestApp(app, extra_environ={"HTTP_HOST": "example.com"})
