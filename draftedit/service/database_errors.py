"""Classify the errors of a database, for applications on any framework.

What another transaction caused is retryable: roll back, and do the same work again from
its start. An absent database, or one that was never migrated, is answered with 503.
"""

import re

from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from draftedit.engine.base.errors import SaveRace
from draftedit.engine.dialects import error_is

# What a database that does not do its work is noticed by.
DATABASE_ERRORS = (DBAPIError, PendingRollbackError, PoolTimeout)

# Two requests under one key meet at its primary key: the second tries again and is then
# answered by what the first did. All other records of ours are made without raising.
# The table is recognised by its columns, since each `Drafts` chooses the begin of its
# name, and in the statement, since MariaDB does not report it.
_REQUEST_KEY = re.compile(
    r"\s*INSERT INTO (?:[\w\"`]+\.)?[\"`]?\w*request[\"`]? "
    r"\(owner, [\"`]?key[\"`]?, digest, status, ",
)


def is_retryable(error: BaseException | None) -> bool:
    """Return whether the same work, done again from its start, may well succeed."""
    if isinstance(error, SaveRace):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error_is(error, "savepoint_lost"):
        return is_retryable(error.__context__)
    if isinstance(error, IntegrityError):
        is_of_a_key = _REQUEST_KEY.match(error.statement or "") is not None
        return is_of_a_key and error_is(error, "unique")
    return error_is(error, "retryable")


def is_away(error: BaseException | None) -> bool:
    """Return whether there is no database to talk to just now."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or error_is(error, "away")


def is_not_migrated(error: BaseException | None) -> bool:
    """Return whether a table or column is not there (yet)."""
    return isinstance(error, DBAPIError) and error_is(error, "not_migrated")
