"""`check` and `save` agree: no problem and no conflict, and the save succeeds.

Random drafts on random objects, with values that are taken, rows that are gone, and
what others save or write by plain SQL in the meantime.
"""

import random
from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit import Delete, Set
from draftedit.engine.base.errors import Conflicts, DraftError, NothingToSave, Refused
from draftedit.engine.reading.live import bound
from tests.engine.saving.pairs import Pair
from tests.engine.saving.states import Steps, put, random_state

DRAFTS = 12  # of each host on each database


@pytest.fixture
def engine_alone():
    """Leave the host's own checks in place: they refuse in both, or in neither."""


class Game:
    """One object, a draft of it, and what may go wrong."""

    def __init__(self, dbsession, drafts, model, dice):
        self.dbsession, self.drafts, self.dice = dbsession, drafts, dice
        self.neighbour = random_state(model("other"), dice)
        put(dbsession, self.neighbour)
        self.pair = Pair(dbsession, model("mine"), dice)
        self.edit = self.open("ada")
        self.steps(self.pair.after).take()

    def open(self, owner):
        name = self.pair.target.name
        return self.drafts.open(self.dbsession, name, self.pair.root, owner=owner)

    def steps(self, after):
        return Steps(self.edit, self.pair.before, after, self.pair.keys)

    def spoil(self):
        """Do something that may or may not stop the save."""
        kinds = (self.take, self.name, self.drop, self.write, self.save_others)
        for _ in range(self.dice.randrange(4)):
            with self.dbsession.begin_nested() as savepoint:
                try:
                    self.dice.choice(kinds)()
                except (DraftError, DBAPIError, IndexError, ValueError):
                    # Nobody can do that, or there are no rows: the next one, then.
                    savepoint.rollback()

    def rows(self, edit=None):
        """Return the rows that a draft has in sight, in one order for all."""
        edit = edit or self.edit
        pages = (edit.page(name, limit=500).rows for name in edit.target.tables)
        return [row for rows in pages for row in rows]

    def settable(self, rows):
        return [
            (row, field.name)
            for row in rows
            for field in self.pair.target.tables[row.table].fields.values()
            if field.settable
        ]

    def take(self):
        """Give a row of the draft a value that another row has."""
        row, name = self.dice.choice(self.settable(self.rows()))
        others = [one for one in self.rows() if one.table == row.table]
        values = [one.values[name] for one in others] + ["input", -3]
        self.edit.apply(Set(row.table, row.key, {name: self.dice.choice(values)}))

    def name(self):
        """Call the object as another one is called."""
        table, label = self.pair.target.name, self.pair.target.label_field
        [number] = self.neighbour.of(table)
        taken = self.neighbour.rows[number].values[label]
        self.edit.apply(Set(table, self.pair.root, {label: taken}))

    def drop(self):
        """Delete a row of the draft, whoever refers to it."""
        row = self.dice.choice(self.rows()[1:])
        self.edit.apply(Delete(row.table, row.key))

    def write(self):
        """Change or delete a live row by plain SQL."""
        rows = [row for row in self.rows(self.open("a reader")) if not row.is_new]
        row, name = self.dice.choice(self.settable(rows))
        part = self.pair.target.tables[row.table]
        key = part.decode(dict(zip(part.key, row.key, strict=True)))
        mine = [part.live.c[column] == value for column, value in key.items()]
        field = part.fields[name]
        value = self.dice.choice(["other 2", "input", 7, None])
        if value is not None:
            value = field.codec.parse(value, self.dbsession.get_bind().dialect.name)
        statement = sa.update(part.live).values({name: bound(field, value)})
        if self.dice.random() < 0.3:
            statement = sa.delete(part.live)
        self.dbsession.execute(statement.where(*mine))

    def save_others(self):
        """Let someone else save a few changes."""
        other = self.open("bob")
        for _ in range(3):
            rows = self.rows(other)
            row, name = self.dice.choice(self.settable(rows))
            value = self.dice.choice(["other 3", "input", 9, None])
            operation = Set(row.table, row.key, {name: value})
            if self.dice.random() < 0.2:
                operation = Delete(row.table, row.key)
            other.apply(operation)
        other.save()


def said(edit):
    """Return what save says: its problems, its conflicts, or that it is done."""
    try:
        edit.save()
    except Conflicts as refusal:
        return "conflicts", list(refusal.conflicts)
    except Refused as refusal:
        return "problems", list(refusal.problems)
    return "saved", []


def compare(game):
    """Assert that check and save agree; return what both say."""
    edit, before = game.edit, game.edit.info
    checked = edit.check()
    again = edit.check()
    assert again == checked
    assert edit.info == before

    verdict, found = said(edit)

    if verdict == "saved":
        assert checked.is_clear
    elif found and found == list(NothingToSave().problems):
        assert checked.is_clear
        verdict = "nothing"
    elif verdict == "conflicts":
        assert list(checked.conflicts) == found
        assert not checked.problems
    else:
        # The first that refuses ends a save; check goes on to the next.
        assert checked.problems[: len(found)] == found
    return verdict


def play(dbsession, drafts, model, dice):
    with dbsession.begin_nested() as savepoint:
        game = Game(dbsession, drafts, model, dice)
        game.spoil()
        verdict = compare(game)
        savepoint.rollback()
    dbsession.expunge_all()
    return verdict


def play_all(dbsession, drafts, model, seed, count):
    """Play drafts, ten times `count` at most, until some are saved and some are not."""
    verdicts = Counter()
    for number in range(10 * count):
        refused = verdicts["problems"] + verdicts["conflicts"]
        if number >= count and verdicts["saved"] and refused:
            break
        dice = random.Random(f"draft {seed} {number}")
        try:
            verdicts[play(dbsession, drafts, model, dice)] += 1
        except Exception as error:  # because any is to name its seed
            error.add_note(f"draft {number} of DRAFTEDIT_TEST_SEED={seed}")
            raise
    return verdicts


def test_no_problem_and_no_conflict_is_a_save_that_succeeds(
    dbsession, drafts, model, seed
):
    verdicts = play_all(dbsession, drafts, model, seed, DRAFTS)
    assert verdicts["saved"]
    assert verdicts["problems"] + verdicts["conflicts"]


@pytest.mark.long
def test_they_agree_on_thousands_of_drafts(dbsession, drafts, model, seed, rounds):
    verdicts = play_all(dbsession, drafts, model, seed, min(rounds(40), 400))
    assert {"saved", "problems", "conflicts"} <= set(verdicts)
