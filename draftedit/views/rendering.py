"""What every template of this package may call, in whichever host it is rendered.

The names are added as a page is rendered, not to the host's Jinja2 environment: the
host's own templates, its globals and its translation domain stay as they are.
"""

from typing import Any

from markupsafe import Markup
from pyramid.events import BeforeRender
from pyramid.request import Request

from draftedit.guards import new_request_key
from draftedit.views.site import Site
from draftedit.views.times import when

PACKAGE = "draftedit"


def add_names(event: BeforeRender) -> None:
    """Add the names to a rendering of ours; leave the host's alone."""
    info, request = event["renderer_info"], event["request"]
    package = getattr(info.package, "__name__", "")
    spec, colon, _path = (event["renderer_name"] or "").partition(":")
    if request is None or (spec if colon else package).split(".")[0] != PACKAGE:
        return
    event.update(names(request))


def names(request: Request) -> dict[str, Any]:
    """Return the names, bound to the request's language."""
    localizer = request.localizer

    def gettext(message: Any, **variables: Any) -> str:
        text = localizer.translate(message, domain=PACKAGE) or ""
        return _filled(text, variables)

    def ngettext(singular: str, plural: str, n: int, **variables: Any) -> str:
        text = localizer.pluralize(singular, plural, n, domain=PACKAGE)
        return _filled(text, variables)

    return {
        "_": gettext,
        "gettext": gettext,
        "ngettext": ngettext,
        "site": Site(request),
        "request_key": new_request_key,
        "when": when,
    }


def _filled(text: str, variables: dict[str, Any]) -> str:
    # Only where Jinja2's "newstyle" is on are there variables; the text is that of a
    # template or of its translation, and what is put in is escaped.
    return Markup(text) % variables if variables else text  # noqa: S704 — a template's own text
