"""The queue that wakes workers: huey, with SQLite inside it or Redis behind it.

An entry is a hint that a result is wanted; the wish itself is a row of the database
(`draftedit.results`), where a worker finds it even if no hint ever arrives. That is
why the queue may lose an entry, or repeat one. Huey is imported where it is needed: a
server starts sooner.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from draftedit.settings import BadSettings, Settings

if TYPE_CHECKING:
    from huey import Huey
    from pyramid.config import Configurator

NAME = "draftedit"
SQLITE = "sqlite:///"
REDIS = ("redis://", "rediss://", "unix://")

Wake = Callable[[str, str, str], None]  # target, root, task


class Queue:
    """A queue of hints: a web process puts them in, workers take them out."""

    def __init__(self, huey: "Huey") -> None:
        """Put hints into `huey`, and until `serve` do nothing with those taken out."""
        self.huey = huey
        self._serve: Wake | None = None

        def wake(target: str, root: str, task: str) -> None:
            if self._serve is not None:
                self._serve(target, root, task)

        self._wake = huey.task(name="wake")(wake)

    def wake(self, target: str, root: str, task: str) -> None:
        """Say that a result is wanted."""
        self._wake(target, root, task)

    def serve(self, run: Wake) -> None:
        """Say what this process does with a hint."""
        self._serve = run

    def is_empty(self) -> bool:
        """Tell whether every hint has been taken out."""
        return bool(self.huey.pending_count() == 0)


def queue_of(settings: Settings) -> Queue | None:
    """Return the queue that the ini file names; None: workers look by themselves."""
    address = str(settings.get("draftedit.queue") or "").strip()
    return make_queue(address) if address else None


def own_queue() -> Queue:
    """Return a queue inside this process, for a worker that finds all by itself."""
    from huey import MemoryHuey

    return Queue(MemoryHuey(NAME, results=False))


def make_queue(address: str, name: str = NAME) -> Queue:
    """Return the queue at an address: `sqlite:///file`, or `redis://host:port/number`.

    `name`: queues of other names at one address do not meet.
    """
    from huey import RedisHuey, SqliteHuey
    from huey.exceptions import ConfigurationError

    options: dict[str, Any] = {"results": False, "serializer": _plain_serializer()}
    if address.startswith(SQLITE):
        file = address.removeprefix(SQLITE)
        return Queue(SqliteHuey(name, filename=file, **options))
    if address.startswith(REDIS):
        try:
            return Queue(RedisHuey(name, url=_patient(address), **options))
        except (ConfigurationError, ModuleNotFoundError):
            raise BadSettings(
                "redis is not installed: pip install 'draftedit[redis]'"
            ) from None
        except ValueError as error:
            raise BadSettings(f"draftedit.queue: {error}") from error
    # Without the address: it may hold a password.
    raise BadSettings("draftedit.queue is neither sqlite:/// nor redis://")


def _patient(address: str) -> str:
    """Let a request wait two seconds for a Redis that does not answer, not for ever."""
    given = "&" if "?" in address else "?"
    if "timeout" in address:
        return address
    return f"{address}{given}socket_connect_timeout=2&socket_timeout=5"


def _plain_serializer() -> Any:
    """Return a serializer of JSON.

    Huey's own is pickle, which runs what is in it: whoever could write to the queue
    would be the worker.
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
    """Let the application wake workers by the queue that its ini file names."""
    queue = queue_of(config.get_settings())
    if queue is not None:
        config.set_task_queue(queue.wake)
