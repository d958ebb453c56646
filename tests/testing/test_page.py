"""docs/testing.md: its project is run as it stands."""

import ast
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker

from tests.documents import Page
from tests.testing.conftest import Thing
from tests.testing.test_plugin import FOREIGN

PAGE = Page("docs/testing.md")
CONFTEST, TESTS, UNDONE = PAGE.blocks()

# What is called "myproject" there.
PROJECT = """
import sqlalchemy as sa

from guestbook import Base, Guest, main


def make_engine():
    return sa.create_engine("sqlite:///guests.sqlite")
"""


@pytest.fixture
def project(tmp_path):
    text = (FOREIGN / "guestbook.py").read_text(encoding="utf-8")
    files = {
        "guestbook.py": text,
        "myproject.py": PROJECT,
        "conftest.py": CONFTEST.text,
        "test_guests.py": TESTS.text,
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_its_project_passes(project):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_application_is_as_short_as_the_page_says():
    tree = ast.parse((FOREIGN / "guestbook.py").read_text(encoding="utf-8"))
    lengths = {
        function.name: sum(isinstance(node, ast.stmt) for node in ast.walk(function))
        - 1
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }
    assert lengths["guests"] + lengths["sign"] == 5
    assert lengths["dbsession"] + lengths["main"] == 11
    assert "five statements in two views, eleven that wire" in " ".join(
        PAGE.text.split()
    )


def test_it_is_to_be_had_without_pytest(engine, names):
    there = {"__name__": "tests.testing_page"}
    UNDONE.run(there)
    factory = sessionmaker(bind=engine)

    def work():
        with factory.begin() as dbsession:
            dbsession.execute(sa.insert(Thing).values(name="tea"))

    there["run_softly"](engine, factory, work)
    assert names() == []
