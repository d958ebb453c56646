"""Which statements belong to one verb, for whoever counts what a user writes.

A verb writes many rows: a save as many as the draft has changed, an undo of a hundred
steps a hundred times. To its user it is one thing done. Whoever counts statements asks
`current()`: the statements of one verb count as one, those of a check not at all, as
nothing of them stays.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Verb:
    """What is being done; `counted`: its writes need not be counted any more."""

    __slots__ = ("counted",)

    def __init__(self, counted: bool = False) -> None:
        """Begin with nothing counted, unless nothing is to be."""
        self.counted = counted


_current: ContextVar[Verb | None] = ContextVar("draftedit_verb", default=None)


def current() -> Verb | None:
    """Return the verb that is being done here, if one is."""
    return _current.get()


def verb(act: Callable[P, R]) -> Callable[P, R]:
    """Make a function a verb; one that it calls is part of it."""

    @wraps(act)
    def done(*args: P.args, **options: P.kwargs) -> R:
        if _current.get() is not None:
            return act(*args, **options)
        token = _current.set(Verb())
        try:
            return act(*args, **options)
        finally:
            _current.reset(token)

    return done


@contextmanager
def uncounted() -> Iterator[None]:
    """Count nothing of what is written: it is taken back."""
    token = _current.set(Verb(counted=True))
    try:
        yield
    finally:
        _current.reset(token)
