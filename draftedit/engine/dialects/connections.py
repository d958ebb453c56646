"""What draftedit asks about connections to a database."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import sqlalchemy as sa

CONNECT_SECONDS = 10

# An execution option: the transactions of this engine are going to write.
WRITES = "draftedit_writes"


class Connections(ABC):
    """The part of `Backend` that is about connections, and how an engine is made."""

    # The driver that we use; a host may use another one.
    driver: ClassVar[str]
    # The extra of the package that installs a driver; None: Python has one.
    extra: ClassVar[str | None]

    @abstractmethod
    def engine_options(self, url: sa.URL, pgbouncer: bool) -> dict[str, Any]:
        """Return what `create_engine` is given for an address.

        `pgbouncer`: a pooler in transaction mode stands between us and the database.
        """

    @abstractmethod
    def prepare(self, engine: sa.Engine) -> None:
        """Let an engine of ours set up each connection and begin each transaction."""

    @abstractmethod
    def guard_pool(self, engine: sa.Engine) -> None:
        """Let a pool take back no connection that still has a transaction.

        For any engine, a host's own among them; done twice, it is done once.
        """

    @abstractmethod
    def file_of(self, url: sa.URL) -> str | None:
        """Return the file that an address names; None: it names a server."""

    @abstractmethod
    def charset_advice(self, connection: sa.Connection) -> str | None:
        """Return what to do first, as the database could not hold every text.

        None: nothing. A letter outside its character set would be an error in the
        middle of somebody's work.
        """
