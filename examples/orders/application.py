"""A Pyramid application with drafts on its own models, as small as one can be.

python -m examples.orders.application [port]

It serves http://localhost:6544/edit/ from var/orders.sqlite, on this machine only, and
takes everybody for Ada: an application of yours has a security policy and an engine of
its own. The rest is what each host needs.
"""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import waitress
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound
from pyramid.request import Request
from pyramid.session import SignedCookieSessionFactory
from sqlalchemy.orm import Session

from examples.orders.models import Base, Line, Order, drafts

FILE = Path("var/orders.sqlite")
PORT = 6544


class EverybodyIsAda:
    """Who asks, and what they may do: the part that a real application must replace."""

    def identity(self, request: Request) -> str:
        """Return the user."""
        return "ada"

    def authenticated_userid(self, request: Request) -> str:
        """Return the owner of the drafts that this request opens."""
        return self.identity(request)

    def permits(self, request: Request, context: object, permission: str) -> bool:
        """Permit everything, as nobody but Ada can reach this server."""
        return True

    def remember(self, request: Request, userid: str, **kw: Any) -> list[Any]:
        """Remember nobody: there is only Ada."""
        return []

    def forget(self, request: Request, **kw: Any) -> list[Any]:
        """Forget nobody."""
        return []


def make_engine(file: Path) -> sa.Engine:
    """Open the database; make its tables and two orders if it is new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", _check_foreign_keys)
    Base.metadata.create_all(engine)
    drafts.metadata.create_all(engine)
    with Session(engine) as dbsession:
        if dbsession.scalar(sa.select(sa.func.count(Order.id))) == 0:
            dbsession.add_all(_sample())
            dbsession.commit()
    return engine


def make_application(engine: sa.Engine) -> Callable[..., Any]:
    """Build the application: transactions, a database session, users, and drafts."""

    def dbsession(request: Request) -> Session:
        made = Session(engine)
        zope.sqlalchemy.register(made, transaction_manager=request.tm)
        return made

    settings = {"tm.manager_hook": "pyramid_tm.explicit_manager"}
    with Configurator(settings=settings) as config:
        config.include("pyramid_tm")
        config.add_request_method(dbsession, reify=True)
        config.set_security_policy(EverybodyIsAda())
        # A new secret at each start: drafts outlive it, flash messages do not.
        config.set_session_factory(SignedCookieSessionFactory(secrets.token_hex()))
        config.include("draftedit", route_prefix="/edit")
        config.add_drafts(drafts)
        config.add_route("front", "/")
        config.add_view(_to_drafts, route_name="front")
        application: Callable[..., Any] = config.make_wsgi_app()
        return application


def main() -> None:
    """Serve it until it is interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    application = make_application(make_engine(FILE))
    print(f"Orders and their drafts: http://localhost:{port}/edit/")
    waitress.serve(application, listen=f"127.0.0.1:{port}", _quiet=True)


def _to_drafts(_request: Request) -> HTTPFound:
    return HTTPFound("/edit/")


def _check_foreign_keys(connection: Any, _record: object) -> None:
    """Let SQLite check foreign keys, which it does only when asked."""
    connection.execute("PRAGMA foreign_keys = ON")


def _sample() -> list[Order]:
    places = [f"V0000{number}" for number in range(3)]
    first, second = Order(number="2026-17"), Order(number="2026-18")
    for product, place in zip(("tea", "milk", "sugar"), places, strict=True):
        first.lines.append(Line(product=product, place=place))
    second.lines.append(Line(product="coffee", place=places[0], amount=2))
    return [first, second]


if __name__ == "__main__":
    main()
