"""Every visible string can be translated, in whichever host the page is shown."""

import pytest
from pyramid.i18n import make_localizer
from pyramid.testing import DummyRequest
from translationstring import TranslationStringFactory

from draftedit import Problem
from draftedit.web.pages.layout import names
from tests.client import Client
from tests.hosts import shop
from tests.hosts.application import PREFIX, make_host

catalog = pytest.importorskip("babel.messages.catalog")  # because users have none
from babel.messages.mofile import write_mo  # noqa: E402 — may be missing

_ = TranslationStringFactory("draftedit")

GERMAN = {
    "Objects": "Gegenstände",
    "My drafts": "Meine Entwürfe",
    "Saved as revision ${n}.": "Als Stand ${n} gespeichert.",
    ("%(count)s row", "%(count)s rows"): ("%(count)s Zeile", "%(count)s Zeilen"),
    "New %(what)s": "Neu: %(what)s",
}


@pytest.fixture
def german(tmp_path):
    """Return a folder with a catalogue of a few texts."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    texts = catalog.Catalog(locale="de", domain="draftedit")
    for english, translated in GERMAN.items():
        texts.add(english, translated)
    with (folder / "draftedit.mo").open("wb") as file:
        write_mo(file, texts)
    return str(tmp_path)


@pytest.fixture
def spoken(german):
    """Return what templates call, in German."""
    request = DummyRequest()
    request.localizer = make_localizer("de", [german])
    return names(request)


def test_plain_texts_and_those_with_something_in_them(spoken):
    assert spoken["_"]("Objects") == "Gegenstände"
    saved = _("Saved as revision ${n}.", mapping={"n": 3})
    assert spoken["_"](saved) == "Als Stand 3 gespeichert."
    assert spoken["_"]("not in the catalogue") == "not in the catalogue"


def test_a_problem_is_translated_though_code_reads_it_in_english(spoken):
    problem = Problem(_("Saved as revision ${n}.", mapping={"n": 3}))

    assert spoken["_"](problem.message) == "Als Stand 3 gespeichert."
    assert problem.message == "Saved as revision 3."


def test_plurals(spoken):
    rows = ("%(count)s row", "%(count)s rows")
    assert spoken["ngettext"](*rows, 2) % {"count": 2} == "2 Zeilen"


def test_the_newer_manner_of_jinja_with_what_is_put_in_escaped(spoken):
    assert spoken["gettext"]("New %(what)s", what="<b>") == "Neu: &lt;b&gt;"
    rows = ("%(count)s row", "%(count)s rows")
    assert spoken["ngettext"](*rows, 1, count=1) == "1 Zeile"


class TestInAHost:
    """The host's own domain is another: its templates and ours keep theirs."""

    @pytest.fixture(scope="class")
    @classmethod
    def database(cls, fresh_database):
        return fresh_database(shop.Base.metadata, shop.drafts.metadata)

    @pytest.fixture
    def browser(self, database, dbsession_factory):
        app = make_host(database.engine, shop.drafts)
        environ = {"app.dbsession_factory": dbsession_factory}
        browser = Client(app, extra_environ=environ)
        browser.set_cookie("name", "ann")
        return browser

    def test_pages_speak_the_language_of_the_request(self, browser):
        page = browser.get(f"{PREFIX}/?_LOCALE_=de").html
        assert page.html["lang"] == "de"
        assert page.h1.get_text() == "Objekte"
        assert "Neu: purchase" in page.get_text()
        assert browser.get(f"{PREFIX}/").html.h1.get_text() == "Objects"

    def test_who_is_signed_in_is_the_hosts_business(self, browser):
        page = browser.get(f"{PREFIX}/")
        assert page.html.select(".who") == []
        assert "/people/" not in page.text  # where the host's own routes lead
