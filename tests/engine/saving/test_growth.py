"""A save costs what it changes, with what a delete takes along, never the object."""

import pytest

from draftedit import Delete, Insert, Move, Set, firewall
from draftedit.engine.order import spread
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from tests.engine.explaining import Recorder, scans

BIG = {"rule"}  # the tables that are large in these tests


def make(dbsession, name, size):
    """Make a ruleset whose first chain has `size` rules, the others two each."""
    ruleset = Ruleset(name=name)
    table = NftTable(name="filter", family="ip", ruleset=ruleset)
    for place, (chain, rules) in zip(
        spread(3), (("big", size), ("doomed", 2), ("target", 2)), strict=True
    ):
        one = Chain(name=chain, place=place)
        one.rules = [Rule(place=place) for place in spread(rules)]
        table.chains.append(one)
    dbsession.add(ruleset)
    dbsession.commit()
    return ruleset.id


def edited(dbsession, ruleset):
    """Open a draft and change one thing of each kind."""
    edit = firewall.drafts.open(dbsession, Ruleset, ruleset, owner="ada")
    big, doomed, target = (row.key for row in edit.page("chain").rows)
    rules = [row.key for row in edit.page("rule", parent=big, limit=5).rows]
    edit.apply(Set("rule", rules[0], comment="changed", jump_id=target[0]))
    edit.apply(Move("rule", rules[1], target))
    edit.apply(Delete("rule", rules[2]))
    edit.apply(Insert("rule", {"comment": "new"}, big))
    edit.apply(Delete("chain", doomed))
    edit.apply(Set("chain", target, name="doomed"))
    return edit


@pytest.fixture
def save(dbsession, connection):
    """Return `save(size)`: what the save of an object with `size` rules did."""

    made = []

    def save(size):
        made.append(size)
        edit = edited(dbsession, make(dbsession, f"number {len(made)}", size))
        with Recorder(connection) as recorder:
            edit.save()
        return recorder

    return save


def test_a_save_runs_as_many_statements_for_5000_rules_as_for_10(save):
    save(10)  # what is done once in a process
    small, large = save(10), save(5000)
    assert len(large.statements) == len(small.statements)
    assert large.rows == small.rows


def test_no_statement_of_a_save_reads_the_rules_from_end_to_end(
    save, connection, database
):
    recorder = save(5000)
    if database.backend == "postgresql":
        # As after an import: tables never analysed plan full scans.
        connection.exec_driver_sql("ANALYZE rule")
    found = [s for s, p in recorder.statements if scans(connection, s, p) & BIG]
    assert found == []


def test_a_save_with_more_changes_costs_in_proportion(dbsession, connection):
    def cost(count):
        ruleset = make(dbsession, f"{count} changes", 500)
        edit = firewall.drafts.open(dbsession, Ruleset, ruleset, owner="ada")
        chain = edit.page("chain").rows[0].key
        rows = edit.page("rule", parent=chain, limit=count).rows
        for row in rows:
            edit.apply(Set("rule", row.key, comment="changed"))
        with Recorder(connection) as recorder:
            edit.save()
        return len(recorder.statements), recorder.rows

    cost(1)
    (few, read), (many, more) = cost(4), cost(400)
    # Up to 500 rows go in one statement.
    assert many == few
    assert more <= read + 5 * 396
