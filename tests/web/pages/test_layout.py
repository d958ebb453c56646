"""Pages in a host that lacks what the ready application has."""

import pytest
from pyramid import testing
from pyramid.events import BeforeRender

from draftedit.web.pages.flash import flash
from draftedit.web.pages.layout import PageFrame, add_names


@pytest.fixture
def request_():
    with testing.testConfig() as config:
        yield testing.DummyRequest(registry=config.registry)


def test_without_sessions_nothing_is_said_and_nothing_breaks(request_):
    flash(request_, "something")
    assert PageFrame(request_).flash() == ()


class Info:
    package = None


@pytest.mark.parametrize(
    "name", ["host:templates/page.jinja2", "templates/page.jinja2", "", None]
)
def test_templates_of_the_host_are_left_alone(request_, name):
    event = BeforeRender({"renderer_info": Info(), "renderer_name": name})
    event["request"] = request_
    add_names(event)
    assert "site" not in event
