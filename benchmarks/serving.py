"""Whole server processes on loopback, as `pserve` starts them, ended with the run."""

import configparser
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from draftedit.settings import shipped_ini
from draftedit.settings.table import URL_VARIABLE

ROOT = Path(__file__).parents[1]
START_SECONDS = 180  # on a machine that others use, too


class Server:
    """One process: an application of benchmarks.application."""

    def __init__(
        self, application: str, url: sa.URL, folder: Path, port: int | None = None
    ) -> None:
        """Start it; `wait` before the first request.

        `port`: one that several processes share; else it has one of its own.
        """
        self.port = port or free_port()
        ini = folder / f"{application}-{secrets.token_hex(4)}.ini"
        write_ini(ini, application)
        self.log = ini.with_suffix(".log")
        environment = {
            **os.environ,
            URL_VARIABLE: url.render_as_string(hide_password=False),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "pyramid.scripts.pserve", str(ini)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, f"http_port={self.port}"],
                env=environment,
                # The server ends when this pipe does, however the run ends.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Return once it answers, itself: others may share its port."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if "Serving on" not in self.log.read_text(encoding="utf-8"):
                time.sleep(0.1)
                continue
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status < 500:  # a floor knows no such page
                    return
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        raise RuntimeError(f"the server does not answer: {self.log.read_text()}")

    def end(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@contextmanager
def served(
    application: str, url: sa.URL, folder: Path, port: int | None = None
) -> Iterator[Server]:
    """Start a server, and end it in the end."""
    server = Server(application, url, folder, port)
    try:
        yield server
    finally:
        server.end()


def write_ini(path: Path, application: str) -> None:
    """Write our production.ini with an application of the benchmark's."""
    ini = _production_ini()
    ini["app:main"]["use"] = f"call:benchmarks.application:{application}"
    ini["server:main"]["reuse_port"] = "true"
    # The run's own variable names the database.
    del ini["app:main"]["sqlalchemy.url"]
    with path.open("w", encoding="utf-8") as file:
        ini.write(file)


def settings_of(url: sa.URL) -> dict[str, str]:
    """Return the settings of production.ini for an application in this process."""
    settings = dict(_production_ini()["app:main"])
    del settings["use"]
    return settings | {"sqlalchemy.url": url.render_as_string(hide_password=False)}


def _production_ini() -> configparser.RawConfigParser:
    ini = configparser.RawConfigParser()
    ini.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way to keep capitals
    ini.read_string(shipped_ini("production.ini"))
    ini["app:main"]["draftedit.secret"] = secrets.token_urlsafe(32)
    return ini


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
