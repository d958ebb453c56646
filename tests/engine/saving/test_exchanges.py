"""Whatever state a database accepts is one save: keys that are more than columns.

Partial, deferrable, checked, computed, by expression, EXCLUDE; told by the model, or
by the database alone.
"""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, mapped_column

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.schema.unique_keys import model_keys
from tests.databases import create_tables
from tests.engine.explaining import Recorder
from tests.engine.saving.one_part import Host
from tests.hosts import theatre

EVERYWHERE = ("sqlite", "postgresql", "mariadb")
POSITIVE = "value > 0"


def host(*rules, required=(), **columns):
    """Make a host whose root has parts with these columns and rules of a table."""

    mapped = {
        name: mapped_column(*column, nullable=name not in required)
        for name, column in columns.items()
    }
    made = Host(*rules, **mapped)
    return made.metadata, made.top, made.bottom, made.drafts


def unique(*names, **options):
    return sa.UniqueConstraint(*names, name="ux", **options)


def partial(*names, where):
    where = sa.text(where)
    options = {"postgresql_where": where, "sqlite_where": where}
    return sa.Index("ux", *names, unique=True, **options)


def apart(ends):
    """Return the rule that no two rows have a range of integers that overlap."""
    overlaps = (sa.text(f"int4range({ends})"), "&&")
    return postgresql.ExcludeConstraint(overlaps, name="ux", using="gist")


def number(kind=sa.Integer):
    return (kind, sa.CheckConstraint("value IS NOT NULL"))


# What rules there are, the columns, two rows: they exchange all they have.
KINDS = {
    "positive": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"), sa.CheckConstraint(POSITIVE)),
        lambda: {"value": number()},
        ({"value": 1}, {"value": 2}),
    ),
    "small and positive": (
        EVERYWHERE,
        lambda: (
            unique("top_id", "value"),
            sa.CheckConstraint("value BETWEEN 1 AND 2"),
        ),
        lambda: {"value": number()},
        ({"value": 1}, {"value": 2}),
    ),
    "one active": (
        ("sqlite", "postgresql"),
        lambda: (partial("top_id", where="value"),),
        lambda: {"value": number(sa.Boolean)},
        ({"value": True}, {"value": False}),
    ),
    "a kind among the active": (
        ("sqlite", "postgresql"),
        lambda: (partial("top_id", "kind", where="value"),),
        lambda: {
            "value": number(sa.Boolean),
            "kind": (sa.Enum("a", "b", name="kind"),),
        },
        ({"value": True, "kind": "a"}, {"value": True, "kind": "b"}),
    ),
    "deferrable": (
        ("postgresql",),
        lambda: (
            unique("top_id", "value", deferrable=True),
            sa.CheckConstraint("value BETWEEN 1 AND 2"),
        ),
        lambda: {"value": number()},
        ({"value": 1}, {"value": 2}),
    ),
    "initially deferred": (
        ("postgresql",),
        lambda: (unique("top_id", "value", deferrable=True, initially="DEFERRED"),),
        lambda: {"value": number(sa.Boolean)},
        ({"value": True}, {"value": False}),
    ),
    "one null": (
        ("postgresql",),
        lambda: (unique("top_id", "value", postgresql_nulls_not_distinct=True),),
        lambda: {"value": (sa.Boolean,)},
        ({"value": None}, {"value": True}),
    ),
    "by expression": (
        ("sqlite", "postgresql"),
        lambda: (sa.Index("ux", "top_id", sa.text("lower(value)"), unique=True),),
        lambda: {"value": number(sa.String(20))},
        ({"value": "A"}, {"value": "B"}),
    ),
    "by a computed column": (
        EVERYWHERE,
        lambda: (unique("top_id", "folded"),),
        lambda: {
            "value": number(sa.String(20)),
            "folded": (sa.String(20), sa.Computed("lower(value)", persisted=True)),
        },
        ({"value": "A"}, {"value": "B"}),
    ),
    "an enum": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {"value": number(sa.Enum("a", "b", name="letter"))},
        ({"value": "a"}, {"value": "b"}),
    ),
    "a flag": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {"value": number(sa.Boolean)},
        ({"value": True}, {"value": False}),
    ),
    "a day": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {"value": number(sa.Date)},
        ({"value": date(2026, 3, 1)}, {"value": date(2026, 3, 2)}),
    ),
    "a moment": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {"value": number(sa.DateTime)},
        ({"value": datetime(2026, 3, 1)}, {"value": datetime(2026, 3, 2)}),
    ),
    "a time": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {"value": number(sa.Time)},
        ({"value": time(8)}, {"value": time(9)}),
    ),
    "a price": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"), sa.CheckConstraint(POSITIVE)),
        lambda: {"value": number(sa.Numeric(6, 2))},
        ({"value": Decimal("1.50")}, {"value": Decimal("2.50")}),
    ),
    "a measure": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"), sa.CheckConstraint(POSITIVE)),
        lambda: {"value": number(sa.Double)},
        ({"value": 1.5}, {"value": 2.5}),
    ),
    "an address on PostgreSQL, a text elsewhere": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"),),
        lambda: {
            "value": number(sa.String(43).with_variant(postgresql.INET(), "postgresql"))
        },
        ({"value": "10.0.0.1"}, {"value": "10.0.0.2"}),
    ),
    "a short code": (
        EVERYWHERE,
        lambda: (unique("top_id", "value"), sa.CheckConstraint("length(value) = 3")),
        lambda: {"value": number(sa.String(3))},
        ({"value": "Ab1"}, {"value": "Cd2"}),
    ),
    "a range": (
        ("postgresql",),
        lambda: (apart("value, last"),),
        lambda: {"value": number(), "last": (sa.Integer,)},
        ({"value": 1, "last": 5}, {"value": 5, "last": 9}),
    ),
    "a start and a length": (
        ("postgresql",),
        lambda: (apart("value, value + length"), sa.CheckConstraint("length > 0")),
        lambda: {"value": number(), "length": (sa.Integer,)},
        ({"value": 1, "length": 4}, {"value": 5, "length": 3}),
    ),
    "a start and a length, where no greater number is": (
        ("postgresql",),
        lambda: (apart("value, value + length"), sa.CheckConstraint("length > 0")),
        lambda: {"value": number(), "length": (sa.Integer,)},
        ({"value": 2**31 - 30, "length": 4}, {"value": 2**31 - 20, "length": 3}),
    ),
}
CASES = [
    pytest.param(kind, marks=pytest.mark.only_on(*KINDS[kind][0])) for kind in KINDS
]


