"""Columns that databases derive otherwise than their models say, or that differ there.

Whole numbers without a sign, texts of several collations, words of a SET.
"""

import enum
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Move, Set
from draftedit.engine.base.errors import BadModel, Refused
from draftedit.engine.schema import shadow_tables
from draftedit.engine.values import odd_times
from draftedit.engine.values.codecs import codec
from draftedit.engine.values.order_key import spread
from draftedit.service.objects import Objects
from tests.hosts import depot
from tests.hosts.depot import Crate, Depot, Tag


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(depot.Base.metadata, depot.drafts.metadata)


@pytest.fixture
def crates(dbsession):
    """Make a depot with three crates; return the keys of these."""
    crates = [
        Crate(place=place, label=label, tags=[Tag(word="a"), Tag(word="B")])
        for place, label in zip(spread(3), ("a", "B", "c"), strict=True)
    ]
    dbsession.add(Depot(name="north", crates=crates))
    dbsession.commit()
    return [crate.id for crate in crates]


@pytest.fixture
def edit(dbsession, crates):
    key = dbsession.get_one(Crate, crates[0]).depot_id
    return depot.drafts.open(dbsession, Depot, key, owner="ada")


def live(edit, key):
    live = Objects(depot.drafts, edit.dbsession)
    place = ("depot", edit.info.root)
    return live.row(*place, "crate", (key,)).values


GREATEST = {
    "tiny": 255,
    "short": 65535,
    "medium": 2**24 - 1,
    "whole": 2**32 - 1,
    "big": str(2**64 - 1),
    "filled": 2**32 - 1,
    "year": 2155,
}


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize("name", GREATEST)
def test_a_number_without_a_sign_is_kept_up_to_its_greatest(edit, crates, name):
    greatest = GREATEST[name]
    edit.apply(Set("crate", crates[0], {name: greatest}))
    edit.apply(Set("crate", crates[1], {name: 0}))
    for value in (int(greatest) + 1, -1):
        with pytest.raises(Refused, match="must lie between 0 and"):
            edit.apply(Set("crate", crates[0], {name: value}))

    edit.save()

    assert live(edit, crates[0])[name] == greatest
    reverting = depot.drafts.open(
        edit.dbsession, Depot, edit.info.root[0], owner="ada", revert_to=0
    )
    reverting.save()
    assert live(edit, crates[0])[name] is None


@pytest.mark.only_on("mariadb")
def test_a_decimal_without_a_sign_is_never_negative(edit, crates):
    edit.apply(Set("crate", crates[0], price="1.5"))
    with pytest.raises(Refused, match="must not be negative"):
        edit.apply(Set("crate", crates[0], price="-1"))


def test_new_rows_under_keys_without_a_sign_are_edited_and_saved(edit, crates):
    first = edit.apply(Insert("crate", {"label": "n", "year": 1999})).rows[0].key
    second = edit.apply(Insert("crate", {"behind_id": first[0]})).rows[0].key
    assert (first, second) == ((-1,), (-2,))
    edit.apply(Insert("crate_tag", {"word": "w"}, second))
    edit.apply(Move("crate", second, after=None))
    edit.apply(Delete("crate", crates[2]))
    shown = [row.key for row in edit.page("crate").rows]
    assert shown == [(-2,), (crates[0],), (crates[1],), (-1,)]

    saved = edit.save()

    ids = saved.ids["crate"]
    assert live(edit, ids["-2"][0])["behind_id"] == ids["-1"][0]
    assert live(edit, ids["-1"][0])["year"] == 1999


def test_texts_of_a_collation_of_their_own_are_shown_found_and_exchanged(edit, crates):
    edit.apply(Set("crate", crates[0], label="B"))
    edit.apply(Set("crate", crates[1], label="a"))
    edit.apply(Insert("crate_tag", {"word": "C"}, crates[0]))
    one = edit.page("crate_tag", (crates[0],), limit=2)
    rest = edit.page("crate_tag", (crates[0],), limit=2, after=one.next)
    words = [row.values["word"] for row in (*one.rows, *rest.rows)]
    assert sorted(words) == ["B", "C", "a"]
    assert [r.key for r in edit.page("crate", search="B").rows] == [(crates[0],)]
    edit.save()
    assert live(edit, crates[0])["label"] == "B"


