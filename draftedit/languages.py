"""In which language the ready application answers: one that it has texts in.

Pyramid's own negotiator takes whatever the query says for the name of a folder, and
keeps what it finds there (or not) for ever.
"""

from pathlib import Path

from pyramid.config import Configurator
from pyramid.request import Request

SOURCE = "en"
FOLDER = Path(__file__).parent / "locale"


def known() -> list[str]:
    """Return the languages there are texts in; the one of the source is first."""
    translated = (path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/*.mo"))
    return [SOURCE, *sorted(set(translated) - {SOURCE})]


def includeme(config: Configurator) -> None:
    """Take the browser's word for the language, among those that are known."""
    languages = known()

    def negotiate(request: Request) -> str:
        accepted = request.accept_language
        return str(accepted.lookup(languages, default_tag=SOURCE))

    config.set_locale_negotiator(negotiate)
