"""The hosts as the oracle plays with them: what is there, and what may be made."""

import zlib
from datetime import date
from typing import ClassVar

from draftedit.engine.values.order_key import spread
from tests.engine.players.base import Player
from tests.engine.players.hiding import Racking, Renting
from tests.engine.players.referring import Filtering, Planning
from tests.hosts import depot, shop, theatre
from tests.hosts.selling import Shop
from tests.hosts.theatre import Act, Booking, Hall, Role, Singer


class Shopping(Player):
    """Orders with lines, notes and labels."""

    name = "shop"
    drafts = shop.drafts
    metadata = (shop.Base.metadata, shop.drafts.metadata)
    # Columns whose values must differ between rows are given by a counter.
    settable: ClassVar = {
        "purchase": {"number": "unique"},
        "line": {"product": "text", "amount": "number"},
        "note": {"text": "text"},
    }

    def fill(self, dbsession):
        goods = Shop(dbsession)
        return (str(goods.first),), (str(goods.second),)

    def values(self, table, number, pick):
        return {
            "line": {"product": f"p{number}"},
            "note": {"topic": ["door", f"t{number}"][pick % 2]},
            "line_label": {"label_code": ["gift", "urgent"][pick % 2]},
        }[table]


class Playing(Player):
    """Halls with acts, roles, singers and bookings, under keys of every kind."""

    name = "theatre"
    drafts = theatre.drafts
    metadata = (theatre.Base.metadata, theatre.drafts.metadata)
    settable: ClassVar = {
        "hall": {"name": "unique"},
        "act": {"guest": "unique", "headline": "flag"},
        "role": {"name": "unique", "text": "text"},
        "singer": {"fee": "number"},
    }

    def fill(self, dbsession):
        halls = [
            Hall(
                name=name,
                acts=[
                    Act(
                        place=place,
                        number=number,
                        headline=number == 1,
                        day=date(2026, 3, number),
                        guest=f"guest {number}",
                        roles=[
                            Role(place=other, name=f"{role} {number}")
                            for role, other in zip("abc", spread(3), strict=True)
                        ],
                        singers=[Singer(voice="alto", is_second=False, fee=1)],
                    )
                    for number, place in enumerate(spread(3), start=1)
                ],
                bookings=[Booking(first=0, hours=3, code="Ab1")],
            )
            for name in ("one", "two")
        ]
        dbsession.add_all(halls)
        dbsession.flush()
        return (halls[0].id,), (halls[1].id,)

    def values(self, table, number, pick):
        # Far apart, as good as surely: keys of numbers, days and hours.
        one = zlib.crc32(str(number).encode())
        return {
            "act": {
                "number": 10 + one % 2**30,
                "day": str(date.fromordinal(750_000 + one % 2**20)),
                "guest": f"g{number}",
            },
            "role": {"name": f"r{number}"},
            "singer": {"voice": ["alto", "bass"][pick % 2], "is_second": pick % 3 > 0},
            "booking": {
                "first": 10 + one % 2**30 // 8 * 8,
                "hours": 1 + pick % 8,
                "code": f"{one % 46656:03x}"[-3:],
            },
        }[table]


class Storing(Player):
    """Depots with crates of unsigned numbers and tags of collated texts."""

    name = "depot"
    drafts = depot.drafts
    metadata = (depot.Base.metadata, depot.drafts.metadata)
    settable: ClassVar = {
        "depot": {"name": "unique"},
        "crate": {"label": "unique", "tiny": "number", "text": "text"},
        "crate_tag": {"note": "text"},
    }

    def fill(self, dbsession):
        depots = [
            depot.Depot(
                name=name,
                crates=[
                    depot.Crate(
                        place=place,
                        label=f"{name} {place}",
                        tags=[depot.Tag(word="dry"), depot.Tag(word="cold")],
                    )
                    for place in spread(3)
                ],
            )
            for name in ("north", "south")
        ]
        dbsession.add_all(depots)
        dbsession.flush()
        return (depots[0].id,), (depots[1].id,)

    def values(self, table, number, pick):
        return {
            "crate": {"label": f"{number}", "year": 2000 + pick % 100, "kind": "box"},
            "crate_tag": {"word": ["up", f"{number}"][pick % 2]},
        }[table]


HOSTS = (Shopping, Filtering, Planning, Playing, Storing, Renting, Racking)