@pytest.fixture
def using(empty_database):
    """Return `using(kind, told)`: a draft, the columns, and what opens another draft.

    Not `told`: the model knows no rule, as where tables were made by hand.
    """
    sessions = []

    def using(kind, told=True):
        _, rules, columns, rows = KINDS[kind]
        metadata, top, bottom, drafts = host(*rules(), **columns())
        create_tables(empty_database.engine, metadata, drafts.metadata)
        if not told:
            plain = {n: (*c[:1], *_computed(c)) for n, c in columns().items()}
            _, top, bottom, drafts = host(**plain)
        dbsession = Session(empty_database.engine)
        sessions.append(dbsession)
        written = [name for name, c in columns().items() if not _computed(c)]
        parts = [bottom(**{n: row[n] for n in written}) for row in rows]
        one = top(name="top", parts=parts)
        dbsession.add(one)
        dbsession.flush()
        edit = drafts.open(dbsession, top, one.id, owner="ada")

        def again():
            dbsession.expire_all()
            return drafts.open(dbsession, top, one.id, owner="bob")

        return edit, written, again

    yield using
    for dbsession in sessions:
        dbsession.close()


def _computed(column):
    return [one for one in column if isinstance(one, sa.Computed)]


def values(edit, names):
    return [{n: row.values[n] for n in names} for row in edit.page("bottom").rows]


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("kind", CASES)
def test_two_rows_exchange_all_they_have(using, kind, told):
    edit, names, again = using(kind, told)
    one, two = edit.page("bottom").rows
    wanted = values(edit, names)[::-1]
    edit.apply(Set("bottom", one.key, wanted[0]))
    edit.apply(Set("bottom", two.key, wanted[1]))

    assert edit.check().problems == []
    edit.save()

    new = again()
    assert values(new, names) == wanted
    assert [row.key for row in new.page("bottom").rows] == [one.key, two.key]


