"""The program nft, asked what it thinks of a listing: `nft -c`, which loads nothing.

It runs in a network namespace of its own. There it needs no rights of this machine,
meets none of its rules, and could change none.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from functools import cache
from typing import Any

SECONDS = 5  # for all questions of one check; thousands of rules take a fraction
OUTPUT = 16_384  # bytes; nft stops after a few errors anyway

_SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
_NFT = ("nft", "--check", "--json", "--file", "-")
# As a user of its own where that is allowed; root may do without.
_ALONE = (
    ("unshare", "--user", "--map-root-user", "--net"),
    ("unshare", "--net"),
)
_PROBE = {"nftables": [{"add": {"table": {"family": "ip", "name": "probe"}}}]}


class Unanswered(Exception):
    """nft did not come to an end."""


def is_there() -> bool:
    """Tell whether there is an nft that may run here. Found out once a process."""
    return _way() is not None


def deadline() -> float:
    """Return until when questions that are asked now must be answered."""
    return time.monotonic() + SECONDS


def complaints(listing: dict[str, Any], until: float) -> list[str]:
    """Return what nft says against a listing, line by line; nothing: it would load it.

    Raises Unanswered where that takes longer than `until`, or `is_there` is false.
    """
    way = _way()
    if way is None:
        raise Unanswered
    return _ask(way, listing, until)


@cache
def _way() -> tuple[str, ...] | None:
    """Find the command that works here."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), _SYSTEM))
    nft, unshare = (shutil.which(name, path=path) for name in ("nft", "unshare"))
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


def _ask(way: tuple[str, ...], listing: dict[str, Any], until: float) -> list[str]:
    # Files and not pipes: neither side waits for the other.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(listing).encode())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 — what is typed is read as JSON only
            way, stdin=given, stdout=said, stderr=said, env={"LC_ALL": "C"}
        )
        try:
            status = process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Unanswered from None
        said.seek(0)
        text = said.read(OUTPUT).decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if status == 0:
        return []
    return lines or [f"It ended with status {status}."]
