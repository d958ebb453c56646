"""Pages of the ready application only: login, account, health and the icon.

A host has users, pages and monitors of its own; it includes `draftedit` without this.
"""

from pyramid.config import Configurator

ROUTES = (
    ("login", "/login"),
    ("logout", "/logout"),
    ("account", "/account"),
    ("account_password", "/account/password"),
    ("account_tokens", "/account/tokens"),
    ("account_token_revoke", "/account/tokens/{id}/revoke"),
    ("healthz", "/healthz"),
    ("readyz", "/readyz"),
    ("favicon", "/favicon.ico"),
)


def includeme(config: Configurator) -> None:
    """Add the routes and their views."""
    for name, pattern in ROUTES:
        # Pages link to these if they are there: not to a host's own `logout`.
        config.add_route(f"draftedit_app.{name}", pattern)
    config.scan("draftedit.app.pages")
