"""A message reads as it is meant wherever it is used, and can still be translated."""

import copy
import json
import pickle
from dataclasses import replace

import pytest
from pyramid.testing import DummyRequest
from translationstring import TranslationStringFactory

from draftedit import Note, Problem
from draftedit.engine.base.errors import Refused
from draftedit.engine.base.texts import row_count, template_of
from draftedit.engine.schema.task import Finding

_ = TranslationStringFactory("draftedit")

TEMPLATE = _("${n} rows of ${what}", mapping={"n": 3, "what": "${n} lines"})
MEANT = "3 rows of ${n} lines"


@pytest.fixture(params=[Problem, Note, lambda message: Finding("kind", message)])
def message(request):
    return request.param(TEMPLATE).message


def test_a_message_is_a_text_and_no_template(message):
    assert message == MEANT
    assert str(message) == f"{message}" == "".join([message]) == MEANT
    assert json.loads(json.dumps([message])) == [MEANT]


def test_a_refusal_reads_as_its_first_problem():
    assert str(Refused(Problem(TEMPLATE))) == MEANT


def test_a_message_keeps_what_a_page_translates(message):
    assert template_of(message) is TEMPLATE
    assert DummyRequest().localizer.translate(template_of(message)) == MEANT


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one)), replace],  # noqa: S301 — our own
    ids=["deepcopy", "pickle", "replace"],
)
def test_a_copy_is_equal_and_can_still_be_translated(copied):
    again = copied(Problem(TEMPLATE, "line", (1,)))

    assert again == Problem(TEMPLATE, "line", (1,))
    assert template_of(again.message).mapping == TEMPLATE.mapping


def test_a_default_is_what_is_read():
    message = Problem(_("too-long", default="Too long: ${n}", mapping={"n": 9})).message

    assert message == "Too long: 9"
    assert template_of(message) == "too-long"


def test_plain_text_stays_as_it_is():
    message = Problem("costs ${n}").message

    assert (message, template_of(message)) == ("costs ${n}", "costs ${n}")


@pytest.mark.parametrize(
    ("count", "most", "text"),
    [
        (0, None, "0 rows"),
        (1, None, "1 row"),
        (2_000, None, "2,000 rows"),
        (1_000, 1_000, "1,000 rows"),
        (1_001, 1_000, "more than 1,000 rows"),
    ],
)
def test_a_number_of_rows_is_spelled(count, most, text):
    assert row_count(count, most) == text
