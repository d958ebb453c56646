"""The same story on hosts of every kind, below a prefix, beside /{a}/{b}."""

import pytest

from tests.client import Client
from tests.engine.showing import Shown
from tests.hosts.application import PREFIX, make_host
from tests.stories.hosts import HOSTS
from tests.stories.story import LENGTH, Story
from tests.web.api.program import Program


class PrefixedClient(Client):
    """A browser of the host, where draftedit lives under a prefix."""

    def do_request(self, req, *args, **kwargs):
        req.path_info = PREFIX + req.path_info
        return super().do_request(req, *args, **kwargs)


@pytest.fixture(scope="module", params=HOSTS)
def host(request):
    return HOSTS[request.param]


@pytest.fixture(scope="module")
def player(host):
    return host.player()


@pytest.fixture(scope="module")
def database(fresh_database, player):
    return fresh_database(*player.metadata)


@pytest.fixture
def target(player):
    return next(iter(player.drafts.targets.values()))


@pytest.fixture
def key(host, player, dbsession_factory):
    """Put the objects of the host there; return the key of one."""
    player.listen(dbsession_factory)
    with dbsession_factory() as dbsession:
        (key, *_), _ = player.fill(dbsession)
        host.fill(dbsession, key)
        dbsession.commit()
    return key


@pytest.fixture
def story(host, player, target, key, database, dbsession_factory, dice):
    app = make_host(database.engine, player.drafts)
    environ = {"app.dbsession_factory": dbsession_factory}
    client = PrefixedClient(app, extra_environ=environ)
    return Story(Program(client, "ada"), target.name, key, dice, host.makers)


def shown(dbsession_factory, target, key):
    with dbsession_factory.begin() as dbsession:
        return Shown(dbsession, target, (key,))


def test_an_object_is_edited_at_random_undone_redone_and_saved(
    dbsession_factory, story, target, key, rounds
):
    before = shown(dbsession_factory, target, key)

    saved = story.tell(min(rounds(LENGTH), LENGTH))

    assert saved["revision"] == 1
    assert set(story.made) == story.kinds()
    after = shown(dbsession_factory, target, key)
    assert rows_by_key(story.live()) == after.mine
    assert (after.others, after.beside) == (before.others, before.beside)


def rows_by_key(live):
    """Return rows as the API tells them, by table and key, as codecs spell them."""
    return {
        table: {tuple(row.pop("_id")): row for row in rows}
        for table, rows in live.items()
    }
