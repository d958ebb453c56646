"""Small listings, written where they are read."""

from typing import Any

Entry = dict[str, Any]

ACCEPT: Entry = {"accept": None}
DROP: Entry = {"drop": None}
COUNTER: Entry = {"counter": {"packets": 3, "bytes": 180}}


def table(name: str = "t", family: str = "inet", **fields: Any) -> Entry:
    return {"table": {"family": family, "name": name, **fields}}


def chain(name: str = "c", **fields: Any) -> Entry:
    return {"chain": {"family": "inet", "table": "t", "name": name} | fields}


def rule(*statements: Any, **fields: Any) -> Entry:
    body = {"family": "inet", "table": "t", "chain": "c", "expr": list(statements)}
    return {"rule": body | fields}


def match(selector: str, right: Any, op: str = "==") -> Entry:
    """Return a match: `match("ip saddr", "10.0.0.1")`."""
    word, field = selector.split(" ")
    if word in ("meta", "ct"):
        left: Entry = {word: {"key": field}}
    else:
        left = {"payload": {"protocol": word, "field": field}}
    return {"match": {"op": op, "left": left, "right": right}}


def jump(name: str, word: str = "jump") -> Entry:
    return {word: {"target": name}}


def prefix(address: str, length: int) -> Entry:
    return {"prefix": {"addr": address, "len": length}}


def listing(*entries: Any) -> dict[str, Any]:
    return {"nftables": list(entries)}


def one_rule(*statements: Any, **fields: Any) -> dict[str, Any]:
    """Return a listing of one rule, in a table with the chains c and other."""
    return listing(table(), chain(), chain("other"), rule(*statements, **fields))
