"""A ruleset edited in a draft is exported as it was edited."""

import sqlalchemy as sa

from draftedit.engine.operations import Insert, Set
from draftedit.firewall import drafts, export_ruleset, import_listing
from draftedit.firewall.models import Chain, NftTable, Rule, Tag, rule_tag
from tests.firewall.build import (
    COUNTER,
    DROP,
    chain,
    jump,
    match,
    one_rule,
    rule,
    table,
)
from tests.firewall.listings import comparable, ours


def test_what_was_drafted_is_exported_once_it_is_saved(dbsession):
    before = one_rule(match("tcp dport", 22), COUNTER, jump("other"))
    ruleset = import_listing(dbsession, before, "it").id
    tag = Tag(name="ssh")
    dbsession.add(tag)
    dbsession.flush()
    in_table = dbsession.scalar(sa.select(NftTable.id))
    only = dbsession.scalar(sa.select(Rule.id))
    edit = drafts.open(dbsession, "ruleset", (ruleset,), owner="ada")

    new = edit.apply(Insert("chain", {"name": "guard"}, parent=(in_table,))).rows[0]
    edit.apply(Set("rule", (only,), {"jump_id": new.key[0], "source": "10.0.0.1"}))
    edit.apply(Insert("rule", {"action": "drop"}, parent=new.key))
    edit.apply(Insert("rule", {"enabled": False, "action": "accept"}, parent=new.key))
    edit.apply(Insert("rule_tag", {"tag_id": tag.id}, parent=(only,)))

    assert comparable(export_ruleset(dbsession, "it")) == comparable(before)
    edit.save()
    dbsession.expire_all()
    assert export_ruleset(dbsession, "it")["nftables"] == [
        table(),
        chain(),
        chain("other"),
        chain("guard"),
        rule(
            match("tcp dport", 22),
            match("ip saddr", "10.0.0.1"),
            COUNTER,
            jump("guard"),
        ),
        rule(DROP, chain="guard"),
    ]
    assert dbsession.execute(sa.select(rule_tag)).all() == [(only, tag.id)]


def test_undone_edits_leave_a_listing_in_its_own_order(dbsession):
    listing = ours("statements")
    listing["nftables"].reverse()
    ruleset = import_listing(dbsession, listing, "it").id
    edit = drafts.open(dbsession, "ruleset", (ruleset,), owner="ada")
    chains = dbsession.scalars(sa.select(Chain.id)).all()

    for key in chains:
        edit.apply(Set("chain", (key,), {"extra": {"comment": "edited"}}))
    edit.undo(len(chains))
    edit.apply(Set("ruleset", (ruleset,), {"name": "renamed"}))
    edit.save()
    dbsession.expire_all()

    assert comparable(export_ruleset(dbsession, "renamed")) == comparable(listing)