@pytest.mark.parametrize("kind", CASES)
def test_a_row_is_deleted_and_made_again_under_its_values(using, kind):
    edit, names, again = using(kind)
    one, two = edit.page("bottom").rows
    wanted = values(edit, names)
    edit.apply(Delete("bottom", one.key))
    edit.apply(Delete("bottom", two.key))
    for row in wanted:
        edit.apply(Insert("bottom", row))

    edit.save()

    found = values(again(), names)
    assert sorted(map(str, found)) == sorted(map(str, wanted))


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("kind", ["a range", "a start and a length"])
def test_a_range_that_makes_room_covers_no_other(using, kind):
    edit, names, again = using(kind)
    one, two = edit.page("bottom").rows
    first, second = values(edit, names)
    edit.apply(Set("bottom", one.key, second))
    edit.apply(Set("bottom", two.key, first))
    far = {name: 2**30 + n for n, name in enumerate(names)}
    edit.apply(Insert("bottom", far | ({"length": 1} if "length" in names else {})))

    edit.save()

    assert values(again(), names)[:2] == [second, first]


@pytest.mark.parametrize("kind", CASES)
def test_what_the_database_refuses_names_the_row(using, kind):
    edit, names, _ = using(kind)
    one, two = edit.page("bottom").rows
    wanted = {n: one.values[n] for n in names}
    edit.apply(Set("bottom", two.key, wanted))

    with pytest.raises(Refused) as refused:
        edit.save()

    [problem] = refused.value.problems
    assert problem.table == "bottom"


@pytest.mark.only_on("postgresql")
def test_what_a_deferrable_key_refuses_in_the_end_names_both_rows(empty_database):
    rule = unique("top_id", "value", deferrable=True)
    metadata, top, bottom, drafts = host(rule, value=number())
    create_tables(empty_database.engine, metadata, drafts.metadata)
    with Session(empty_database.engine) as dbsession:
        one = top(name="top", parts=[bottom(value=n) for n in (1, 2, 3)])
        dbsession.add(one)
        dbsession.flush()
        edit = drafts.open(dbsession, top, one.id, owner="ada")
        first, second, third = edit.page("bottom").rows
        edit.apply(Set("bottom", first.key, value=2))
        edit.apply(Set("bottom", second.key, value=3))

        with pytest.raises(Refused, match="3 is taken already") as refused:
            edit.save()

    [problem] = refused.value.problems
    assert (problem.key, problem.other) == (second.key, third.key)


@pytest.mark.only_on("sqlite", "postgresql")
@pytest.mark.parametrize("is_live", [True, False], ids=["live", "in the draft"])
def test_a_partial_key_names_its_condition_and_the_other_row_that_meets_it(
    empty_database, is_live
):
    columns = {"value": (sa.Boolean,), "note": (sa.String(20),)}
    metadata, top, bottom, drafts = host(partial("top_id", where="value"), **columns)
    create_tables(empty_database.engine, metadata, drafts.metadata)
    with Session(empty_database.engine) as dbsession:
        parts = [bottom(value=is_live), bottom(value=False), bottom(value=False)]
        one = top(name="top", parts=parts)
        dbsession.add(one)
        dbsession.flush()  # the draft is opened on these rows
        edit = drafts.open(dbsession, top, one.id, owner="ada")
        first, second, third = edit.page("bottom").rows
        edit.apply(Set("bottom", second.key, note="not concerned"))
        edit.apply(Set("bottom", first.key, value=True, note="the other"))
        edit.apply(Set("bottom", third.key, value=True))

        with pytest.raises(Refused, match="True is taken already") as refused:
            edit.save()

    [problem] = refused.value.problems
    assert problem.field == "value"
    assert {problem.key, problem.other} == {first.key, third.key}


