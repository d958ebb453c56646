"""How rows of the three hosts are made up, from few values, so that they meet often."""

import uuid
from typing import Any

from draftedit.engine.schema import Target
from tests.engine.saving.states import Maker, Model
from tests.hosts import knot, shop

TAGS = ("lan", "wan", "old", "new")


def one_of(*values: Any) -> Maker:
    """Choose one of the values."""
    return lambda dice: dice.choice(values)


def word(prefix: str, count: int) -> Maker:
    """Choose one of a few words, in one of two spellings of the first letter."""
    return lambda dice: f"{prefix} {dice.randrange(count)}"


def knots(prefix: str) -> Model:
    """Make plans up whose unique values begin with `prefix`."""
    start = 1000 * sum(map(ord, prefix))
    space = uuid.uuid5(uuid.NAMESPACE_OID, prefix)
    return Model(
        knot.drafts.targets["plan"],
        {
            "plan": {"name": word(prefix, 5)},
            "box": {"name": word("box", 4)},
            "item": {
                "name": word("item", 4),
                "code": lambda dice: start + dice.randrange(30),
                "serial": lambda dice: str(uuid.uuid5(space, str(dice.randrange(30)))),
                "nick": lambda dice: dice.choice(
                    [None, f"{prefix} {dice.randrange(999)}"]
                ),
            },
            "mark": {"word": word("word", 4), "weight": one_of(None, 1, 2, 3)},
        },
        {"item_badge": TAGS},
    )


def orders(prefix: str) -> Model:
    """Make orders up whose numbers begin with `prefix`."""
    return Model(
        shop.drafts.targets["purchase"],
        {
            "purchase": {
                "id": lambda dice: str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                "number": word(prefix, 5),
            },
            "line": {
                "product": one_of(None, "tea", "milk", "Tea"),
                "amount": one_of(1, 2, 3),
            },
            "note": {"topic": word("topic", 4), "text": one_of(None, "a", "b", "")},
        },
        {"line_label": TAGS},
    )


def rulesets(prefix: str, target: Target, tags: tuple[int, ...]) -> Model:
    """Make rulesets up whose names begin with `prefix`."""
    return Model(
        target,
        {
            "ruleset": {"name": word(prefix, 5)},
            "nft_table": {"family": one_of("ip", "ip6"), "name": word("table", 3)},
            "chain": {
                "name": one_of("web", "WEB", "in", "out", "nat"),
                "policy": one_of(None, "accept", "drop"),
                "priority": one_of(None, 0, 10),
            },
            "rule": {
                "comment": one_of(None, "first", "second"),
                "enabled": one_of(True, False),
                "statements": one_of(None, [], [{"log": None}], [{"a": [1, "x"]}]),
            },
        },
        {"rule_tag": tags},
    )
