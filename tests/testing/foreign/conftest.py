import os

import pytest
from guestbook import Base, main
from sqlalchemy import create_engine

pytest_plugins = ["draftedit.testing.plugin"]


@pytest.fixture(scope="session")
def dbengine():
    engine = create_engine(os.environ["GUESTBOOK_URL"])
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def app(dbengine):
    return main({}, dbengine=dbengine)
