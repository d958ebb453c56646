"""What a ruleset must not be saved with is told by value, row and field."""

from itertools import pairwise

import pytest

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.values.order_key import spread
from draftedit.firewall import drafts, import_listing
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from tests.engine.explaining import Recorder
from tests.firewall.build import ACCEPT, chain, listing, match, rule, table


class Game:
    """Two tables with chains "a", "b" and "c" of two rules each, and a draft."""

    def __init__(self, dbsession):
        self.dbsession = dbsession
        self.ruleset = Ruleset(
            name="it",
            tables=[
                NftTable(
                    family="inet",
                    name=table,
                    chains=[
                        Chain(
                            name=name,
                            place=place,
                            rules=[Rule(place=one) for one in spread(2)],
                        )
                        for name, place in zip("abc", spread(3), strict=True)
                    ],
                )
                for table in ("filter", "nat")
            ],
        )
        dbsession.add(self.ruleset)
        dbsession.flush()
        self.filter, self.nat = (one.id for one in self.ruleset.tables)
        self.chains = {c.name: c.id for c in self.ruleset.tables[0].chains}
        self.rules = {
            c.name: [r.id for r in c.rules] for c in self.ruleset.tables[0].chains
        }
        self.far = self.ruleset.tables[1].chains[0].id
        self.edit = self.open()

    def open(self):
        return drafts.open(self.dbsession, Ruleset, self.ruleset.id, owner="ada")

    def goes(self, name, to, number=0, **values):
        """Let a rule of a chain go to another."""
        target = self.chains[to] if isinstance(to, str) else to
        self.edit.apply(Set("rule", self.rules[name][number], jump_id=target, **values))

    def found(self):
        """Return what the check says: the row and field, and the message."""
        checked = self.edit.check()
        if checked.problems:
            with pytest.raises(Refused):
                self.edit.save()
        return [(p.table, p.key, p.field, p.message) for p in checked.problems]

    def messages(self):
        return [message for *_, message in self.found()]


@pytest.fixture
def game(dbsession):
    return Game(dbsession)


GOOD = {
    "source": (
        "10.0.0.0/8, @admins",
        "!= 192.168.1.1-192.168.1.9",
        "2001:db8::/32, ::1",
        "0.0.0.0/0",
        " 10.0.0.1 ",
        "fe80::1-fe80::ff",
    ),
    "destination_ports": ("0, 65535", "1024-65535", "!= ssh, @open", "80-80"),
    "in_interface": ("lo, eth*", "!= @inner", "abcdefghijklmno", "br-0.100"),
    "protocol": ("tcp, 17", "@protocols"),
    "connection_state": ("established, related",),
}
BAD = {
    "source": (
        ("10.0.0.256", "'10.0.0.256' is no address, prefix, range or @set."),
        ("10.0.0.0/33", "'10.0.0.0/33' is no address"),
        ("10.0.0.1-fe80::1", "is no address"),
        ("10.0.0.9-10.0.0.1", "10.0.0.9-10.0.0.1 is no range: it ends before"),
        ("10.0.0.10-10.0.0.9", "it ends before it begins"),
        ("10.0.0.1,, 10.0.0.2", "between the commas"),
        ("!=", "after !=, there is nothing"),
        ("10.0.0.1, ::1", "IPv4 and IPv6"),
        ("@", "'@' is no address"),
        ("example.org", "'example.org' is no address"),
    ),
    "destination_ports": (
        ("65536", "'65536' is no port: they go from 0 to 65535."),
        ("-1", "'-1' is no port"),
        ("90-80", "90-80 is no range"),
        ("80-70000", "'80-70000' is no port"),
        ("8o", "'8o' is no port"),
    ),
    "out_interface": (
        ("abcdefghijklmnop", "“abcdefghijklmnop” is too long"),
        ("abcdefghijklmno*", "an interface has at most 15 characters"),
        ("*", "* alone is no interface"),
        ("eth 0", "'eth 0' is no name of an interface."),
        ("a/b", "'a/b' is no name"),
    ),
    "protocol": (("256", "'256' is no protocol."),),
    "connection_state": (("new!", "'new!' is no state"),),
}


@pytest.mark.parametrize("column", GOOD)
def test_what_nft_can_read_is_saved(game, column):
    rules = [key for keys in game.rules.values() for key in keys]
    pairs = zip(rules, GOOD[column], strict=False)
    game.edit.apply(Batch([Set("rule", key, {column: text}) for key, text in pairs]))

    assert game.found() == []
    assert game.edit.save().revision == 1


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [(column, *one) for column, several in BAD.items() for one in several],
)
def test_what_nobody_can_read_is_named(game, column, text, message):
    key = game.rules["a"][0]
    game.edit.apply(Set("rule", key, {column: text}))

    [(table, where, field, told)] = game.found()

    assert (table, where, field) == ("rule", (key,), column)
    assert message in told


def test_every_wrong_value_of_a_draft_is_told_at_once(game):
    first, second = game.rules["a"]
    game.edit.apply(Set("rule", first, source="x", source_ports="y z"))
    game.edit.apply(Set("rule", second, destination="1.2.3"))
    new = game.edit.apply(Insert("rule", {"source": "?"}, game.chains["b"])).rows[-1]

    assert {one[:3] for one in game.found()} == {
        ("rule", (first,), "source"),
        ("rule", (first,), "source_ports"),
        ("rule", (second,), "destination"),
        ("rule", new.key, "source"),
    }


