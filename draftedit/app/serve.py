"""The server of our ini files: waitress, on a port that is known to be free.

`pserve development.ini http_port=6544` serves on another port than the ini's; with
PasteDeploy alone the file would override the command line.
"""

import errno
import gc
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

import waitress
from pyramid.settings import asbool

log = logging.getLogger(__name__)

GARBAGE = 100_000  # objects more than at the last garbage collection

Server = Callable[[Any], None]


def server_factory(
    global_config: Mapping[str, str],
    host: str = "localhost",
    http_port: str = "6543",
    note: str | None = None,
    reuse_port: str = "false",
    **settings: str,
) -> Server:
    """Return a function that serves an application; other arguments go to waitress.

    The port is bound before the application is loaded, so that a port in use is
    reported at once, in one line. `note` is a line shown under the address.
    `reuse_port`: several processes may bind the port, and the system gives each
    connection to one of them (SO_REUSEPORT; on Linux evenly, by a hash of the client's
    address).
    """
    port = global_config.get("http_port", http_port)
    sockets = bind(host, port, shared=asbool(reuse_port))

    def serve(app: Any) -> None:
        log.info("Serving on http://%s:%s (Ctrl-C ends it)", host, port)
        if note:
            log.info(note)
        # What is loaded by now stays: collecting it again and again takes a fifth of
        # the time of a large save. What a request allocates is in use until its end:
        # collecting after each 700 objects takes a tenth.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE, 20, 20)
        waitress.create_server(app, sockets=sockets, **settings).run()

    return serve


def bind(host: str, port: str, shared: bool = False) -> list[socket.socket]:
    """Return a socket for each address of `host`; exit with one line if there is none.

    `shared`: with other processes that do the same.
    """
    if shared and not hasattr(socket, "SO_REUSEPORT"):
        raise SystemExit("draftedit: this system knows no reuse_port")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit(f"draftedit: http_port={port} is not a port (1 to 65535)")
    sockets, refusals = [], []
    for family, address in _addresses(host, int(port)):
        try:
            sockets.append(_listener(family, address, shared))
        except OSError as error:
            refusals.append(error)
    if any(error.errno == errno.EADDRINUSE for error in refusals):
        raise SystemExit(
            f"draftedit: port {port} is taken; another is http_port={int(port) + 1}"
        )
    if not sockets:  # one of IPv4 and IPv6 may well be missing
        raise SystemExit(f"draftedit: cannot serve on {host}:{port}: {refusals[0]}")
    return sockets


def _addresses(host: str, port: int) -> list[tuple[int, Any]]:
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise SystemExit(f"draftedit: cannot serve on {host}: {error}") from None
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _listener(family: int, address: Any, shared: bool) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        # Listens at once: otherwise two that bind at the same time would both succeed.
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
