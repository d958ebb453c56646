"""The rows that refer to one are those of the draft, found through the live index."""

import pytest

from draftedit import Delete, DraftReader, Insert, Move, Set, firewall
from draftedit.engine.base.errors import Unknown
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Base, Chain, NftTable, Rule, Ruleset
from tests.engine.explaining import Recorder, scans

LARGE = 5_000


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, firewall.drafts.metadata)


def make(dbsession, name, size=3):
    """Make a ruleset whose chains "a" and "b" have `size` rules, "c" none."""
    table = NftTable(name="filter", family="ip")
    for place, chain in zip(spread(3), "abc", strict=True):
        one = Chain(name=chain, place=place)
        rules = spread(0 if chain == "c" else size)
        one.rules = [Rule(place=place, comment=chain) for place in rules]
        table.chains.append(one)
    ruleset = Ruleset(name=name, tables=[table])
    dbsession.add(ruleset)
    dbsession.flush()
    return ruleset


class Game:
    """A ruleset with rules of "a" and "b" that go to "c", and a draft of it."""

    def __init__(self, dbsession, name="game", size=3):
        self.dbsession = dbsession
        self.ruleset = make(dbsession, name, size)
        self.a, self.b, self.c = self.ruleset.tables[0].chains
        self.goers = [*self.a.rules[:2], self.b.rules[0]]
        for rule in self.goers:
            rule.jump_id = self.c.id
        dbsession.flush()
        self.edit = self.open()

    def open(self):
        return firewall.drafts.open(
            self.dbsession, Ruleset, self.ruleset.id, owner="ada"
        )

    def reader(self, edit=None):
        return DraftReader((edit or self.edit)._rows)

    def found(self, key=None):
        rows = self.reader().referring("rule", "jump_id", key or self.c.id)
        return sorted(row.key[0] for row in rows)

    def ids(self, *numbers):
        return sorted(self.goers[number].id for number in numbers)


@pytest.fixture
def game(dbsession):
    return Game(dbsession)


def test_live_rows_are_found(game):
    assert game.found() == game.ids(0, 1, 2)
    assert game.found(game.a.id) == []


def test_the_rows_of_the_draft_lie_over_them(game):
    new = game.edit.apply(Insert("rule", {"jump_id": game.c.id}, game.a.id)).rows[0]
    game.edit.apply(Set("rule", game.goers[0].id, jump_id=game.b.id))
    game.edit.apply(Set("rule", game.goers[1].id, comment="touched"))
    game.edit.apply(Delete("rule", game.goers[2].id))

    assert game.found() == [new.key[0], *game.ids(1)]
    assert game.found(game.b.id) == game.ids(0)


def test_a_row_that_only_the_draft_has_is_referred_to(game):
    table = game.ruleset.tables[0].id
    chain = game.edit.apply(Insert("chain", {"name": "new"}, table)).rows[0].key
    game.edit.apply(Set("rule", game.goers[0].id, jump_id=chain[0]))

    assert game.found(chain) == game.ids(0)


def test_rows_out_of_sight_do_not_count(game):
    game.edit.apply(Move("rule", game.goers[0].id, game.b.id))
    game.edit.apply(Delete("chain", game.b.id))

    assert game.found() == game.ids(1)


def test_rows_of_other_objects_do_not_count(game, dbsession):
    other = make(dbsession, "other")
    other.tables[0].chains[0].rules[0].jump_id = game.c.id
    dbsession.flush()

    assert game.found() == game.ids(0, 1, 2)


def test_what_others_have_saved_since_the_base_does_not_count(game):
    other = game.open()
    other.apply(Set("rule", game.goers[0].id, jump_id=None))
    other.apply(Set("rule", game.a.rules[2].id, jump_id=game.c.id))
    other.apply(Insert("rule", {"jump_id": game.c.id}, game.a.id))
    other.save()

    assert game.found() == game.ids(0, 1, 2)


def test_the_rows_come_with_python_s_values(game):
    game.edit.apply(Set("rule", game.goers[0].id, enabled=False))

    rows = {r.key[0]: r for r in game.reader().referring("rule", "jump_id", game.c.id)}

    assert rows[game.goers[0].id].values["enabled"] is False
    assert rows[game.goers[0].id].changed == {"enabled"}
    assert rows[game.goers[1].id].values["comment"] == "a"


def test_only_references_can_be_followed_back(game):
    with pytest.raises(Unknown):
        list(game.reader().referring("rule", "comment", "a"))
    with pytest.raises(Unknown):
        list(game.reader().referring("rule", "nothing", "a"))
    assert list(game.reader().referring("rule", "jump_id", "no number")) == []


def test_it_costs_the_rows_that_refer_never_the_table(dbsession, connection, database):
    def cost(name, size):
        game = Game(dbsession, name, size)
        game.edit.apply(Set("rule", game.goers[0].id, comment="touched"))
        dbsession.expire_all()
        if database.backend == "postgresql":
            connection.exec_driver_sql("ANALYZE rule")
        with Recorder(connection) as recorder:
            assert len(game.found(game.c.id)) == 3
        scanned = [
            s for s, p in recorder.statements if "rule" in scans(connection, s, p)
        ]
        return len(recorder.statements), recorder.rows, scanned

    small = cost("small", 10)
    large = cost("large", LARGE)

    assert large[:2] == small[:2]
    assert large[2] == []
