"""Convert between a column's text and nft's JSON value: `10.0.0.0/8, @admins`.

A text is one item or several with commas between; `!=` in front negates it. `spell`
writes the text of a value without knowing its meaning; the readers below parse the text
and report what is wrong with it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

Reader = Callable[[str], Any]

_SET = re.compile(r"@[^\s,@!]+")
_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9.+_-]*")
_INTERFACE = re.compile(r"[^\s,@!/{}\"]+")
_NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_RANGE = re.compile(r"([0-9]+)\s*-\s*([0-9]+)", re.ASCII)


@dataclass(slots=True)
class Phrase:
    """A parsed column text: these items, or none of these."""

    items: list[Any]
    negated: bool


def read(text: str, reader: Reader) -> Phrase:
    """Parse a text; raise ValueError, naming the item that is wrong."""
    body = text.strip()
    negated = body.startswith("!=")
    parts = [part.strip() for part in body.removeprefix("!=").split(",")]
    if not all(parts):
        raise ValueError("between the commas, or after !=, there is nothing.")
    return Phrase([reader(part) for part in parts], negated)


def spell(values: list[Any], negated: bool) -> str | None:
    """Return the text of these values, or None if one of them has no text."""
    parts = [_spell_one(value) for value in values]
    if None in parts:
        return None
    return ("!= " if negated else "") + ", ".join(map(str, parts))


def _spell_one(value: Any) -> str | None:
    match value:
        case bool():
            return None
        case str() | int():
            return str(value)
        case {"prefix": {"addr": str(address), "len": int(length)}}:
            return f"{address}/{length}"
        case {"range": [str() | int() as low, str() | int() as high]}:
            return f"{low}-{high}"
    return None


def address(text: str) -> Any:
    """Read an address, a prefix, a range of addresses or the name of a set."""
    if _SET.fullmatch(text):
        return text
    try:
        if "/" in text:
            base, _, length = text.partition("/")
            return {"prefix": {"addr": _ip(base), "len": _length(base, length)}}
        if "-" in text:
            low, high = (part.strip() for part in text.split("-"))
            if ip_version(low) == ip_version(high):
                return {"range": [low, high]}
        else:
            return _ip(text)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no address, prefix, range or @set.")


def _ip(text: str) -> str:
    ip_version(text)
    return text


@lru_cache(maxsize=1024)  # each address is parsed several times in a row
def ip_version(text: str) -> int:
    """Return 4 or 6; raise ValueError if it is not an address."""
    family, version = (AF_INET6, 6) if ":" in text else (AF_INET, 4)
    try:
        inet_pton(family, text)
    except OSError as error:
        raise ValueError(f"{text!r} is no address.") from error
    return version


def ip_number(text: str) -> int:
    """Return an address as a number, by which ranges are ordered."""
    return int.from_bytes(inet_pton(AF_INET6 if ":" in text else AF_INET, text))


def _length(base: str, text: str) -> int:
    longest = 32 if ip_version(base) == 4 else 128
    if not _NUMBER.fullmatch(text) or not 0 <= int(text[:4]) <= longest:
        raise ValueError("no length of a prefix")
    return int(text)


def versions(item: Any) -> set[int]:
    """Return the IP versions of an item read by `address`."""
    match item:
        case {"prefix": {"addr": one}}:
            return {ip_version(one)}
        case {"range": [low, _]}:
            return {ip_version(low)}
        case str() if not item.startswith("@"):
            return {ip_version(item)}
    return set()


def port(text: str) -> Any:
    """Read a port, a range of ports, the name of a service or of a set."""
    if found := _RANGE.fullmatch(text):
        return {"range": [_port(found[1], text), _port(found[2], text)]}
    if text[0].isdigit():
        return _port(text, text)
    if _SET.fullmatch(text) or _PROTOCOL.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no port, range of ports or @set.")


def _port(digits: str, text: str) -> int:
    if not _NUMBER.fullmatch(digits) or len(digits) > 5 or int(digits) > 65535:
        raise ValueError(f"{text!r} is no port: they go from 0 to 65535.")
    return int(digits)


def protocol(text: str) -> Any:
    """Read the name or the number of a protocol, or the name of a set."""
    if _NUMBER.fullmatch(text) and len(text) <= 3 and int(text) <= 255:
        return int(text)
    if _SET.fullmatch(text) or _PROTOCOL.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no protocol.")


def interface(text: str) -> Any:
    """Read the name of an interface (`*` at its end stands for any) or of a set."""
    if _SET.fullmatch(text) or _INTERFACE.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no name of an interface.")


def state(text: str) -> Any:
    """Read a state of a connection."""
    if _PROTOCOL.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no state of a connection.")
