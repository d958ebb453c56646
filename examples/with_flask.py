"""Drafts in a Flask application, as JSON over HTTP; the models are the README's.

python -m examples.with_flask

A request is one transaction: `in_transaction` commits it, and repeats it if it met
another one. The user is whoever a header names: an application of yours signs them in.
"""

from collections.abc import Callable
from typing import Any

import flask
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

import draftedit
from draftedit import EditSession
from examples.orders.models import Base, Order, drafts

URL, PORT = "sqlite:///orders.sqlite", 6545


def make_application(engine: sa.Engine) -> flask.Flask:
    """Build the application on an engine of `draftedit.make_engine`."""
    app = flask.Flask(__name__)
    # SQLite has one writer at a time: a transaction says at its begin that it will.
    sessions = sessionmaker(engine.execution_options(draftedit_writes=True))

    @app.post("/orders/<int:order>/drafts")
    def begin(order: int) -> dict[str, Any]:
        def work(dbsession: Session) -> dict[str, Any]:
            return {"draft": drafts.open(dbsession, Order, order, owner=user()).key}

        return draftedit.in_transaction(sessions, work)

    def changed(key: int, act: Callable[[EditSession], object]) -> dict[str, Any]:
        def work(dbsession: Session) -> dict[str, Any]:
            edit = drafts.resume(dbsession, key, owner=user(), lock=True)
            act(edit)
            lines = [row.values for row in edit.page("line").rows]
            return {"draft": key, "state": edit.info.state, "lines": lines}

        return draftedit.in_transaction(sessions, work)

    @app.post("/drafts/<int:key>/operations")
    def operate(key: int) -> dict[str, Any]:
        operation = drafts.operation_from_json(flask.request.get_json())
        return changed(key, lambda edit: edit.apply(operation))

    @app.post("/drafts/<int:key>/<any(undo, redo, save, cancel):verb>")
    def carry_out(key: int, verb: str) -> dict[str, Any]:
        return changed(key, lambda edit: getattr(edit, verb)())

    @app.errorhandler(draftedit.DraftError)
    @app.errorhandler(sa.exc.SQLAlchemyError)
    def refuse(error: Exception) -> tuple[str, int, dict[str, str]]:
        found = draftedit.problem_details(error)
        if found is None:
            raise error
        return found.text, found.status, found.headers

    return app


def user() -> str:
    """Return who asks: the part that a real application must replace."""
    return flask.request.headers["X-User"]


if __name__ == "__main__":
    opened = draftedit.make_engine(URL)
    Base.metadata.create_all(opened)
    drafts.metadata.create_all(opened)
    make_application(opened).run(port=PORT)
