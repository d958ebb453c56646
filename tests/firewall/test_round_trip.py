"""What goes in comes out, whatever a listing holds."""

import json

import pytest
from hypothesis import given

from draftedit.firewall import BadListing, export_ruleset, import_listing, nft
from tests.firewall import strategies
from tests.firewall.build import (
    ACCEPT,
    COUNTER,
    chain,
    jump,
    match,
    one_rule,
    prefix,
    rule,
    table,
)
from tests.firewall.build import (
    listing as listed,
)
from tests.firewall.listings import comparable, ours


def without_expr(**fields):
    """Return a rule as nft lists it that has no JSON for any of its statements."""
    entry = rule(**fields)
    del entry["rule"]["expr"]
    return entry


def of_table(kind, name, **fields):
    return {kind: {"family": "inet", "table": "t", "name": name, **fields}}


def test_a_real_listing_is_exported_as_it_was_imported(dbsession, listing):
    before = listing.read()

    import_listing(dbsession, before, "it")
    dbsession.expire_all()

    assert comparable(export_ruleset(dbsession, "it")) == comparable(before)


@given(strategies.listings())
def test_any_listing_comes_out_as_it_went_in(before):
    assert comparable(nft.render(nft.parse(before))) == comparable(before)


@given(strategies.listings())
def test_any_listing_survives_the_database(dbsession, before):
    with dbsession.begin_nested() as savepoint:
        import_listing(dbsession, before, "it")
        dbsession.expire_all()
        after = export_ruleset(dbsession, "it")
        savepoint.rollback()

    assert comparable(after) == comparable(before)


@given(strategies.broken_listings())
def test_a_broken_listing_is_refused_or_comes_out_as_it_went_in(before):
    try:
        parsed = nft.parse(before)
    except BadListing:
        return
    assert comparable(nft.render(parsed)) == comparable(before)


@pytest.mark.parametrize(
    "statements",
    [
        [{"xt": {"type": "match", "name": "addrtype"}}, COUNTER, jump("other")],
        [jump("other"), jump("other", "goto")],
        [jump("elsewhere")],
        [{"jump": {"target": "other", "odd": 1}}],
        [{"jump": None}],
        [{"accept": None, "drop": None}],
        [{"accept": {}}],
        [ACCEPT, ACCEPT],
        [{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": []}}}],
        [match("ip saddr", "10.0.0.1"), match("ip saddr", "10.0.0.2")],
        [match("ip saddr", "10.0.0.1"), match("ip6 saddr", "::1")],
        [match("ip saddr", "::1")],
        [match("ip saddr", {"set": ["10.0.0.1"]})],
        [match("ip saddr", {"set": []})],
        [match("ip saddr", ["10.0.0.1", "10.0.0.2"])],
        [match("ip saddr", {"set": ["10.0.0.1", prefix("10.0.0.0", 8)]})],
        [match("ip saddr", "10.0.0.1, 10.0.0.2")],
        [match("ip saddr", "10.0.0.1", op="in")],
        [match("ip saddr", "10.0.0.1", op="<")],
        [match("ip saddr", prefix("10.0.0.0", True))],
        [match("ip saddr", prefix("10.0.0.0", 33))],
        [match("ip saddr", {"set": [f"10.0.0.{n}" for n in range(300)]})],
        [match("tcp dport", True)],
        [match("tcp dport", 22.0)],
        [match("tcp dport", "22")],
        [match("tcp dport", 65536)],
        [match("tcp dport", {"range": [1, 2, 3]})],
        [match("tcp dport", {"range": ["1", "2"]})],
        [match("tcp dport", 22), match("udp sport", 22)],
        [match("tcp dport", 22), match("meta l4proto", "udp")],
        [match("tcp dport", 22), match("meta l4proto", "tcp")],
        [match("meta l4proto", "tcp"), match("tcp dport", 22)],
        [match("th dport", 22), match("meta l4proto", "tcp")],
        [match("th dport", 22), match("tcp sport", 22)],
        [match("meta l4proto", {"set": ["tcp", "udp"]}), match("tcp dport", 1)],
        [match("ip protocol", "tcp"), match("ip6 nexthdr", "tcp")],
        [match("ct state", "new"), match("ct state", "new", op="==")],
        [match("ct state", ["new"], op="in")],
        [match("meta iif", "lo"), match("meta iifname", "lo")],
        [match("meta iif", 3)],
        [{"match": {"op": "==", "left": {"ct": {"key": "state"}}}}],
        [{"match": None}],
        [{"match": {"left": [], "op": [], "right": {"set": 5}}}],
        [{}],
        [{"column": "source"}],
        ["update @m { ip saddr : 0x00000002 }"],
        [match("ip saddr", "10.0.0.1"), "jump {\n\t\t\taccept\n\t\t}", ACCEPT],
        ["source", "action", "text", "unlisted", ""],
        [],
    ],
    ids=lambda statements: json.dumps(statements)[:60],
)
def test_odd_statements_come_out_as_they_went_in(statements):
    before = one_rule(*statements)

    assert comparable(nft.render(nft.parse(before))) == comparable(before)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [table(), table()],
        [table(), chain(), chain(), rule(ACCEPT)],
        [table(), chain(prio="filter", type="new", hook=3, policy=None, dev="eth0")],
        [table(), chain(prio=True), chain("d", prio=2**40), chain("e", comment="é")],
        [table(flags="dormant", comment="x"), table("T"), table("t ")],
        [
            table(family="none"),
            {"chain": {"family": "none", "table": "t", "name": "c"}},
        ],
        [table(family="none"), chain(family="none"), rule(ACCEPT, family="none")],
        [table(), chain("c"), chain("C"), chain("c "), rule(chain="C")],
        [table(), {"set": {"family": "inet", "table": "t", "elem": []}}, chain()],
        [table(), chain(), rule(ACCEPT, comment=5), rule(ACCEPT, comment="x" * 999)],
        [table(), chain(), rule(ACCEPT, comment=""), rule(ACCEPT, index=1)],
        [table(), chain(), without_expr(comment="?"), without_expr(), rule()],
        [{"unheard": 5}, table(), {"unheard": {"family": "inet", "table": "t"}}],
        [{"flush": {"ruleset": None}}, table(), chain(), {"metainfo": {}}],
    ],
    ids=lambda entries: json.dumps(entries)[:60],
)
def test_odd_entries_come_out_as_they_went_in(dbsession, entries):
    before = listed(*entries) | {"beside": "the list"}

    import_listing(dbsession, before, "it")
    dbsession.expire_all()

    assert comparable(export_ruleset(dbsession, "it")) == comparable(before)


