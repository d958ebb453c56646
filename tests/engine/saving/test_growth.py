"""A save costs what it changes, with what a delete takes along, never the object."""

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Move, Set, firewall
from draftedit.engine.values.order_key import spread
from draftedit.firewall import checks
from draftedit.firewall.jumps import no_loops, same_table
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from draftedit.service.objects import Objects
from tests.engine.explaining import Recorder, scans

BIG = {"rule"}  # the tables that are large in these tests
SIBLINGS = 16  # read at a time, where there are so many, to find a place


many = pytest.mark.parametrize(
    "size", [5_000, pytest.param(100_000, marks=pytest.mark.long)]
)


@pytest.fixture
def with_checks(engine_alone):
    """Let the host check what is edited here, as it does in earnest."""
    for check in (checks.rule_values, checks.base_chains, same_table, no_loops):
        firewall.drafts.check(Ruleset)(check)


def make(dbsession, name, size):
    """Make a ruleset whose first chain has `size` rules, the others two each."""
    ruleset = Ruleset(name=name)
    table = NftTable(name="filter", family="ip", ruleset=ruleset)
    sizes = {"big": size, "doomed": 2, "target": 2}
    for place, chain in zip(spread(len(sizes)), sizes, strict=True):
        table.chains.append(Chain(name=chain, place=place))
    dbsession.add(ruleset)
    dbsession.flush()
    rules = [
        {"chain_id": chain.id, "place": place, "enabled": True}
        for chain in table.chains
        for place in spread(sizes[chain.name])
    ]
    for start in range(0, len(rules), 5_000):
        dbsession.execute(sa.insert(Rule.__table__), rules[start : start + 5_000])
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


def save_of_others(dbsession, ruleset):
    """Save other changes than those of `edited`."""
    edit = firewall.drafts.open(dbsession, Ruleset, ruleset, owner="bob")
    big, _, target = (row.key for row in edit.page("chain").rows)
    rules = [row.key for row in edit.page("rule", parent=big, limit=9).rows]
    edit.apply(Set("rule", rules[0], protocol="tcp"))
    edit.apply(Move("rule", rules[5], target))
    edit.apply(Delete("rule", rules[6]))
    edit.apply(Insert("rule", {"comment": "bobs"}, target))
    edit.save()


@pytest.fixture
def save(dbsession, connection):
    """Return `save(size)`: what the save of an object with `size` rules did.

    `save(size, "check")` does the same for its forecast, and so on. `moved`: others
    have saved something of each kind since the draft was opened.
    """
    made = []

    def save(size, verb="save", moved=False):
        made.append(size)
        ruleset = make(dbsession, f"number {len(made)}", size)
        edit = edited(dbsession, ruleset)
        if moved:
            save_of_others(dbsession, ruleset)
        dbsession.commit()
        with Recorder(connection) as recorder:
            getattr(edit, verb)()
        return recorder

    return save


@many
def test_a_save_runs_as_many_statements_for_many_rules_as_for_10(save, size):
    save(10)  # what is done once in a process
    small, large = save(10), save(size)
    assert len(large.statements) == len(small.statements)
    assert large.rows == small.rows


@many
@pytest.mark.parametrize("verb", ["save", "check", "rebase", "conflicts"])
def test_on_a_moved_base_it_costs_no_more_for_many_rules_than_for_10(save, verb, size):
    save(10, verb, moved=True)  # what is done once in a process
    small, large = save(10, verb, moved=True), save(size, verb, moved=True)
    assert len(large.statements) == len(small.statements)
    assert small.rows <= large.rows <= small.rows + SIBLINGS


@pytest.mark.parametrize("verb", ["save", "rebase"])
def test_on_a_moved_base_no_statement_reads_the_rules_from_end_to_end(
    save, verb, connection, database
):
    recorder = save(5000, verb, moved=True)
    if database.backend == "postgresql":
        connection.exec_driver_sql("ANALYZE rule")
    found = [s for s, p in recorder.statements if scans(connection, s, p) & BIG]
    assert found == []


@pytest.mark.usefixtures("with_checks")
def test_a_check_costs_no_more_for_5000_rules_than_for_10(save):
    save(10, "check")  # what is done once in a process
    small, large = save(10, "check"), save(5000, "check")
    assert len(large.statements) == len(small.statements)
    assert large.rows == small.rows


@pytest.mark.usefixtures("with_checks")
def test_no_statement_of_a_check_reads_the_rules_from_end_to_end(
    save, connection, database
):
    recorder = save(5000, "check")
    if database.backend == "postgresql":
        # As after an import: tables never analysed plan full scans.
        connection.exec_driver_sql("ANALYZE rule")
    found = [s for s, p in recorder.statements if scans(connection, s, p) & BIG]
    assert found == []


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
    assert more <= read + 6 * 396  # the last look at each row is one of these


@pytest.fixture
def read_history(dbsession, connection):
    """Return `read_history(size)`: what comparing and reverting such a save did."""

    def read_history(size):
        edited(dbsession, make(dbsession, f"history {size}", size)).save()
        root = dbsession.scalar(sa.select(sa.func.max(Ruleset.id)))
        live = Objects(firewall.drafts, dbsession)
        path = ("ruleset",)
        with Recorder(connection) as recorder:
            live.changes_between(*path, [root], newer=1)
            firewall.drafts.open(dbsession, "ruleset", root, owner="ada", revert_to=0)
        return recorder

    return read_history


def test_history_is_compared_and_reverted_as_quickly_for_5000_rules(read_history):
    read_history(9)  # what is done once in a process
    small, large = read_history(10), read_history(5000)
    assert len(large.statements) == len(small.statements)
    assert large.rows == small.rows
