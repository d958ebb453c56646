"""A host's own operation is first class over HTTP: told, counted, described."""

import pytest

from draftedit import Batch
from tests.client import Client
from tests.databases import on_one_database
from tests.hosts import shop
from tests.hosts.application import PREFIX, make_host
from tests.hosts.raising import Raise
from tests.hosts.selling import Shop

pytestmark = on_one_database


@pytest.fixture(scope="module")
def database(fresh_database):
    return fresh_database(shop.Base.metadata, shop.drafts.metadata)


@pytest.fixture
def goods(dbsession_factory):
    with dbsession_factory() as dbsession:
        return Shop(dbsession)


@pytest.fixture
def edit_tea(goods, dbsession_factory):
    """Return `edit_tea(*operations, cancel=False)`: ann's draft, by its number."""

    def edit(*operations, cancel=False):
        with dbsession_factory.begin() as dbsession:
            edit = shop.drafts.open(dbsession, shop.Order, goods.first, owner="ann")
            for one in operations:
                edit.apply(one)
            if cancel:
                edit.cancel()
            return edit.info.key

    return edit


@pytest.fixture
def browser(database, dbsession_factory):
    app = make_host(database.engine, shop.drafts)
    browser = Client(app, extra_environ={"app.dbsession_factory": dbsession_factory})
    browser.set_cookie("name", "ann")
    return browser


def test_the_journal_tells_it_in_its_own_words(goods, browser, edit_tea):
    tea, coffee = ((key,) for key in goods.lines[:2])
    key = edit_tea(Raise(tea, 3), Batch((Raise(tea, 1), Raise(coffee, -1))))

    told = browser.get(f"{PREFIX}/drafts/{key}").html.select(".what")

    words = [" ".join(step.get_text().split()) for step in told]
    one, other = f"line {goods.lines[0]} “tea”", f"line {goods.lines[1]} “coffee”"
    assert f"Raise {one} by 3" in words
    assert f"Raise {one} by 1; Raise {other} by -1" in words


def test_statistics_count_it_under_its_title(goods, browser, edit_tea):
    edit_tea(Raise((goods.lines[0],), 3), cancel=True)

    text = " ".join(browser.get(f"{PREFIX}/stats").html.get_text(" ").split())

    assert "Amount raised 1" in text
    assert "Amount raised · Line" in text  # what it was given up after


def test_the_description_of_the_api_offers_it(browser):
    document = browser.get(f"{PREFIX}/api/v1/openapi.json").json

    described = document["components"]["schemas"]["Operation"]["anyOf"]

    assert Raise.schema() in described
    assert Raise.schema()["properties"]["op"] == {"const": "raise"}
    names = {one["properties"]["op"].get("const") for one in described}
    assert names >= {"set", "insert", "delete", "restore", "move", "batch"}
    assert not names & {"rekey", "recreate", "rewrite"}


@pytest.fixture
def send(goods, browser, edit_tea):
    """Return `send(status, **fields)`: post fields as a form about ann's draft."""
    path = f"{PREFIX}/drafts/{edit_tea()}"
    page = browser.get(path).html
    named = ("csrf_token", "version")
    hidden = {n: page.find("input", attrs={"name": n})["value"] for n in named}

    def send(status, **fields):
        return browser.post(f"{path}/operations", hidden | fields, status=status)

    return send


def test_a_form_of_the_host_leads_to_it(goods, browser, send):
    page = send(303, op="raise", id=str(goods.lines[0]), by="3").follow()

    told = [" ".join(one.get_text().split()) for one in page.html.select(".what")]
    assert told[0] == f"Raise line {goods.lines[0]} “tea” by 3"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"op": "raise", "by": "3"}, "The form names no row (id)."),
        ({"op": "raise", "id": "1"}, "The form does not say “by”."),
        ({"op": "raise", "id": "1", "by": "x"}, "“by” is not a whole number."),
        ({"op": "delete", "id": "1"}, "A form names an operation (op) and a table."),
        ({"id": "1"}, "A form names an operation (op) and a table."),
        ({"op": "rekey", "table": "line"}, "A form cannot do 'rekey'."),
        ({"op": "discount", "table": "line"}, "A form cannot do 'discount'."),
    ],
)
def test_a_form_that_does_not_say_enough_is_refused(goods, send, fields, words):
    assert words in " ".join(send(400, **fields).html.get_text().split())
