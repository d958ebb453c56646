"""Each object of `engine/dialects` answers all that is asked, and says what is so.

A fourth database is added to `tests.databases` and to `provoking.HOW`, and has to pass
all tests of this folder: errors, statements, tables and values are a module each.
"""

import dataclasses

import pytest
from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects import (
    ALL,
    BACKENDS,
    UnknownDatabase,
    backend_named,
    error_is,
)
from draftedit.engine.dialects.backend import Backend, lacking
from draftedit.engine.dialects.facts import ErrorCodes

KINDS = [one.name for one in dataclasses.fields(ErrorCodes)]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.title)
def test_a_class_answers_every_question(one):
    assert lacking(type(one)) == []


def test_a_class_that_lacks_answers_is_refused_and_told_which():
    methods = {one: lambda *_: None for one in Backend.__abstractmethods__}
    fourth = type("Fourth", (Backend,), {**methods, "title": "Fourth"})

    with pytest.raises(TypeError, match=r"^Fourth lacks dialects, drivers, errors,"):
        fourth()


@pytest.mark.parametrize("name", sorted(Backend.__abstractmethods__))
def test_a_class_without_a_method_is_refused_and_told_which(name):
    methods = {one: lambda *_: None for one in Backend.__abstractmethods__ - {name}}
    fourth = type("Fourth", (Backend,), methods)

    with pytest.raises(TypeError, match=rf"Fourth .*\b{name}\b"):
        fourth()


def test_an_unknown_database_is_refused_by_name():
    with pytest.raises(UnknownDatabase, match=r"'oracle'; known are mariadb, mysql, "):
        backend_named("oracle")


def test_no_two_share_a_name_or_a_driver():
    names = [name for one in ALL for name in (*one.dialects, *one.drivers)]
    assert len(names) == len(set(names))
    assert set(BACKENDS) == {name for one in ALL for name in one.dialects}


def test_an_error_of_an_unknown_driver_is_of_no_kind():
    error = DBAPIError("SELECT 1", {}, RuntimeError(1205))
    assert not any(error_is(error, kind) for kind in KINDS)
