"""Import writes live rows, and export reads what became of them."""

import time

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from draftedit.engine.base.errors import Unknown
from draftedit.firewall import (
    BadValue,
    NameRefused,
    analyze,
    export_ruleset,
    import_listing,
)
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset, Tag, rule_tag
from tests.firewall.build import (
    ACCEPT,
    COUNTER,
    DROP,
    chain,
    jump,
    listing,
    match,
    one_rule,
    prefix,
    rule,
    table,
)
from tests.firewall.listings import comparable, ours


def count(dbsession, model) -> int:
    return dbsession.scalar(sa.select(sa.func.count()).select_from(model))


def rules(dbsession) -> list[Rule]:
    return list(dbsession.scalars(sa.select(Rule).order_by(Rule.place, Rule.id)))


def exported(dbsession, name="it") -> list:
    """Return the statements of the exported rules."""
    dbsession.flush()
    entries = export_ruleset(dbsession, name)["nftables"]
    return [entry["rule"]["expr"] for entry in entries if "rule" in entry]


def test_import_writes_live_rows_and_nothing_else(dbsession):
    ruleset = import_listing(dbsession, ours("office"), "office")

    assert ruleset.id > 0
    assert ruleset.name == "office"
    entries = ours("office")["nftables"]
    for kind, model in (("table", NftTable), ("chain", Chain), ("rule", Rule)):
        assert count(dbsession, model) == sum(kind in entry for entry in entries)
    for beside in ("object", "revision", "draft", "rule_draft", "rule_history"):
        assert count(dbsession, sa.table(beside)) == 0


def test_rows_keep_their_order(dbsession):
    chains = [f"c{number}" for number in range(20)]
    comments = [f"rule {number}" for number in range(200)]
    import_listing(
        dbsession,
        listing(
            table(),
            *map(chain, chains),
            *(rule(ACCEPT, chain="c7", comment=comment) for comment in comments),
        ),
        "it",
    )

    [nft_table] = dbsession.scalars(sa.select(NftTable))
    assert [one.name for one in nft_table.chains] == chains
    assert [one.comment for one in nft_table.chains[7].rules] == comments


def test_a_jump_points_to_the_chain_of_its_own_table(dbsession):
    import_listing(
        dbsession,
        listing(
            table(family="ip"),
            chain("other", family="ip"),
            table(),
            chain(),
            chain("other"),
            rule(jump("other")),
        ),
        "it",
    )

    [found] = rules(dbsession)
    assert found.action == "jump"
    assert found.jump.name == "other"
    assert found.jump.nft_table_id == found.chain.nft_table_id


def test_a_name_that_is_taken_is_refused(dbsession):
    import_listing(dbsession, ours("office"), "office")

    with pytest.raises(NameRefused, match="There is a ruleset named office already"):
        import_listing(dbsession, ours("office"), "office")
    import_listing(dbsession, ours("office"), "Office")


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\0b", "\ud800"])
def test_a_name_that_is_none_is_refused(dbsession, name):
    with pytest.raises(NameRefused):
        import_listing(dbsession, listing(), name)


def test_a_name_taken_in_the_meantime_is_refused(dbsession, monkeypatch):
    import_listing(dbsession, listing(), "it")
    monkeypatch.setattr(dbsession, "scalar", lambda _statement: None)

    with pytest.raises(NameRefused, match="already"), dbsession.begin_nested():
        import_listing(dbsession, listing(), "it")


def test_export_of_no_ruleset_says_so(dbsession):
    with pytest.raises(Unknown, match="There is no ruleset it"):
        export_ruleset(dbsession, "it")


def test_export_reads_only_its_own_ruleset(dbsession):
    import_listing(dbsession, ours("office"), "office")
    import_listing(dbsession, ours("statements"), "statements")

    for name in ("office", "statements"):
        after = export_ruleset(dbsession, name)
        assert comparable(after) == comparable(ours(name))


def test_a_rule_that_is_not_enabled_is_left_out(dbsession):
    import_listing(dbsession, listing(table(), chain(), rule(ACCEPT), rule(DROP)), "it")

    rules(dbsession)[0].enabled = False

    assert exported(dbsession) == [[DROP]]


def test_an_edited_rule_is_exported_as_edited(dbsession):
    import_listing(
        dbsession,
        one_rule(match("ip saddr", "10.0.0.1"), COUNTER, jump("other")),
        "it",
    )
    [found] = rules(dbsession)

    found.source, found.action, found.jump_id = "!= 10.0.0.0/8", "drop", None

    assert exported(dbsession) == [
        [match("ip saddr", prefix("10.0.0.0", 8), "!="), COUNTER, DROP]
    ]


def test_a_statement_in_words_stays_where_it_is_when_its_rule_is_edited(dbsession):
    words = "update @m { ip saddr : 2 }"
    import_listing(dbsession, one_rule(COUNTER, words, ACCEPT), "it")
    [found] = rules(dbsession)

    found.source, found.action = "10.0.0.1", "drop"

    source = match("ip saddr", "10.0.0.1")
    assert exported(dbsession) == [[source, COUNTER, words, DROP]]


