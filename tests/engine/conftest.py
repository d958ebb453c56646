"""Drafts of the small hosts, in databases made by create_all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import EditSession, firewall
from tests.databases import Database
from tests.hosts import shop
from tests.hosts.selling import Shop


@pytest.fixture(autouse=True)
def engine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what the engine does, not what a host's own checks refuse."""
    targets = firewall.drafts.targets
    for name, target in targets.items():
        monkeypatch.setitem(targets, name, replace(target, checks=(), notes=()))


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    """Make the tables of the shop."""
    return fresh_database(shop.Base.metadata, shop.drafts.metadata)


@pytest.fixture
def goods(dbsession: Session) -> Shop:
    """Put two orders, with lines, notes and labels, into the shop."""
    return Shop(dbsession)


@pytest.fixture
def edit(goods: Shop, dbsession: Session) -> EditSession:
    """Open Ada's draft on the first order."""
    return shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")


@pytest.fixture
def statements(connection: sa.Connection):
    """Collect the statements that are run, to be counted."""
    run: list[str] = []

    def collect(_connection, _cursor, statement, *_rest):
        run.append(statement)

    sa.event.listen(connection, "before_cursor_execute", collect)
    yield run
    sa.event.remove(connection, "before_cursor_execute", collect)
