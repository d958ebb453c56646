"""Findings are certain: a rule that a packet can still reach is never reported."""

import random
from dataclasses import asdict

import pytest

from draftedit.firewall.depth.covering import covered
from draftedit.firewall.depth.meaning import meaning_of
from draftedit.firewall.depth.operands import are_apart, are_within, values
from draftedit.firewall.ruleset_values import RuleValues
from tests.firewall.build import COUNTER, match


def rule(**values):
    return RuleValues(**{"action": "accept"} | values)


def found(*rules, family="inet", pass_through=(), wide=1000):
    """Return the findings about the rules, by their places from 0."""
    meanings = [meaning_of((n,), one, family) for n, one in enumerate(rules)]
    findings = covered(meanings, frozenset(pass_through), wide)
    return [
        (one.kind, one.key and one.key[0], one.other and one.other[0])
        for one in findings
    ]


COVERED = [
    ({}, {"source": "10.0.0.1"}),
    ({"source": "10.0.0.0/8"}, {"source": "10.1.0.0/16"}),
    ({"source": "10.0.0.0/8"}, {"source": "10.1.1.1, 10.255.0.0-10.255.0.9"}),
    ({"source": "10.0.0.0-10.0.0.5, 10.0.0.6/31"}, {"source": "10.0.0.4-10.0.0.7"}),
    ({"source": "!= 10.0.0.1"}, {"source": "10.0.0.2"}),
    ({"source": "!= 10.0.0.1"}, {"source": "!= 10.0.0.0/24"}),
    ({"source": "fe80::/10"}, {"source": "fe80::1"}),
    ({"source": "@a"}, {"source": "@a", "destination": "10.0.0.1"}),
    ({"protocol": "tcp"}, {"protocol": "tcp", "destination_ports": "22"}),
    ({"protocol": "6"}, {"protocol": "tcp"}),
    ({"protocol": "tcp, udp"}, {"protocol": "udp", "source_ports": "53"}),
    (
        {"protocol": "tcp", "destination_ports": "1-1023"},
        {"protocol": "tcp", "destination_ports": "22, 80-90"},
    ),
    ({"destination_ports": "1-99"}, {"protocol": "tcp", "destination_ports": "22"}),
    ({"in_interface": "eth*"}, {"in_interface": "eth0"}),
    ({"in_interface": "eth*"}, {"in_interface": "eth0*, eth1"}),
    ({"in_interface": "!= lo"}, {"in_interface": "eth0"}),
    ({"connection_state": "new, related"}, {"connection_state": "new"}),
    ({"destination_ports": "ssh"}, {"destination_ports": "ssh", "protocol": "tcp"}),
]
NOT_COVERED = [
    ({"source": "10.1.0.0/16"}, {"source": "10.0.0.0/8"}),
    ({"source": "10.0.0.1"}, {"destination": "10.0.0.1"}),
    ({"source": "10.0.0.1"}, {}),
    ({"source": "!= 10.0.0.0/24"}, {"source": "10.0.0.2"}),
    ({"source": "!= 10.0.0.0/24"}, {"source": "!= 10.0.0.1"}),
    ({"source": "0.0.0.0/0"}, {"source": "::1"}),
    ({"source": "0.0.0.0/0"}, {"protocol": "tcp"}),
    ({"source": "10.0.0.0/8"}, {"source": "10.0.0.1, @a"}),
    ({"source": "10.0.0.1/8"}, {"source": "10.0.0.2"}),
    ({"source": "@a"}, {"source": "@b"}),
    ({"source": "!= @a"}, {"source": "@b"}),
    ({"source": "!= @a"}, {"source": "10.0.0.1"}),
    ({"protocol": "tcp"}, {"protocol": "tcp, udp"}),
    ({"protocol": "foo"}, {"protocol": "99"}),
    ({"protocol": "!= foo"}, {"protocol": "99"}),
    ({"destination_ports": "22"}, {"destination_ports": "ssh"}),
    ({"destination_ports": "!= 22"}, {"destination_ports": "ssh"}),
    ({"in_interface": "eth0"}, {"in_interface": "eth*"}),
    ({"in_interface": "eth0"}, {"out_interface": "eth0"}),
    ({"in_interface": "!= eth*"}, {"in_interface": "eth5"}),
    ({"connection_state": "new"}, {"connection_state": "new, related"}),
    ({"connection_state": "!= new, related"}, {"connection_state": "established"}),
    ({"connection_state": "odd"}, {"connection_state": "new"}),
]


