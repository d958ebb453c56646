"""Where the time of one `set` goes: `python -m benchmarks.profiling [DATABASE]`.

In this process, without HTTP around it, by stopwatches around a few functions: a
profiler would make much of short functions and little of waiting.
"""

import functools
import importlib
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

import draftedit.app
from benchmarks import databases
from benchmarks.place import Thing, fill_database
from benchmarks.player import set_of
from benchmarks.serving import settings_of

CALLS = 400
RULES = 1_000
REST = "Pyramid, JSON, the transaction's machinery"
STAGES = {
    "draftedit.app.security._load": "who asks: token, user",
    "draftedit.service.drafts.Drafts.resume": "which draft: its record, locked",
    "draftedit.engine.store.request_keys.find": "the request key: asked for, kept",
    "draftedit.engine.store.request_keys.store": "the request key: asked for, kept",
    "draftedit.service.session.EditSession.apply": (
        "the operation: checked, its inverse made"
    ),
    "draftedit.engine.reading.view.View._read": "rows read: the row and those above it",
    "draftedit.engine.draft.draft_rows.DraftRows.write": "the row written",
    "draftedit.engine.journal.journal.Journal.record": "the journal written",
    "draftedit.engine.store.draft_records.change": "the draft counted on",
    "sqlalchemy.engine.default.DefaultDialect.do_commit": "commit",
}


class Stopwatch:
    """Adds up time by stage; a stage within another stops the outer one."""

    def __init__(self) -> None:
        """Run no stage yet."""
        self.seconds: dict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Run a stage."""
        self._switch()
        self._running.append(name)
        try:
            yield
        finally:
            self._switch()
            self._running.pop()

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def put_around(self, path: str, name: str) -> None:
        """Time a function, or a method of a class, wherever it is called."""
        owner_path, _, function_name = path.rpartition(".")
        owner = _find(owner_path)
        function = getattr(owner, function_name)

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **named)

        setattr(owner, function_name, timed)


def _find(path: str) -> Any:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        owner, _, name = path.rpartition(".")
        return getattr(importlib.import_module(owner), name)


def profile(backend: str) -> tuple[Stopwatch, int]:
    """Set one field of one rule again and again; return the times, and statements."""
    watch = Stopwatch()
    for path, name in STAGES.items():
        watch.put_around(path, name)
    with databases.one(backend) as (_, engine):
        token, thing, _ = fill_database(engine, RULES, 0)
        app = draftedit.app.main({}, **settings_of(engine.url))
        sets = _sets(app, token, thing)
        statements = _count_statements(sets)
        watch.seconds.clear()
        for _ in range(CALLS):
            with watch.stage(REST):
                next(sets)
    return watch, statements


def _sets(app: Callable[..., Any], token: str, thing: Thing) -> Iterator[None]:
    opened = {"target": "ruleset", "id": [thing.ruleset]}
    draft = _post(app, token, "/drafts", opened, None)
    path, version = f"/drafts/{draft['key']}/operations", draft["version"]
    while True:
        answer = _post(app, token, path, set_of(thing.rules[0]), version)
        version = answer["version"]
        yield


def _count_statements(sets: Iterator[None]) -> int:
    for _ in range(3):  # what is done once in a process
        next(sets)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    next(sets)
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(seen)


def _post(
    app: Callable[..., Any], token: str, path: str, data: Any, version: int | None
) -> Any:
    body = json.dumps(data).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/api/v1{path}",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_IDEMPOTENCY_KEY": f"profile-{time.perf_counter_ns()}",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if version is not None:
        environ["HTTP_IF_MATCH"] = f'"{version}"'
    said: list[str] = []
    answer = b"".join(app(environ, lambda status, _headers, *_: said.append(status)))
    if not said[0].startswith("20"):
        raise RuntimeError(f"{path}: {said[0]} {answer!r}")
    return json.loads(answer)


def table(backend: str, watch: Stopwatch, statements: int) -> str:
    """Return the stages in Markdown, with their shares."""
    total = sum(watch.seconds.values())
    lines = [f"| {backend} | share | ms |", "| --- | ---: | ---: |"]
    for name in dict.fromkeys((*STAGES.values(), REST)):
        seconds = watch.seconds[name]
        share, each = 100 * seconds / total, 1_000 * seconds / CALLS
        lines.append(f"| {name} | {share:.0f} % | {each:.2f} |")
    whole = f"| whole, {statements} statements | 100 % | {1_000 * total / CALLS:.2f} |"
    return "\n".join([*lines, whole])


if __name__ == "__main__":
    for one in sys.argv[1:] or ["sqlite", "postgresql"]:
        print(table(one, *profile(one)), end="\n\n", flush=True)
