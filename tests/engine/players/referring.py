"""Players of the hosts whose rows refer to each other."""

import uuid
import zlib
from typing import ClassVar

from draftedit import firewall
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Base as FirewallBase
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset, Tag
from tests.engine.players.base import Player
from tests.hosts import knot


class Filtering(Player):
    """Rulesets with tables, chains that rules jump to, and tags."""

    name = "firewall"
    drafts = firewall.drafts
    metadata = (FirewallBase.metadata, firewall.drafts.metadata)
    settable: ClassVar = {
        "ruleset": {"name": "unique"},
        "nft_table": {"name": "unique"},
        "chain": {"name": "unique", "priority": "number"},
        "rule": {"comment": "text", "enabled": "flag", "jump_id": "chain"},
    }

    def fill(self, dbsession):
        places = spread(3)
        tags = [Tag(name="a"), Tag(name="b")]
        dbsession.add_all(tags)
        rulesets = [
            Ruleset(
                name=name,
                tables=[
                    NftTable(
                        family="ip",
                        name=table,
                        chains=[
                            Chain(
                                name=chain,
                                place=place,
                                rules=[
                                    Rule(place=other, comment=f"{chain} {other}")
                                    for other in places[:2]
                                ],
                            )
                            for chain, place in zip("abc", places, strict=True)
                        ],
                    )
                    for table in ("filter", "nat")
                ],
            )
            for name in ("one", "two")
        ]
        dbsession.add_all(rulesets)
        dbsession.flush()
        for ruleset in rulesets:
            first = ruleset.tables[0].chains
            first[0].rules[0].jump_id = first[1].id
            first[0].rules[0].tags = tags[:1]
        dbsession.flush()
        self.tags = [tag.id for tag in tags]
        return (rulesets[0].id,), (rulesets[1].id,)

    def values(self, table, number, pick):
        return {
            "nft_table": {"family": "inet", "name": f"t{number}"},
            "chain": {"name": f"c{number}"},
            "rule": {"comment": f"r{number}"},
            "rule_tag": {"tag_id": self.tags[pick % 2]},
        }[table]


class Planning(Player):
    """Plans with boxes and items that point to each other, in circles too."""

    name = "knot"
    drafts = knot.drafts
    metadata = (knot.Base.metadata, knot.drafts.metadata)
    settable: ClassVar = {
        "plan": {"name": "unique"},
        "box": {"name": "unique", "next_id": "box", "chief_id": "item"},
        "item": {"nick": "unique", "note": "text", "friend_id": "item"},
        "mark": {"weight": "number"},
    }

    def fill(self, dbsession):
        badges = [knot.Badge(code="red"), knot.Badge(code="blue")]
        plans = [self.plan(name, badges[:1]) for name in ("one", "two")]
        dbsession.add_all([*badges, *plans])
        dbsession.flush()  # gives the keys that are pointed to
        for plan in plans:
            first, second = plan.boxes
            first.next_id, second.next_id = second.id, first.id
            first.chief_id = second.items[0].id
            first.items[0].friend_id = first.items[0].id
        dbsession.flush()
        return (plans[0].id,), (plans[1].id,)

    def plan(self, name, badges):
        boxes = [
            knot.Box(
                name=box,
                place=place,
                items=[self.item(f"{name} {box}", one, badges) for one in spread(3)],
            )
            for box, place in zip("ab", spread(2), strict=True)
        ]
        return knot.Plan(name=name, boxes=boxes)

    def item(self, box, place, badges):
        name = f"{box} {place}"
        item = knot.Item(name=name, place=place, nick=name, **self.numbers(name))
        item.marks = [knot.Mark(word="old", weight=1), knot.Mark(word="red")]
        item.badges = badges
        return item

    def numbers(self, name):
        # Far apart, as good as surely: `code` is unique among all.
        return {
            "code": zlib.crc32(name.encode()) // 2,
            "serial": uuid.uuid5(uuid.NAMESPACE_OID, name),
        }

    def values(self, table, number, pick):
        numbers = self.numbers(f"new {number}")
        return {
            "box": {"name": f"b{number}"},
            "item": {
                "name": f"i{number}",
                "nick": f"n{number}",
                **numbers,
                "serial": str(numbers["serial"]),
            },
            "mark": {"word": ["old", f"w{number}"][pick % 2]},
            "item_badge": {"badge_code": ["red", "blue"][pick % 2]},
        }[table]
