"""One system on one size: a client that opens drafts and does what is measured."""

import itertools
from typing import Any

from benchmarks.client import Answer
from benchmarks.place import Place, Thing
from benchmarks.touching import touch

_numbers = itertools.count()  # no value twice: a set to equal values is no operation


class Draft:
    """A draft that remembers its version; timed calls go to `acting`."""

    def __init__(self, player: "Player", opened: Answer) -> None:
        """Take up a draft just opened."""
        self.player = player
        self.opened = opened
        self.path = f"/drafts/{opened.data['key']}"
        self.version = opened.data["version"]

    def post(self, verb: str, data: Any = None) -> Answer:
        """Do something to the draft, in the system that is measured."""
        path = f"{self.path}/{verb}"
        answer = self.player.acting.call("POST", path, data, self.version)
        self.version = answer.data.get("version", self.version)
        return answer

    def set(self, rule: int) -> Answer:
        """Set a field of a rule."""
        return self.post("operations", set_of(rule))

    def touch(self, rules: list[int]) -> None:
        """Set a field of each rule, which was not touched before."""
        place, thing = self.player.place, self.player.thing
        touch(place.engine, self.opened.data["key"], thing.ruleset, rules)

    def page(self, **query: Any) -> Answer:
        """Read 50 rules of the chain."""
        query = {"parent": self.player.thing.chain, "limit": 50} | query
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.player.acting.call("GET", f"{self.path}/rows/rule?{asked}")


def set_of(rule: int) -> dict[str, Any]:
    """Return the operation that gives a rule a comment that none had before."""
    values = {"comment": f"changed {next(_numbers)}"}
    return {"op": "set", "table": "rule", "id": [rule], "values": values}


class Player:
    """What the stories are played by."""

    def __init__(self, place: Place, system: str, thing: Thing | None = None) -> None:
        """Connect to the system, and to draftedit, which opens the drafts."""
        self.place = place
        self.system = system
        self.thing = thing or place.thing
        self.api = place.client("draftedit")
        self.acting = self.api if system == "draftedit" else place.client(system)
        count = min(10, len(self.thing.rules))
        step = len(self.thing.rules) // count
        # Ten rules from all over the object, whatever its size.
        self.ten = self.thing.rules[::step][:count]

    def open(self) -> Draft:
        """Open a draft."""
        data = {"target": "ruleset", "id": [self.thing.ruleset]}
        return Draft(self, self.api.call("POST", "/drafts", data))

    def probe(self, on: bool) -> None:
        """Let the servers tell what each call makes the database do."""
        self.api.probe = self.acting.probe = on

    def close(self) -> None:
        """End the connections."""
        self.api.close()
        self.acting.close()
