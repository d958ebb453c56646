"""One transaction, or none; repeated if it met another one."""

import asyncio
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import sessionmaker

from draftedit import (
    SaveRace,
    Unknown,
    in_async_transaction,
    in_transaction,
    make_async_engine,
    make_engine,
)

TABLE = sa.Table("note", sa.MetaData(), sa.Column("text", sa.String))


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'notes.sqlite'}")
    TABLE.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["plain", "async"])
def transact(request, engine):
    """Return `in_transaction`, or the asynchronous one, on the same database."""
    if request.param == "plain":
        sessions = sessionmaker(engine)
        return lambda work, **options: in_transaction(sessions, work, **options)

    async def go(work, options):
        other = make_async_engine(engine.url.set(drivername="sqlite+aiosqlite"))
        try:
            return await in_async_transaction(
                async_sessionmaker(other), work, **options
            )
        finally:
            await other.dispose()

    return lambda work, **options: asyncio.run(go(work, options))


class Work:
    """Writes a note, then raises the next of some errors, as long as there are any."""

    def __init__(self, *errors):
        self.errors, self.calls = list(errors), 0

    def __call__(self, dbsession):
        self.calls += 1
        dbsession.execute(sa.insert(TABLE).values(text=f"call {self.calls}"))
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


def notes(engine):
    with engine.connect() as connection:
        return connection.scalars(sa.select(TABLE.c.text)).all()


def busy():
    original = sqlite3.OperationalError("database is locked")
    original.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("UPDATE note", {}, original)


def test_what_was_done_is_committed_and_returned(transact, engine):
    assert transact(Work()) == 1
    assert notes(engine) == ["call 1"]


@pytest.mark.parametrize("error", [busy(), SaveRace(3)], ids=["busy", "race"])
def test_what_met_another_transaction_is_rolled_back_and_done_again(
    transact, engine, error
):
    assert transact(Work(error, error)) == 3
    assert notes(engine) == ["call 3"]


def test_in_the_end_the_error_is_raised_and_nothing_is_stored(transact, engine):
    work = Work(*[SaveRace(number) for number in range(4)])
    with pytest.raises(SaveRace) as raised:
        transact(work, attempts=2)
    assert (work.calls, raised.value.seen) == (2, 1)
    assert notes(engine) == []


def test_another_error_is_raised_at_once(transact, engine):
    refused = Work(Unknown("draft", 7))
    with pytest.raises(Unknown):
        transact(refused)
    wrong = Work(OperationalError("SELEC", {}, sqlite3.OperationalError("syntax")))
    with pytest.raises(OperationalError):
        transact(wrong)
    assert (refused.calls, wrong.calls) == (1, 1)
    assert notes(engine) == []