def test_odd_content_that_was_there_before_stops_nobody(game, dbsession):
    odd = dbsession.get(Rule, game.rules["a"][0])
    odd.source, odd.jump_id = "no address", game.far
    dbsession.get(Chain, game.chains["b"]).hook = "input"
    dbsession.flush()

    game.edit.apply(Set("rule", odd.id, comment="still odd", protocol="tcp"))
    game.edit.apply(Set("chain", game.chains["b"], name="renamed"))

    assert game.found() == []


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"type": "filter"}, ["hook", "priority"]),
        ({"hook": "input", "priority": 0}, ["type"]),
        ({"type": "nat", "hook": "prerouting"}, ["priority"]),
        ({"type": "filter", "hook": "input", "priority": 0}, []),
        ({"type": "filter", "priority": 0, "extra": {"hook": "later"}}, []),
        ({"type": "filter", "extra": {"hook": "x"}}, ["priority"]),
        ({"policy": "drop", "extra": {"comment": "x"}}, []),
    ],
)
def test_a_base_chain_has_type_hook_and_priority(game, values, missing):
    key = game.chains["a"]
    game.edit.apply(Set("chain", key, values))

    found = game.found()

    assert [one[:3] for one in found] == [("chain", (key,), one) for one in missing]
    for field, (*_, message) in zip(missing, found, strict=True):
        assert f"needs a {field}, too" in message


# Jumps


def test_a_rule_goes_to_chains_of_its_own_table_only(game):
    game.goes("a", game.far)

    [found] = game.found()

    assert found[:3] == ("rule", (game.rules["a"][0],), "jump_id")
    assert "“a” is in another table" in found[3]


def test_a_rule_that_is_moved_takes_its_jump_along(game):
    game.goes("a", "b")
    game.edit.apply(Move("rule", game.rules["a"][0], game.far))

    assert "“b” is in another table" in game.messages()[0]


def test_a_chain_that_is_moved_leaves_those_behind_that_go_to_it(game):
    game.goes("a", "b")
    game.goes("b", "c")
    game.edit.save()
    game.edit = game.open()
    game.edit.apply(Set("chain", game.chains["b"], name="moved"))
    game.edit.apply(Move("chain", game.chains["b"], game.nat))

    assert {one[1] for one in game.found()} == {
        (game.rules["a"][0],),
        (game.rules["b"][0],),
    }

    game.edit.apply(Set("rule", game.rules["a"][0], jump_id=None))
    game.edit.apply(Set("rule", game.rules["b"][0], jump_id=None))
    assert game.found() == []


def test_chains_that_are_moved_together_take_their_jumps_along(game):
    game.goes("a", "b")
    game.edit.save()
    game.edit = game.open()
    table = game.edit.apply(
        Insert("nft_table", {"family": "ip", "name": "new"}, game.ruleset.id)
    )
    for name in "ab":
        game.edit.apply(Move("chain", game.chains[name], table.rows[-1].key))
    game.edit.apply(Delete("nft_table", game.filter))

    assert game.found() == []


def test_a_chain_does_not_go_to_itself(game):
    game.goes("a", "a")

    assert game.messages() == ["This goes round in a circle: a → a."]


def test_a_circle_through_live_rules_is_named(game):
    game.goes("a", "b", action="jump")
    game.goes("b", "c", action="goto")
    game.edit.save()
    game.edit = game.open()
    game.goes("c", "a", number=1)

    [found] = game.found()

    assert found == (
        "rule",
        (game.rules["c"][1],),
        "jump_id",
        "This goes round in a circle: c → a → b → c.",
    )


def test_every_rule_of_a_circle_that_the_draft_made_is_named(game):
    game.goes("a", "b")
    game.goes("b", "a")
    game.goes("b", "c", number=1)

    assert {one[1] for one in game.found()} == {
        (game.rules["a"][0],),
        (game.rules["b"][0],),
    }


@pytest.mark.parametrize(
    "opened",
    [{"enabled": False}, {"action": "accept"}, {"jump_id": None}],
    ids=["not enabled", "another action", "no chain"],
)
def test_what_does_not_jump_closes_no_circle(game, opened):
    game.goes("a", "b")
    game.goes("b", "a", action="jump")
    game.edit.apply(Set("rule", game.rules["b"][0], opened))

    assert game.found() == []


def test_a_circle_is_closed_by_enabling_too(game):
    game.goes("a", "b")
    game.goes("b", "a", enabled=False)
    game.edit.save()
    game.edit = game.open()
    game.edit.apply(Set("rule", game.rules["b"][0], enabled=True))

    assert game.messages() == ["This goes round in a circle: b → a → b."]


def test_several_ways_that_meet_again_are_no_circle(game):
    game.goes("a", "b")
    game.goes("a", "c", number=1)
    game.goes("b", "c")

    assert game.found() == []


def test_a_rule_out_of_sight_closes_no_circle(game):
    game.goes("a", "b")
    game.goes("b", "a")
    game.edit.apply(Delete("rule", game.rules["b"][0]))

    assert game.found() == []


def test_a_check_costs_the_jumps_on_the_way_never_the_rules(dbsession, connection):
    def cost(name, size):
        rules = [rule(match("tcp dport", 22), ACCEPT, chain="a")] * size
        entries = [table(), chain("a"), chain("b"), chain("c"), *rules]
        ruleset = import_listing(dbsession, listing(*entries), name)
        ids = [one.id for one in ruleset.tables[0].chains]
        edit = drafts.open(dbsession, Ruleset, ruleset.id, owner="ada")
        for start, target in pairwise(ids):
            edit.apply(Insert("rule", {"jump_id": target}, start))
        first = edit.page("rule", parent=ids[:1], limit=1).rows[0].key
        edit.apply(Set("rule", first, source="10.0.0.1"))
        dbsession.expire_all()
        with Recorder(connection) as recorder:
            assert edit.check(notes=False).is_clear
        return len(recorder.statements), recorder.rows

    cost("once", 10)
    assert cost("small", 10) == cost("large", 3_000)
