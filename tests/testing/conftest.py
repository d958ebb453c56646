"""One small table, and sessions on it that have nothing of ours around them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.databases import Database

# A project of its own; test_plugin.py runs it.
collect_ignore = ["foreign"]


class Base(DeclarativeBase):
    """Metadata of these tests alone."""


class Thing(Base):
    """A thing with a name."""

    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database(Base.metadata)


@pytest.fixture
def engine(database: Database) -> sa.Engine:
    return database.engine


@pytest.fixture
def names(engine: sa.Engine) -> Callable[[], list[str]]:
    """Return what asks a connection of its own for the names of all things."""

    def names() -> list[str]:
        with engine.connect() as connection:
            return list(connection.scalars(sa.select(Thing.name).order_by(Thing.id)))

    return names
