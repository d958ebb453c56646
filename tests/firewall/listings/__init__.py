"""Listings of `nft -j list ruleset`: see README.md."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """Spell a listing so that equal JSON is equal text, the handles aside."""
    return json.dumps(_without_handles(listing), sort_keys=True)


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
