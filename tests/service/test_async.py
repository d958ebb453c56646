"""Drafts through `AsyncSession.run_sync`."""

import asyncio
import contextlib
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import Session

from draftedit import (
    Conflicts,
    Refused,
    Set,
    in_async_transaction,
    make_async_engine,
)
from examples.orders.models import Base, Line, Order, drafts
from tests.databases import create_tables

pytestmark = pytest.mark.only_on("sqlite", "postgresql")  # as their drivers are
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


@pytest.fixture
def database(empty_database):
    """Make the README's tables, with two orders."""
    create_tables(empty_database.engine, Base.metadata, drafts.metadata)
    with Session(empty_database.engine) as dbsession, dbsession.begin():
        tea = Line(product="tea", place="V00000")
        dbsession.add_all(
            [Order(id=1, number="1", lines=[tea]), Order(id=2, number="2")]
        )
    return empty_database


@pytest.fixture
def run(database):
    """Return what runs a coroutine function on a factory of AsyncSessions."""

    async def with_sessions(act):
        url = database.engine.url.set(drivername=DRIVERS[database.backend])
        engine = make_async_engine(url)
        try:
            return await act(
                async_sessionmaker(engine.execution_options(draftedit_writes=True))
            )
        finally:
            await engine.dispose()

    return lambda act: asyncio.run(with_sessions(act))


def products(database):
    with Session(database.engine) as dbsession:
        return dbsession.scalars(sa.select(Line.product)).all()


def draft_on(key):
    return lambda dbsession: drafts.open(dbsession, Order, key, owner="ada").key


def test_a_draft_is_opened_edited_undone_and_saved(run, database):
    async def act(sessions):
        async with sessions.begin() as dbsession:
            edit = await dbsession.run_sync(drafts.open, Order, 1, owner="ada")
            await dbsession.run_sync(
                lambda _: edit.apply(Set("line", 1, product="black tea"))
            )
            await dbsession.run_sync(lambda _: edit.undo())
        async with sessions.begin() as dbsession:
            edit = await dbsession.run_sync(drafts.resume, edit.key, owner="ada")
            await dbsession.run_sync(
                lambda _: edit.apply(Set("line", 1, product="green tea"))
            )
        seen = products(database)
        async with sessions.begin() as dbsession:
            edit = await dbsession.run_sync(drafts.resume, edit.key, owner="ada")
            saved = await dbsession.run_sync(lambda _: edit.save())
        return seen, saved.revision

    assert run(act) == (["tea"], 1)
    assert products(database) == ["green tea"]


def test_what_a_transaction_takes_back_was_never_there(run, database):
    async def act(sessions):
        async with sessions() as dbsession:
            key = await dbsession.run_sync(draft_on(1))
            await dbsession.rollback()
        async with sessions() as dbsession:
            found = await dbsession.run_sync(drafts.mine, "ada")
        return key, found.items

    assert run(act)[1] == []


def test_what_the_database_refuses_is_a_problem_of_the_field(run):
    async def act(sessions):
        def work(dbsession):
            edit = drafts.open(dbsession, Order, 1, owner="ada")
            edit.apply(Set("purchase", 1, number="2"))
            edit.save()

        with pytest.raises(Refused) as raised:
            await in_async_transaction(sessions, work)
        return raised.value.problems

    [problem] = run(act)
    assert (problem.code, problem.field) == ("value-taken-by-row", "number")


def test_two_tasks_edit_and_save_one_object_and_lose_nothing(run, database):
    async def act(sessions):
        async def save(table, **values):
            key = await in_async_transaction(sessions, draft_on(1))

            def work(dbsession):
                edit = drafts.resume(dbsession, key, owner="ada", lock=True)
                edit.apply(Set(table, 1, **values))
                return edit.save().revision

            return await in_async_transaction(sessions, work)

        return await asyncio.gather(
            save("purchase", number="3"), save("line", product="green tea")
        )

    assert sorted(run(act)) == [1, 2]
    assert products(database) == ["green tea"]


def test_a_conflict_is_raised_through_run_sync(run):
    async def act(sessions):
        first = await in_async_transaction(sessions, draft_on(1))
        second = await in_async_transaction(sessions, draft_on(1))

        def save(key, product):
            def work(dbsession):
                edit = drafts.resume(dbsession, key, owner="ada")
                edit.apply(Set("line", 1, product=product))
                edit.save()

            return in_async_transaction(sessions, work)

        await save(first, "green tea")
        with pytest.raises(Conflicts):
            await save(second, "black tea")

    run(act)


@pytest.mark.only_on("sqlite")
def test_a_commit_that_fails_leaves_no_lock_behind(run, database):
    def work(dbsession):
        drafts.open(dbsession, Order, 1, owner="ada")
        dbsession.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        dbsession.execute(sa.text("UPDATE line SET order_id = 99"))

    async def act(sessions):
        async with sessions() as dbsession:
            await dbsession.run_sync(work)
            with pytest.raises(sa.exc.IntegrityError):
                await dbsession.commit()
        with contextlib.closing(sqlite3.connect(database.engine.url.database)) as other:
            other.execute("PRAGMA busy_timeout = 0")
            other.execute("BEGIN IMMEDIATE")
            other.rollback()

    run(act)
    assert products(database) == ["tea"]
