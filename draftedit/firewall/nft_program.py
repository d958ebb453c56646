"""Run the program nft to check a listing: `nft -c`, which loads nothing.

It runs in a network namespace of its own: there it needs no privileges on this machine,
sees none of its rules, and could change none.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from functools import cache
from typing import Any

SECONDS = 5  # for all questions of one check; thousands of rules take a fraction of it
OUTPUT = 16_384  # bytes; nft stops after a few errors anyway

_SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
_NFT = ("nft", "--check", "--json", "--file", "-")
# In a user namespace of its own if that is allowed; root can do without.
_ALONE = (
    ("unshare", "--user", "--map-root-user", "--net"),
    ("unshare", "--net"),
)
_PROBE = {"nftables": [{"add": {"table": {"family": "ip", "name": "probe"}}}]}


class Unanswered(Exception):
    """nft did not finish in time."""


def is_installed() -> bool:
    """Return whether nft is installed, without starting it; it may still not work."""
    return None not in _programs()


def is_there() -> bool:
    """Return whether nft is installed and may run here; cached per process."""
    return _way() is not None


def deadline() -> float:
    """Return the time until which questions asked now must be answered."""
    return time.monotonic() + SECONDS


def complaints(listing: dict[str, Any], until: float) -> list[str]:
    """Return nft's complaints about a listing, line by line; none if it would load it.

    Raises Unanswered if that takes longer than `until`, or if `is_there` is false.
    """
    way = _way()
    if way is None:
        raise Unanswered
    return _ask(way, listing, until)


@cache
def _way() -> tuple[str, ...] | None:
    """Find the command that works here."""
    nft, unshare = _programs()
    if nft is None or unshare is None:
        return None
    for alone in _ALONE:
        way = (unshare, *alone[1:], nft, *_NFT[1:])
        try:
            if not _ask(way, _PROBE, deadline()):
                return way
        except (OSError, Unanswered):
            continue
    return None


def _programs() -> tuple[str | None, str | None]:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), _SYSTEM))
    return shutil.which("nft", path=path), shutil.which("unshare", path=path)


def _ask(way: tuple[str, ...], listing: dict[str, Any], until: float) -> list[str]:
    # Files instead of pipes, so that neither side waits for the other.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
        given.write(json.dumps(listing).encode())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 — what is typed is read as JSON only
            way, stdin=given, stdout=output, stderr=output, env={"LC_ALL": "C"}
        )
        try:
            status = process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Unanswered from None
        output.seek(0)
        text = output.read(OUTPUT).decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if status == 0:
        return []
    return lines or [f"It ended with status {status}."]
