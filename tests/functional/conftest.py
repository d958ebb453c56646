"""Two hosts with one object each, and what a story needs to know of them."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from draftedit.engine.values.order_key import spread
from tests.client import Client
from tests.functional.person import Person
from tests.hosts import shop
from tests.hosts.application import PREFIX, make_host
from tests.web.api.conftest import make_example


@dataclass(frozen=True)
class Host:
    """An application and its object, in the words of its pages.

    `way`: the links of the tree that lead to three rows, which have an order; `row`
    and `rows`: what they are called; `text`: a column of theirs; `link`: the table
    of their links, its column, and a value of it.
    """

    home: str
    target: str
    label: str
    way: tuple[str, ...]
    row: str
    rows: str
    text: str
    link: tuple[str, str, str]
    person: Callable[[str], Person]


@pytest.fixture
def firewall(dbsession_factory, login) -> Host:
    """Return the ready application with a small object of the bundled host."""
    with dbsession_factory.begin() as dbsession:
        example = make_example(dbsession)
    return Host(
        home="/",
        target="ruleset",
        label="office",
        way=("inet filter", "input"),
        row="rule",
        rows="Rules",
        text="comment",
        link=("rule_tag", "tag_id", str(example.tag)),
        person=lambda name: Person(login(name)),
    )


@pytest.fixture
def small_shop(database, dbsession_factory) -> Host:
    """Return a host of its own, where draftedit lives below a prefix."""
    app = make_host(database.engine, shop.drafts)
    with dbsession_factory.begin() as dbsession:
        texts = ("web", "mail", "ssh")
        lines = [
            shop.Line(place=place, product=text)
            for place, text in zip(spread(3), texts, strict=True)
        ]
        notes = [shop.Note(topic="Grüße, an/alle~", text="…")]
        order = shop.Order(number="A 1", lines=lines, notes=notes)
        dbsession.add_all([order, shop.Label(code="röt"), shop.Label(code="a,b")])

    def person(name: str) -> Person:
        environ = {"app.dbsession_factory": dbsession_factory}
        browser = Client(app, extra_environ=environ)
        browser.set_cookie("name", name)
        return Person(browser, f"{PREFIX}/")

    return Host(
        home=f"{PREFIX}/",
        target="purchase",
        label="A 1",
        way=("Lines",),
        row="line",
        rows="Lines",
        text="product",
        link=("line_label", "label_code", "röt"),
        person=person,
    )
