"""A check or note of a host's that fails blocks its own save, and hides nothing."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import Note, Problem, Set
from draftedit.engine.base.errors import Refused


@pytest.fixture
def failing(edit, goods):
    def counts_tea(draft):
        yield Problem("Too much tea.")
        raise KeyError("tea")

    def fine(draft):
        yield Problem("No milk.")

    def tells(draft):
        yield Note("Told.")
        raise ValueError("not this one")

    edit.target = replace(edit.target, checks=(counts_tea, fine), notes=(tells,))
    edit._rows.target = edit.target
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    return edit


FAILED = "The check 'counts_tea' failed, so nothing can be saved."


def test_a_check_that_fails_is_a_problem_that_names_it(failing):
    checked = failing.check()
    assert [p.message for p in checked.problems] == [FAILED, "No milk."]
    assert [n.message for n in checked.notes] == ["The note 'tells' failed."]


def test_nothing_is_saved_that_was_not_looked_at(failing):
    with pytest.raises(Refused, match="counts_tea"):
        failing.save()


@pytest.mark.parametrize("kind", ["checks", "notes"])
def test_what_is_wrong_with_the_database_is_raised(edit, goods, kind):
    def asks(draft):
        raise sa.exc.InvalidRequestError("away")

    edit.target = replace(edit.target, **{kind: (asks,)})
    edit._rows.target = edit.target
    edit.apply(Set("line", goods.lines[0], product="green tea"))
    with pytest.raises(sa.exc.InvalidRequestError):
        edit.check()


def test_what_a_note_leaves_for_later_is_asked_for_later(edit):
    asked = []

    def tells(draft):
        yield Note("Told at once.")
        yield lambda: asked.append("a program") or [Note("Told by a program.")]

    def fails(draft):
        yield lambda: {}["nothing"]

    edit.target = replace(edit.target, notes=(tells, fails))
    edit._rows.target = edit.target
    told = edit.notes()
    assert not told.is_ready
    assert asked == []

    notes = told.ask()
    assert asked == ["a program"]
    messages = ["Told at once.", "Told by a program.", "The note 'fails' failed."]
    assert [note.message for note in notes] == messages
    assert edit.check(notes).notes == notes
    assert asked == ["a program"]
    assert edit.check().notes == notes
    assert asked == ["a program"] * 2


def test_notes_that_are_told_at_once_are_ready(edit):
    edit.target = replace(edit.target, notes=(lambda draft: [Note("Told.")],))
    edit._rows.target = edit.target
    assert edit.notes().is_ready