@pytest.mark.only_on("mariadb")
def test_a_draft_compares_texts_as_the_live_table_does(backend):
    part = depot.drafts.targets["depot"].tables["crate_tag"]
    dialect = mysql.dialect()
    for table in (part.draft, part.history):
        collations = {
            name: table.c[name].type.dialect_impl(dialect).collation
            for name in ("word", "note")
        }
        assert collations == {
            "word": "utf8mb4_general_ci",
            "note": "utf8mb4_unicode_ci",
        }


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("up,dry", "dry,up"),
        (["up", "dry", "up"], "dry,up"),
        ({"cold"}, "cold"),
        ("", ""),
    ],
)
def test_a_set_is_kept_as_the_database_spells_it(edit, crates, given, kept):
    edit.apply(Set("crate", crates[0], marks=given))
    assert edit.row("crate", (crates[0],)).values["marks"] == kept
    edit.save()
    assert live(edit, crates[0])["marks"] == kept
    words = edit.dbsession.get_one(Crate, crates[0]).marks
    assert words == set(filter(None, kept.split(",")))


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(
    ("given", "message"),
    [("dry,wet", "Only these words"), (["dry", 7], "Only these words"), (7, "no list")],
)
def test_a_word_that_is_not_of_the_set_is_refused(edit, crates, given, message):
    with pytest.raises(Refused, match=message):
        edit.apply(Set("crate", crates[0], marks=given))


def test_a_year_of_two_digits_is_refused():
    year = codec(mysql.YEAR())
    assert year.parse("0", "mariadb") == 0
    with pytest.raises(ValueError, match="between 0 and 2155"):
        year.parse(99, "mariadb")


def test_a_float_without_a_sign_is_never_negative():
    single = codec(sa.Float().with_variant(mysql.FLOAT(unsigned=True), "mariadb"))
    assert single.parse(-1, "sqlite") == -1
    with pytest.raises(ValueError, match="must not be negative"):
        single.parse(-1, "mariadb")


class Models:
    """A host of two tables, made up for one test."""

    def __init__(self, name="parent", key=None, **options):
        self.base = type("Base", (DeclarativeBase,), {"metadata": sa.MetaData()})
        key = key or (lambda _name: ())
        self.parent = type(
            "Parent",
            (self.base,),
            {
                "__tablename__": name,
                "id": mapped_column(sa.Integer, *key("parent_id"), primary_key=True),
                "name": mapped_column(sa.String(20)),
                "value": options.get("value"),
                "children": relationship(
                    "Child", **depot.OWNED, **options.get("children", {})
                ),
            },
        )
        self.child = type(
            "Child",
            (self.base,),
            {
                "__tablename__": f"{name}_child",
                "id": mapped_column(sa.Integer, *key("child_id"), primary_key=True),
                "parent_id": mapped_column(sa.ForeignKey(f"{name}.id"), index=True),
                "position": mapped_column(sa.Integer),
                "value": options.get("child_value"),
            },
        )
        self.drafts = Drafts(self.base.metadata)
        self.drafts.target(self.parent, label=self.parent.name)

    def make(self, engine):
        """Make the tables; return a session with a parent, whose key is 1."""
        self.base.metadata.create_all(engine)
        self.drafts.metadata.create_all(engine)
        dbsession = Session(engine)
        dbsession.add(self.parent(name="a", children=[self.child(position=1)]))
        dbsession.commit()
        return dbsession

    def open(self, dbsession, **options):
        return self.drafts.open(dbsession, self.parent, 1, owner="ada", **options)


@pytest.mark.parametrize("length", [46, 50, 56])
def test_a_table_of_a_long_name_has_drafts(empty_database, length):
    models = Models("x" * (length - 6))
    names = [name for name in models.drafts.metadata.tables if name.startswith("x")]
    assert len(names) == 4
    assert max(map(len, names)) <= 56
    with models.make(empty_database.engine) as dbsession:
        edit = models.open(dbsession)
        edit.apply(Insert(models.child.__tablename__, {"position": 2}))
        assert edit.save().revision == 1


def test_names_that_are_cut_differ_and_stay_the_same():
    one, other = (
        shadow_tables.names("ä" * 40 + "a"),
        shadow_tables.names("ä" * 40 + "b"),
    )
    assert len({*one, *other}) == 4
    assert one == shadow_tables.names("ä" * 40 + "a")
    assert all(len(name.encode()) <= 56 for name in (*one, *other))


def test_a_key_from_a_sequence_is_counted_by_the_draft(empty_database):
    models = Models(key=lambda name: [sa.Sequence(f"{name}_seq")])
    with models.make(empty_database.engine) as dbsession:
        edit = models.open(dbsession)
        made = edit.apply(Insert("parent_child", {"position": 7})).rows[0].key
        assert made == (-1,)
        assert edit.save().ids["parent_child"] == {"-1": (2,)}