def test_a_rule_listed_without_statements_may_be_given_some(dbsession):
    entry = rule()
    del entry["rule"]["expr"]
    import_listing(dbsession, listing(table(), chain(), entry), "it")
    [found] = rules(dbsession)

    assert "expr" not in export_ruleset(dbsession, "it")["nftables"][2]["rule"]
    found.action = "drop"
    assert exported(dbsession) == [[DROP]]


def test_a_renamed_chain_is_jumped_to_by_its_new_name(dbsession):
    import_listing(dbsession, one_rule(jump("other")), "it")
    [found] = rules(dbsession)

    found.jump.name = "elsewhere"

    assert exported(dbsession) == [[jump("elsewhere")]]


def test_a_jump_into_another_table_is_refused_by_rule_and_column(dbsession):
    import_listing(
        dbsession,
        listing(table(), chain(), rule(ACCEPT), table("u"), chain("d", table="u")),
        "it",
    )
    [found] = rules(dbsession)
    found.action = "jump"
    found.jump_id = dbsession.scalar(sa.select(Chain.id).where(Chain.name == "d"))
    dbsession.flush()

    with pytest.raises(BadValue, match="rule 1 of chain c in table inet t, jump_id"):
        export_ruleset(dbsession, "it")

    found.enabled = False
    assert exported(dbsession) == []


def test_a_new_ruleset_is_exported_for_nft(dbsession):
    new = Ruleset(name="it", tables=[NftTable(family="inet", name="t")])
    dbsession.add(new)
    new.tables[0].chains.append(Chain(name="c", place="V00000"))
    new.tables[0].chains[0].rules.append(
        Rule(place="V00000", destination_ports="22", protocol="tcp", action="accept")
    )
    dbsession.flush()

    assert export_ruleset(dbsession, "it") == {
        "nftables": [
            {"metainfo": {"json_schema_version": 1}},
            table(),
            chain(),
            rule(match("tcp dport", 22), ACCEPT),
        ]
    }


def test_chains_come_before_the_rules_that_jump_to_them(dbsession):
    mixed = listing(table(), chain(), rule(ACCEPT), chain("other"), rule(DROP))
    import_listing(dbsession, mixed, "it")
    assert export_ruleset(dbsession, "it") == mixed
    found = rules(dbsession)[0]

    found.action = "jump"
    found.jump_id = dbsession.scalar(sa.select(Chain.id).where(Chain.name == "other"))
    dbsession.flush()

    kinds = [next(iter(one)) for one in export_ruleset(dbsession, "it")["nftables"]]
    assert kinds == ["table", "chain", "chain", "rule", "rule"]


def test_a_ruleset_is_deleted_with_all_its_parts(dbsession):
    import_listing(dbsession, ours("statements"), "it")
    first = rules(dbsession)[0]
    first.tags.append(Tag(name="kept"))
    dbsession.flush()
    dbsession.expire_all()

    dbsession.delete(dbsession.scalars(sa.select(Ruleset)).one())
    dbsession.flush()

    for model in (Ruleset, NftTable, Chain, Rule, rule_tag):
        assert count(dbsession, model) == 0
    assert count(dbsession, Tag) == 1


@pytest.mark.parametrize(
    "twice",
    [
        lambda: Ruleset(name="it"),
        lambda: NftTable(ruleset_id=1, family="inet", name="t"),
        lambda: Chain(nft_table_id=1, name="c", place="V"),
        lambda: Tag(name="it"),
    ],
    ids=["ruleset", "nft_table", "chain", "tag"],
)
def test_names_are_unique_where_nft_wants_them_so(dbsession, twice):
    import_listing(dbsession, one_rule(), "it")
    dbsession.add(Tag(name="it"))
    dbsession.flush()
    row = twice()
    if isinstance(row, NftTable):
        row.ruleset_id = dbsession.scalar(sa.select(Ruleset.id))
    if isinstance(row, Chain):
        row.nft_table_id = dbsession.scalar(sa.select(NftTable.id))
        row.place = "V00000"

    with pytest.raises(IntegrityError), dbsession.begin_nested():
        dbsession.add(row)


def test_the_database_counts_what_was_imported(race_database):
    with sa.orm.Session(race_database.engine) as dbsession, dbsession.begin():
        import_listing(dbsession, ours("statements"), "it")

    with race_database.engine.begin() as connection:
        analyze(connection)

    with sa.orm.Session(race_database.engine) as dbsession:
        after = export_ruleset(dbsession, "it")
    assert comparable(after) == comparable(ours("statements"))


@pytest.mark.long
def test_a_hundred_thousand_rules_are_imported_in_less_than_a_minute(dbsession):
    def entry(number: int) -> dict:
        return rule(
            match("meta iifname", "eth0"),
            match("ip saddr", prefix(f"10.{number % 256}.0.0", 16)),
            match("tcp dport", {"set": [80, 443, number % 60_000]}),
            COUNTER,
            jump("other"),
            comment=f"rule {number}",
        )

    before = listing(table(), chain(), chain("other"), *map(entry, range(100_000)))
    started = time.process_time()  # not the clock: others may be at work

    import_listing(dbsession, before, "it")

    assert time.process_time() - started < 60
    same = export_ruleset(dbsession, "it") == before
    assert same  # without comparing 20 MB for the message
