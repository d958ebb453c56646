"""What a match lets pass counts only as far as it is certain, never by a likeness."""

import pytest

from draftedit.firewall.depth.covering import covered
from draftedit.firewall.depth.meaning import meaning_of
from draftedit.firewall.ruleset_values import RuleValues
from tests.firewall.build import match, prefix

TAGGED = match("ip dscp", 8)  # a condition that no column has
NO_SELECTOR = {"exthdr": {"name": "frag", "field": "nexthdr"}}


def found(*rules, family="inet"):
    """Return the findings about rules that accept, each given by its matches."""
    meanings = [
        meaning_of((n,), RuleValues(statements=[*one], action="accept"), family)
        for n, one in enumerate(rules)
    ]
    return [
        (one.kind, one.key and one.key[0], one.other and one.other[0])
        for one in covered(meanings, frozenset())
    ]


def some(*items):
    return {"set": [*items]}


def span(low, high):
    return {"range": [low, high]}


def other(left, right=1):
    """Return a match of something that `match` cannot spell."""
    return {"match": {"op": "==", "left": left, "right": right}}


CERTAIN = {
    "interfaces and sets of them": ("meta iifname", some("@lan", "lo"), "@lan"),
    "interfaces by their index": ("meta oif", some("lo", "eth0"), "eth0"),
    "versions": ("meta nfproto", some("ipv4", "ipv6"), "ipv6"),
    "protocols": ("ip protocol", some("tcp", 17), 6),
    "ranges of ports": ("th dport", some(span(1, 99), "ssh"), 22),
    "prefixes": ("ip daddr", some(prefix("10.0.0.0", 8), "@lan"), "10.1.2.3"),
    "ranges of addresses": ("ip6 saddr", some(span("fe80::1", "fe80::9")), "fe80::9"),
}


@pytest.mark.parametrize("one", CERTAIN.values(), ids=CERTAIN)
def test_one_value_of_several_is_shadowed_by_all_of_them(one):
    selector, several, single = one

    seen = found([match(selector, several)], [match(selector, single)])

    assert seen == [("shadowed", 1, 0)]


# The first match of each looks as if the second one were a part of it.
ALIKE = {
    "flags that are compared": (
        match("ct state", ["new", "related"]),
        match("ct state", "new"),
    ),
    "flags of something else": (
        match("tcp dport", [22, 80], "in"),
        match("tcp dport", 22),
    ),
    "a list with another operator": (
        match("ct state", some("new", "related"), "in"),
        match("ct state", "new"),
    ),
    "a list that is none": (
        match("tcp dport", {"set": "@ports"}),
        match("tcp dport", "@ports"),
    ),
    "a flag that is no state": (
        match("tcp dport", 22, "in"),
        match("tcp dport", 22),
    ),
    "what is below": (match("tcp dport", 22, "<"), match("tcp dport", 22)),
    "an address of the other version": (
        match("ip saddr", some("::1", "10.0.0.1")),
        match("ip saddr", "10.0.0.1"),
    ),
    "a range from high to low": (
        match("ip saddr", span("10.0.0.9", "10.0.0.1")),
        match("ip saddr", "10.0.0.5"),
    ),
    "yes as a port": (match("tcp dport", True), match("tcp dport", 1)),
    "a port too high": (
        match("tcp dport", some(70000, 22)),
        match("tcp dport", 22),
    ),
    "yes as a protocol": (match("meta l4proto", True), match("meta l4proto", 1)),
    "a protocol too high": (
        match("meta l4proto", some(300, "tcp")),
        match("meta l4proto", "tcp"),
    ),
    "every interface": (match("meta iifname", "*"), match("meta iifname", "eth0")),
    "an escaped name": (
        match("meta iifname", "eth\\*"),
        match("meta iifname", "eth\\0"),
    ),
    "a name too long": (
        match("meta iifname", f"{'x' * 16}*"),
        match("meta iifname", "x" * 16),
    ),
    "an index by a pattern": (
        match("meta iif", some("eth*", "lo")),
        match("meta iif", "lo"),
    ),
    "a version that is none": (
        match("meta nfproto", some("ipv4", 10)),
        match("meta nfproto", "ipv4"),
    ),
}


@pytest.mark.parametrize(("first", "second"), ALIKE.values(), ids=ALIKE)
def test_of_what_is_not_certain_nothing_is_said(first, second):
    assert found([first], [second]) == []


@pytest.mark.parametrize("one", [first for first, _ in ALIKE.values()], ids=ALIKE)
def test_what_is_not_certain_is_the_same_as_itself(one):
    assert found([one], [one, TAGGED]) == [("shadowed", 1, 0)]


def test_what_no_selector_names_is_the_same_as_itself():
    header = other(NO_SELECTOR)

    assert found([header], [header, TAGGED]) == [("shadowed", 1, 0)]
    assert found([header], [TAGGED]) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"match": 7},
        other(7),
        other({"payload": {"protocol": "ip", "field": "dscp"}, "meta": {}}),
        other({"unheard of": {}}),
        other({"ct": {"key": "state", "dir": "original"}}),
    ],
    ids=["no match", "no left side", "two left sides", "unknown", "one direction"],
)
def test_what_may_differ_the_next_time_covers_nothing(odd):
    assert found([odd], [odd, TAGGED]) == []
    assert found([odd], [TAGGED]) == []
