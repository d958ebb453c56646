"""The long check of a whole ruleset, as it was at one revision."""

import contextlib
from functools import partial

import pytest
from pyramid.testing import DummyRequest

from draftedit import Set
from draftedit.firewall import drafts, import_listing
from draftedit.firewall.depth import depth_task
from draftedit.firewall.depth.covering import covered
from draftedit.firewall.models import Chain, Rule, Ruleset
from draftedit.service import task_results, task_runner
from tests.firewall.build import ACCEPT, DROP, chain, jump, listing, match, rule, table

INPUT = chain("input", type="filter", hook="input", prio=0, policy="accept")


def look(dbsession, data):
    """Import a listing, look at it in depth; return what was found, and the result."""
    key = import_listing(dbsession, data, "it").id
    return found(dbsession, key), key


def found(dbsession, key):
    @contextlib.contextmanager
    def session():
        yield dbsession

    place = task_results.want(drafts, dbsession, Ruleset, key, "in_depth", by="ada")
    config = task_runner.RunnerConfig(drafts, session, session)
    assert task_runner.work(config, place) == "kept"
    [result] = task_results.listing(drafts, dbsession, Ruleset, key)
    return [(one.kind, names(dbsession, one)) for one in result.findings]


def names(dbsession, finding):
    """Return what a row of the finding is called here."""
    if finding.table == "chain":
        return dbsession.get(Chain, finding.key[0]).name
    return dbsession.get(Rule, finding.key[0]).comment


def in_chain(name, *statements, **fields):
    return rule(*statements, chain=name, **fields)


def test_rules_and_chains_are_told_by_row(dbsession):
    seen, _ = look(
        dbsession,
        listing(
            table(),
            INPUT,
            chain("web"),
            chain("lost"),
            chain("lost-too"),
            in_chain("input", match("ip saddr", "10.0.0.1"), ACCEPT, comment="one"),
            in_chain("input", jump("web"), comment="two"),
            in_chain("input", match("ip saddr", "10.0.0.1"), DROP, comment="three"),
            in_chain("web", ACCEPT, comment="all"),
            in_chain("web", match("tcp dport", 80), ACCEPT, comment="never"),
            in_chain("lost", jump("lost-too"), comment="x"),
        ),
    )
    assert seen == [
        ("contradictory", "three"),
        ("shadowed", "never"),
        ("unreachable", "lost"),
        ("unreachable", "lost-too"),
    ]


def test_a_chain_that_anything_may_lead_to_is_reached(dbsession):
    verdicts = {"map": {"family": "inet", "table": "t", "name": "m", "type": "mark"}}
    verdicts["map"] |= {"map": "verdict", "elem": [[1, jump("by-map")]]}
    seen, _ = look(
        dbsession,
        listing(
            table(),
            INPUT,
            chain("by-map"),
            chain("by-vmap"),
            chain("with-hook", hook="a hook of tomorrow"),
            verdicts,
            in_chain(
                "input", {"vmap": {"key": {}, "data": {"set": [jump("by-vmap")]}}}
            ),
        ),
    )
    assert seen == []


@pytest.mark.parametrize("expr", [{"expr": ["jump {\n\tjump lost\n}"]}, {}])
def test_what_a_rule_in_words_may_lead_to_is_reached(dbsession, expr):
    hooked = chain(type="filter", hook="input", prio=0)
    body = {"family": "inet", "table": "t", "chain": "c"} | expr
    findings, _key = look(
        dbsession, listing(table(), hooked, chain("lost"), {"rule": body})
    )

    assert findings == []


def test_a_chain_whose_rules_are_too_many_to_compare_is_told_by_row(
    dbsession, monkeypatch
):
    monkeypatch.setattr(depth_task, "covered", partial(covered, wide=1))
    wide = [match("tcp dport", {"range": [n, n + 5]}) for n in (10, 20)]

    seen, key = look(
        dbsession,
        listing(
            table(),
            INPUT,
            chain("few", type="filter", hook="output", prio=0),
            *(in_chain("input", one, ACCEPT) for one in wide),
            in_chain("few", wide[0], ACCEPT),
            in_chain("input", match("tcp dport", 22), ACCEPT, comment="not compared"),
        ),
    )

    assert seen == [("incomplete", "input")]
    [result] = task_results.listing(drafts, dbsession, Ruleset, key)
    [one] = result.findings
    told = DummyRequest().localizer.translate(one.message)
    assert "there may be more to find" in told


def test_a_rule_that_is_not_enabled_neither_covers_nor_leads(dbsession):
    data = listing(
        table(),
        INPUT,
        chain("web"),
        in_chain("input", ACCEPT, comment="all"),
        in_chain("input", jump("web"), comment="to web"),
    )
    seen, key = look(dbsession, data)
    assert seen == [("shadowed", "to web")]

    edit = drafts.open(dbsession, Ruleset, key, owner="ada")
    for row in edit.page("rule").rows:
        edit.apply(Set("rule", row.key, enabled=False))
    edit.save()
    assert found(dbsession, key) == [("unreachable", "web")]


def test_rules_that_go_round_change_packets_and_end(dbsession):
    mark = {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 1}}
    seen, _ = look(
        dbsession,
        listing(
            table(),
            INPUT,
            chain("a"),
            chain("b"),
            in_chain("input", match("ip saddr", "10.0.0.0/8"), ACCEPT),
            in_chain("input", jump("a")),
            in_chain("input", match("ip saddr", "10.0.0.1"), ACCEPT),
            in_chain("a", jump("b")),
            in_chain("b", mark),
        ),
    )
    assert seen == []


@pytest.mark.parametrize("kind", ["duplicate", "contradictory", "shadowed"])
def test_each_kind_has_words_of_its_own(dbsession, kind):
    first = match("ip saddr", "10.0.0.1")
    second = {
        "duplicate": (first, ACCEPT),
        "contradictory": (first, DROP),
        "shadowed": (first, match("tcp dport", 22), DROP),
    }[kind]
    _, key = look(
        dbsession,
        listing(
            table(), INPUT, in_chain("input", first, ACCEPT), in_chain("input", *second)
        ),
    )
    [result] = task_results.listing(drafts, dbsession, Ruleset, key)
    [one] = result.findings
    message = DummyRequest().localizer.translate(one.message)
    assert one.kind == kind
    assert one.other is not None
    assert {"duplicate": "the same as", "contradictory": "contradicts"}.get(
        kind, "in another way"
    ) in message
