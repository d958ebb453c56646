"""What columns keep as JSON is looked at before it is saved, however it came in."""

import pytest

from draftedit import Set
from draftedit.engine.base.errors import Refused
from draftedit.firewall import drafts, import_listing
from draftedit.firewall.errors import BadListing
from draftedit.firewall.models import Ruleset
from draftedit.firewall.nft import load

LISTING = {
    "nftables": [
        {"table": {"family": "ip", "name": "t"}},
        {"chain": {"family": "ip", "table": "t", "name": "c"}},
        {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": []}},
    ]
}
WRONG = {
    ("ruleset", "objects"): [[{}], [{"a": 1, "b": 2}], [7], {}, [{"rule": 5}], ["a"]],
    ("ruleset", "extra"): [[], 7],
    ("nft_table", "objects"): [[{}], [{"set": []}], 7, ["chains"]],
    ("chain", "extra"): [[1]],
    ("rule", "statements"): [[7], {}],
    ("rule", "extra"): ["x"],
}


@pytest.fixture
def edit(dbsession):
    ruleset = import_listing(dbsession, LISTING, "office")
    return drafts.open(dbsession, Ruleset, ruleset.id, owner="ada")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [(*place, value) for place, values in WRONG.items() for value in values],
)
def test_what_no_listing_could_hold_is_a_problem_of_its_field(
    edit, table, column, value
):
    key = edit.root if table == "ruleset" else edit.page(table).rows[0].key
    edit.apply(Set(table, key, {column: value}))
    [problem] = edit.check().problems
    assert (problem.table, problem.field) == (table, column)
    with pytest.raises(Refused):
        edit.save()


@pytest.mark.parametrize("text", ['{"nftables": [], "nftables": []}', '{"a": NaN}'])
def test_an_import_reads_json_as_the_api_does(text):
    with pytest.raises(BadListing):
        load(text)
