"""The ready application: users, sign-in, a database of its own, pages and API."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.router import Router

from draftedit.settings import BadSettings, given, refuse_bad
from draftedit.settings.table import DATABASE, SECRET, THROTTLES


def main(global_config: Mapping[str, str], **settings: Any) -> Router:
    """Build the ready application that an ini file describes."""
    try:
        needed = (SECRET,) if settings.get("dbengine") else (SECRET, DATABASE)
        refuse_bad(settings, *needed, ignored=global_config)
        with Configurator(settings=settings) as config:
            config.include(".models")
            config.include("draftedit.web.retry")
            config.include(".security")
            config.include("draftedit.web.headers.everywhere")
            config.include("draftedit.web.limits.everywhere")
            config.include("draftedit.web.languages")
            config.include(".pages")
            if given(THROTTLES, settings):
                # Only if it is set: it imports a library.
                config.include(".role_limits")
            config.include("draftedit")
            config.include(".task_queue")
            config.include("draftedit.web.pages.error_views.everywhere")
            config.add_drafts("draftedit.firewall.drafts")
            config.set_draft_receivers("draftedit.app.security.find_editor")
            return config.make_wsgi_app()
    except BadSettings as error:
        # One line for each fault, without a traceback.
        lines = str(error).splitlines()
        raise SystemExit("\n".join(f"draftedit: {line}" for line in lines)) from None
