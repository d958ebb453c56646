"""What the measured servers serve: draftedit itself, a floor, or the memento.

Each system is served by a process of its own: two in one process would take turns in
keeping the other's code warm, and look faster than what is alone in its process.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from benchmarks import floor_core, floor_raw, probing
from benchmarks import memento as mementos
from draftedit.app import main

Application = Callable[..., Iterable[bytes]]


def draftedit(global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build the ready application, as it is, and tell what probed requests cost."""
    _begin()
    return probing.wrap(main(global_config, **settings))


def raw(_global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build the floor through the driver."""
    _begin()
    return probing.wrap(floor_raw.application(settings))


def core(_global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build the floor through SQLAlchemy Core."""
    _begin()
    return probing.wrap(floor_core.application(settings))


def memento(_global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build what stores the whole object with each change."""
    _begin()
    return probing.wrap(mementos.application(settings))


def _begin() -> None:
    probing.listen()
    threading.Thread(target=_end_with_the_run, daemon=True).start()


def _end_with_the_run() -> None:
    sys.stdin.read()
    os._exit(0)
