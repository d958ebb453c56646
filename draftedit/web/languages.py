"""Negotiate the language of pages, restricted to available translations.

Pyramid's own negotiator takes the value of `_LOCALE_`, in the query or a cookie, for
the name of a folder, and caches what it finds there (or not) for ever. The ready
application has a negotiator of its own. On our routes in a host that has none,
`_LOCALE_` counts only if it names a folder of translations.
"""

from pathlib import Path

from pyramid.config import Configurator
from pyramid.i18n import default_locale_negotiator
from pyramid.interfaces import ILocaleNegotiator, ITranslationDirectories
from pyramid.registry import Registry
from pyramid.request import Request

SOURCE = "en"
FOLDER = Path(__file__).parent / "locale"

_TRANSLATED = "draftedit.translated"  # in the registry: the languages with translations


def known() -> list[str]:
    """Return the languages with translations; that of the source is first."""
    translated = (path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/*.mo"))
    return [SOURCE, *sorted(set(translated) - {SOURCE})]


def keep_to_known(request: Request) -> None:
    """Remove a `_LOCALE_` without translations from the request.

    A host's own negotiator is left alone.
    """
    registry = request.registry
    if registry.queryUtility(ILocaleNegotiator) is None:
        name = default_locale_negotiator(request)
        if name not in _translated(registry):
            request.locale_name = registry.settings["default_locale_name"]


def _translated(registry: Registry) -> frozenset[str]:
    """Return the names of the folders of translations; cached."""
    known: frozenset[str] | None = registry.get(_TRANSLATED)
    if known is None:
        folders = registry.queryUtility(ITranslationDirectories) or ()
        known = frozenset(one.name for f in folders for one in Path(f).iterdir())
        registry[_TRANSLATED] = known
    return known


def includeme(config: Configurator) -> None:
    """Use the browser's preferred language, among those with translations."""
    languages = known()

    def negotiate(request: Request) -> str:
        accepted = request.accept_language
        return str(accepted.lookup(languages, default_tag=SOURCE))

    config.set_locale_negotiator(negotiate)
