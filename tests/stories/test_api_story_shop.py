"""The same story on a host of 29 lines, below a prefix, beside /{a}/{b}."""

import pytest

from draftedit.engine.order import spread
from tests.api.program import Program
from tests.client import Client
from tests.hosts import shop
from tests.hosts.application import PREFIX, make_host
from tests.stories.story import ALL_KINDS, Story


class PrefixedClient(Client):
    """A browser of the host, where draftedit lives under a prefix."""

    def do_request(self, req, *args, **kwargs):
        req.path_info = PREFIX + req.path_info
        return super().do_request(req, *args, **kwargs)


@pytest.fixture(scope="module")
def database(fresh_database):
    return fresh_database(shop.Base.metadata, shop.drafts.metadata)


@pytest.fixture
def host(database, dbsession_factory):
    app = make_host(database.engine, shop.drafts)
    environ = {"app.dbsession_factory": dbsession_factory}
    return PrefixedClient(app, extra_environ=environ)


def test_an_order_is_edited_at_random_undone_redone_and_saved(
    dbsession_factory, host, dice
):
    with dbsession_factory.begin() as dbsession:
        lines = [shop.Line(place=p, product=f"tea {p}") for p in spread(20)]
        notes = [shop.Note(topic=f"topic {n}", text="…") for n in range(5)]
        order = shop.Order(number="A 1", lines=lines, notes=notes)
        labels = [shop.Label(code=code) for code in ("röt", "a,b", "c/d~e")]
        dbsession.add_all([order, *labels])
        dbsession.flush()
        key = str(order.id)
    story = Story(Program(host, "ada"), "purchase", key, dice)

    saved = story.tell()

    assert saved["revision"] == 1
    assert set(story.made) == ALL_KINDS
