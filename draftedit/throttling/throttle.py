"""The throttle: count writes at the cursor, and refuse them before they run."""

import logging
import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import limits
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, sessionmaker

from draftedit.engine.base.errors import TooManyWrites
from draftedit.service import unit_of_work
from draftedit.settings import BadSettings
from draftedit.settings.table import THROTTLE_PREFIX
from draftedit.throttling.write_statements import writes

log = logging.getLogger(__name__)

# Returns a user and their limits, "200/minute" or several; None means no limit.
Who = Callable[[], tuple[str, str] | None]

PREFIX = THROTTLE_PREFIX.default
# A storage that hangs must not block the writers.
TIMEOUTS = {"socket_timeout": 1, "socket_connect_timeout": 1}

_REFUSED = "draftedit.refused"  # key in the info of a connection

# What the library raises if an address names no usable storage.
_UNUSABLE = (
    ConfigurationError,  # because the scheme is unknown, or its driver missing
    NotImplementedError,  # because a storage such as memcached has no moving window
    ValueError,  # because the address cannot be parsed
)


@cache
def read_limits(text: str) -> tuple[limits.RateLimitItem, ...]:
    """Parse "200/minute", or several limits separated by ";"; raise BadSettings."""
    try:
        return tuple(limits.parse_many(text))
    except ValueError as error:
        raise BadSettings(f"{text!r} is no limit such as 200/minute") from error


class Throttle:
    """Counts what users write, in a storage that processes may share.

    `storage` is an address for the library `limits`: memory:// for one process,
    redis://host:6379/0 for several. `prefix` begins the keys there. If the storage is
    unreachable, no user is limited, and the log says so.
    """

    def __init__(self, storage: str, prefix: str = PREFIX) -> None:
        """Open the storage; raise BadSettings if it cannot be used."""
        is_redis = storage.startswith(("redis", "valkey"))
        options: dict[str, Any] = {"key_prefix": prefix, **TIMEOUTS} if is_redis else {}
        try:
            opened = storage_from_string(storage, wrap_exceptions=True, **options)
            self._limiter = MovingWindowRateLimiter(opened)
        except _UNUSABLE as error:
            raise BadSettings(
                f"the storage of the throttle cannot be used: {error}"
                " (for Redis: pip install 'draftedit[redis]')"
            ) from error

    def watch(
        self, target: Engine | Connection | Session | sessionmaker[Session], who: Who
    ) -> None:
        """Count what is written through `target` by the user that `who` returns.

        A write over the limit raises TooManyWrites before it runs; its transaction can
        no longer commit, even if that is caught.
        """

        def before_cursor_execute(
            connection: Connection,
            _cursor: Any,
            statement: str,
            _parameters: Any,
            context: Any,
            _executemany: bool,
        ) -> None:
            if not _is_counted(statement, context):
                return
            user = who()
            if user is not None:
                self._hit(connection, *user, rows=_rows(context))

        def listen(connection: Engine | Connection) -> None:
            event.listen(connection, "before_cursor_execute", before_cursor_execute)
            event.listen(connection, "commit", _refuse_commit)
            event.listen(connection, "begin", _begin)

        if isinstance(target, Engine | Connection):
            listen(target)
            return

        def after_begin(_session: Any, _transaction: Any, connection: Any) -> None:
            # A savepoint registers the same functions again; SQLAlchemy keeps each
            # once.
            listen(connection)

        event.listen(target, "after_begin", after_begin)

    def _hit(self, connection: Connection, user: str, text: str, rows: int) -> None:
        try:
            for limit in read_limits(text):
                if not self._limiter.hit(limit, user, cost=rows):
                    freed = self._limiter.get_window_stats(limit, user).reset_time
                    wait = max(1, math.ceil(freed - time.time()))
                    refusal = TooManyWrites(str(limit), wait)
                    connection.info[_REFUSED] = refusal
                    raise refusal
        except StorageError as error:
            log.warning("Nobody is throttled, the storage is away: %s", error)


def _is_counted(statement: str, context: Any) -> bool:
    """Return whether this is the first of the statements that are counted as one."""
    if not writes(statement):
        return False
    doing = unit_of_work.current()
    if doing is not None:
        counted, doing.counted = doing.counted, True
        return not counted
    # Many rows may be sent as several statements, one after the other.
    counted = getattr(context, "draftedit_counted", False)
    context.draftedit_counted = True
    return not counted


def _rows(context: Any) -> int:
    if unit_of_work.current() is not None:
        return 1
    return max(1, len(context.parameters))


def _refuse_commit(connection: Connection) -> None:
    refusal = connection.info.get(_REFUSED)
    if refusal is not None:
        # SQLAlchemy takes a commit that raises for done, and rolls nothing back.
        connection.dialect.do_rollback(connection.connection)
        raise refusal


def _begin(connection: Connection) -> None:
    connection.info.pop(_REFUSED, None)