def test_a_collection_that_numbers_its_rows_is_refused_by_name():
    numbered = {"collection_class": ordering_list("position")}
    with pytest.raises(BadModel, match=r"Parent\.children: .* ordering_list.*OrderKey"):
        Models(children=numbered)
    Models(children={"collection_class": set})


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (postgresql.INET(), "10.0.0.1"),
        (postgresql.UUID(), "85750621-02fb-4d4f-957f-bc5af71a1bfc"),
        (postgresql.TSVECTOR(), "cat"),
        (postgresql.ENUM("a", "b", name="letter"), "a"),
    ],
)
def test_a_text_over_a_column_of_another_type_is_shown_and_kept(
    empty_database, kind, text
):
    models = Models(value=mapped_column(sa.String(50)))
    with models.make(empty_database.engine) as dbsession:
        name = kind.compile(dialect=dbsession.get_bind().dialect)
        if isinstance(kind, postgresql.ENUM):
            kind.create(dbsession.connection())
        for statement in (
            f"ALTER TABLE parent ALTER value TYPE {name} USING value::{name}",
            f"UPDATE parent SET value = '{text}'",
        ):
            dbsession.execute(sa.text(statement))
        dbsession.commit()
        edit = models.open(dbsession)
        edit.apply(Set("parent", 1, name="b"))
        [row] = edit.page("parent").rows
        assert text in row.values["value"]
        edit.save()
        models.open(dbsession, revert_to=0).save()
        assert text in dbsession.scalar(sa.text("SELECT value::text FROM parent"))


def test_a_variant_that_only_one_database_reads_is_kept_as_its_text(empty_database):
    kind = sa.String(40).with_variant(postgresql.INET(), "postgresql")
    models = Models(value=mapped_column(kind))
    with models.make(empty_database.engine) as dbsession:
        on_postgresql = empty_database.backend == "postgresql"
        edit = models.open(dbsession)
        edit.apply(Set("parent", 1, value="10.0.0.1"))
        if on_postgresql:
            with pytest.raises(Refused, match="does not read this as inet"):
                edit.apply(Set("parent", 1, value="a host"))
            with pytest.raises(Refused, match="not text"):
                edit.apply(Set("parent", 1, value=7))
        edit.save()
        [row] = models.open(dbsession).page("parent").rows
        assert row.values["value"] == ("10.0.0.1/32" if on_postgresql else "10.0.0.1")
        models.open(dbsession, revert_to=0).save()
        assert models.open(dbsession).page("parent").rows[0].values["value"] is None


class Guid(sa.types.TypeDecorator):
    """The recipe of SQLAlchemy's documentation."""

    impl = sa.CHAR(32)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))

    def process_bind_param(self, value, dialect):
        return value.hex if value and dialect.name != "postgresql" else value

    def process_result_value(self, value, dialect):
        return uuid.UUID(str(value)) if value else value


def test_a_decorator_that_chooses_its_type_by_database_is_drafted(empty_database):
    models = Models(value=mapped_column(Guid))
    one = uuid.UUID("85750621-02fb-4d4f-957f-bc5af71a1bfc")
    on_postgresql = empty_database.backend == "postgresql"
    text = str(one) if on_postgresql else one.hex
    with models.make(empty_database.engine) as dbsession:
        edit = models.open(dbsession)
        edit.apply(Set("parent", 1, value=text))
        edit.save()
        assert dbsession.scalar(sa.select(models.parent.value)) == one
        [row] = models.open(dbsession).page("parent").rows
        assert row.values["value"] == text


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (sa.Integer().with_variant(sa.String(9), "sqlite"), "of another kind"),
        (postgresql.ARRAY(sa.Integer), "cannot be drafted"),
    ],
)
def test_a_type_that_no_rule_covers_is_refused_by_the_name_of_its_column(kind, message):
    with pytest.raises(BadModel, match=rf"parent\.value: .*{message}"):
        Models(value=mapped_column(kind))


def test_a_key_that_only_the_database_reads_is_refused_by_name():
    class Base(DeclarativeBase):
        pass

    class Host(Base):
        __tablename__ = "host"
        ip = mapped_column(postgresql.INET, primary_key=True)

    with pytest.raises(BadModel, match=r"host\.ip: a key column of this type"):
        Drafts(Base.metadata).target(Host, label=Host.ip)


