"""Every text is in the catalogues, and translated into each language that ships."""

import io

import pytest

pytest.importorskip("babel")  # because users have none

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from docs import messages
from draftedit.web import languages

LANGUAGES = messages.catalogues()
STALE = "run `make messages`, then translate what it names"


def ids(catalogue):
    return {message.id for message in catalogue if message.id}


@pytest.fixture(scope="module")
def extracted():
    return ids(messages.extracted())


def test_german_ships():
    assert set(languages.known()) == {"en", *LANGUAGES}
    assert "de" in LANGUAGES


def test_the_template_has_the_texts_of_today(extracted):
    assert ids(messages.read(messages.TEMPLATE)) == extracted, STALE


@pytest.mark.parametrize("language", LANGUAGES)
class TestEachLanguage:
    def test_has_the_texts_of_today(self, language, extracted):
        assert ids(messages.read(LANGUAGES[language])) == extracted, STALE

    def test_has_a_translation_of_each(self, language):
        assert list(messages.faults(messages.read(LANGUAGES[language]))) == []

    def test_is_compiled(self, language):
        path = LANGUAGES[language]
        compiled = read_mo(io.BytesIO(path.with_suffix(".mo").read_bytes()))
        assert texts(compiled) == texts(messages.read(path)), STALE


def texts(catalogue):
    # Plurals are lists in what is read of the one kind of file, tuples in the other.
    return {str(list(m.id)): str(list(m.string)) for m in catalogue if m.id}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "a"\nmsgstr ""', "not translated: 'a'"),
        ('#, fuzzy\nmsgid "a"\nmsgstr "b"', "fuzzy: 'a'"),
        ('msgid "${n} a"\nmsgstr "${m} b"', "other placeholders: '${n} a'"),
        ('msgid "one"\nmsgid_plural "%(n)s"\nmsgstr[0] "ein"\nmsgstr[1] ""',
         "not translated: 'one'"),
        ('msgid "one"\nmsgid_plural "%(n)s"\nmsgstr[0] "ein"\nmsgstr[1] "x"',
         "other placeholders: 'one'"),
    ],
)  # fmt: skip
def test_make_messages_names_what_a_translator_has_left_out(entry, fault):
    catalogue = read_po(io.StringIO(entry), locale="de")
    assert list(messages.faults(catalogue)) == [fault]
