"""The two hosts as the oracle plays with them: what is there, and what may be made."""

from typing import ClassVar

from draftedit import firewall
from draftedit.engine.order import spread
from draftedit.firewall.models import Base as FirewallBase
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset, Tag
from tests.hosts import shop
from tests.hosts.selling import Shop


class Shopping:
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
        """Put objects there; return the keys of one to edit, and of another."""
        goods = Shop(dbsession)
        return (goods.first,), (goods.second,)

    def values(self, table, number, pick):
        """Return what a new row of a table is made of."""
        return {
            "line": {"product": f"p{number}"},
            "note": {"topic": ["door", f"t{number}"][pick % 2]},
            "line_label": {"label_code": ["gift", "urgent"][pick % 2]},
        }[table]


class Filtering:
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


HOSTS = (Shopping, Filtering)
