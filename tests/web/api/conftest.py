"""A small ruleset, and programs of users who work on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pyramid.request import Request
from sqlalchemy.orm import Session

from draftedit.app import accounts
from draftedit.engine.values import order_key
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset, Tag
from tests.web.api.program import Draft, Program

PASSWORD = "a password of the tests"


@dataclass(frozen=True)
class Example:
    """The keys of one ruleset: a table, two chains, three rules in the first."""

    ruleset: int
    table: int
    input: int
    output: int
    rules: tuple[int, int, int]
    tag: int


def make_example(dbsession: Session, name: str = "office") -> Example:
    """Write a small ruleset as live rows."""
    places = order_key.spread(3)
    comments = ("web", "mail", "ssh")
    rules = [
        Rule(place=place, action="accept", comment=comment)
        for place, comment in zip(places, comments, strict=True)
    ]
    chains = [
        Chain(name="input", place=places[0], rules=rules),
        Chain(name="output", place=places[1]),
    ]
    table = NftTable(family="inet", name="filter", chains=chains)
    ruleset, tag = Ruleset(name=name, tables=[table]), Tag(name=f"tag of {name}")
    dbsession.add_all([ruleset, tag])
    dbsession.flush()
    return Example(
        ruleset.id,
        table.id,
        *(chain.id for chain in chains),
        tuple(rule.id for rule in rules),
        tag.id,
    )


def token_for(dbsession: Session, name: str, role: str = "editor") -> str:
    """Return a token of that user, who is made when there is none."""
    user = accounts.look_up(dbsession, name)
    if user is None:
        user = accounts.create(dbsession, name, role, PASSWORD)
    return accounts.new_token(dbsession, user, "tests")[1]


@pytest.fixture(scope="session", autouse=True)
def bodies_in_memory() -> Iterator[None]:
    """Keep large bodies out of temporary files, which WebOb never closes itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Request, "request_body_tempfile_limit", 2**22)
        yield


@pytest.fixture
def example(dbsession_factory) -> Example:
    with dbsession_factory.begin() as dbsession:
        return make_example(dbsession)


@pytest.fixture
def other(dbsession_factory, example) -> Example:
    """Return another object, of which no draft on `example` may touch anything."""
    with dbsession_factory.begin() as dbsession:
        return make_example(dbsession, "home")


@pytest.fixture
def program(dbsession_factory, new_testapp) -> Callable[..., Program]:
    """Return `program(name, role="editor")`: a program of that user."""

    def program(name: str, role: str = "editor") -> Program:
        with dbsession_factory.begin() as dbsession:
            token = token_for(dbsession, name, role)
        return Program(new_testapp(), token)

    return program


@pytest.fixture
def ada(program) -> Program:
    """Return the program of an editor."""
    return program("ada")


@pytest.fixture
def stranger(new_testapp) -> Program:
    """Return a program that nobody has given a token."""
    return Program(new_testapp())


@pytest.fixture
def draft(ada, example) -> Draft:
    """Return a draft of ada's on `example`."""
    return ada.open("ruleset", example.ruleset)
