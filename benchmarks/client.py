"""A client that keeps its connection: one request after the other, timed."""

import http.client
import itertools
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

TIMEOUT = 120
_numbers = itertools.count()
_run = secrets.token_hex(8)


class Failed(Exception):
    """The server answered with an error."""


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost; the last four only where it was probed."""

    data: Any
    seconds: float
    size: int
    statements: int | None = None
    rows_read: int | None = None
    steps: int | None = None
    written: int | None = None


class Client:
    """One connection to one server, below one path."""

    def __init__(self, port: int, base: str, token: str) -> None:
        """Connect at the first call."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.base = base
        self.token = token
        self.probe = False

    def call(
        self,
        method: str,
        path: str,
        data: Any = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send a request and read the answer; only this is timed. Raises Failed."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = key or f"{_run}-{next(_numbers)}"
            body = json.dumps({} if data is None else data).encode()
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if self.probe:
            headers["X-Probe"] = "1"
        began = time.perf_counter()
        self.connection.request(method, self.base + path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        seconds = time.perf_counter() - began
        if response.status >= 400:
            raise Failed(f"{method} {path}: {response.status} {text[:2000]!r}")
        return Answer(
            json.loads(text or b"null"),
            seconds,
            len(text),
            *(
                None if found is None else int(found)
                for found in map(response.headers.get, PROBED)
            ),
        )

    def close(self) -> None:
        """End the connection."""
        self.connection.close()


PROBED = ("X-Statements", "X-Rows-Read", "X-Steps", "X-Written")
