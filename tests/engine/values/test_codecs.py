"""Every value has one canonical form, and it is what the column gives back."""

import datetime
import decimal
import json
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from draftedit import Insert, Set
from draftedit.engine.base.errors import BadModel, Refused
from draftedit.engine.values.codecs import canonical, codec, same
from draftedit.engine.values.column_types import UtcDateTime
from draftedit.engine.values.order_key import OrderKey, between
from draftedit.service.objects import Objects
from tests.hosts import zoo
from tests.hosts.zoo import Animal, Colour, Zoo

# SQLAlchemy says that SQLite has no decimals; that is what some tests are about.
pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")

PARIS = datetime.timezone(datetime.timedelta(hours=2))
SIX = uuid.UUID(int=6)
NAUGHT = decimal.Decimal(0)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(zoo.Base.metadata, zoo.drafts.metadata)


@pytest.fixture
def animal(dbsession):
    one = Animal(place=between(None, None))
    dbsession.add(Zoo(name="Basle", animals=[one]))
    dbsession.commit()
    return one.id


@pytest.fixture
def edit(dbsession, animal):
    key = dbsession.get_one(Animal, animal).zoo_id
    return zoo.drafts.open(dbsession, Zoo, key, owner="ada")


def reopened(edit):
    """Look at the draft as the next request does: nothing remembered."""
    return zoo.drafts.resume(edit.dbsession, edit.info.key, owner="ada")