def test_an_order_that_is_not_ours_comes_out_as_it_went_in():
    before = listed(
        table("u"),
        table(),
        of_table("counter", "hits"),
        chain(),
        of_table("quota", "much"),
        chain("other"),
        of_table("set", "late"),
        rule(ACCEPT, chain="other"),
        rule(jump("other")),
        chain("d", table="u"),
        rule(ACCEPT, chain="other"),
        {"metainfo": {"version": "0"}},
    )

    assert nft.render(nft.parse(before)) == before


def test_what_is_named_comes_out_before_what_names_it():
    late = [
        rule(jump("other")),
        of_table("element", "m", elem=[["lo", jump("other")]]),
        of_table("map", "m"),
        of_table("counter", "hits"),
        chain(),
        rule(ACCEPT, chain="other"),
        chain("other"),
        table(),
        {"metainfo": {"version": "0"}},
    ]

    assert nft.render(nft.parse(listed(*late))) == listed(
        {"metainfo": {"version": "0"}},
        table(),
        chain(),
        chain("other"),
        of_table("counter", "hits"),
        of_table("map", "m"),
        of_table("element", "m", elem=[["lo", jump("other")]]),
        rule(jump("other")),
        rule(ACCEPT, chain="other"),
    )


def test_maps_that_jump_come_out_behind_the_chains():
    after = nft.render(nft.parse(ours("bridges")))["nftables"]
    kinds = [next(iter(one)) for one in after]

    assert kinds.index("map") > kinds.index("counter") > kinds.index("chain")
    assert kinds[: kinds.index("rule")].count("chain") == 5


def test_a_layout_that_nft_would_not_take_is_not_used():
    sets = of_table("set", "a"), of_table("set", "b")
    before = listed(table(), table("u"), chain(), *sets)
    ruleset = nft.parse(before)
    assert ruleset.layout

    ruleset.tables[0].objects = [of_table("counter", "a"), of_table("set", "b")]
    assert nft.render(ruleset)["nftables"][1:3] == [table("u"), chain()]
    ruleset.tables[0].objects = [of_table("set", "b"), of_table("element", "a")]
    assert nft.render(ruleset)["nftables"][1:3] == [table("u"), chain()]
    ruleset.tables[0].objects = [of_table("table", "t"), of_table("set", "b")]
    assert nft.render(ruleset)["nftables"][1:3] == [chain(), of_table("table", "t")]
