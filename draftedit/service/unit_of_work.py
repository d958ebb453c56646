"""Group the statements of one verb, and mark its session changed afterwards.

A verb writes many rows: a save as many as the draft has changed, an undo of a hundred
steps a hundred times. To its user it is one action. Code that counts statements calls
`current()`: the statements of one verb count as one, those of a check not at all, as
they are rolled back.

A session that is joined to a transaction manager is marked as changed: see
`draftedit.engine.base.joined`. A commit that fails leaves no lock behind: see
`draftedit.engine.base.failed_commits`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from draftedit.engine.base.failed_commits import guard_commits
from draftedit.engine.base.joined import mark_changed

NAME = "dbsession"

P = ParamSpec("P")
R = TypeVar("R")


class Verb:
    """A running verb; `counted`: its writes need not be counted any more."""

    __slots__ = ("counted",)

    def __init__(self, counted: bool = False) -> None:
        """Begin uncounted, or `counted` if its writes are not to be counted."""
        self.counted = counted


_current: ContextVar[Verb | None] = ContextVar("draftedit_verb", default=None)


def current() -> Verb | None:
    """Return the verb that is running here, or None."""
    return _current.get()


def verb(act: Callable[P, R]) -> Callable[P, R]:
    """Make a function a verb; verbs that it calls are part of it.

    It takes a `dbsession`, or is a method of an object that has one.
    """
    dbsession_of = _finder(act)

    @wraps(act)
    def done(*args: P.args, **options: P.kwargs) -> R:
        token = None if _current.get() else _current.set(Verb())
        try:
            return act(*args, **options)
        finally:
            if token is not None:
                _current.reset(token)
            dbsession = dbsession_of(args, options)
            # A new session is joined only by now.
            mark_changed(dbsession)
            guard_commits(dbsession)

    return done


def _finder(act: Callable[..., Any]) -> Callable[[Sequence[Any], dict[str, Any]], Any]:
    """Return a function that finds the session among the arguments of a verb."""
    names = list(signature(act).parameters)
    if NAME not in names:
        return lambda args, _options: args[0].dbsession
    place = names.index(NAME)
    return lambda args, options: options[NAME] if NAME in options else args[place]


@contextmanager
def uncounted() -> Iterator[None]:
    """Count no writes inside, as they are rolled back."""
    token = _current.set(Verb(counted=True))
    try:
        yield
    finally:
        _current.reset(token)
