"""docs/counter.md does what it says, on each database."""

import pytest

from draftedit.testing.race import every_order
from tests.documents import Page

PAGE = Page("docs/counter.md")


@pytest.fixture
def names(empty_database):
    """Return what the page takes for given, and what its first block defines."""
    names = {"__name__": "docs.counter", "engine": empty_database.engine}
    models, asking, _ = PAGE.blocks("Every order")
    models.run(names)
    asking.run(names)
    return names


@pytest.mark.only_on("postgresql", "mariadb")
def test_the_careless_way_fails_every_time_and_the_careful_one_never(names):
    PAGE.blocks("Every order")[2].run(names)
    # Six, as the page says further down.
    careful = [names["careful"]] * 2
    orders = every_order(names["engine"], careful, at="tally", reset=names["put_back"])
    assert len(list(orders)) == 6


@pytest.mark.only_on("postgresql")
def test_what_happened_is_printed_as_the_page_shows_it(names):
    PAGE.blocks("Every order")[2].run(names)
    [shown] = PAGE.blocks("Every order", "text")
    assert f"{names['failed'][2]}\n" == shown.text


@pytest.mark.only_on("sqlite")
def test_on_sqlite_both_ways_refuse_who_read_before_another_wrote(names):
    for name in ("careless", "careful"):
        assert names["orders_that_give_one_twice"]([names[name]] * 2) == []


def test_counters_give_each_number_once(names):
    defining, using = PAGE.blocks("A counter for your application")
    defining.run(names)
    using.run(names)


@pytest.mark.only_on("postgresql", "mariadb")
def test_one_order_can_be_played_again(names):
    [block] = PAGE.blocks("A test kit for your own code")
    block.run(names)


def test_every_block_is_run():
    assert len(PAGE.blocks()) == 6
