"""A web process and a worker on one database: started, killed and ended by a test."""

import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
PATIENCE = 90  # seconds that anything may take on a machine that is busy

INI = """\
[app:main]
use = egg:draftedit
sqlalchemy.url = {url}
draftedit.secret = a secret of the tests, and of nobody else
draftedit.queue = sqlite:///{folder}/queue.sqlite
draftedit.task_lease = 1
retry.attempts = 5
[server:main]
use = egg:draftedit
host = 127.0.0.1
http_port = {port}
"""


@dataclass
class Site:
    """An ini file in a folder of its own, and the processes that run on it."""

    folder: Path
    url: str
    port: int = field(default_factory=lambda: free_port())
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ini = self.folder / "here.ini"
        text = INI.format(
            url=self.url.replace("%", "%%"), folder=self.folder, port=self.port
        )
        self.ini.write_text(text, encoding="utf-8")

    def start(self, name: str) -> None:
        """Start the web process or the worker."""
        command = {
            "web": [BIN / "pserve", self.ini],
            "worker": [BIN / "draftedit", "worker", self.ini],
        }[name]
        with self.log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def is_ready(self, name: str) -> bool:
        """Tell whether a process has begun its work; fail where it ended by itself."""
        ended = self.running[name].poll()
        assert ended is None, f"{name} ended: {self.log(name).read_text()}"
        if name == "worker":
            return "Waiting for tasks" in self.log(name).read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.call("GET", "/healthz")[0] == 200
        return False

    def kill(self, name: str) -> None:
        """Kill it as the system would, without a word."""
        self.running[name].kill()
        self.running[name].wait()

    def call(
        self, method: str, path: str, data: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Make one request on a connection of its own; return status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = None if data is None else json.dumps(data)
            named = {name.replace("_", "-"): it for name, it in headers.items()}
            connection.request(
                method, path, body, {"Content-Type": "application/json"} | named
            )
            answer = connection.getresponse()
            text = answer.read()
            kind = answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if "json" in kind else text
        finally:
            connection.close()


@dataclass
class Insisting:
    """A program that asks until it is answered, under one request key each time."""

    site: Site
    token: str

    def __call__(
        self, method: str, path: str, data: Any = None, **headers: str
    ) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.token}"} | headers
        if method == "POST":
            given["Idempotency_Key"] = secrets.token_hex(8)
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer = self.site.call(method, f"/api/v1{path}", data, **given)
                if status < 500:
                    return status, answer
            assert time.monotonic() < until, f"{method} {path} is not answered"
            time.sleep(0.05)


@contextlib.contextmanager
def site(folder: Path, url: str) -> Iterator[Site]:
    """Make a site, and end whatever it started."""
    made = Site(folder, url)
    try:
        yield made
    finally:
        for one in made.running.values():
            one.kill()
            one.wait()


def wait_until(is_so: Callable[[], Any], what: str) -> None:
    """Wait for what another process does; fail after a while."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, f"not so in {PATIENCE} s: {what}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    os.kill(pid, 0)
    return state != "Z"


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
