"""The plugin in a project of others: its application and its tests are unchanged."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

pytestmark = pytest.mark.slow

FOREIGN = Path(__file__).parent / "foreign"

GOES_PAST = """
import pytest
import sqlalchemy as sa
from guestbook import Guest


def test_with_a_connection_of_its_own(testapp, dbengine):
    testapp.post("/", {"name": "Ada"})
    try:
        dbengine.connect()
    except AssertionError:
        pass


def test_with_a_rollback(testapp, dbsession):
    dbsession.add(Guest(name="Ada"))
    dbsession.flush()
    testapp.post("/", {"name": "Bob"})
    dbsession.rollback()


def test_that_is_fine(testapp):
    testapp.post("/", {"name": "Ada"}, status=303)
"""

NO_ENGINE = """
import os

import pytest
from guestbook import Base, main

pytest_plugins = ["draftedit.testing.plugin"]


@pytest.fixture(scope="session")
def app():
    app = main({}, **{"sqlalchemy.url": os.environ["GUESTBOOK_URL"]})
    Base.metadata.create_all(app.registry["dbsession_factory"].kw["bind"])
    return app
"""


@pytest.fixture
def project(tmp_path, empty_database):
    """Return `project(*arguments)`, which runs pytest there, and returns its output."""
    shutil.copytree(FOREIGN, tmp_path, dirs_exist_ok=True)

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=tmp_path,
            env=os.environ | {"GUESTBOOK_URL": empty_database.url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr, done.stderr
        return done.stdout

    run.folder = tmp_path
    return run


def test_its_tests_pass_and_leave_nothing(project, empty_database):
    assert "6 passed" in project("test_guestbook.py")
    assert "6 passed" in project("test_guestbook.py"), "and once more"
    with empty_database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM guest")) == 0


@pytest.mark.only_on("sqlite")
def test_an_application_is_all_that_it_needs(project):
    (project.folder / "conftest.py").write_text(NO_ENGINE, encoding="utf-8")
    assert "6 passed" in project("test_guestbook.py")


@pytest.mark.parametrize(
    ("right", "wrong", "outcome"),
    [
        # Returned and not raised, the refusal lets the third guest be committed.
        ("raise HTTPConflict", "return HTTPConflict", "1 failed, 5 passed"),
        # Doomed, no request commits, and only what asks for no commit still passes.
        ("return HTTPSee", "request.tm.doom(); return HTTPSee", "4 failed, 2 passed"),
    ],
)
def test_its_tests_tell_a_commit_from_an_abort(project, right, wrong, outcome):
    path = project.folder / "guestbook.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert outcome in project("test_guestbook.py")


@pytest.mark.only_on("sqlite")
def test_a_test_that_goes_past_it_fails_with_the_cause(project):
    path = project.folder / "test_past.py"
    path.write_text(GOES_PAST, encoding="utf-8")
    output = project("test_past.py")
    assert "3 passed" in output
    assert "2 errors" in output
    assert "A second connection to the same database" in output
    assert "test_past.py, line 10" in output
    assert "their work went with it" in output


def test_nobody_gets_the_plugin_unasked(pytestconfig):
    entry_points = pytestconfig.pluginmanager.list_plugin_distinfo()
    assert "draftedit" not in {one.project_name for _, one in entry_points}
