"""The hosts of whose objects the story is told, each in a few words.

The story makes random values of the fields that the API describes; a host says only
how those are made that no random word or number fits.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from draftedit.engine.values.order_key import spread
from tests.engine.players import Planning, Playing, Shopping, Storing
from tests.engine.players.base import Player
from tests.engine.players.hiding import Racking, Renting
from tests.hosts import shop
from tests.stories.random_edits import Makers


@dataclass(frozen=True)
class Host:
    """One host: who plays it, and the objects that are beside.

    `makers` make values by table and field. `fill` puts more rows there, below the
    object whose key it is given.
    """

    player: type[Player]
    makers: Makers = field(default_factory=dict)
    fill: Callable[[Session, Any], None] = lambda _dbsession, _key: None


def only(value: Any) -> Callable[[random.Random], Any]:
    """Make always the same."""
    return lambda _dice: value


def number(first: int, last: int, step: int = 1) -> Callable[[random.Random], int]:
    """Make numbers of a range; of a large one each is new, as good as surely."""
    return lambda dice: dice.randrange(first, last, step)


def day(dice: random.Random) -> str:
    """Make a day that no other row has, as good as surely."""
    return str(date.fromordinal(dice.randrange(600_000, 900_000)))


def code(dice: random.Random) -> str:
    """Make three characters."""
    return f"{dice.randrange(16**3):03x}"


def fill_shop(dbsession: Session, key: Any) -> None:
    """Put more lines and notes there, and labels whose keys need quoting in paths."""
    order = dbsession.get_one(shop.Order, uuid.UUID(key))
    order.lines += [shop.Line(place=p, product=f"tea {p}") for p in spread(20)]
    order.notes += [shop.Note(topic=f"topic {n}", text="…") for n in range(5)]
    dbsession.add_all([shop.Label(code=text) for text in ("röt", "a,b", "c/d~e")])


HOSTS: Mapping[str, Host] = {
    "shop": Host(Shopping, fill=fill_shop),
    # A row must not be put out of sight: a save refuses that.
    "tenants": Host(
        Renting,
        {("bill", "tenant_id"): only(1), ("bill_item", "deleted_at"): only(None)},
    ),
    "generic": Host(Racking),
    "knot": Host(Planning, {("item", "code"): number(1, 2**31)}),
    "depot": Host(
        Storing,
        {
            ("crate", "year"): number(1901, 2156),
            ("crate", "marks"): lambda dice: dice.choice(("", "dry", "dry,up")),
        },
    ),
    "theatre": Host(
        Playing,
        {
            ("act", "number"): number(1, 2**31),
            ("act", "day"): day,
            ("booking", "first"): number(100, 2**30, 8),
            ("booking", "hours"): number(1, 9),
            ("booking", "code"): code,
        },
    ),
}
