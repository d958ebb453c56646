"""Drafts in a plain script: Ada edits an order while Bob saves the same line.

python -m examples.script

The models are the README's. Each step is one transaction, as a request would be:
`in_transaction` commits it, and repeats it if it met another one.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

import draftedit
from draftedit import EditSession
from examples.orders.models import Base, Line, Order, drafts

Act = Callable[[EditSession], Any]


def main(engine: sa.Engine) -> list[str]:
    """Open, set, undo, redo, be overtaken, and save; return what happened."""
    Base.metadata.create_all(engine)
    drafts.metadata.create_all(engine)
    sessions = sessionmaker(engine.execution_options(draftedit_writes=True))
    order, line = draftedit.in_transaction(sessions, add_order)

    def begin(owner: str) -> Callable[[Act], Any]:
        """Open a draft; return what carries out one step of it."""
        key = draftedit.in_transaction(
            sessions, lambda db: drafts.open(db, Order, order, owner=owner).key
        )
        return lambda act: draftedit.in_transaction(
            sessions, lambda db: act(drafts.resume(db, key, owner=owner, lock=True))
        )

    ada, bob = begin("ada"), begin("bob")
    ada(lambda edit: edit.apply(draftedit.Set("line", line, product="green tea")))
    ada(EditSession.undo)
    said = [f"undone: {ada(products)}"]
    ada(EditSession.redo)
    said += [f"redone: {ada(products)}"]
    bob(lambda edit: edit.apply(draftedit.Set("line", line, product="black tea")))
    said += [f"Bob: {bob(save)}", f"Ada: {ada(save)}"]
    with sessions() as dbsession:
        said += [f"live: {dbsession.get_one(Line, line).product}"]
    return said


def add_order(dbsession: Session) -> tuple[int, int]:
    """Add an order with one line; return their keys."""
    line = Line(product="tea", place="V00000")
    order = Order(number="2026-17", lines=[line])
    dbsession.add(order)
    dbsession.flush()  # the keys
    return order.id, line.id


def products(edit: EditSession) -> list[str]:
    """Return what the draft has in its lines."""
    return [row.values["product"] for row in edit.page("line").rows]


def save(edit: EditSession) -> str:
    """Save; where others have changed the same, what this draft has counts."""
    try:
        return f"revision {edit.save().revision}"
    except draftedit.Conflicts as error:
        edit.rebase([draftedit.Resolution("draft")])
        return f"revision {edit.save().revision} after {error}"


if __name__ == "__main__":
    print("\n".join(main(draftedit.make_engine("sqlite://"))))
