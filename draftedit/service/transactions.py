"""The unit of work of an application without Pyramid: one transaction, or none.

Under Pyramid, pyramid_tm and pyramid_retry do the same for each request.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from draftedit.engine.base.errors import SaveRace
from draftedit.service.database_errors import is_retryable

if TYPE_CHECKING:  # it needs greenlet, which not everybody has
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

ATTEMPTS = 3

R = TypeVar("R")
Work = Callable[[Session], R]


def in_transaction(
    sessions: sessionmaker[Session], work: Work[R], *, attempts: int = ATTEMPTS
) -> R:
    """Call `work` with a session of its own, commit, and return what it returned.

    If `work` or the commit met another transaction (a lock, a deadlock, SaveRace), the
    whole is rolled back and done again, up to `attempts` times in all: `work` must read
    again whatever it relies on, and do nothing that a rollback does not take back. Any
    other error, and the last of these, is raised after the rollback.
    """
    for _ in range(attempts - 1):
        try:
            return _once(sessions, work)
        except (DBAPIError, SaveRace) as error:
            _require_retryable(error)
    return _once(sessions, work)


async def in_async_transaction(
    sessions: "async_sessionmaker[AsyncSession]",
    work: Work[R],
    *,
    attempts: int = ATTEMPTS,
) -> R:
    """Do as `in_transaction` does, by `AsyncSession.run_sync`.

    `work` is a plain function and gets the plain session inside the AsyncSession; the
    event loop goes on while that waits for the database.
    """
    for _ in range(attempts - 1):
        try:
            return await _once_async(sessions, work)
        except (DBAPIError, SaveRace) as error:
            _require_retryable(error)
    return await _once_async(sessions, work)


def _once(sessions: sessionmaker[Session], work: Work[R]) -> R:
    with sessions.begin() as dbsession:
        return work(dbsession)


async def _once_async(sessions: "async_sessionmaker[AsyncSession]", work: Work[R]) -> R:
    async with sessions.begin() as dbsession:
        return await dbsession.run_sync(work)


def _require_retryable(error: Exception) -> None:
    if not is_retryable(error):
        raise error
