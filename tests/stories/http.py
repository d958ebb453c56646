"""The client that stories use against a real server: urllib, with WebTest's manners."""

import json
import urllib.error
import urllib.request
from typing import Any


class Answer:
    """What a server answered."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status_int = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class HttpClient:
    """Speaks to `base`; refuses an answer of another status than expected."""

    def __init__(self, base: str) -> None:
        self.base = base

    def get(self, path: str, headers: dict[str, str], status: int) -> Answer:
        """Read something."""
        return self._send("GET", path, None, headers, status)

    def post(self, path: str, headers: dict[str, str], status: int) -> Answer:
        """Make a call without a body."""
        return self._send("POST", path, b"", headers, status)

    def post_json(
        self, path: str, data: Any, headers: dict[str, str], status: int
    ) -> Answer:
        """Make a call."""
        headers = headers | {"Content-Type": "application/json"}
        return self._send("POST", path, json.dumps(data).encode(), headers, status)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        status: int | None,
    ) -> Answer:
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as found:
                answer = Answer(found.status, found.headers, found.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        if status not in (None, "*") and answer.status_int != status:
            raise AssertionError(
                f"{method} {path}: {answer.status_int}, not {status}: {answer.body!r}"
            )
        return answer