@pytest.mark.parametrize(("wide", "narrow"), COVERED)
def test_a_rule_whose_packets_an_earlier_one_decides_is_shadowed(wide, narrow):
    assert found(rule(**wide), rule(**narrow)) == [("shadowed", 1, 0)]


@pytest.mark.parametrize(("first", "second"), NOT_COVERED)
def test_a_rule_that_may_still_match_is_not(first, second):
    assert found(rule(**first), rule(**second)) == []


def test_the_same_again_is_a_duplicate():
    ssh = rule(protocol="tcp", destination_ports="22")
    assert found(ssh, rule(source="10.0.0.1"), ssh) == [("duplicate", 2, 0)]
    counted = rule(source="10.0.0.1", statements=["source", COUNTER])
    again = rule(source="10.0.0.1", statements=["source", {"counter": {"packets": 9}}])
    assert found(counted, again) == [("duplicate", 1, 0)]


def test_the_same_that_decides_nothing_is_a_duplicate_too():
    mark = {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 1}}
    marks = rule(action=None, statements=[mark])
    assert found(marks, marks) == [("duplicate", 1, 0)]
    nothing = rule(action=None)
    assert found(nothing, nothing) == []
    odd = rule(extra={"index": 1})
    assert found(odd, odd) == []


def test_the_same_packets_decided_otherwise_are_a_contradiction():
    first = rule(source="10.0.0.0/24")
    second = rule(source="10.0.0.0-10.0.0.255", action="drop")
    assert found(first, second) == [("contradictory", 1, 0)]
    narrower = rule(source="10.0.0.1", action="drop")
    assert found(first, narrower) == [("shadowed", 1, 0)]


def test_conditions_that_exclude_each_other_are_a_contradiction():
    assert found(rule(source="10.0.0.1", destination="::1")) == [
        ("contradictory", 0, None)
    ]
    twice = rule(
        source="10.0.0.1", statements=["source", match("ip saddr", "10.0.0.2")]
    )
    assert found(twice) == [("contradictory", 0, None)]
    unknown = rule(source="10.0.0.1", statements=["source", match("ip saddr", "@a")])
    assert found(unknown) == []


STOPS = [
    {"limit": {"rate": 1, "per": "second"}},
    {"quota": {"val": 1, "val_unit": "bytes"}},
    {"xt": {"type": "match", "name": "comment"}},
    {"unheard of": {}},
    match("meta random", 7),
    match("ct mark", 7),
]


@pytest.mark.parametrize("statement", STOPS)
def test_a_rule_that_may_let_packets_pass_covers_none(statement):
    first = rule(source="10.0.0.0/8", statements=["source", statement])
    assert found(first, rule(source="10.0.0.1")) == []


@pytest.mark.parametrize(
    "values",
    [
        {"action": "continue"},
        {"action": "jump", "jump": "other"},
        {"action": "masquerade"},
        {"action": "queue"},
        {"action": None},
        {
            "statements": [["action", "reject", {"type": "tcp reset"}]],
            "action": "reject",
        },
        {"extra": {"unheard of": 1}},
    ],
)
def test_a_rule_that_does_not_decide_for_good_covers_none(values):
    assert found(rule(**values), rule(source="10.0.0.1"), pass_through={"other"}) == []


@pytest.mark.parametrize("action", ["accept", "drop", "return", "reject", "goto"])
def test_what_decides_for_good(action):
    first = rule(action=action, jump="other" if action == "goto" else None)
    assert found(first, rule(source="10.0.0.1"), pass_through={"other"}) == [
        ("shadowed", 1, 0)
    ]


@pytest.mark.parametrize(
    "between",
    [
        rule(action=None, statements=[{"mangle": {"key": {}, "value": 1}}]),
        rule(action="notrack"),
        rule(action="jump", jump="elsewhere"),
        rule(action=None, statements=[{"vmap": {"key": {}, "data": "@a"}}]),
        rule(statements="broken"),
    ],
)
def test_behind_what_may_change_a_packet_nothing_is_said(between):
    first, last = rule(source="10.0.0.0/8"), rule(source="10.0.0.1")
    assert found(first, between, last) == []


def test_behind_a_chain_that_changes_nothing_it_is():
    first, last = rule(source="10.0.0.0/8"), rule(source="10.0.0.1")
    jumps = rule(action="jump", jump="other")
    assert found(first, jumps, last, pass_through={"other"}) == [("shadowed", 2, 0)]


