"""An actor: a function in a thread of its own that stops before each step."""

import enum
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from draftedit.testing.race.runs import ActorResult

T = TypeVar("T")

START = "(start)"


class State(enum.Enum):
    """The state of an actor."""

    NEW = enum.auto()  # not yet begun
    AT_GATE = enum.auto()  # before a step
    IN_STEP = enum.auto()  # running, or blocked in the database
    DONE = enum.auto()


class Ended(BaseException):
    """The run is abandoned: unwinds the actor through any `except Exception`."""


class Actor(Generic[T]):
    """One function, its thread, and its progress.

    All actors of a run share one condition, `changed`, which guards these attributes.
    """

    def __init__(
        self, name: str, act: Callable[[], T], changed: threading.Condition
    ) -> None:
        """Prepare the actor; `start` runs it."""
        self.name = name
        self.state = State.NEW
        self.statement = START  # of the current or the next step
        self.is_busy = False  # SQLite has refused it, and it may try again
        self.connections: set[int] = set()  # their numbers in the lock tables
        self.result: ActorResult[T] | None = None
        self._act = act
        self._changed = changed
        self._ended = False
        self._again = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    # Called by the scheduler

    def start(self) -> None:
        """Run up to the first gate."""
        self.state = State.IN_STEP
        self._thread.start()

    def let_go(self) -> None:
        """Let it run one step."""
        self._set(state=State.IN_STEP)

    def answer(self, again: bool) -> None:
        """Let it ask SQLite again for what was refused, or accept the refusal."""
        self._set(_again=again, is_busy=False)

    def end(self) -> None:
        """Let it unwind from wherever it is."""
        self._set(_ended=True)
        self.answer(again=False)

    def join(self, seconds: float) -> None:
        """Wait for its thread."""
        if self.state is not State.NEW:
            self._thread.join(seconds)

    # Called in its own thread

    def pause(self, statement: str) -> None:
        """Stop at a gate until the scheduler lets it go."""
        self._set(statement=statement, state=State.AT_GATE)
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self.state is State.IN_STEP)
        if self._ended:
            raise Ended

    def wait_for_answer(self) -> bool:
        """Wait for the scheduler after SQLite refused; return whether to ask again."""
        self._set(is_busy=True)
        with self._changed:
            self._changed.wait_for(lambda: not self.is_busy)
        return self._again

    def _run(self) -> None:
        current.set(self)
        try:
            result = ActorResult(self.name, returned=self._act())
        except Exception as error:  # because an error is a result of the run
            result = ActorResult(self.name, raised=error)
        except Ended:
            return
        self._set(result=result, state=State.DONE)

    def _set(self, **values: object) -> None:
        with self._changed:
            vars(self).update(values)
            self._changed.notify_all()


# The actor whose thread this is.
current: ContextVar[Actor[Any] | None] = ContextVar("current", default=None)
