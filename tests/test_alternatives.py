"""docs/alternatives.md is run, on real databases."""

import pytest

from tests.documents import Page

PAGE = Page("docs/alternatives.md")
POSTGRESQL_ONLY = "One long transaction"

# How the replay of a new order ends.
OUTCOMES = {
    "sqlite": "her line is on Bob's order",
    "postgresql": "no order has the recorded key",
    "mariadb": "no order has the recorded key",
}


@pytest.fixture
def names(empty_database):
    names = {"engine": empty_database.engine, "__name__": "tests.alternatives_page"}
    PAGE.blocks()[0].run(names)
    return names


@pytest.mark.only_on("postgresql")
def test_one_long_transaction_breaks_as_the_page_says(names):
    for block in PAGE.blocks(POSTGRESQL_ONLY):
        block.run(names)


def test_the_other_ways_break_as_the_page_says_and_draftedit_does_not(names, backend):
    for title in PAGE.titles():
        if title != POSTGRESQL_ONLY:
            for block in PAGE.blocks(title):
                block.run(names)
    assert names["outcome"] == OUTCOMES[backend]
