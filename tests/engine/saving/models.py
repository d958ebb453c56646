"""How rows of the hosts are made up, from few values, so that they meet often."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

from draftedit.engine.schema.model import Target
from tests.engine.players import hiding
from tests.engine.saving.states import Maker, Model
from tests.hosts import depot, generic, knot, shop, tenants, theatre

TAGS = ("lan", "wan", "old", "new")


def one_of(*values: Any) -> Maker:
    """Choose one of the values."""
    return lambda dice: dice.choice(values)


def word(prefix: str, count: int) -> Maker:
    """Choose one of a few words, in one of two spellings of the first letter."""
    return lambda dice: f"{prefix} {dice.randrange(count)}"


def day(dice: random.Random) -> str:
    """Choose one of a few days, of two months."""
    return str(date(2026, 2, 26) + timedelta(dice.randrange(9)))


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


def racks(prefix: str, tags: tuple[int, ...]) -> Model:
    """Make racks up whose names begin with `prefix`."""
    words = one_of(None, "a", "b", "A")
    return Model(
        generic.drafts.targets["rack"],
        {
            "rack": {"name": word(prefix, 5)},
            "memo": {"text": words},
            "remark": {"text": words},
            "slot": {"name": words},
            "picture": {"kind": one_of("FRONT", "BACK"), "title": words},
        },
        {"marked": tags},
        hide=lambda dbsession, root: hiding.hide_rows_below(dbsession, root[0], tags),
    )


def bills(prefix: str) -> Model:
    """Make bills up whose numbers begin with `prefix`."""
    return Model(
        tenants.drafts.targets["bill"],
        {
            "bill": {"number": word(prefix, 5)},
            "bill_item": {"product": one_of(None, "tea", "milk", "Tea")},
        },
        hide=lambda dbsession, root: hiding.hide_items(dbsession, root[0]),
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


def depots(prefix: str) -> Model:
    """Make depots up whose unique values begin with `prefix`."""
    return Model(
        depot.drafts.targets["depot"],
        {
            "depot": {"name": word(prefix, 5)},
            "crate": {
                "label": lambda dice: dice.choice(
                    [None, f"{prefix} {dice.randrange(30)}"]
                ),
                "tiny": one_of(None, 0, 7, 127),
                "short": one_of(None, 0, 32767),
                "big": one_of(None, 0, str(2**63 - 1)),
                "filled": one_of(None, 0, 42),
                "year": one_of(None, 1999, 2024),
                "kind": one_of(None, "box", "bag"),
                "marks": one_of(None, "", "dry", "dry,up"),
                "text": one_of(None, "a", "A", ""),
            },
            "crate_tag": {"word": word("word", 4), "note": one_of(None, "a", "A")},
        },
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


def halls(prefix: str) -> Model:
    """Make halls up whose names begin with `prefix`."""
    return Model(
        theatre.drafts.targets["hall"],
        {
            "hall": {"name": word(prefix, 5)},
            "act": {
                "number": lambda dice: dice.randint(1, 9),
                "headline": one_of(True, False, False),
                "day": day,
                "guest": one_of(None, "Ada", "Bob", "Eve", "Ida", "Kim", "Mia"),
            },
            "role": {"name": one_of("king", "King", "queen", "fool", "FOOL")},
            "singer": {
                "voice": one_of(*theatre.VOICES),
                "is_second": one_of(True, False),
                "fee": one_of(0, 5, 9),
            },
            "booking": {
                "first": lambda dice: dice.randrange(16),
                "hours": one_of(1, 2, 4),
                "code": one_of("Ab1", "Cd2", "Ef3", "Gh4", "Jk5"),
            },
        },
        rules={
            "act": {
                ("headline",): lambda one, two: one["headline"] and two["headline"],
                ("guest",): lambda one, two: one["guest"] == two["guest"],
            },
            "role": {
                ("name",): lambda one, two: one["name"].lower() == two["name"].lower(),
            },
            "booking": {
                ("first", "hours"): lambda one, two: (
                    one["first"] < two["first"] + two["hours"]
                    and two["first"] < one["first"] + one["hours"]
                ),
            },
        },
    )
