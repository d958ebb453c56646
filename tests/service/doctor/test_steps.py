"""What is tried is done, not taken, or failed, and says what that means."""

import pytest
import sqlalchemy as sa

from draftedit.engine.base.errors import Problem, Refused
from draftedit.service.doctor.steps import MADE_UP, MEANINGS, Failed, NotTaken, Steps


def test_a_step_that_is_done_is_noted_once():
    steps = Steps()

    for name in ("open", "page", "open"):
        with steps.step(name):
            pass

    assert list(steps.done) == ["open", "page"]


@pytest.mark.parametrize("name", sorted(MADE_UP))
def test_a_refusal_of_what_is_made_up_is_no_fault(name):
    steps = Steps()

    with pytest.raises(NotTaken, match=f"^{name}: there is none"), steps.step(name):
        raise Refused(Problem("there is none"))

    assert list(steps.done) == []


@pytest.mark.parametrize("name", sorted(MEANINGS.keys() - MADE_UP))
def test_a_refusal_of_anything_else_is_a_failed_step(name):
    steps = Steps()

    with pytest.raises(Failed) as failed, steps.step(name):
        raise Refused(Problem("there is none"))

    assert failed.value.step == name
    assert failed.value.meaning == f"{MEANINGS[name]}: there is none"
    assert list(steps.done) == []


def test_an_error_of_the_database_is_one_line_without_the_statement():
    error = sa.exc.OperationalError("SELECT 1", {}, RuntimeError("is\n  away"))

    with pytest.raises(Failed) as failed, Steps().step("open"):
        raise error

    assert failed.value.meaning == "no draft can be opened: RuntimeError: is away"


def test_any_other_error_is_one_line_with_its_kind():
    with pytest.raises(Failed) as failed, Steps().step("set"):
        raise KeyError("price")

    assert failed.value.meaning == "its values cannot be changed: KeyError: 'price'"
