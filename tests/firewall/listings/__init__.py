"""Listings of `nft -j list ruleset`: see README.md."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from draftedit.firewall.stages import is_loadable
from draftedit.firewall.words import FAMILIES, NAMED_OBJECTS

OURS = Path(__file__).parent
SAMPLE = OURS.parents[2] / "draftedit" / "firewall" / "sample.json"


@dataclass(frozen=True)
class Listing:
    """A file with a listing."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text())


def all_listings() -> list[Listing]:
    """Return our listings, and those that `DRAFTEDIT_DATA` has."""
    paths = [SAMPLE, *sorted(OURS.glob("*.json"))]
    data = os.environ.get("DRAFTEDIT_DATA")
    if data:
        paths += sorted((Path(data) / "nft").glob("*.json"))
    return [Listing(path) for path in paths]


def ours(name: str) -> dict[str, Any]:
    """Return one of our listings."""
    return Listing(OURS / f"{name}.json").read()


def comparable(listing: dict[str, Any]) -> str:
    """Spell a listing so that equal JSON is equal text, the handles aside.

    Its order counts, unless nft would not take it: then it is put in one that it takes.
    """
    listing = _without_handles(listing)
    if not is_loadable(listing["nftables"]):
        listing |= {"nftables": loadable(listing["nftables"])}
    return json.dumps(listing, sort_keys=True)


def loadable(entries: list[Any]) -> list[Any]:
    """Sort by table, and within each by what may be named before what names it."""
    tables: dict[tuple[str, str], int] = {}
    for entry in entries:
        match entry:
            case {"table": {"family": family, "name": name}} if family in FAMILIES:
                tables.setdefault((family, name), len(tables))
    chains: dict[tuple[int, str], int] = {}
    seen: set[int] = set()

    def turn(entry: Any) -> tuple[int, ...]:
        [(kind, body)] = entry.items()
        if not isinstance(body, dict):
            return (-1,)
        name = body.get("name" if kind == "table" else "table")
        place = (body.get("family"), name)
        if not all(isinstance(one, str) for one in place) or place not in tables:
            return (-1,)
        number = tables[place]
        if kind == "table" and number not in seen:
            seen.add(number)
            return (number, 0)
        if kind == "chain" and (number, body["name"]) not in chains:
            chains[number, body["name"]] = len(chains)
            return (number, 1)
        if kind == "rule":
            return (number, 3, chains[number, body["chain"]])
        return (number, 2, _LATE.get(kind, 2))

    # Of all chains the numbers are known before the first rule is looked at.
    rules = [entry for entry in entries if "rule" in entry]
    others = [entry for entry in entries if "rule" not in entry]
    turns = [(turn(entry), id(entry)) for entry in (*others, *rules)]
    by_id = {place: order for order, place in turns}
    return sorted(entries, key=lambda entry: by_id[id(entry)])


_LATE = {"table": 0, **dict.fromkeys(("chain", *NAMED_OBJECTS), 1), "element": 3}


def _without_handles(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_handles(inner)
            for key, inner in value.items()
            if key != "handle"
        }
    if isinstance(value, list):
        return [_without_handles(inner) for inner in value]
    return value
