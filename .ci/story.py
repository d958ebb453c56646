"""A short story over HTTP, told by an installed wheel in an empty folder.

Run by `.ci/run` with the Python of the environment that the wheel was installed into.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
INI = "development.ini"


def run(*command: str) -> str:
    """Run one of the environment's programs; return what it says."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]], check=True, capture_output=True, text=True
    )
    return done.stdout


class Program:
    """A program that speaks to the API with a token."""

    def __init__(self, base: str, token: str) -> None:
        """Know the address and whose token it is."""
        self.base, self.token = base, token

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """Send one request; return what came back as JSON, or fail with it."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): text for name, text in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error


class Draft:
    """A draft that remembers its version."""

    def __init__(self, program: Program, target: str, key: Any) -> None:
        """Open a draft of an object."""
        self.program = program
        draft = program.call("POST", "/drafts", {"target": target, "id": key})
        self.path, self.version = f"/drafts/{draft['key']}", draft["version"]

    def post(self, verb: str, data: Any = None) -> Any:
        """Do something to the draft."""
        answer = self.program.call(
            "POST", f"{self.path}/{verb}", data or {}, If_Match=f'"{self.version}"'
        )
        self.version = answer.get("version", self.version)
        return answer

    def get(self, what: str) -> Any:
        """Look at something of the draft."""
        return self.program.call("GET", f"{self.path}/{what}")["items"]


def tell(program: Program) -> None:
    """Edit, undo, redo and save; cancel another; and see what is left."""
    targets = program.call("GET", "/targets")["items"]
    target = next(one for one in targets if len(one["tables"]) > 1)
    name, label = target["name"], target["tables"][0]["fields"]
    title = next(field["name"] for field in label if field["type"] == "string")
    (sample, *_) = program.call("GET", f"/objects/{name}")["items"]
    draft = Draft(program, name, sample["id"])
    operation = {"op": "set", "table": name, "id": sample["id"]}
    draft.post("operations", {**operation, "values": {title: "edited"}})
    assert len(draft.get("changes")) == 1
    draft.post("undo")
    assert draft.get("changes") == []
    draft.post("redo")
    saved = draft.post("save", {"message": "the story of the wheel"})
    assert saved["revision"] == 1, saved
    path = f"/objects/{name}/{sample['id'][0]}"
    assert program.call("GET", path)["row"][title] == "edited"
    other = Draft(program, name, sample["id"])
    other.post("operations", {**operation, "values": {title: "never"}})
    assert other.post("cancel")["state"] == "cancelled"
    assert program.call("GET", path)["row"][title] == "edited"


def look(base: str) -> None:
    """See that templates and static files came along."""
    with urllib.request.urlopen(f"{base}/login", timeout=30) as answer:
        page = answer.read().decode()
    assert "<h1>" in page
    sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    with urllib.request.urlopen(base + sheet, timeout=30) as answer:
        assert answer.headers["Content-Type"].startswith("text/css")


def wait(base: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server is ready."""
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=5).close()
        except OSError:
            assert server.poll() is None, "the server has ended"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server is not ready")


def main() -> None:
    """Install nothing, begin from the shipped ini file, and tell the story."""
    Path(INI).write_text(run("draftedit", "ini", "development"), encoding="utf-8")
    print(run("draftedit", "init", INI).strip())
    token = run("draftedit", "token", INI, "ann").splitlines()[-1]
    with socket.create_server(("localhost", 0)) as listener:
        port = listener.getsockname()[1]
    base = f"http://localhost:{port}"
    server = subprocess.Popen([BIN / "pserve", INI, f"http_port={port}"])
    try:
        wait(base, server)
        look(base)
        tell(Program(base, token))
    finally:
        server.terminate()  # SIGINT may be ignored here, as in a background job
        server.wait(timeout=30)
    print(run("draftedit", "purge", INI, "--closed-before", "0d").strip())
    print(run("draftedit", "stats", INI).strip())
    print(run("alembic", "-c", INI, "check").strip())


main()