@pytest.mark.only_on("mariadb")
def test_a_unique_constraint_serves_a_page_as_an_index_does(dbsession):
    places = spread(3000)
    dbsession.add(Depot(id=77, name="long"))
    dbsession.flush()
    dbsession.execute(
        sa.insert(Crate), [{"depot_id": 77, "place": place} for place in places]
    )
    edit = depot.drafts.open(dbsession, Depot, 77, owner="ada")
    first = edit.page("crate", limit=50)
    before = handler_reads(dbsession)

    page = edit.page("crate", limit=50, after=first.next)

    assert len(page.rows) == 50
    assert handler_reads(dbsession) - before < 1000


def handler_reads(dbsession):
    counters = dbsession.execute(sa.text("SHOW SESSION STATUS LIKE 'Handler_read%'"))
    return sum(int(count) for _name, count in counters)


ODD = [
    (sa.Date, "infinity", "infinity"),
    (sa.Date, "0044-03-15 BC", "0044-03-15 BC"),
    (sa.Date, "12044-03-15", "12044-03-15"),
    (sa.Time, "24:00", "24:00:00"),
    (sa.DateTime, "-infinity", "-infinity"),
    (sa.DateTime, "0044-03-15 12:00:00.5 BC", "0044-03-15T12:00:00.5 BC"),
    (sa.DateTime(timezone=True), "infinity", "infinity"),
    (sa.DateTime(timezone=True), "0044-03-15 12:00+00 BC", "0044-03-15T12:00:00+00 BC"),
    (sa.DateTime(timezone=True), "12044-03-15 12:00+00", "12044-03-15T12:00:00+00"),
    (sa.Interval, "1 year 2 mons", "1 year 2 mons"),
    (sa.Interval, "-1 year 2 mons 3 days", "-10 mons +3 days"),
    (sa.Interval, "1 mon -1 day 02:00:00.5", "1 mon -1 days +02:00:00.5"),
    (sa.Interval, "24:00:00", "24:00:00"),
    (sa.Interval, "-00:00:10", "-00:00:10"),
    (sa.Interval, "2562047788:00:00", "2562047788:00:00"),
    (sa.Interval, "2 days 00:00:01", "172801.000000"),
]


def test_a_span_of_another_spelling_is_left_as_it_is():
    assert odd_times.span("infinity") == "infinity"


DELETE = Delete("parent", 1)


def check_that_it_is_shown_and_kept(engine, kind, text, shown, as_text):
    """Store a value as text, edit around it, clear it, delete it, and revert to it.

    `as_text`: how the database spells the column as a text.
    """
    models = Models(value=mapped_column(kind))
    with models.make(engine) as dbsession:

        def stored():
            return dbsession.scalar(sa.text(f"SELECT {as_text} FROM parent"))

        dbsession.execute(sa.text("UPDATE parent SET value = :v"), {"v": text})
        before = stored()
        dbsession.commit()
        edit = models.open(dbsession)
        assert edit.page("parent").rows[0].values["value"] == shown
        edit.apply(Set("parent", 1, name="b"))
        assert edit.apply(Set("parent", 1, value=shown)).sequence is None
        assert edit.page("parent").rows[0].values["value"] == shown
        edit.save()
        assert stored() == before

        for revision, clear in ((1, Set("parent", 1, value=None)), (3, DELETE)):
            edit = models.open(dbsession)
            edit.apply(clear)
            edit.undo()
            edit.redo()
            edit.save()
            assert stored() is None
            models.open(dbsession, revert_to=revision).save()
            assert stored() == before


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("kind", "text", "shown"), ODD)
def test_a_value_that_no_driver_reads_is_shown_and_kept_as_its_text(
    empty_database, kind, text, shown
):
    as_text = "value::text"
    check_that_it_is_shown_and_kept(empty_database.engine, kind, text, shown, as_text)


LONG = [
    (sa.Time, "300:00:00", "300:00:00"),
    (sa.Time, "-01:00:00", "-01:00:00"),
    (sa.Time, "-838:59:59", "-838:59:59"),
    (mysql.TIME(fsp=6), "-00:00:00.5", "-00:00:00.500000"),
    (mysql.TIME(fsp=2), "24:00:00.25", "24:00:00.250000"),
    (mysql.TIME(fsp=2), "12:00:00.25", "12:00:00.250000"),
]


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(("kind", "text", "shown"), LONG)
def test_a_time_that_is_no_time_of_one_day_is_shown_and_kept_as_its_text(
    empty_database, kind, text, shown
):
    as_text = "CAST(value AS CHAR)"
    check_that_it_is_shown_and_kept(empty_database.engine, kind, text, shown, as_text)


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(("kind", "text", "shown"), LONG)
def test_a_time_that_is_no_time_of_one_day_can_be_set(
    empty_database, kind, text, shown
):
    models = Models(value=mapped_column(kind))
    with models.make(empty_database.engine) as dbsession:
        for value in ("01:00:00", text):
            edit = models.open(dbsession)
            edit.apply(Set("parent", 1, value=value))
            edit.save()
        stored = sa.text("SELECT CAST(value AS CHAR) FROM parent")
        assert dbsession.scalar(stored) in (text, shown)


