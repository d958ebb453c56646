"""Unique values are exchanged whatever they are; constraints may be deferred."""

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Conflicts, Refused
from tests.engine.saving.one_part import Host


def host_with(park=None, unique=("value",), how=None, **columns):
    """Make a host whose part has these columns, and a unique key of some of them."""
    return Host(sa.UniqueConstraint(*unique, **(how or {})), park=park, **columns)


@pytest.fixture
def using(empty_database):
    """Return `using(host, values)`: a draft on an object with a part for each value."""
    sessions = []

    def using(host, *values):
        dbsession = sa.orm.Session(empty_database.engine)
        sessions.append(dbsession)
        top = host.fill(dbsession, *values)
        return host.drafts.open(dbsession, host.top, top.id, owner="ada")

    yield using
    for dbsession in sessions:
        dbsession.close()


def swap(edit):
    """Let two parts exchange their values; return what is live then."""
    one, two = edit.page("bottom").rows
    edit.apply(Set("bottom", one.key, value=two.values["value"]))
    edit.apply(Set("bottom", two.key, value=one.values["value"]))
    edit.save()
    edit.dbsession.expire_all()
    table = edit.target.tables["bottom"].live
    wanted = sa.select(table.c.value).order_by(table.c.id)
    return edit.dbsession.scalars(wanted).all()


def column(kind, **options):
    return mapped_column(kind, **{"nullable": False, **options})


EXCHANGED = {
    "text": (sa.String(20), {}, "a", "b"),
    "short text": (sa.String(8), {}, "a", "b"),
    "other case": (sa.String(20), {}, "a", "B"),
    "integer": (sa.Integer, {}, 1, 2),
    "small": (sa.SmallInteger, {}, 1, 2),
    "null": (sa.Date, {"nullable": True}, date(2026, 3, 1), date(2026, 3, 2)),
    "uuid": (sa.Uuid, {}, uuid4(), uuid4()),
}
DAYS = (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize("kind", EXCHANGED)
def test_two_values_are_exchanged(using, kind):
    of_type, options, one, two = EXCHANGED[kind]
    edit = using(host_with(value=column(of_type, **options)), one, two)
    assert swap(edit) == [two, one]


@pytest.mark.parametrize("kind", [sa.Boolean, sa.String(1)])
def test_without_a_stand_in_for_a_row_in_use_the_message_says_what_to_set(using, kind):
    host = host_with(value=column(kind))
    outside(host)
    one, two = (True, False) if kind is sa.Boolean else ("!", "?")
    edit = using(host, one, two)
    refer_to_all(edit, host)
    with pytest.raises(Refused, match=r"set park=\. None of your values") as refused:
        swap(edit)
    (problem,) = refused.value.problems
    assert (problem.table, problem.field) == ("bottom", "value")
    assert "value" in problem.message


def outside(host, **options):
    """Let a table that is no part of the object refer to parts of it."""
    reference = sa.ForeignKey("bottom.id", **options)
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("outside", host.metadata, key, sa.Column("bottom_id", reference))


def refer_to_all(edit, host):
    rows = [{"bottom_id": row.key[0]} for row in edit.page("bottom").rows]
    edit.dbsession.execute(sa.insert(host.metadata.tables["outside"]), rows)


@pytest.mark.parametrize("ondelete", [None, "CASCADE", "SET NULL"])
def test_a_row_that_something_refers_to_is_never_set_aside(using, ondelete):
    host = host_with(value=column(sa.Boolean))
    outside(host, ondelete=ondelete)
    edit = using(host, True, False)
    refer_to_all(edit, host)
    with pytest.raises(Refused, match="the row is referred to"):
        swap(edit)
    references = sa.select(host.metadata.tables["outside"].c.bottom_id)
    assert None not in edit.dbsession.scalars(references).all()
    assert len(edit.dbsession.scalars(references).all()) == 2


def test_the_hosts_own_stand_in_is_used(using):
    far = iter(range(1, 9))

    def park(table, row):
        assert table == "bottom"
        return {"value": f"1900-01-0{next(far)}"} if row["id"] else {}

    edit = using(host_with(value=column(sa.Date), park=park), *DAYS)
    assert swap(edit) == list(reversed(DAYS))


def test_a_hook_may_leave_it_to_the_engine(using):
    edit = using(host_with(value=column(sa.String(20)), park=lambda *_: {}), "a", "b")
    assert swap(edit) == ["b", "a"]


def test_a_stand_in_of_the_hosts_that_makes_no_room_is_not_blamed_on_the_user(using):
    note = mapped_column(sa.String(20))
    host = host_with(
        value=column(sa.String(20)), note=note, park=lambda *_: {"note": "parked"}
    )
    edit = using(host, "a", "b")
    with pytest.raises(Refused, match="None of your values is refused") as refused:
        swap(edit)
    (problem,) = refused.value.problems
    assert "value" in problem.message
    assert "is taken" not in problem.message


def test_nulls_are_not_unique(using):
    edit = using(host_with(value=column(sa.String(20), nullable=True)), None, "a")
    assert swap(edit) == ["a", None]


def test_a_row_without_a_stand_in_is_deleted_before_the_new_one_is_inserted(using):
    edit = using(host_with(value=column(sa.Boolean)), True)
    (old,) = edit.page("bottom").rows
    edit.apply(Delete("bottom", old.key))
    edit.apply(Insert("bottom", {"value": True}))
    edit.save()
    assert [row.values["value"] for row in edit.page("bottom").rows] == [True]


def test_a_row_that_others_may_refer_to_but_do_not_is_deleted_early(using):
    friend = mapped_column(sa.ForeignKey("bottom.id"))
    edit = using(host_with(value=column(sa.Boolean), friend=friend), True)
    (old,) = edit.page("bottom").rows
    edit.apply(Delete("bottom", old.key))
    edit.apply(Insert("bottom", {"value": True}))
    edit.save()
    assert [row.values["value"] for row in edit.page("bottom").rows] == [True]


def test_a_row_that_is_referred_to_is_not_deleted_early(using):
    host = host_with(value=column(sa.Boolean))
    outside(host)
    edit = using(host, True)
    refer_to_all(edit, host)
    (old,) = edit.page("bottom").rows
    edit.apply(Delete("bottom", old.key))
    edit.apply(Insert("bottom", {"value": True}))
    with pytest.raises(Refused, match="outside this object refers to it"):
        edit.save()


def test_an_enum_in_a_unique_key_is_found(using):
    mood = mapped_column(sa.Enum("glad", "sad", name="mood"), default="glad")
    host = host_with(value=column(sa.String(20)), mood=mood, unique=("value", "mood"))
    edit = using(host, "a", "b")
    one, two = edit.page("bottom").rows
    edit.apply(Set("bottom", two.key, value="a"))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.key, problem.other) == (two.key, one.key)
    edit.apply(Set("bottom", two.key, mood="sad"))
    edit.save()


