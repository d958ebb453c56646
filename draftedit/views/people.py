"""Signing in, one's account, and health: what only the ready application has.

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
)

VIEWS = ("login", "account", "tokens", "health")


def includeme(config: Configurator) -> None:
    """Add the routes and their views."""
    for name, pattern in ROUTES:
        config.add_route(name, pattern)
    for module in VIEWS:
        config.scan(f"draftedit.views.{module}")
