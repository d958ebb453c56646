"""Drafts in an asynchronous FastAPI application; the models are the README's.

uvicorn --factory examples.with_fastapi:make_application

A request is one transaction: `in_async_transaction` commits it, and repeats it if it
met another one. It calls plain functions, by `AsyncSession.run_sync`. The user is
whoever a header names: an application of yours signs them in.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import fastapi
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import Session

import draftedit
from draftedit import EditSession
from examples.orders.models import Base, Order, drafts

URL = "sqlite+aiosqlite:///orders.sqlite"
User = Annotated[str, fastapi.Header(alias="X-User")]
Verb = Literal["undo", "redo", "save", "cancel"]
Shown = dict[str, Any]
Act = Callable[[EditSession], object]


def make_application(url: str = URL) -> fastapi.FastAPI:
    """Build the application; its tables are made when it starts."""
    engine = draftedit.make_async_engine(url)
    # SQLite has one writer at a time: a transaction says at its begin that it will.
    sessions = async_sessionmaker(engine.execution_options(draftedit_writes=True))

    @asynccontextmanager
    async def lifespan(_app: fastapi.FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.run_sync(drafts.metadata.create_all)
        yield
        await engine.dispose()

    app = fastapi.FastAPI(lifespan=lifespan)

    @app.post("/orders/{order}/drafts")
    async def begin(order: int, user: User) -> Shown:
        def work(dbsession: Session) -> Shown:
            return {"draft": drafts.open(dbsession, Order, order, owner=user).key}

        return await draftedit.in_async_transaction(sessions, work)

    async def changed(key: int, user: str, act: Act) -> Shown:
        def work(dbsession: Session) -> Shown:
            edit = drafts.resume(dbsession, key, owner=user, lock=True)
            act(edit)
            lines = [row.values for row in edit.page("line").rows]
            return {"draft": key, "state": edit.info.state, "lines": lines}

        return await draftedit.in_async_transaction(sessions, work)

    @app.post("/drafts/{key}/operations")
    async def operate(key: int, user: User, sent: dict[str, Any]) -> Shown:
        operation = drafts.operation_from_json(sent)
        return await changed(key, user, lambda edit: edit.apply(operation))

    @app.post("/drafts/{key}/{verb}")
    async def carry_out(key: int, user: User, verb: Verb) -> Shown:
        return await changed(key, user, lambda edit: getattr(edit, verb)())

    @app.exception_handler(draftedit.DraftError)
    @app.exception_handler(sa.exc.SQLAlchemyError)
    async def refuse(_request: object, error: Exception) -> fastapi.Response:
        found = draftedit.problem_details(error)
        if found is None:
            raise error
        return fastapi.Response(found.text, found.status, found.headers)

    return app
