"""A person on a small object of the ready application."""

import pytest

from draftedit.engine.order import spread
from draftedit.firewall.models import Chain
from tests.api.conftest import Example, make_example
from tests.functional.person import Person


@pytest.fixture
def example(dbsession_factory) -> Example:
    with dbsession_factory.begin() as dbsession:
        return make_example(dbsession)


@pytest.fixture
def person(login):
    """Return `person(name, role="editor")`: someone who has signed in."""
    return lambda name, role="editor": Person(login(name, role))


@pytest.fixture
def ann(person) -> Person:
    return person("ann")


@pytest.fixture
def editor(ann, example) -> Person:
    """Return ann in a new draft, at the three rows of `example`."""
    ann.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
    return ann.click("inet filter", inside=".tree").click("input", inside=".tree")


@pytest.fixture
def many_chains(dbsession_factory, example) -> list[str]:
    """Give the object more rows than a form offers at once."""
    with dbsession_factory.begin() as dbsession:
        names = [f"zone-{number}" for number in range(60)]
        dbsession.add_all(
            Chain(nft_table_id=example.table, name=name, place=place)
            for name, place in zip(names, spread(60), strict=True)
        )
    return names
