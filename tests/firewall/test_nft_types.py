"""A rule's columns say in short texts what nft says in JSON."""

import pytest

from draftedit.firewall import BadValue, nft
from draftedit.firewall.ruleset_values import RuleValues
from tests.firewall.build import (
    ACCEPT,
    COUNTER,
    DROP,
    jump,
    match,
    one_rule,
    prefix,
)


def columns(*statements, **fields) -> dict:
    """Return what is filled of the only rule's columns."""
    [rule] = nft.parse(one_rule(*statements, **fields)).tables[0].chains[0].rules
    return {
        name: getattr(rule, name)
        for name in RuleValues.__slots__
        if getattr(rule, name) is not None and name != "enabled"
    }


def rendered(family="inet", **values) -> list:
    """Return the statements of a rule that was filled by hand."""
    listing = nft.parse(one_rule())
    listing.tables[0].family = family
    listing.tables[0].chains[0].rules = [RuleValues(**values)]
    return nft.render(listing)["nftables"][-1]["rule"]["expr"]


SPELLINGS = [
    (match("ip saddr", "10.0.0.1"), {"source": "10.0.0.1"}),
    (match("ip saddr", prefix("10.0.0.0", 8)), {"source": "10.0.0.0/8"}),
    (match("ip saddr", prefix("10.0.0.0", 8), "!="), {"source": "!= 10.0.0.0/8"}),
    (match("ip6 saddr", prefix("fe80::", 10)), {"source": "fe80::/10"}),
    (match("ip saddr", "@admins"), {"source": "@admins"}),
    (
        match("ip daddr", {"range": ["10.0.0.1", "10.0.0.9"]}),
        {"destination": "10.0.0.1-10.0.0.9"},
    ),
    (
        match("ip6 daddr", {"set": ["::1", prefix("fe80::", 10)]}),
        {"destination": "::1, fe80::/10"},
    ),
    (match("tcp dport", 22), {"protocol": "tcp", "destination_ports": "22"}),
    (
        match("udp sport", {"set": [80, {"range": [1000, 2000]}]}),
        {"protocol": "udp", "source_ports": "80, 1000-2000"},
    ),
    (match("th dport", 53, "!="), {"destination_ports": "!= 53"}),
    (match("tcp dport", "ssh"), {"protocol": "tcp", "destination_ports": "ssh"}),
    (match("meta l4proto", {"set": ["tcp", 200]}), {"protocol": "tcp, 200"}),
    (match("meta iifname", "eth*"), {"in_interface": "eth*"}),
    (match("meta oifname", {"set": ["a", "b"]}), {"out_interface": "a, b"}),
    (match("ct state", "new", "in"), {"connection_state": "new"}),
    (
        match("ct state", ["established", "related"], "in"),
        {"connection_state": "established, related"},
    ),
    (match("ct state", "invalid", "!="), {"connection_state": "!= invalid"}),
    (ACCEPT, {"action": "accept"}),
    ({"masquerade": None}, {"action": "masquerade"}),
    (jump("other"), {"action": "jump", "jump": "other"}),
    (jump("other", "goto"), {"action": "goto", "jump": "other"}),
]


@pytest.mark.parametrize(("statement", "expected"), SPELLINGS, ids=str)
def test_a_statement_has_a_short_spelling(statement, expected):
    found = columns(statement)
    found.pop("statements", None)

    assert found == expected


@pytest.mark.parametrize(("statement", "expected"), SPELLINGS, ids=str)
def test_the_spelling_means_the_statement(statement, expected):
    found = columns(statement)

    assert rendered(**found) == [statement]


@pytest.mark.parametrize(
    ("column", "text", "same_as"),
    [
        ("source", " 10.0.0.1 ,10.0.0.2", "10.0.0.1, 10.0.0.2"),
        ("source", "!=10.0.0.0/8", "!= 10.0.0.0/8"),
        ("source", "10.0.0.1 - 10.0.0.9", "10.0.0.1-10.0.0.9"),
        ("destination_ports", "80,443", "80, 443"),
        ("destination_ports", "1000 - 2000", "1000-2000"),
        ("connection_state", "established,related", "established, related"),
        ("in_interface", " lo ", "lo"),
    ],
)
def test_blanks_do_not_matter(column, text, same_as):
    assert rendered(**{column: text}) == rendered(**{column: same_as})


def test_what_no_column_covers_is_kept_at_its_place():
    found = columns(
        match("tcp dport", 22),
        COUNTER,
        match("tcp flags", "syn", "in"),
        {"reject": {"type": "tcp reset"}},
        comment="knock",
        index=4,
    )

    assert found == {
        "protocol": "tcp",
        "destination_ports": "22",
        "action": "reject",
        "comment": "knock",
        "statements": [
            "destination_ports",
            COUNTER,
            match("tcp flags", "syn", "in"),
            ["action", "reject", {"type": "tcp reset"}],
        ],
        "extra": {"index": 4},
    }


def test_columns_that_say_it_all_leave_nothing_to_keep():
    found = columns(match("meta iifname", "lo"), match("tcp dport", 22), ACCEPT)

    assert "statements" not in found