def test_an_exchange_costs_one_statement_for_each_row_that_gives_way(empty_database):
    columns = {"value": (sa.Date,), "note": (sa.String(20),)}
    metadata, top, bottom, drafts = host(
        unique("value"), required=("value",), **columns
    )
    create_tables(empty_database.engine, metadata, drafts.metadata)
    with Session(empty_database.engine) as dbsession:
        parts = [bottom(value=date(2026, 3, day)) for day in (1, 2)]
        one = top(name="top", parts=parts)
        dbsession.add(one)
        dbsession.flush()

        def save(name, *values):
            edit = drafts.open(dbsession, top, one.id, owner="ada")
            for row, value in zip(edit.page("bottom").rows, values, strict=True):
                edit.apply(Set("bottom", row.key, {name: value}))
            with Recorder(dbsession.connection()) as recorder:
                edit.save()
            return len(recorder.statements)

        save("note", "done once", "in a process")
        save("value", "2026-03-01", "2026-03-05")  # foreign keys are looked at once
        plain = save("note", "some", "others")
        assert save("value", "2026-03-05", "2026-03-01") == plain + len(parts)


def outside(metadata, name, nullable, **options):
    """Make a table whose rows refer to a part's from outside."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "bottom_id",
            sa.ForeignKey("bottom.id", **options),
            nullable=nullable,
            index=True,
        ),
    )


@pytest.fixture
def referred_to(empty_database):
    """Return `referred_to(rule, nullable)`: what deletes a flag that is referred to.

    It puts another under the value of the one that goes, for which nothing stands in.
    """
    sessions = []

    def referred_to(rule, required, nullable=False, **options):
        metadata, top, bottom, drafts = host(
            unique("value"), required=required, value=number(sa.Boolean)
        )
        table = outside(metadata, "ticket", nullable, ondelete=rule, **options)
        create_tables(empty_database.engine, metadata, drafts.metadata)
        dbsession = Session(empty_database.engine)
        sessions.append(dbsession)
        one = top(name="top", parts=[bottom(value=True), bottom(value=False)])
        dbsession.add(one)
        dbsession.flush()
        dbsession.execute(sa.insert(table), [{"bottom_id": one.parts[0].id}])
        edit = drafts.open(dbsession, top, one.id, owner="ada")
        edit.apply(Delete("bottom", (one.parts[0].id,)))
        edit.apply(Insert("bottom", {"value": True}))

        def look(*columns):
            return dbsession.execute(sa.select(*(table.c[n] for n in columns))).all()

        return edit, look, dbsession, drafts.tables.kept_row

    yield referred_to
    for dbsession in sessions:
        dbsession.close()


# Whether the model tells that NULL cannot stand in, or the database alone.
TOLD = pytest.mark.parametrize("required", [("value",), ()], ids=["told", "untold"])


@TOLD
@pytest.mark.parametrize(
    ("rule", "left"), [("CASCADE", []), ("SET NULL", [(None,)])], ids=str
)
def test_what_goes_with_a_row_that_must_go_first_is_told_and_kept(
    referred_to, required, rule, left
):
    nullable = rule != "CASCADE"
    edit, look, dbsession, kept_row = referred_to(rule, required, nullable)

    [told] = edit.save().consequences

    assert (told.table, told.count) == ("ticket", 1)
    assert look("bottom_id") == left
    kept = dbsession.execute(sa.select(kept_row.c.table_name, kept_row.c.action)).all()
    assert kept == [("ticket", rule)]


@TOLD
@pytest.mark.parametrize("deferred", [False, True])
def test_a_row_that_must_go_first_and_is_held_from_outside_is_refused(
    referred_to, required, deferred, backend
):
    options = {}
    if deferred and backend != "mariadb":
        options = {"deferrable": True, "initially": "DEFERRED"}
    edit, look, *_ = referred_to(None, required, **options)

    with pytest.raises(Refused, match="ticket, 1 row "):
        edit.save()

    assert len(look("id")) == 1


@pytest.mark.parametrize(
    ("dialect", "names"),
    [
        ("postgresql", ["ux_act_number", "ux_act_headline"]),
        ("sqlite", ["uq_act_number", "ux_act_headline"]),
        ("mariadb", ["uq_act_number"]),
    ],
)
def test_a_key_that_the_model_has_for_other_databases_alone_is_none(dialect, names):
    """SQLAlchemy's `ddl_if` says on which database a rule is made."""
    act = theatre.drafts.targets["hall"].tables["act"]

    found = {key.name for key in model_keys(act.live, dialect)}

    assert found == {"uq_act_day", "uq_act_guest", *names}
