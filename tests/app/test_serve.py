"""The server says in one line why it does not start, and otherwise serves."""

import gc
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from draftedit.app.serve import bind, server_factory

INI = """
[app:main]
use = call:tests.app.test_serve:hello

[server:main]
use = egg:draftedit
host = localhost
http_port = 1
"""


def hello(_global_config):
    def app(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]

    return app


@pytest.fixture
def free_port():
    with socket.create_server(("localhost", 0)) as listener:
        return str(listener.getsockname()[1])


def test_a_taken_port_is_one_line_that_names_http_port(free_port):
    taken = bind("localhost", free_port)
    with pytest.raises(SystemExit) as refused:
        server_factory({"http_port": free_port})
    assert f"http_port={int(free_port) + 1}" in str(refused.value)
    assert "\n" not in str(refused.value)
    for listener in taken:
        listener.close()


def test_processes_that_say_so_share_a_port(free_port):
    first, second = (bind("localhost", free_port, shared=True) for _ in range(2))
    with pytest.raises(SystemExit, match="is taken"):
        bind("localhost", free_port)
    for listener in (*first, *second):
        listener.close()


def test_a_system_that_cannot_share_a_port_says_so(free_port, monkeypatch):
    monkeypatch.delattr(socket, "SO_REUSEPORT")
    with pytest.raises(SystemExit, match="knows no reuse_port"):
        bind("localhost", free_port, shared=True)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_what_is_no_port_is_told(port):
    with pytest.raises(SystemExit, match="is not a port"):
        bind("localhost", port)


def test_a_host_that_is_not_ours_is_told():
    with pytest.raises(SystemExit, match="cannot serve on"):
        bind("192.0.2.1", "6543")
    with pytest.raises(SystemExit, match="cannot serve on"):
        bind("no.such.host.invalid", "6543")


def test_the_command_line_wins_over_the_ini_file(free_port, tmp_path):
    ini = tmp_path / "hello.ini"
    ini.write_text(INI)
    process = subprocess.Popen(
        [sys.executable, "-m", "pyramid.scripts.pserve", ini, f"http_port={free_port}"],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        assert _ask(f"http://localhost:{free_port}/", process) == b"hello"
    finally:
        process.terminate()  # a background job's children may ignore SIGINT
        process.communicate(timeout=10)


# Seconds: far longer than any machine takes to start a server.
PATIENCE = 300


def _ask(url, process):
    """Return the answer of a server that may not have started yet."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer; the server ended with {process.returncode}")


def test_each_version_of_ip_has_a_listener_of_its_own(free_port):
    try:
        newer = bind("::", free_port)
    except SystemExit:
        pytest.skip("no IPv6")  # because a machine may not have it

    older = bind("127.0.0.1", free_port)

    assert [one.family for one in newer + older] == [socket.AF_INET6, socket.AF_INET]
    for listener in newer + older:
        listener.close()


def test_the_address_and_the_note_are_shown_when_it_serves(
    free_port, caplog, monkeypatch
):
    served = []
    monkeypatch.setattr(
        "waitress.create_server",
        lambda app, **settings: served.append(settings) or _Idle(),
    )
    monkeypatch.setattr(gc, "freeze", lambda: None)  # these tests go on
    caplog.set_level(logging.INFO)
    serve = server_factory({}, http_port=free_port, note="Sign in as ada.", threads="2")
    assert caplog.messages == []
    serve(hello)
    assert f"http://localhost:{free_port}" in caplog.messages[0]
    assert caplog.messages[1] == "Sign in as ada."
    assert served[0]["threads"] == "2"
    for listener in served[0]["sockets"]:
        listener.close()


def test_what_is_loaded_before_it_serves_is_never_looked_through_for_garbage(
    free_port, monkeypatch
):
    frozen = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append("loaded"))
    monkeypatch.setattr(
        "waitress.create_server",
        lambda app, **settings: frozen.append("served") or _Idle(),
    )
    monkeypatch.setattr("draftedit.app.serve.bind", lambda *_, **__: [])
    server_factory({}, http_port=free_port)(hello)
    assert frozen == ["loaded", "served"]


class _Idle:
    def run(self):
        return None