def test_an_edited_column_changes_its_statement_where_it_stands():
    kept = ["source", COUNTER, "action"]

    edited = rendered(source="fe80::/10", action="drop", statements=kept)

    assert edited == [match("ip6 saddr", prefix("fe80::", 10)), COUNTER, DROP]


def test_an_emptied_column_says_nothing():
    kept = ["source", COUNTER, "action"]

    assert rendered(source=None, action="", statements=kept) == [COUNTER]


def test_a_column_filled_later_matches_before_anything_is_counted():
    kept = [{"xt": {"type": "match", "name": "x"}}, COUNTER, "action"]

    edited = rendered(
        source="10.0.0.1", in_interface="lo", action="accept", statements=kept
    )

    assert edited == [
        kept[0],
        match("meta iifname", "lo"),
        match("ip saddr", "10.0.0.1"),
        COUNTER,
        ACCEPT,
    ]


def test_an_action_filled_later_comes_last():
    edited = rendered(action="drop", statements=[COUNTER, {"log": None}])

    assert edited == [COUNTER, {"log": None}, DROP]


def test_the_protocol_changes_the_match_of_the_ports():
    found = columns(match("tcp dport", 22), ACCEPT)

    edited = rendered(**(found | {"protocol": "udp"}))

    assert edited == [match("udp dport", 22), ACCEPT]


def test_the_protocol_is_matched_by_itself_once_the_ports_are_gone():
    found = columns(match("tcp dport", 22), ACCEPT)

    edited = rendered(**(found | {"destination_ports": None}))

    assert edited == [match("meta l4proto", "tcp"), ACCEPT]


def test_ports_of_several_protocols_are_those_of_the_transport_header():
    edited = rendered(protocol="tcp, udp", destination_ports="53")

    assert edited == [
        match("meta l4proto", {"set": ["tcp", "udp"]}),
        match("th dport", 53),
    ]


def test_a_set_of_addresses_is_asked_as_the_table_is():
    assert rendered(family="ip6", source="@a") == [match("ip6 saddr", "@a")]
    assert rendered(family="ip", source="@a") == [match("ip saddr", "@a")]


def test_the_spelling_of_an_interface_is_kept_when_its_name_changes():
    found = columns(match("meta iif", "lo"))

    assert rendered(**(found | {"in_interface": "eth0"})) == [match("meta iif", "eth0")]


def test_parameters_belong_to_the_action_they_came_with():
    found = columns({"dnat": {"addr": "10.0.0.1"}})

    assert rendered(**found) == [{"dnat": {"addr": "10.0.0.1"}}]
    assert rendered(**(found | {"action": "accept"})) == [ACCEPT]


def test_a_chain_to_go_to_without_an_action_is_a_jump():
    assert rendered(jump="other") == [jump("other")]


def test_another_action_leaves_the_chain_alone():
    assert rendered(jump="other", action="accept") == [ACCEPT]


def test_a_chain_that_is_listed_takes_the_place_of_one_that_is_not():
    found = columns(jump("elsewhere"))

    assert found["action"] == "jump"
    assert rendered(**(found | {"jump": "other"})) == [jump("other")]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("source", {"source": "10.0.0.300"}),
        ("source", {"source": "10.0.0.0/33"}),
        ("source", {"source": "10.0.0.0/"}),
        ("source", {"source": "10.0.0.1-::1"}),
        ("source", {"source": "1-2-3"}),
        ("source", {"source": "10.0.0.1, ::1"}),
        ("source", {"source": "a host"}),
        ("source", {"source": "@"}),
        ("source", {"source": "fe80::1%eth0"}),
        ("source", {"source": "💥\0"}),
        ("destination", {"destination": "10.0.0.1,"}),
        ("destination", {"destination": "!="}),
        ("source_ports", {"source_ports": "65536"}),
        ("source_ports", {"source_ports": "22-"}),
        ("source_ports", {"source_ports": "0022"}),
        ("destination_ports", {"destination_ports": "9" * 5000}),
        ("destination_ports", {"destination_ports": "²"}),
        ("destination_ports", {"destination_ports": "$"}),
        ("protocol", {"protocol": "t c p"}),
        ("protocol", {"protocol": "256"}),
        ("in_interface", {"in_interface": "eth 0"}),
        ("out_interface", {"out_interface": "a/b"}),
        ("connection_state", {"connection_state": "new or not"}),
        ("action", {"action": "dnat"}),
        ("jump_id", {"action": "goto"}),
        ("statements", {"statements": {}}),
        ("statements", {"statements": ["sauce"]}),
        ("statements", {"statements": [5]}),
        ("statements", {"statements": [["source", 5]]}),
        ("statements", {"statements": [["action", "drop"]]}),
        ("extra", {"extra": [1]}),
    ],
    ids=str,
)
def test_what_cannot_be_said_is_refused_by_rule_and_column(column, values):
    with pytest.raises(BadValue) as refusal:
        rendered(**values)

    assert refusal.value.column == column
    assert str(refusal.value).startswith(f"rule 1 of chain c in table inet t, {column}")


def test_a_hint_that_fits_nothing_is_overlooked():
    kept = [["source", "tcp dport"], ["action", "drop", {"a": 1}]]

    assert rendered(source="10.0.0.1", action="accept", statements=kept) == [
        match("ip saddr", "10.0.0.1"),
        ACCEPT,
    ]
