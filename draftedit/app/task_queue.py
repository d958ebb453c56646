"""The queue that wakes workers: huey, with SQLite inside it or Redis behind it.

An entry is a hint that a result is wanted; the request itself is a row of the database
(`draftedit.results`), where a worker finds it even if no hint ever arrives. That is why
the queue may lose or repeat an entry. Huey is imported lazily: a server starts sooner.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from draftedit.settings import BadSettings, Settings
from draftedit.settings.table import QUEUE

if TYPE_CHECKING:
    from huey import Huey
    from pyramid.config import Configurator

NAME = "draftedit"
SQLITE = "sqlite:///"

Wake = Callable[[str, str, str], None]  # target, root, task


class Queue:
    """A queue of hints: web processes add them, workers take them out."""

    def __init__(self, huey: "Huey") -> None:
        """Put hints into `huey`; without `serve`, hints taken out are dropped."""
        self.huey = huey
        self._serve: Wake | None = None

        def wake(target: str, root: str, task: str) -> None:
            if self._serve is not None:
                self._serve(target, root, task)

        self._wake = huey.task(name="wake")(wake)

    def wake(self, target: str, root: str, task: str) -> None:
        """Add a hint that a result is wanted."""
        self._wake(target, root, task)

    def serve(self, run: Wake) -> None:
        """Set the function that this process runs for a hint."""
        self._serve = run

    def is_empty(self) -> bool:
        """Return whether every hint has been taken out."""
        return bool(self.huey.pending_count() == 0)


def queue_of(settings: Settings) -> Queue | None:
    """Return the queue that the ini file names; None if workers poll."""
    address = QUEUE.read(settings)
    return make_queue(address) if address else None


def own_queue() -> Queue:
    """Return a queue inside this process, for a worker that polls."""
    from huey import MemoryHuey

    return Queue(MemoryHuey(NAME, results=False))


def make_queue(address: str, name: str = NAME) -> Queue:
    """Return the queue at an address: `sqlite:///file`, or `redis://host:port/number`.

    `name`: queues of different names at one address are separate.
    """
    from huey import RedisHuey, SqliteHuey
    from huey.exceptions import ConfigurationError

    address = QUEUE.value(address)
    options: dict[str, Any] = {"results": False, "serializer": _plain_serializer()}
    if address.startswith(SQLITE):
        file = address.removeprefix(SQLITE)
        return Queue(SqliteHuey(name, filename=file, **options))
    try:
        return Queue(RedisHuey(name, url=_patient(address), **options))
    except (ConfigurationError, ModuleNotFoundError):
        raise BadSettings(
            "redis is not installed: pip install 'draftedit[redis]'"
        ) from None
    except ValueError as error:
        raise BadSettings(f"draftedit.queue: {error}") from error


def _patient(address: str) -> str:
    """Limit the wait of a request for a Redis that does not answer to two seconds."""
    given = "&" if "?" in address else "?"
    if "timeout" in address:
        return address
    return f"{address}{given}socket_connect_timeout=2&socket_timeout=5"


def _plain_serializer() -> Any:
    """Return a JSON serializer.

    Huey's own is pickle, which executes its input: anyone who could write to the queue
    would control the worker.
    """
    from huey.registry import Message
    from huey.serializer import Serializer

    class PlainSerializer(Serializer):
        def _serialize(self, data: Any) -> bytes:
            return json.dumps(data).encode()

        def _deserialize(self, data: bytes) -> Any:
            return Message(*json.loads(data))

    return PlainSerializer()


def includeme(config: "Configurator") -> None:
    """Let the application wake workers through the queue that its ini file names."""
    queue = queue_of(config.get_settings())
    if queue is not None:
        config.set_task_queue(queue.wake)