GOOD = [
    ("small", -32768, -32768),
    ("whole", 7, 7),
    ("whole", 7.0, 7),
    ("whole", " 7 ", 7),
    ("whole", "-7", -7),
    ("big", 2**53, 2**53),
    ("big", 2**53 + 1, "9007199254740993"),
    ("big", "-9223372036854775808", "-9223372036854775808"),
    ("flag", True, True),
    ("flag", "false", False),
    ("flag", 1, True),
    ("word", "Grüße 🦊", "Grüße 🦊"),
    ("word", "  x  ", "  x  "),
    ("word", "", ""),
    ("endless", "x" * 2000, "x" * 2000),
    ("char", "ab  ", "ab"),
    ("char", "a\n", "a\n"),
    ("prose", "a\r\nb\\u0000", "a\r\nb\\u0000"),
    ("decorated", "x", "x"),
    ("colour", "RED", "RED"),
    ("colour", Colour.GREEN, "GREEN"),
    ("size", "large", "large"),
    ("price", "1.5", "1.50"),
    ("price", 1, "1.00"),
    ("price", 0.1, "0.10"),
    ("price", decimal.Decimal("-0.00"), "0.00"),
    ("price", "99999999.99", "99999999.99"),
    ("exact", "1500", "1500"),
    ("exact", "1E+3", "1000"),
    ("exact", NAUGHT, "0"),
    ("tenths", "2.5", 2.5),
    ("floating", 0.5, 0.5),
    ("floating", "1e3", 1000.0),
    ("single", 0.1, 0.1),
    ("double", 0.1 + 0.2, 0.1 + 0.2),
    ("double", -0.0, 0.0),
    ("double", 7, 7.0),
    ("day", "2024-02-29", "2024-02-29"),
    ("day", datetime.date(1, 1, 1), "0001-01-01"),
    ("clock", "12:30", "12:30:00"),
    ("clock", datetime.time(1, 2, 3), "01:02:03"),
    ("at", "2024-02-29T12:00", "2024-02-29T12:00:00"),
    ("at", datetime.datetime(2024, 1, 1), "2024-01-01T00:00:00"),
    ("zoned", "2024-02-29T12:00:00+02:00", "2024-02-29T10:00:00Z"),
    ("zoned", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00Z"),
    ("zoned", "2024-02-29T10:00:00", "2024-02-29T10:00:00Z"),
    ("zoned", datetime.datetime(2024, 1, 1, tzinfo=PARIS), "2023-12-31T22:00:00Z"),
    ("precise", "2024-02-29T12:00:00.125", "2024-02-29T12:00:00.125000"),
    ("span", "90", "90.000000"),
    ("span", datetime.timedelta(days=-1), "-86400.000000"),
    ("blob", "AAEC/w==", "AAEC/w=="),
    ("blob", b"\x00\xff", "AP8="),
    ("short_blob", b"1234", "MTIzNA=="),
    ("uuid", SIX, str(SIX)),
    ("uuid", SIX.hex.upper(), str(SIX)),
    ("uuid_text", str(SIX), str(SIX)),
    (
        "data",
        {"b": [1, None, True, "ä"], "a": 0.5},
        {"a": 0.5, "b": [1, None, True, "ä"]},
    ),
    ("data", [], []),
    ("data", "text", "text"),
    ("data", False, False),
    ("binary_data", {"n": 1.0, "m": 1e30, "k": -0.0}, {"n": 1, "m": 10**30, "k": 0}),
    ("binary_data", {"word": "\\u0000"}, {"word": "\\u0000"}),
    ("binary_data", {"deep": [0.1, 1e-7]}, {"deep": [0.1, 1e-7]}),
]


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_a_value_is_the_same_in_the_draft_in_the_journal_and_in_live(
    edit, animal, name, value, expected
):
    done = edit.apply(Set("animal", animal, {name: value}))
    assert done.rows[0].values[name] == expected
    found = reopened(edit)
    assert same(found.row("animal", (animal,)).values[name], expected)
    [entry] = found.journal().items
    assert same(entry.operation["values"], {name: expected})
    assert found.apply(Set("animal", animal, {name: value})).sequence is None
    if found.changes():
        found.save()
    key = found.info.root
    live = Objects(zoo.drafts, edit.dbsession).row("zoo", key, "animal", (animal,))
    assert same(live.values[name], expected)
    assert type(live.values[name]) is type(expected)


@pytest.mark.parametrize(("name", "value", "expected"), GOOD)
def test_what_the_host_wrote_reads_like_what_a_draft_writes(
    edit, dbsession, animal, name, value, expected
):
    field = edit.target.tables["animal"].fields[name]
    dialect = dbsession.get_bind().dialect.name
    spelled = field.codec.parse(value, dialect)
    host = {
        "colour": lambda text: Colour[text],
        "price": decimal.Decimal,
    }.get(name, field.codec.decode)(spelled)
    setattr(dbsession.get_one(Animal, animal), name, host)
    dbsession.flush()
    assert same(edit.row("animal", (animal,)).values[name], expected)
    assert edit.apply(Set("animal", animal, {name: value})).sequence is None


BAD = [
    ("small", 32768, "lie between"),
    ("whole", 2**31, "lie between"),
    ("whole", "9" * 300, "too large"),
    ("whole", "7.5", "no whole|not a whole"),
    ("whole", 7.5, "not a whole"),
    ("whole", True, "not a whole"),
    ("whole", "+-7", "not a whole"),
    ("whole", "٧", "not a whole"),
    ("whole", [7], "not a whole"),
    ("whole", float("inf"), "not a whole"),
    ("big", 2**63, "lie between"),
    ("flag", "yes", "neither true"),
    ("flag", 2, "neither true"),
    ("flag", [], "neither true"),
    ("word", "x" * 11, "At most 10 characters"),
    ("word", 5, "not text"),
    ("word", "a\x00b", "NUL"),
    ("word", "\ud800", "surrogate"),
    ("char", "abcdef", "At most 5"),
    ("colour", "BLUE", "choices"),
    ("colour", ["RED"], "choices"),
    ("price", "1.234", "At most 2 digits"),
    ("price", "1234567890", "At most 8 digits"),
    ("price", "1e400", "stored"),
    ("price", "nan", "stored"),
    ("price", "x", "not a number"),
    ("price", "1" * 400, "stored"),
    ("price", True, "not a number"),
    ("price", {}, "not a number"),
    ("tenths", "0.25", "At most 1 digit"),
    ("floating", "x", "not a number"),
    ("floating", float("nan"), "stored"),
    ("floating", 10**400, "not a number"),
    ("floating", True, "not a number"),
    ("day", "29.02.2024", "not a date"),
    ("day", "2023-02-29", "not a date"),
    ("day", 5, "not a date"),
    ("day", datetime.datetime(2024, 1, 1), "not a date"),
    ("clock", "25:00", "not a time"),
    ("clock", 5, "not a time"),
    ("clock", "12:00+02:00", "no time zone"),
    ("at", "tomorrow", "not a date and time"),
    ("at", 5, "not a date and time"),
    ("at", "2024-01-01T00:00:00Z", "no time zone"),
    ("zoned", "0001-01-01T00:00:00+02:00", "out of range"),
    ("span", "x", "not a number of seconds"),
    ("span", "NaN", "not a number of seconds"),
    ("span", "1e18", "not a number of seconds"),
    ("blob", "%", "not base64"),
    ("blob", "ä", "not base64"),
    ("blob", 5, "not base64"),
    ("short_blob", b"12345", "At most 4 bytes"),
    ("uuid", "6", "not a UUID"),
    ("uuid", 6, "not a UUID"),
    ("data", {1, 2}, "not JSON"),
    ("data", float("nan"), "not JSON"),
    ("data", {"a": ["\x00"]}, "NUL"),
    ("data", {"\ud800": 1}, "surrogate"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_a_value_that_the_column_would_not_keep_is_refused_by_name(
    edit, animal, name, value, message
):
    with pytest.raises(Refused, match=message) as refusal:
        edit.apply(Set("animal", animal, {name: value}))
    [problem] = refusal.value.problems
    assert (problem.table, problem.key, problem.field) == ("animal", (animal,), name)
    assert reopened(edit).changes() == []
    assert reopened(edit).info.version == edit.info.version


def test_every_wrong_value_has_a_problem_of_its_own(edit, animal):
    with pytest.raises(Refused) as refusal:
        edit.apply(Set("animal", animal, {"whole": "x", "day": "x", "none": 1}))
    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"whole", "day", "none"}


def test_mariadb_drops_the_fractions_of_a_second_that_its_columns_drop(edit, animal):
    dialect = edit.dbsession.get_bind().dialect.name
    moment = "2024-02-29T12:00:00.987654"
    edit.apply(Set("animal", animal, at=moment, precise=moment, clock="12:00:00.9"))
    values = reopened(edit).row("animal", (animal,)).values
    if dialect in ("mariadb", "mysql"):
        assert values["at"] == "2024-02-29T12:00:00"
        assert values["precise"] == "2024-02-29T12:00:00.987000"
        assert values["clock"] == "12:00:00"
    else:
        assert values["at"] == values["precise"] == moment
        assert values["clock"] == "12:00:00.900000"


def test_floats_of_four_bytes_have_the_digits_that_the_database_shows(edit, animal):
    dialect = edit.dbsession.get_bind().dialect.name
    long = 0.123456789
    edit.apply(Set("animal", animal, single=long, floating=long, double=long))
    values = reopened(edit).row("animal", (animal,)).values
    on_mariadb = dialect in ("mariadb", "mysql")
    assert values["double"] == long
    assert values["floating"] == (0.123457 if on_mariadb else long)
    assert values["single"] == (0.12345679 if dialect == "postgresql" else long)


singles = (
    st.floats(width=32, allow_nan=False, allow_infinity=False)
    | st.integers(-(10**9), 10**9)
    | st.integers(-149, 127).map(lambda power: 2.0**power)
)


@pytest.mark.only_on("postgresql", "mariadb")
@given(given=singles)
@example(given=177718505)  # six digits of it are halfway between two floats
@example(given=177719000)
@example(given=3.4028234663852886e38)  # the largest
@example(given=1e-45)  # the smallest
def test_a_float_of_four_bytes_comes_back_as_it_was_taken(dbsession, animal, given):
    dialect = dbsession.get_bind().dialect.name
    kind = sa.REAL() if dialect == "postgresql" else sa.Float()
    taken = codec(kind).parse(given, dialect)
    with dbsession.begin_nested() as savepoint:
        table = sa.table(
            "animal", sa.column("single", kind), sa.column("floating", kind)
        )
        name = "single" if dialect == "postgresql" else "floating"
        where = sa.column("id") == animal
        dbsession.execute(sa.update(table).values({name: taken}).where(where))
        found = dbsession.scalar(sa.select(table.c[name]).where(where))
        savepoint.rollback()
    assert found == taken


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_number_too_large_for_its_float_is_refused(dialect):
    column = {"postgresql": sa.REAL(), "mariadb": sa.Float()}[dialect]
    with pytest.raises(ValueError, match="too large"):
        codec(column).parse(1e39, dialect)


def test_a_decimal_that_sqlite_would_round_is_refused_there_only():
    price = codec(sa.Numeric(30, 15))
    digits = "123456789.123456789012345"
    assert price.parse(digits, "postgresql") == digits
    with pytest.raises(ValueError, match="that many digits"):
        price.parse(digits, "sqlite")


def test_a_uuid_that_mariadb_does_not_take_is_refused_there_only():
    odd = "85750621-02fb-cd4f-357f-bc5af71a1bfc"
    assert codec(sa.Uuid()).parse(odd, "postgresql") == odd
    with pytest.raises(ValueError, match="does not take this UUID"):
        codec(sa.Uuid()).parse(odd, "mariadb")


def test_only_an_order_key_is_taken_as_one():
    key = between(None, None)
    assert codec(OrderKey()).parse(key, "sqlite") == key
    for value in (7, "no key"):
        with pytest.raises(ValueError, match="no order key"):
            codec(OrderKey()).parse(value, "sqlite")


def test_texts_and_bytes_longer_than_mariadb_keeps_are_refused_there_only():
    for column, value in ((sa.Text(), "ä" * 2**15), (sa.LargeBinary(), b"x" * 2**16)):
        codec(column).parse(value, "postgresql")
        with pytest.raises(ValueError, match="At most 65535 bytes"):
            codec(column).parse(value, "mariadb")


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        (sa.Integer(), 1, 1.0),
        (sa.Integer(), 1, "1"),
        (sa.BigInteger(), 2**60, str(2**60)),
        (sa.Numeric(8, 2), 1, "1.0"),
        (sa.Numeric(8, 2), "1.00", 1.0),
        (sa.Numeric(), "150", "1.5E2"),
        (sa.Float(), 1, "1.0"),
        (sa.DateTime(timezone=True), "2024-01-01T12:00+02:00", "2024-01-01T10:00Z"),
        (sa.DateTime(), "2024-01-01T12:00", "2024-01-01 12:00:00.000"),
        (sa.Time(), "12:00", "12:00:00.000"),
        (sa.JSON(), {"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (sa.JSON(), {"a": 1}, {"a": 1.0}),
        (sa.Uuid(), SIX, f"{{{SIX}}}"),
        (sa.LargeBinary(), b"x", "eA=="),
        (sa.Boolean(), True, "true"),
        (sa.CHAR(3), "a", "a  "),
        (sa.Interval(), "60", "60.0"),
    ],
)
def test_equal_values_that_differ_in_form_are_no_change(backend, column, one, other):
    known = codec(column)
    assert same(known.parse(one, backend), known.parse(other, backend))


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), (0, False), (None, ""), (None, 0), ("1", 1), ([], {})]
)
def test_values_that_only_python_takes_for_equal_are_not(one, other):
    assert not same(one, other)


