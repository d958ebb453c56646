"""What the measured servers serve: draftedit itself, or the floors and the memento."""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import draftedit as package
from benchmarks import floor_core, floor_raw, memento, probing

Application = Callable[..., Iterable[bytes]]


def draftedit(global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build the ready application, as it is, and tell what probed requests cost."""
    _begin()
    return probing.wrap(package.main(global_config, **settings))


def floor(global_config: Mapping[str, str], **settings: Any) -> Application:
    """Build what draftedit is compared with, each below a path of its own."""
    _begin()
    applications = {
        "raw": floor_raw.application(settings),
        "core": floor_core.application(settings),
        "memento": memento.application(settings),
    }

    def dispatch(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        _, name, rest = f"{environ['PATH_INFO']}/".split("/", 2)
        if name not in applications:
            start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
            return [b"ok"]
        environ["PATH_INFO"] = f"/{rest.rstrip('/')}"
        return applications[name](environ, start)

    return probing.wrap(dispatch)


def _begin() -> None:
    probing.listen()
    threading.Thread(target=_end_with_the_run, daemon=True).start()


def _end_with_the_run() -> None:
    sys.stdin.read()
    os._exit(0)
