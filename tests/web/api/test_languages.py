"""The language of an answer is one that there is, whatever was asked for."""

import pytest
from pyramid.config import Configurator
from pyramid.interfaces import ILocaleNegotiator
from pyramid.request import Request

from draftedit.web import languages


@pytest.fixture
def negotiate(monkeypatch, tmp_path):
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "draftedit.mo").touch()
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    config = Configurator()
    config.include("draftedit.web.languages")
    config.commit()
    return config.registry.getUtility(ILocaleNegotiator)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT, en;q=0.5", "de"),
        ("fr, de;q=0.1", "de"),
        ("en, de", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc", "en"),
        ("\xff\x00;q=x", "en"),
    ],
)
def test_the_browser_chooses_among_those_there_are(negotiate, header, language):
    request = Request.blank("/?_LOCALE_=../../etc")
    if header is not None:
        request.environ["HTTP_ACCEPT_LANGUAGE"] = header
    assert negotiate(request) == language