def test_canonical_text_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'


@pytest.mark.parametrize(
    "column", [sa.PickleType(), sa.ARRAY(sa.Integer), sa.types.NullType()]
)
def test_a_column_type_that_has_no_json_form_is_refused(column):
    with pytest.raises(BadModel, match="cannot be drafted"):
        codec(column)


def test_a_new_object_has_a_key_below_every_live_one(dbsession, animal):
    edit = zoo.drafts.open(dbsession, Zoo, owner="ada")
    assert edit.info.root == (-1,)
    assert edit.apply(Set("zoo", -1, name="Berlin")).rows[0].state == "new"
    assert edit.apply(Insert("animal", {})).operation.key == (-2,)


def test_a_field_tells_its_choices(edit):
    fields = edit.target.tables["animal"].fields
    assert fields["colour"].choices == ("RED", "GREEN")
    assert fields["word"].choices is None


def test_a_moment_of_ours_has_a_zone():
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime.datetime(2024, 1, 1), None)


texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)
numbers = st.integers() | st.floats() | st.decimals() | texts
anything = {
    "small": numbers,
    "big": st.integers(-(2**63), 2**63 - 1) | numbers,
    "flag": st.booleans() | texts,
    "word": texts,
    "char": texts,
    "prose": texts,
    "colour": st.sampled_from(["RED", "GREEN", "BLUE"]),
    "price": numbers,
    "exact": numbers,
    "tenths": numbers,
    "single": numbers,
    "floating": numbers,
    "double": numbers,
    "day": st.dates() | texts,
    "clock": st.times() | texts,
    "at": st.datetimes() | texts,
    "zoned": st.datetimes(timezones=st.timezones()) | texts,
    "precise": st.datetimes() | texts,
    "span": st.timedeltas() | numbers,
    "blob": st.binary() | texts,
    "short_blob": st.binary(),
    "uuid": st.uuids() | texts,
    "data": json_values,
    "binary_data": json_values,
}


