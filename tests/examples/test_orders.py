"""The example is the README's host, and works as it stands."""

import pytest
import webtest
from sqlalchemy.orm import Session

from examples.orders.application import make_application, make_engine
from examples.orders.models import Line, Order
from tests.architecture.modules import ROOT
from tests.documents import Page


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(tmp_path / "new" / "orders.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def browser(engine):
    return webtest.TestApp(make_application(engine))


def test_its_models_are_those_of_the_readme():
    [models, *_] = Page("README.md").blocks("Drafts on your own models")
    text = (ROOT / "examples/orders/models.py").read_text(encoding="utf-8")
    assert text.partition("\n\n")[2] == models.text


def test_the_front_page_leads_to_the_orders(browser):
    page = browser.get("/").follow()
    assert "2026-17" in page
    assert "2026-18" in page


def test_an_order_is_edited_undone_and_saved(browser, engine):
    draft = form(browser.get("/edit/objects/purchase/1"), "/drafts").submit().follow()
    path = draft.request.path
    row = form(browser.get(f"{path}/rows/line/1"), "/operations")
    row["v.product"] = "grüner Tee"
    row.submit().follow()
    assert product(engine) == "tea"

    form(browser.get(path), "/undo").submit().follow()
    row = form(browser.get(f"{path}/rows/line/1"), "/operations")
    assert row["v.product"].value == "tea"
    form(browser.get(path), "/redo").submit().follow()
    form(browser.get(f"{path}/changes"), "/save").submit().follow()
    assert product(engine) == "grüner Tee"


def test_what_is_there_stays_when_it_is_started_again(engine, tmp_path):
    with Session(engine) as dbsession:
        dbsession.delete(dbsession.get_one(Order, 2))
        dbsession.commit()
    again = make_engine(tmp_path / "new" / "orders.sqlite")
    with Session(again) as dbsession:
        assert dbsession.get(Order, 2) is None
    again.dispose()


def form(page, ending):
    """Return the first form of a page that is sent to such an address."""
    return next(one for one in page.forms.values() if one.action.endswith(ending))


def product(engine):
    with Session(engine) as dbsession:
        return dbsession.get_one(Line, 1).product
