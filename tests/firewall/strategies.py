"""Listings by chance: such as nft writes, such as nobody writes, and broken ones."""

import copy
from typing import Any

from hypothesis import strategies as st

from draftedit.firewall.words import ACTIONS, FAMILIES, TABLE_OBJECTS
from tests.firewall.build import chain, jump, match, prefix, table

# What nft's JSON can hold: no NUL, no halves of surrogate pairs.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)
    ),
    max_leaves=6,
)
objects = st.dictionaries(words, json_values, max_size=3)
# Beyond JSON that nft can hold, for what must be refused.
anything = json_values | st.floats() | st.text(st.characters())

NAMES = ("a", "A", "a ", "input", "mañana", "💥", "x" * 255)
names = st.sampled_from(NAMES)
families = st.sampled_from(FAMILIES[:3])

addresses = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["@a", "@ a", "!= 1.1.1.1", "1.1.1.1,2.2.2.2", "01.1.1.1", ""]),
    st.builds(prefix, st.sampled_from(["10.0.0.0", "fe80::"]), st.integers(-1, 129)),
    st.just({"range": ["1.1.1.1", "1.1.1.9"]}),
)
ports = st.one_of(
    st.integers(-1, 65536),
    st.sampled_from(["ssh", "@p", "22", "1-2", "a b", "iso-tsap", "²", True, 22.0]),
    st.builds(lambda *ends: {"range": list(ends)}, st.integers(0), st.integers(0)),
)
plain = st.sampled_from(
    ["tcp", "udp", "icmp", "ipv6-icmp", "new", "related", "lo", "eth*", "a,b", 6, "6"]
)


def _right(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(items, max_size=3)
    return items | several | several.map(lambda values: {"set": values}) | json_values


def _matches(selectors: list[str], items: st.SearchStrategy[Any]) -> Any:
    return st.builds(
        match,
        st.sampled_from(selectors),
        _right(items),
        st.sampled_from(["==", "!=", "in", "<"]),
    )


matches = st.one_of(
    _matches(["ip saddr", "ip6 saddr", "ip daddr", "ip6 daddr"], addresses),
    _matches(["tcp dport", "udp dport", "th dport", "tcp sport", "th sport"], ports),
    _matches(["meta l4proto", "ip protocol", "ip6 nexthdr", "ct state"], plain),
    _matches(["meta iif", "meta iifname", "meta oif", "meta oifname"], plain),
    _matches(["meta mark", "icmp type", "ct direction"], plain),
)
actions = st.one_of(
    st.sampled_from(ACTIONS).map(lambda word: {word: None}),
    st.builds(lambda word, value: {word: value}, st.sampled_from(ACTIONS), objects),
    st.builds(jump, names, st.sampled_from(["jump", "goto"])),
)
statements = st.one_of(matches, matches, actions, objects)
listed = statements | words  # what nft has no JSON for it lists as a text
extras = st.dictionaries(
    words.filter(lambda word: word != "handle"), json_values, max_size=1
)
comments = st.one_of(
    st.just({}), st.builds(lambda value: {"comment": value}, words | json_values)
)


@st.composite
def listings(draw: st.DrawFn) -> dict[str, Any]:
    """Return a listing in which everything has its table and its chain."""
    entries: list[Any] = []
    for family, name in draw(st.lists(st.tuples(families, names), max_size=3)):
        at = {"family": family, "table": name}
        entries.append(table(name, family, **draw(st.just({}) | st.just({"flags": 1}))))
        chains = draw(st.lists(names, max_size=3))
        entries += [chain(one, **at, **draw(hooks)) for one in chains]
        for kind, body in draw(st.lists(st.tuples(kinds, extras), max_size=2)):
            entries.append({kind: body | at})
        for one in chains:
            for found in draw(st.lists(rules, max_size=4)):
                entries.append({"rule": found | at | {"chain": one}})
    entries += draw(st.lists(loose, max_size=2))
    if draw(st.booleans()):
        entries = draw(st.permutations(entries))
    return draw(extras) | {"nftables": entries}


kinds = st.sampled_from(TABLE_OBJECTS) | st.just("never heard of")
hooks = st.one_of(
    st.just({}),
    st.just({"type": "filter", "hook": "input", "prio": 0, "policy": "drop"}),
    st.fixed_dictionaries({"type": json_values, "prio": json_values}),
)
rules = st.builds(
    lambda expr, extra, comment: extra | comment | expr,
    st.just({}) | st.builds(lambda expr: {"expr": expr}, st.lists(listed, max_size=5)),
    extras,
    comments,
)
loose = st.one_of(
    st.builds(lambda body: {"metainfo": body}, objects),
    st.builds(lambda body: {"unheard": body}, json_values),
    st.just({"table": {"family": "new", "name": "t"}}),
)


@st.composite
def broken_listings(draw: st.DrawFn) -> Any:
    """Return a listing with anything at all in one place of it."""
    listing = copy.deepcopy(draw(listings()))  # its pieces are drawn again
    places = list(_places(listing))
    if not places or draw(st.integers(0, 9)) == 0:
        return draw(anything)
    holder, key = draw(st.sampled_from(places))
    holder[key] = draw(anything)
    return listing


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


@st.composite
def edits(draw: st.DrawFn) -> Any:
    """Return what puts anything at all into a few fields of a ruleset's values."""
    wishes = draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0), fields), max_size=4)
    )

    def edit(ruleset: Any) -> None:
        tables = ruleset.tables
        chains = [one for found in tables for one in found.chains]
        rules = [one for found in chains for one in found.rules]
        for depth, number, (name, value) in wishes:
            rows = rules if depth > 2 else ([ruleset], tables, chains)[depth]
            if rows and name in type(rows[0]).__slots__:
                setattr(rows[number % len(rows)], name, value)

    return edit


_texts = st.one_of(
    st.none(), words, st.lists(plain | addresses | ports, max_size=2).map(str)
)
_slots = st.one_of(
    json_values,
    st.lists(
        st.one_of(
            statements,
            st.sampled_from(["source", "protocol", "destination_ports", "action"]),
            st.tuples(st.just("action"), st.sampled_from(ACTIONS), objects).map(list),
            st.tuples(st.just("text"), words).map(list),
            st.just(["unlisted"]),
        ),
        max_size=4,
    ),
)
fields = st.one_of(
    st.tuples(st.sampled_from(["source", "protocol", "destination_ports"]), _texts),
    st.tuples(st.sampled_from(["connection_state", "in_interface", "jump"]), _texts),
    st.tuples(st.just("action"), st.sampled_from([None, *ACTIONS])),
    st.tuples(st.just("enabled"), st.booleans()),
    st.tuples(st.just("statements"), _slots),
    st.tuples(st.sampled_from(["extra", "objects", "layout"]), json_values | extras),
)
