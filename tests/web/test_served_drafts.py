"""What a host says of its drafts, and of who may be handed one."""

import pytest
from pyramid.config import Configurator
from pyramid.testing import DummyRequest

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
