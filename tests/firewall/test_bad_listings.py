"""A broken or half file is refused with one line that names the thing."""

import json

import pytest
import sqlalchemy as sa
from hypothesis import given

from draftedit.firewall import BadListing, BadValue, import_listing, load, nft
from draftedit.firewall.models import Ruleset
from draftedit.firewall.reading import DEEPEST
from draftedit.firewall.ruleset_values import RulesetValues
from tests.firewall import strategies
from tests.firewall.build import ACCEPT, chain, listing, rule, table
from tests.firewall.listings import ours

SET = {"set": {"family": "inet", "table": "t", "name": "s"}}


def nested(levels: int) -> list:
    """Return lists in lists; the entry and its kind are two levels more."""
    value: list = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "This is no JSON: Expecting value: line 1 column 1"),
        ('{"nftables": [', "This is no JSON"),
        ("table inet filter {", "This is no JSON"),
        (b"\xff\xfe\xfd", "This is not UTF-8 text"),
        ("[" * 100_000, "This JSON cannot be read"),
        ("9" * 5_000, "This JSON cannot be read"),
    ],
    ids=lambda text: str(text)[:20],
)
def test_a_file_that_is_no_json_is_refused(text, message):
    with pytest.raises(BadListing, match=message):
        load(text)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (None, 'This is no listing of nft: an object with "nftables".'),
        ([], 'This is no listing of nft: an object with "nftables".'),
        ({}, 'This listing has no list "nftables".'),
        ({"nftables": {}}, 'This listing has no list "nftables".'),
        (listing(5), "nftables[0]: an entry must be an object with one key."),
        (listing({}), "nftables[0]: an entry must be an object with one key."),
        (
            listing(table(), table() | chain()),
            "nftables[1]: an entry must be an object with one key.",
        ),
        (listing({"table": None}), "nftables[0]: the table must be an object."),
        (
            listing(table(family=None)),
            "nftables[0]: the table has no family, or not as a text.",
        ),
        (
            listing(table(name="")),
            "nftables[0]: the table has no name, or not as a text.",
        ),
        (
            listing(table("x" * 256)),
            "nftables[0]: the name is longer than 255 characters.",
        ),
        (
            listing(table(), chain(table=5)),
            "nftables[1]: the chain has no table, or not as a text.",
        ),
        (
            listing(chain()),
            "nftables[0]: the chain is for the table inet t, which is not listed.",
        ),
        (
            listing(table(family="ip"), SET),
            "nftables[1]: the set is for the table inet t, which is not listed.",
        ),
        (
            listing(rule(ACCEPT)),
            "nftables[0]: the rule is for the table inet t, which is not listed.",
        ),
        (
            listing(table(), rule(ACCEPT)),
            "nftables[1]: the rule is for the chain c in the table inet t,"
            " which is not listed.",
        ),
        (
            listing(table(), chain(), rule(chain=None)),
            "nftables[2]: the rule has no chain, or not as a text.",
        ),
        (
            listing(table(), chain(), rule(expr=None)),
            'nftables[2]: "expr" of the rule is no list.',
        ),
        (
            listing(table(), chain(), rule(ACCEPT, 5)),
            "nftables[2]: expr[1] of the rule is neither an object nor a text.",
        ),
        (listing(table("\0")), "nftables[0]: a text holds a NUL character."),
        (
            listing({"x": "\ud800"}),
            "nftables[0]: a text holds half of a surrogate pair.",
        ),
        (
            listing({"x": float("nan")}),
            "nftables[0]: a number is too large, or none at all.",
        ),
        (
            listing({"x": 10**5_000}),
            "nftables[0]: a number is too large, or none at all.",
        ),
        (listing({"x": {1}}), "nftables[0]: this holds what JSON cannot."),
        (
            listing({"x": nested(100_000)}),
            "nftables[0]: this nests more than 28 levels deep.",
        ),
        (
            listing({"x": nested(100)}),
            "nftables[0]: this nests more than 28 levels deep.",
        ),
        ({"nftables": [], "x": "\0"}, "a text holds a NUL character."),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_broken_listing_is_refused_by_its_entry(broken, message):
    with pytest.raises(BadListing) as refusal:
        nft.parse(broken)

    assert str(refusal.value) == message


def test_a_refused_import_stores_nothing(dbsession):
    broken = listing(table(), chain(), rule(ACCEPT), rule(ACCEPT, chain="missing"))

    with pytest.raises(BadListing, match="the chain missing"):
        import_listing(dbsession, broken, "it")

    assert dbsession.scalar(sa.select(sa.func.count()).select_from(Ruleset)) == 0


def test_a_listing_may_nest_as_deep_as_any_that_nft_writes():
    entry = {"x": nested(DEEPEST - 1)}

    assert nft.render(nft.parse(listing(entry))) == listing(entry)


def test_text_that_looks_like_an_escaped_nul_is_no_nul():
    entry = {"x": "C:\\u0000"}

    assert nft.render(nft.parse(listing(entry))) == listing(entry)


def test_half_a_listing_is_refused():
    entries = ours("office")["nftables"]

    with pytest.raises(BadListing, match=r"nftables\[0\]: the .* is for the table"):
        nft.parse({"nftables": entries[len(entries) // 2 :]})


@given(strategies.anything)
def test_nothing_at_all_makes_the_import_crash(found):
    try:
        nft.parse(found)
        nft.parse({"nftables": found})
        nft.parse({"nftables": [found]})
    except BadListing:
        return


@given(strategies.listings(), strategies.edits())
def test_no_edit_makes_the_export_crash(before, edit):
    ruleset = nft.parse(before)
    edit(ruleset)
    try:
        json.dumps(nft.render(ruleset))
    except BadValue as refusal:
        assert refusal.column in str(refusal)  # noqa: PT017 — most edits are fine


@pytest.mark.parametrize("objects", [5, {}, [5], ["chains"]])
def test_objects_that_are_none_are_refused_by_name(objects):
    with pytest.raises(BadValue, match="the ruleset, objects: this must be a list"):
        nft.render(RulesetValues(objects=objects))


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        ([{"quota": {}}, {}], "Entry 2 is no entry of a listing"),
        ([{"set": {}, "map": {}}], "Entry 1 is no entry of a listing"),
        ([{"set": []}], "Entry 1: the set must be an object"),
    ],
)
def test_an_object_that_is_no_entry_is_refused_by_its_number(objects, why):
    with pytest.raises(BadValue, match=f"the ruleset, objects: {why}"):
        nft.render(RulesetValues(objects=objects))