@given(values=st.fixed_dictionaries({}, optional=anything))
def test_any_value_is_refused_or_comes_back_exactly(dbsession, animal, values):
    key = dbsession.get_one(Animal, animal).zoo_id
    with dbsession.begin_nested() as savepoint:
        edit = zoo.drafts.open(dbsession, Zoo, key, owner="ada")
        kept = {}
        for name, value in values.items():
            try:
                edit.apply(Set("animal", animal, {name: value}))
            except Refused:
                continue
            kept[name] = value
        edit = reopened(edit)
        assert edit.apply(Set("animal", animal, kept)).sequence is None
        if edit.info.undo:
            edit.undo(edit.info.undo)
        done = edit.apply(Set("animal", animal, kept))
        values = edit.row("animal", (animal,)).values
        if done.operation is not None:
            assert json.loads(json.dumps(done.operation.to_json()["values"])) == {
                name: values[name] for name in done.operation.values
            }
        assert same(reopened(edit).row("animal", (animal,)).values, values)
        if edit.changes():
            reopened(edit).save()
        live = Objects(zoo.drafts, dbsession).row("zoo", (key,), "animal", (animal,))
        assert same(live.values, values)
        savepoint.rollback()
    dbsession.expire_all()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64 + 1, 10**400])
def test_a_json_number_that_sqlite_makes_a_float_of_is_refused(
    dbsession, animal, number
):
    key = dbsession.get_one(Animal, animal).zoo_id
    edit = zoo.drafts.open(dbsession, Zoo, key, owner="ada")
    with pytest.raises(Refused, match="SQLite keeps whole numbers this long"):
        edit.apply(Set("animal", animal, {"data": number}))
    for kept in (2**63 - 1, -(2**63), 10**30, [number], {"a": number}):
        edit.apply(Set("animal", animal, {"data": kept}))
        assert reopened(edit).row("animal", (animal,)).values["data"] == kept
