"""Values of a host's own types: defaults, what they refuse, what they change twice."""

import enum

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, mapped_column

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Refused
from tests.engine.saving.one_part import Host


class Cents(sa.TypeDecorator):
    impl, cache_ok = sa.Integer, True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value * 100)

    def process_result_value(self, value, dialect):
        return None if value is None else value / 100


class Colour(enum.StrEnum):
    RED = "red"


class ByName(sa.TypeDecorator):
    impl, cache_ok = sa.String(10), True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.name

    def process_result_value(self, value, dialect):
        return None if value is None else Colour[value]


class Hashed(sa.TypeDecorator):
    impl, cache_ok = sa.String(30), True

    def process_bind_param(self, value, dialect):
        return None if value is None else f"h({value})"


class Lower(sa.TypeDecorator):
    impl, cache_ok = sa.String(30), True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.lower()


@pytest.fixture
def using(empty_database):
    """Return `using(type, value, **options)`: host, session, object, stored values."""
    with Session(empty_database.engine) as dbsession:

        def using(kind, value, **options):
            host = Host(value=mapped_column(kind, **options))
            top = host.fill(dbsession, value)

            def stored():
                dbsession.flush()
                found = dbsession.execute(sa.text("SELECT value FROM bottom"))
                return sorted(found.scalars())

            return host.drafts, top, stored

        yield using


def opened(drafts, top, **options):
    dbsession = sa.orm.object_session(top)
    return drafts.open(dbsession, type(top), top.id, owner="ada", **options)


@pytest.mark.parametrize(
    ("kind", "default", "written"),
    [(Cents, 5, 500), (ByName, Colour.RED, "RED")],
    ids=["a number", "a member of an enum"],
)
def test_a_default_is_what_the_host_s_own_insert_writes(using, kind, default, written):
    drafts, top, stored = using(kind, default, default=default)
    edit = opened(drafts, top)

    [row] = edit.apply(Insert("bottom", {})).rows
    edit.save()

    assert row.values["value"] == written
    assert stored() == [written, written]


def test_a_value_that_the_type_does_not_know_is_refused_by_field(using):
    drafts, top, _ = using(ByName, Colour.RED)
    edit = opened(drafts, top)
    [row] = edit.page("bottom").rows
    edit.apply(Set("bottom", row.key, value="GREEN"))

    [problem] = edit.check().problems
    with pytest.raises(Refused) as refused:
        edit.save()

    assert refused.value.problems == (problem,)
    assert (problem.table, problem.field) == ("bottom", "value")
    assert problem.code == "refused-by-host"


def test_a_value_that_would_be_changed_twice_is_refused(using):
    drafts, top, _ = using(Hashed, "s")
    edit = opened(drafts, top)
    [row] = edit.page("bottom").rows
    edit.apply(Delete("bottom", row.key))
    edit.save()
    edit = opened(drafts, top, revert_to=0)

    with pytest.raises(Refused) as refused:
        edit.save()

    [problem] = refused.value.problems
    assert (problem.code, problem.field) == ("changed-when-written", "value")


def test_a_value_that_is_changed_to_the_same_is_written_and_restored(using):
    drafts, top, stored = using(Lower, "S")
    edit = opened(drafts, top)
    [row] = edit.page("bottom").rows
    edit.apply(Set("bottom", row.key, value="t"))
    edit.save()
    assert stored() == ["t"]

    opened(drafts, top, revert_to=0).save()

    assert stored() == ["s"]
