"""The ready application in German: nothing on its pages stays English."""

import gettext
import re
from pathlib import Path

import pytest

from draftedit.web import languages
from tests.databases import on_one_database
from tests.web.pages.test_markup import KINDS, crawl

pytestmark = on_one_database

SHOWN = ("aria-label", "placeholder", "title", "data-label", "alt")
PLACES = re.compile(r"\\\$\\\{\w+\\\}|%\\\(\w+\\\)s")


def catalogue():
    """Return the German texts by the English ones."""
    path = Path(languages.FOLDER) / "de" / "LC_MESSAGES" / "draftedit.mo"
    with path.open("rb") as file:
        read = gettext.GNUTranslations(file)._catalog
    return {key: german for key, german in read.items() if key}


def english():
    """Yield a pattern for each English text that has words, and others in German."""
    for key, german in catalogue().items():
        text = key[0] if isinstance(key, tuple) else key
        if text != german and re.search(r"\w", PLACES.sub("", re.escape(text))):
            yield PLACES.sub(".+", re.escape(text))


ENGLISH = re.compile("|".join(english()))
GERMAN = set(catalogue().values())  # "Name" and "Tag" are both
VALUES = {"first", "theirs"}  # of the example, which happen to be among the texts


def texts(soup):
    """Yield what a page says, in text and in attributes."""
    for text in soup.find_all(string=True):
        if text.parent.name not in ("script", "style", "textarea"):
            yield " ".join(text.split())
    for name in SHOWN:
        for one in soup.select(f"[{name}]"):
            yield one[name]


def assert_german(path, soup):
    assert soup.html["lang"] == "de", path
    left = [text for text in texts(soup) if ENGLISH.fullmatch(text)]
    assert [text for text in left if text not in GERMAN | VALUES] == [], path


@pytest.fixture
def german(busy):
    """Let the browser of a person with drafts and conflicts ask for German."""
    busy.browser.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "de-AT, en;q=0.5"
    return busy


def test_every_kind_of_page(german):
    assert crawl(german, assert_german, limit=2) == KINDS