def test_a_match_after_a_change_of_the_packet_is_not_about_the_same_packet():
    mangle = {"mangle": {"key": {}, "value": 1}}
    first = rule(source="10.0.0.0/8")
    changed = rule(source="10.0.0.1", statements=[mangle, "source", "action"])
    assert found(first, changed) == []


def test_a_match_that_no_column_has_counts_where_it_is_the_same():
    icmp = match("icmp type", "echo-request")
    first = rule(statements=[icmp])
    assert found(first, rule(source="10.0.0.1", statements=["source", icmp])) == [
        ("shadowed", 1, 0)
    ]
    other = match("icmp type", "echo-reply")
    assert found(first, rule(source="10.0.0.1", statements=["source", other])) == []


@pytest.mark.parametrize("family", ["bridge", "arp", "netdev"])
def test_of_families_with_other_rules_of_their_own_only_duplicates_are_told(family):
    assert found(rule(), rule(protocol="tcp"), family=family) == []
    assert found(rule(), rule(), family=family) == [("duplicate", 1, 0)]


def test_what_was_not_compared_is_told():
    ranges = [rule(destination_ports=f"{n}-{n + 1}") for n in range(1, 9, 3)]
    last = rule(destination_ports="7")
    assert found(*ranges, last) == [("shadowed", 3, 2)]
    assert found(*ranges, last, wide=2) == [("incomplete", None, None)]


# --- by chance, against packets ----------------------------------------------------

NETS = {"10.0.0.0/30": range(4), "10.0.0.0/31": range(2), "10.0.0.2": [2]} | {
    "10.0.0.1-10.0.0.2": [1, 2],
    "!= 10.0.0.3": [0, 1, 2],
    "!= 10.0.0.0/31": [2, 3],
}
PROTOCOLS = {"tcp": [6], "udp": [17], "tcp, udp": [6, 17], "!= udp": [6, 1]}
PORTS = {"22": [22], "20-22": [20, 21, 22], "!= 22": [20, 21], "21, 22": [21, 22]}
STATES = {"new": ["new"], "new, established": ["new", "established"]}
COLUMNS = {
    "source": NETS,
    "protocol": PROTOCOLS,
    "destination_ports": PORTS,
    "connection_state": STATES,
}
PACKETS = [
    {"source": s, "protocol": p, "destination_ports": d, "connection_state": c}
    for s in range(4)
    for p in (6, 17, 1)
    for d in (20, 21, 22)
    for c in ("new", "established", "invalid")
]


def chance(dice):
    values = {
        name: dice.choice(list(choices))
        for name, choices in COLUMNS.items()
        if dice.random() < 0.4
    }
    action = dice.choice(["accept", "drop", "accept", None, "continue"])
    return rule(**values, action=action)


def acts_on(one, packet):
    texts = asdict(one)
    if texts["destination_ports"] and packet["protocol"] not in (6, 17):
        return False
    return all(
        packet[name] in choices[texts[name]]
        for name, choices in COLUMNS.items()
        if texts[name]
    )


def reached(rules):
    """Return the places of the rules that act on any packet at all."""
    places = set()
    for packet in PACKETS:
        for place, one in enumerate(rules):
            if acts_on(one, packet):
                places.add(place)
                if one.action in ("accept", "drop"):
                    break
    return places


def test_no_packet_reaches_what_is_said_to_match_never(dice, rounds):
    told = 0
    for _round in range(min(rounds(200), 5000)):
        rules = [chance(dice) for _ in range(dice.randint(2, 12))]
        acting = reached(rules)
        for kind, place, _ in found(*rules):
            if kind != "duplicate":
                assert place not in acting, rules
                told += 1
    assert told > 100  # it is not silence that makes this true


def test_whether_values_are_within_or_apart_is_never_said_in_vain():
    dice = random.Random(1)
    for _round in range(2000):
        one, other = (
            values(
                [
                    (low, low + dice.randint(0, 2))
                    for low in dice.sample(range(8), dice.randint(1, 3))
                ],
                negated=dice.random() < 0.4,
            )
            for _ in range(2)
        )
        # One more than any range has stands for all the rest.
        mine, its = (
            {n for n in range(12) if _is_in(n, some) != some.negated}
            for some in (one, other)
        )
        assert not are_within(one, other) or mine <= its
        assert not are_apart(one, other) or not mine & its
        if not one.negated and not other.negated:
            assert are_within(one, other) == (mine <= its)
            assert are_apart(one, other) == (not mine & its)


def _is_in(number, some):
    return any(low <= number <= high for low, high in some.ranges)
