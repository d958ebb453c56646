"""The examples on other frameworks are small, and edit, undo, redo and save."""

import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from draftedit import make_engine
from draftedit.engine.dialects import sqlite
from examples import script, with_fastapi, with_flask
from examples.orders.application import make_engine as with_sample
from examples.orders.models import Line
from tests.architecture.modules import ROOT

ALONE = ("with_flask", "with_fastapi", "script")
ADA, BOB = {"X-User": "ada"}, {"X-User": "bob"}
SET = {"op": "set", "table": "line", "id": [1], "values": {"product": "green tea"}}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Let no connection wait for SQLite's one writer."""
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 1)


@pytest.fixture
def file(tmp_path):
    """Make the tables of the README's orders, with two orders in them."""
    with_sample(tmp_path / "orders.sqlite").dispose()
    return tmp_path / "orders.sqlite"


@pytest.fixture
def flask(file):
    """Return what posts to the Flask application: status, JSON, headers."""
    engine = make_engine(f"sqlite:///{file}")
    client = with_flask.make_application(engine).test_client()

    def post(path, data=None, headers=ADA):
        answer = client.post(path, json=data, headers=headers)
        return answer.status_code, answer.get_json(force=True), answer.headers

    yield post
    engine.dispose()


@pytest.fixture
def fastapi(file):
    """Return what posts to the FastAPI application: status, JSON, headers."""
    application = with_fastapi.make_application(f"sqlite+aiosqlite:///{file}")
    with TestClient(application) as client:

        def post(path, data=None, headers=ADA):
            answer = client.post(path, json=data, headers=headers)
            return answer.status_code, answer.json(), answer.headers

        yield post


@pytest.fixture(params=["flask", "fastapi"])
def post(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def live(file):
    """Return the product of the first line as others see it."""

    def product():
        with sqlite3.connect(file) as connection:
            [[found]] = connection.execute("SELECT product FROM line WHERE id = 1")
        connection.close()
        return found

    return product


def draft_of(post, **options):
    _, opened, _ = post("/orders/1/drafts", **options)
    return f"/drafts/{opened['draft']}"


def products(answer):
    status, shown, _ = answer
    assert status == 200
    return [line["product"] for line in shown["lines"]]


@pytest.mark.parametrize("name", ALONE)
def test_it_has_less_than_eighty_lines(name):
    text = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 80


@pytest.mark.parametrize("name", ["with_flask", "script"])
def test_it_loads_neither_pyramid_nor_its_transactions(name):
    source = f"import sys, examples.{name}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    loaded = {one.partition(".")[0] for one in done.stdout.split()}
    assert "sqlalchemy" in loaded
    assert loaded & {"pyramid", "transaction", "webob", "zope", "alembic"} == set()


def test_an_order_is_edited_undone_redone_and_saved(post, live):
    draft = draft_of(post)

    assert products(post(f"{draft}/operations", SET))[0] == "green tea"
    assert products(post(f"{draft}/undo"))[0] == "tea"
    assert products(post(f"{draft}/redo"))[0] == "green tea"
    assert live() == "tea"
    status, saved, _ = post(f"{draft}/save")

    assert (status, saved["state"]) == (200, "saved")
    assert live() == "green tea"


def test_another_users_draft_is_not_there(post):
    draft = draft_of(post)
    status, problem, headers = post(f"{draft}/undo", headers=BOB)
    assert (status, problem["code"]) == (404, "unknown")
    assert headers["Content-Type"] == "application/problem+json"


def test_a_refusal_has_its_status_and_its_reasons_and_stores_nothing(post):
    draft = draft_of(post)
    nothing = {**SET, "values": {"weight": 3}}

    status, problem, _ = post(f"{draft}/operations", nothing)

    assert status == 422
    assert [one["field"] for one in problem["problems"]] == ["weight"]
    assert post(f"{draft}/undo")[0] == 409  # nothing to undo


def test_what_is_no_operation_is_a_bad_request(post):
    status, problem, _ = post(f"{draft_of(post)}/operations", {"op": "explode"})
    assert (status, problem["title"]) == (400, "This is no operation")


def test_a_conflict_is_answered_with_its_sides(post, live):
    mine, theirs = draft_of(post), draft_of(post, headers=BOB)
    black = {**SET, "values": {"product": "black tea"}}
    post(f"{mine}/operations", SET)
    post(f"{theirs}/operations", black, headers=BOB)
    post(f"{theirs}/save", headers=BOB)

    status, problem, _ = post(f"{mine}/save")

    assert status == 409
    [conflict] = problem["conflicts"]
    sides = conflict["base"], conflict["draft"], conflict["live"]
    assert sides == ("tea", "green tea", "black tea")
    assert live() == "black tea"


def test_a_database_that_is_locked_is_busy(post, file):
    draft = draft_of(post)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    status, problem, headers = post(f"{draft}/operations", SET)

    other.close()
    assert (status, problem["code"]) == (409, "busy")
    assert int(headers["Retry-After"]) > 0
    assert products(post(f"{draft}/operations", SET))[0] == "green tea"


def test_the_script_is_overtaken_and_saves_all_the_same(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'script.sqlite'}")

    said = script.main(engine)

    with Session(engine) as dbsession:
        assert dbsession.scalars(sa.select(Line.product)).all() == ["green tea"]
    engine.dispose()
    assert said[:3] == ["undone: ['tea']", "redone: ['green tea']", "Bob: revision 1"]
    assert said[3].startswith("Ada: revision 2 after 1 changes conflict")
