"""Ways to take the next number, as commonly advised: wrong ones and right ones.

Each is a function of a session that returns a number; the caller commits. The tests
play every order of their steps.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from draftedit.app.models import WRITES
from draftedit.counter import Counters
from draftedit.testing.race import Run

NAME = "change-ticket"
# What begins a step, besides commits.
AT = "tally|ticket|invoice|^BEGIN IMMEDIATE"


class Base(DeclarativeBase):
    """A host that counts by itself."""


class Tally(Base):
    """A counter made by hand."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    value: Mapped[int]


class Ticket(Base):
    """What is numbered, where nothing in the database forbids a number twice."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class Invoice(Base):
    """What is numbered, with a constraint."""

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)


counters = Counters(Base.metadata, "tally_of_draftedit")

TICKET = Ticket.__table__
MINE = Tally.name == NAME


def read_then_write(dbsession: Session) -> int:
    value = dbsession.scalar(sa.select(Tally.value).where(MINE)) + 1
    return _write(dbsession, value)


def add_to_an_attribute(dbsession: Session) -> int:
    tally = dbsession.get_one(Tally, NAME)
    tally.value += 1
    return tally.value


def greatest_and_one(dbsession: Session) -> int:
    number = dbsession.scalar(sa.select(sa.func.max(Ticket.number))) + 1
    dbsession.add(Ticket(number=number))
    return number


def greatest_and_one_unique(dbsession: Session) -> int:
    number = dbsession.scalar(sa.select(sa.func.max(Invoice.number))) + 1
    dbsession.add(Invoice(number=number))
    return number


def lock_the_last_row(dbsession: Session) -> int:
    last = sa.select(Ticket.number).order_by(Ticket.number.desc()).limit(1)
    number = dbsession.scalar(last.with_for_update()) + 1
    dbsession.add(Ticket(number=number))
    return number


def lock_and_read_below(dbsession: Session) -> int:
    inner = aliased(Tally)
    read = sa.select(inner.value).where(inner.name == NAME).scalar_subquery()
    locking = sa.select(read).select_from(Tally).where(MINE).with_for_update()
    return _write(dbsession, dbsession.scalar(locking) + 1)


def lock_what_was_read_before(dbsession: Session) -> int:
    tally = dbsession.get_one(Tally, NAME)
    dbsession.scalars(sa.select(Tally).where(MINE).with_for_update()).one()
    tally.value += 1  # the object that is held, with the value from before the lock
    return tally.value


def get_and_lock_what_was_read_before(dbsession: Session) -> int:
    tally = dbsession.get_one(Tally, NAME)
    dbsession.get_one(Tally, NAME, with_for_update=True)
    tally.value += 1
    return tally.value


def lock_and_read_anew(dbsession: Session) -> int:
    tally = dbsession.get_one(Tally, NAME)
    dbsession.get_one(Tally, NAME, with_for_update=True, populate_existing=True)
    tally.value += 1
    return tally.value


def lock_what_nobody_holds(dbsession: Session) -> int:
    dbsession.get_one(Tally, NAME)  # and let go of
    tally = dbsession.get_one(Tally, NAME, with_for_update=True)
    tally.value += 1
    return tally.value


def lock_or_insert(dbsession: Session) -> int:
    """Lock the row; where there is none, insert it."""
    tally = dbsession.get(Tally, NAME, with_for_update=True)
    if tally is None:
        tally = Tally(name=NAME, value=0)
        dbsession.add(tally)
    tally.value += 1
    return tally.value


def lock_then_write(dbsession: Session) -> int:
    locking = sa.select(Tally.value).where(MINE).with_for_update()
    return _write(dbsession, dbsession.scalar(locking) + 1)


def let_the_database_count(dbsession: Session) -> int:
    tally = dbsession.get_one(Tally, NAME)
    tally.value = Tally.value + 1
    dbsession.flush()  # the row is locked by the UPDATE, and read again after it
    return tally.value


def next_of_counters(dbsession: Session) -> int:
    return counters.next(dbsession, NAME)


def next_and_a_ticket(dbsession: Session) -> int:
    """Take a number and use it, as a host would."""
    number = counters.next(dbsession, NAME)
    dbsession.add(Ticket(number=number))
    dbsession.flush()  # a step of its own between the number and the commit
    return number


def _write(dbsession: Session, value: int) -> int:
    dbsession.execute(sa.update(Tally).where(MINE).values(value=value))
    return value


# Actors


def actor(engine: sa.Engine, way: Callable[[Session], int], locked: bool = False):
    """Return what takes one number in a transaction; `locked`: BEGIN IMMEDIATE."""
    bind = engine.execution_options(**{WRITES: locked})

    def act() -> int:
        with Session(bind) as dbsession:
            number = way(dbsession)
            dbsession.commit()
            return number

    return act


def gives_back(engine: sa.Engine):
    """Return what takes a number and rolls back."""
    bind = engine.execution_options(**{WRITES: True})

    def act() -> None:
        with Session(bind) as dbsession:
            next_and_a_ticket(dbsession)
            dbsession.rollback()

    return act


def resetting(engine: sa.Engine, last: int | None, *tables: sa.Table):
    """Return what puts all counters to `last`; None: nothing was counted yet.

    Only these tables, which is quicker where there are many orders.
    """
    chosen = tables or tuple(Base.metadata.tables.values())

    def reset() -> None:
        with engine.begin() as connection:
            for table in chosen:
                connection.execute(sa.delete(table))
                if last is not None:
                    connection.execute(sa.insert(table), _row(table, last))

    return reset


def _row(table: sa.Table, last: int) -> dict[str, object]:
    if "value" in table.c:
        return {"name": NAME, "value": last}
    return {"number": last}


def is_double(run: Run[int]) -> bool:
    """Return whether a number was given twice."""
    return len(set(run.returned)) < len(run.returned)


def numbered(engine: sa.Engine) -> list[int]:
    """Return the numbers of the tickets that are there."""
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(Ticket.number).order_by("number")))
