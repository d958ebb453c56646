"""The page about long tasks does what it says."""

import pytest

from draftedit.app.models import make_engine
from tests.documents import Page


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'orders.sqlite'}")
    yield engine
    engine.dispose()


def test_the_page_about_long_tasks(engine):
    names = {"engine": engine, "__name__": "tests.tasks_page"}
    for block in Page("docs/tasks.md").blocks():
        block.run(names)
    assert names["result"].state == "stale"