@pytest.mark.only_on("mariadb")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (sa.Date, "0000-00-00"),
        (sa.DateTime, "0000-00-00 00:00:00"),
    ],
)
def test_a_row_with_a_date_that_the_database_does_not_write_is_refused_by_field(
    empty_database, kind, text
):
    models = Models(value=mapped_column(kind))
    with models.make(empty_database.engine) as dbsession:
        written = f"SET STATEMENT sql_mode = '' FOR UPDATE parent SET value = '{text}'"
        dbsession.execute(sa.text(written))
        dbsession.commit()
        with pytest.raises(Refused) as refusal:
            models.open(dbsession)

        [problem] = refusal.value.problems
        assert (problem.table, problem.key, problem.field) == ("parent", (1,), "value")
        assert problem.message.startswith(text)


@pytest.mark.only_on("mariadb")
def test_a_delete_that_history_cannot_keep_for_its_date_is_refused_by_row(
    empty_database,
):
    models = Models(child_value=mapped_column(sa.Date))
    with models.make(empty_database.engine) as dbsession:
        dbsession.execute(
            sa.text("SET STATEMENT sql_mode = '' FOR UPDATE parent_child SET value = 0")
        )
        dbsession.commit()
        edit = models.open(dbsession)
        edit.apply(Delete("parent", 1))

        [problem] = edit.check().problems
        with pytest.raises(Refused, match="0000-00-00 is no date"):
            edit.save()

        assert (problem.table, problem.key) == ("parent_child", (1,))
        assert problem.field == "value"


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


def test_a_row_with_a_value_outside_of_its_enum_is_edited_and_its_return_is_refused(
    empty_database,
):
    kind = sa.Enum(Size, native_enum=False, length=9)
    models = Models(value=mapped_column(kind))
    with models.make(empty_database.engine) as dbsession:
        dbsession.execute(sa.text("UPDATE parent SET value = 'HUGE'"))
        dbsession.commit()
        edit = models.open(dbsession)
        assert edit.page("parent").rows[0].values["value"] == "HUGE"
        edit.apply(Set("parent", 1, name="b"))
        edit.save()
        stored = sa.text("SELECT name, value FROM parent")
        assert dbsession.execute(stored).all() == [("b", "HUGE")]

        edit = models.open(dbsession)
        edit.apply(Delete("parent", 1))
        edit.save()
        with pytest.raises(Refused) as refusal:
            models.open(dbsession, revert_to=1).save()

    [problem] = refusal.value.problems
    assert (problem.table, problem.key, problem.field) == ("parent", (1,), "value")
    assert "'HUGE' is none of the choices" in problem.message


@pytest.mark.parametrize(
    ("text", "dialect"),
    [("839:00:00", "mariadb"), ("300:60:00", "mariadb"), ("300:00:00", "sqlite")],
)
def test_a_time_that_the_database_does_not_have_is_refused(text, dialect):
    with pytest.raises(ValueError, match="This is not a time"):
        codec(sa.Time()).parse(text, dialect)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (sa.Date(), "0044-02-30 BC"),
        (sa.Date(), "00044-02-03 BC"),
        (sa.Date(), "9999999-01-01"),
        (sa.Date(), "12044-03-15T00:00:00"),
        (sa.DateTime(), "0044-03-15T12:00:00+00 BC"),
        (sa.DateTime(), "12044-03-15"),
        (sa.Time(), "24:01:00"),
        (sa.Interval(), "1 fortnight"),
    ],
)
def test_a_text_that_postgresql_would_spell_otherwise_is_no_time(kind, text):
    with pytest.raises(ValueError, match="This is not a"):
        codec(kind).parse(text, "postgresql")


@pytest.mark.parametrize("kind", [sa.Date(), sa.DateTime(), sa.Time(), sa.Interval()])
@pytest.mark.parametrize("text", ["infinity", "24:00:00", "1 mon"])
def test_other_databases_take_no_times_that_only_postgresql_has(kind, text):
    with pytest.raises(ValueError, match="This is not a"):
        codec(kind).parse(text, "sqlite")