# Constraints that are deferred until COMMIT


DEFERRED = {"deferrable": True, "initially": "DEFERRED"}


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_deferred_reference_to_nothing_is_named(using, empty_database):
    reference = sa.ForeignKey("bottom.id", **DEFERRED)
    host = host_with(value=mapped_column(reference, nullable=True))
    edit = using(host, None)
    (row,) = edit.page("bottom").rows
    edit.apply(Set("bottom", row.key, value=row.key[0]))
    new = edit.apply(Insert("bottom", {"value": row.key[0]})).rows[-1].key
    edit.apply(Set("bottom", row.key, value=new[0]))
    # By plain SQL: an operation would have refused it.
    draft = edit.target.tables["bottom"].draft
    mine = sa.update(draft).where(draft.c.id == new[0])
    edit.dbsession.execute(mine.values(value=999))
    again = host.drafts.resume(edit.dbsession, edit.info.key, owner="ada")
    with pytest.raises(Conflicts) as refused:
        again.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.table, conflict.key, conflict.field) == ("bottom", new, "value")
    assert conflict.kind == "link"


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_deferred_reference_to_what_was_deleted_again_is_a_problem(using):
    reference = sa.ForeignKey("bottom.id", **DEFERRED)
    edit = using(host_with(value=mapped_column(reference, nullable=True)), None)
    (row,) = edit.page("bottom").rows
    new = edit.apply(Insert("bottom", {})).rows[-1].key
    edit.apply(Set("bottom", row.key, value=new[0]))
    edit.apply(Delete("bottom", new))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key, problem.field) == ("bottom", row.key, "value")
    assert problem.message == "This refers to a row that is not there."


@pytest.mark.only_on("postgresql")
def test_a_deferred_unique_value_names_the_other_row(using, empty_database):
    edit = using(host_with(value=column(sa.String(20)), how=DEFERRED), "a", "b", "c")
    three, two, one = edit.page("bottom").rows
    edit.apply(Set("bottom", three.key, value="free"))
    edit.apply(Set("bottom", two.key, value="c"))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.key, problem.field, problem.other) == (two.key, "value", one.key)


@pytest.mark.only_on("postgresql")
def test_a_deferred_reference_from_outside_is_a_problem(using, empty_database):
    host = host_with(value=column(sa.String(20)))
    outside = sa.Table(
        "outside",
        host.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bottom_id", sa.ForeignKey("bottom.id", **DEFERRED)),
    )
    edit = using(host, "a")
    (row,) = edit.page("bottom").rows
    edit.dbsession.execute(sa.insert(outside).values(bottom_id=row.key[0]))
    edit.apply(Delete("bottom", row.key))
    with pytest.raises(Refused, match="outside this object refers to it"):
        edit.save()


def test_what_a_trigger_refuses_is_a_problem_of_the_row(using, empty_database):
    host = host_with(value=column(sa.String(20)))
    edit = using(host, "a", "b")
    for statement in TRIGGERS[empty_database.backend]:
        edit.dbsession.execute(sa.text(statement))
    _, two = edit.page("bottom").rows
    edit.apply(Set("bottom", two.key, value="c"))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key) == ("bottom", two.key)


TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER no BEFORE UPDATE ON bottom BEGIN"
        " SELECT RAISE(ABORT, 'not today'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not today'; END $$",
        "CREATE TRIGGER no BEFORE UPDATE ON bottom FOR EACH ROW EXECUTE FUNCTION no()",
    ],
    "mariadb": [
        "CREATE TRIGGER no BEFORE UPDATE ON bottom FOR EACH ROW"
        " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'"
    ],
}
