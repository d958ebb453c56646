"""Compute the values that an nft match lets pass, as far as they are certain."""

from collections.abc import Callable, Iterator
from typing import Any

from draftedit.engine.values.codecs import canonical
from draftedit.firewall import column_texts
from draftedit.firewall.depth.operands import Operands, Range, values
from draftedit.firewall.matches import selector_of
from draftedit.firewall.words import PORT_PROTOCOLS

# One item of a match: ranges, or a name; None if its meaning is not certain.
Item = tuple[Range, ...] | str | None

_PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "udp": 17,
    "dccp": 33,
    "gre": 47,
    "esp": 50,
    "ah": 51,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "sctp": 132,
    "udplite": 136,
}
_STATES = ("invalid", "established", "related", "new", "untracked")
_VERSIONS = {"ipv4": 4, "ipv6": 6}
_INTERFACE = 15  # bytes of a name

# What these compare stays the same while a packet passes a chain, as long as no
# statement changes the packet: the same match, evaluated twice, gives the same result.
_STEADY_META = frozenset(
    {
        *("length", "protocol", "nfproto", "l4proto", "skuid", "skgid", "pkttype"),
        *("iif", "iifname", "iiftype", "iifgroup"),
        *("oif", "oifname", "oiftype", "oifgroup"),
    }
)
_STEADY_CT = frozenset({"state", "direction", "protocol", "l3proto"})
_STEADY = frozenset({"payload", "exthdr", "tcp option", "ip option"})


def conditions(match: Any, family: str) -> Iterator[tuple[str, Operands]]:
    """Yield the values that a match demands, by selector, as far as certain.

    A match of a TCP port also demands TCP, and an IPv4 address in a table of both
    families also demands IPv4: nft adds these by itself.
    """
    if not isinstance(match, dict):
        return
    selector = selector_of(match.get("left"))
    read = _reader(selector)
    if selector is None or read is None:
        return
    passing = _values(selector, match.get("op"), match.get("right"), read)
    if passing is None:
        return
    word, _, field = selector.partition(" ")
    if word in PORT_PROTOCOLS:
        number = _PROTOCOLS[word]
        yield "meta l4proto", values([(number, number)])
        yield f"th {field}", passing
        return
    if word in ("ip", "ip6") and family == "inet":
        version = 4 if word == "ip" else 6
        yield "meta nfproto", values([(version, version)])
    yield selector, passing


def is_steady(match: Any) -> bool:
    """Return whether the same match on the same packet always gives the same."""
    left = match.get("left") if isinstance(match, dict) else None
    match left:
        case {"meta": {"key": str(key)}}:
            return key in _STEADY_META
        case {"ct": {"key": str(key), **others}}:
            return key in _STEADY_CT and not others
        case dict() if len(left) == 1:
            return next(iter(left)) in _STEADY
    return False


def spelled(match: Any) -> str:
    """Serialise a match, so that the same one can be found again."""
    return canonical(match)


def _values(
    selector: str, op: Any, right: Any, read: Callable[[Any], Item]
) -> Operands | None:
    if isinstance(right, list):
        # Flags match if any of them is set. The other operators are not so certain
        # then.
        if selector != "ct state" or op != "in":
            return None
        items = right
    elif isinstance(right, dict) and list(right) == ["set"]:
        if op == "in" or not isinstance(right["set"], list):
            return None
        items = right["set"]
    else:
        if op == "in" and selector != "ct state":
            return None
        items = [right]
    if op not in ("==", "!=", "in") or not items:
        return None
    known = [read(item) for item in items]
    if None in known:
        return None
    return values(
        [one for item in known if isinstance(item, tuple) for one in item],
        [item for item in known if isinstance(item, str)],
        op == "!=",
    )


def _reader(selector: str | None) -> Callable[[Any], Item] | None:
    if selector is None:
        return None
    word, _, field = selector.partition(" ")
    if word in ("ip", "ip6") and field in ("saddr", "daddr"):
        version = 4 if word == "ip" else 6
        return lambda item: _address(item, version)
    if word in (*PORT_PROTOCOLS, "th") and field in ("sport", "dport"):
        return _port
    return _READERS.get(selector)


def _set(item: Any) -> str | None:
    return item if isinstance(item, str) and item.startswith("@") else None


def _address(item: Any, version: int) -> Item:
    try:
        match item:
            case {"prefix": {"addr": str(base), "len": int(length), **no}} if not no:
                low = _number(base, version)
                rest = (32 if version == 4 else 128) - length
                # An address with bits beyond its prefix is left to nft.
                if rest < 0 or low & ((1 << rest) - 1):
                    return None
                return ((low, low + (1 << rest) - 1),)
            case {"range": [str(first), str(last)]}:
                low, high = _number(first, version), _number(last, version)
                return ((low, high),) if low <= high else None
            case str() if not item.startswith("@"):
                low = _number(item, version)
                return ((low, low),)
    except ValueError:
        return None  # nft will refuse it
    return _set(item)


def _number(address: str, version: int) -> int:
    if column_texts.ip_version(address) != version:
        raise ValueError("of the other version")
    return column_texts.ip_number(address)


def _port(item: Any) -> Item:
    match item:
        case bool():
            return None
        case int() if 0 <= item <= 65535:
            return ((item, item),)
        case {"range": [int(low), int(high)]} if 0 <= low <= high <= 65535:
            return ((low, high),)
        case str():
            return item
    return None


def _protocol(item: Any) -> Item:
    if isinstance(item, str) and item in _PROTOCOLS:
        item = _PROTOCOLS[item]
    match item:
        case bool():
            return None
        case int() if 0 <= item <= 255:
            return ((item, item),)
        case str():
            return item
    return None


def _interface(item: Any) -> Item:
    """Read a name as a number of as many bytes; `*` at its end makes it a range."""
    if not isinstance(item, str) or "\\" in item or item in ("", "*"):
        return None
    if item.startswith("@"):
        return item
    name = item.removesuffix("*").encode()
    if len(name) > _INTERFACE:
        return None
    low = int.from_bytes(name.ljust(_INTERFACE + 1, b"\0"))
    if not item.endswith("*"):
        return ((low, low),)
    return ((low, int.from_bytes(name.ljust(_INTERFACE + 1, b"\xff"))),)


def _index(item: Any) -> Item:
    return item if isinstance(item, str) and not item.endswith("*") else None


def _state(item: Any) -> Item:
    if item in _STATES:
        number = _STATES.index(item)
        return ((number, number),)
    return None


def _version(item: Any) -> Item:
    number = _VERSIONS.get(item) if isinstance(item, str) else None
    return None if number is None else ((number, number),)


_READERS: dict[str, Callable[[Any], Item]] = {
    "meta iifname": _interface,
    "meta oifname": _interface,
    "meta iif": _index,
    "meta oif": _index,
    "meta l4proto": _protocol,
    "ip protocol": _protocol,
    "ip6 nexthdr": _protocol,
    "ct state": _state,
    "meta nfproto": _version,
}
