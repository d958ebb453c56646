"""A knot in which two people edit the same plan."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from draftedit.engine.values.order_key import spread
from tests.databases import Database
from tests.engine.rebasing.looking import Keys
from tests.hosts import knot
from tests.hosts.knot import Badge, Box, Item, Mark, Plan


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database(knot.Base.metadata, knot.drafts.metadata)


@pytest.fixture
def keys(dbsession: Session) -> Keys:
    """Put a plan of boxes a, b and c, with items u to z, into the database.

    u, v, w lie in a, in this order, x, y in b, z in c; each has the mark "old".
    """
    dbsession.add_all([Badge(code="red"), Badge(code="blue")])
    plan, keys = Plan(name="plan"), Keys()
    for place, (name, items) in zip(
        spread(3), {"a": "uvw", "b": "xy", "c": "z"}.items(), strict=True
    ):
        box = Box(name=name, place=place)
        plan.boxes.append(box)
        for at, called in zip(spread(len(items)), items, strict=True):
            code = ord(called)
            item = Item(name=called, place=at, code=code, serial=uuid.UUID(int=code))
            item.marks = [Mark(word="old", weight=1)]
            box.items.append(item)
    dbsession.add(plan)
    dbsession.commit()
    keys.update({box.name: (box.id,) for box in plan.boxes})
    keys.update({i.name: (i.id,) for box in plan.boxes for i in box.items})
    keys["plan"] = (plan.id,)
    return keys


@pytest.fixture
def open_draft(dbsession: Session, keys: Keys):
    """Return `open_draft(owner)`: a draft on the plan, on its newest revision."""
    return lambda owner: knot.drafts.open(dbsession, Plan, keys["plan"], owner=owner)
