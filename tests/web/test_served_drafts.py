"""What a host says of its drafts, and of who may be handed one."""

from types import SimpleNamespace

import pytest
from pyramid.config import Configurator
from pyramid.testing import DummyRequest
from transaction import TransactionManager

from draftedit.engine.base.errors import Refused
from draftedit.web import served_drafts


@pytest.fixture
def config():
    with Configurator() as config:
        config.include("draftedit.web.served_drafts")
        yield config


def request(config):
    config.commit()
    found = DummyRequest()
    found.registry = config.registry
    return found


def test_without_word_of_the_host_any_name_is_taken(config):
    asked = request(config)
    for name in ("bob", "Bob the builder", "ä" * 255):
        assert served_drafts.receiver(asked, name) == name


@pytest.mark.parametrize("name", ["", " ", " bob", "bob ", "a\nb", "a\0b", "b" * 256])
def test_what_can_be_no_owner_is_refused(config, name):
    with pytest.raises(Refused) as caught:
        served_drafts.receiver(request(config), name)
    assert caught.value.problems[0].field == "to"


def test_a_host_says_whom_a_name_stands_for(config):
    config.set_draft_receivers(lambda asked, name: {"bob": "bob@example"}.get(name))
    asked = request(config)
    assert served_drafts.receiver(asked, "bob") == "bob@example"
    with pytest.raises(Refused, match="nobody"):
        served_drafts.receiver(asked, "eve")


class AwayAtCommit:
    """What takes part in a transaction, and fails at its commit."""

    def __init__(self, transaction_manager):
        self.transaction_manager = transaction_manager

    def sortKey(self):  # noqa: N802 — the name that a transaction calls
        return "away"

    def tpc_begin(self, _transaction):
        pass

    def commit(self, _transaction):
        raise ConnectionError

    abort = tpc_abort = tpc_begin


class TestWakingAWorker:
    """A worker is woken for what it will find, and for nothing else."""

    PLACE = SimpleNamespace(target="ruleset", root="1", task="in_depth")

    @pytest.fixture
    def woken(self, config):
        """Return what the queue was told; each request asks in a transaction."""
        told = []
        config.set_task_queue(lambda *place: told.append(place))
        return told

    @pytest.fixture
    def asking(self, config, woken):
        asked = request(config)
        asked.tm = TransactionManager(explicit=True)
        asked.tm.begin()
        served_drafts.wake_worker(asked, self.PLACE)
        assert woken == []
        return asked

    def test_it_is_woken_after_the_commit(self, asking, woken):
        asking.tm.commit()

        assert woken == [("ruleset", "1", "in_depth")]

    def test_a_commit_that_fails_wakes_nobody(self, asking, woken):
        asking.tm.get().join(AwayAtCommit(asking.tm))

        with pytest.raises(ConnectionError):
            asking.tm.commit()

        assert woken == []
