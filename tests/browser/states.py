"""An object with a past, and drafts in every state: for looking at all pages.

The first chain of the sample has 14 rules; they are called by their index.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Delete, Insert, Move, Set, firewall
from draftedit.engine.operations import Operation
from draftedit.firewall.models import Chain, Rule, Ruleset
from draftedit.service.session import EditSession


@dataclass(frozen=True)
class States:
    """Where everything is: keys of rows and drafts.

    `mine` is a draft that live is ahead of, `torn` one with conflicts, `wrong` one
    that no save would take; what was not made is 0.
    """

    ruleset: int
    chain: int
    rules: tuple[int, ...]
    mine: int
    torn: int = 0
    wrong: int = 0
    saved: int = 0
    cancelled: int = 0
    deleted: int = 0


class Making:
    """Makes the states, one draft after the other."""

    def __init__(self, dbsession: Session) -> None:
        self.dbsession = dbsession
        self.ruleset = dbsession.scalars(sa.select(Ruleset.id)).one()
        self.chain = dbsession.scalars(
            sa.select(Chain.id).where(Chain.name == "input")
        ).one()
        rules = sa.select(Rule.id).where(Rule.chain_id == self.chain)
        self.rules = tuple(dbsession.scalars(rules.order_by(Rule.place)))

    def draft(
        self, owner: str, *operations: Operation, root: int | None = None
    ) -> EditSession:
        """Open a draft and do something in it."""
        key = self.ruleset if root is None else root
        edit = firewall.drafts.open(self.dbsession, Ruleset, key, owner=owner)
        for operation in operations:
            edit.apply(operation)
        return edit

    def rule(self, index: int, **values: object) -> Set:
        """Return the step that changes a rule."""
        return Set("rule", self.rules[index], **values)

    def past(self) -> None:
        """Save two revisions."""
        host = {"action": "accept", "protocol": "tcp", "comment": "reporting host"}
        add = Insert("rule", host, self.chain, after=self.rules[8])
        quic = self.rule(9, comment="HTTP/3 and QUIC")
        self.draft("bob", quic, add).save(message="Reporting for March")
        narrow = self.rule(11, source="10.20.0.0/24")
        self.draft("ada", narrow).save(message="Two monitors")

    def mine(self) -> EditSession:
        """Open a draft with changes of every kind, and a step undone."""
        vpn = {"action": "accept", "protocol": "udp", "destination_ports": "51820"}
        edit = self.draft(
            "ann",
            self.rule(8, destination_ports="80, 443, 8443", comment="the web servers"),
            Insert("rule", vpn | {"comment": "VPN"}, self.chain, after=self.rules[9]),
            Delete("rule", self.rules[12]),
            Move("rule", self.rules[6], after=self.rules[10]),
            self.rule(4, enabled=False),
        )
        edit.undo()
        return edit

    def torn(self) -> EditSession:
        """Open a draft that conflicts with what bob saves after it."""
        first, second = self.rules[10], self.rules[5]
        edit = self.draft(
            "ann",
            self.rule(10, comment="time for the office"),
            Delete("rule", second),
            Move("rule", self.rules[2]),
        )
        self.draft(
            "bob",
            Set("rule", first, comment="DNS, DHCP and NTP"),
            Set("rule", second, comment="pings, but few"),
            Move("rule", self.rules[2], after=self.rules[3]),
        ).save(message="Names for what is allowed")
        return edit


def make_calm(dbsession: Session) -> States:
    """Make a draft that nothing has overtaken, and another one of bob's."""
    making = Making(dbsession)
    making.past()
    making.draft("bob", making.rule(13, enabled=False))
    mine = making.mine()
    return States(making.ruleset, making.chain, making.rules, mine.info.key)


def make(dbsession: Session) -> States:
    """Make all of it."""
    making = Making(dbsession)
    making.past()
    mine, torn = making.mine(), making.torn()
    saved = making.draft("ann", making.rule(3, comment="private stays private"))
    saved.save(message="Say why")
    wrong = making.draft("ann", making.rule(3, source="nowhere"))
    cancelled = making.draft("ann", making.rule(3, comment="no"))
    cancelled.cancel()
    making.draft("bob", making.rule(13, enabled=False))
    old = Ruleset(name="old-gateway")
    dbsession.add(old)
    dbsession.flush()  # the draft is opened on its key
    making.draft("bob", Delete("ruleset", old.id), root=old.id).save()
    return States(
        ruleset=making.ruleset,
        chain=making.chain,
        rules=making.rules,
        mine=mine.info.key,
        torn=torn.info.key,
        wrong=wrong.info.key,
        saved=saved.info.key,
        cancelled=cancelled.info.key,
        deleted=old.id,
    )
