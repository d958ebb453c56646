"""What a database's object says of values is what comes back from the database."""

import datetime
import decimal
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects import ANY, UnknownDatabase, values_of, with_types
from draftedit.engine.values.column_types import counted_type, name_type
from draftedit.engine.values.order_key import OrderKey

BIG = 2**64 + 1


@pytest.fixture
def kept(empty_database):
    """Return `kept(type, value)`: what comes back; None: it is refused."""

    def kept(kind, value):
        table = sa.Table("kept", sa.MetaData(), sa.Column("value", kind))
        with empty_database.engine.connect() as connection:
            table.create(connection)
            connection.commit()
            try:
                connection.execute(sa.insert(table).values(value=value))
                return connection.scalar(sa.select(table.c.value))
            except (DBAPIError, ValueError):
                return None
            finally:
                connection.rollback()
                table.drop(connection)
                connection.commit()

    return kept


def test_a_fraction_of_a_second_has_the_digits_that_are_told(here, kept):
    moment = datetime.datetime(2024, 2, 29, 12, 30, 15, 123_456)
    step = 10 ** (6 - here.second_digits(sa.DateTime()))
    expected = moment.replace(microsecond=moment.microsecond // step * step)
    assert kept(sa.DateTime(), moment) == expected


def test_our_own_type_of_a_moment_keeps_microseconds(here, kept):
    moment = datetime.datetime(2024, 2, 29, 12, 30, 15, 123_456)
    kind = with_types(sa.DateTime(), lambda one: one.moment_type())
    assert kept(kind, moment) == moment


def test_a_date_before_christ_is_kept_or_refused(here, connection):
    wanted = sa.text("SELECT CAST(CAST('0044-03-15 BC' AS DATE) AS CHAR(13))")
    try:
        with connection.begin_nested():
            spelled = str(connection.scalar(wanted)).strip()
    except DBAPIError:
        spelled = None
    assert (spelled == "0044-03-15 BC") == here.keeps_odd_times


def test_a_time_of_300_hours_is_kept_where_it_is_a_span(here, connection):
    wanted = sa.text("SELECT CAST(CAST('300:00:00' AS TIME) AS CHAR(9))")
    try:
        with connection.begin_nested():
            spelled = str(connection.scalar(wanted))
    except DBAPIError:
        spelled = None
    assert (spelled == "300:00:00") == here.time_is_span


def test_a_span_has_the_digits_that_are_told(here, kept):
    span = datetime.timedelta(days=1, microseconds=123_456)
    expected = span if here.span_digits else datetime.timedelta(days=1)
    assert kept(sa.Interval(), span) == expected


def test_a_column_limits_its_numbers_where_that_is_told(here, kept):
    assert (kept(sa.SmallInteger(), 70_000) is None) == here.limits_integers


def test_a_decimal_comes_back_exactly_unless_it_is_a_float(here, kept):
    number = decimal.Decimal("12345678901234567.89")
    exact = kept(sa.Numeric(19, 2), number) == number
    assert exact == (not here.decimals_are_floats)


def test_a_plain_decimal_has_the_digits_that_are_told(here, kept):
    whole, fraction = here.decimal_digits(sa.Numeric())
    if whole is not None:
        assert kept(sa.Numeric(), 10**whole) is None
        assert kept(sa.Numeric(), 10**whole - 1) == 10**whole - 1
    if fraction is None:
        assert kept(sa.Numeric(), decimal.Decimal("0.000000000001")) > 0


@pytest.mark.parametrize("kind", [sa.Float(), sa.REAL(), sa.Double(), sa.Float(53)])
def test_a_float_has_the_bits_that_are_told(here, kept, kind):
    number = 1 + 2**-40  # 41 bits
    assert (kept(kind, number) == number) == (here.float_bits(kind) > 40)


@pytest.mark.parametrize(
    "text",
    ["12345678-1234-4234-8234-123456789abc", "12345678-1234-f234-0234-123456789abc"],
)
def test_a_uuid_is_taken_or_refused_as_told(here, kept, text):
    assert (kept(sa.Uuid(), uuid.UUID(text)) is not None) == here.takes_uuid(text)


@pytest.mark.parametrize("number", [2**63 - 1, BIG, -BIG])
def test_a_number_that_is_all_of_a_json_value_is_kept_as_told(here, kept, number):
    if here.keeps_json_number(number):
        assert kept(sa.JSON(), number) == number
    else:
        assert kept(sa.JSON(), number) != number


@pytest.mark.parametrize("kind", [sa.Text(), sa.LargeBinary()])
def test_a_text_or_blob_holds_what_is_told_and_ours_more(here, kept, kind):
    most = here.most_bytes(kind) or 2**16
    value = "x" if isinstance(kind, sa.Text) else b"x"
    assert kept(kind, value * most) == value * most
    if here.most_bytes(kind) is not None:
        assert kept(kind, value * (most + 1)) is None
    long = with_types(kind, lambda one: one.long_type(kind))
    assert kept(long, value * (most + 1)) == value * (most + 1)


@pytest.mark.parametrize("kind", [OrderKey(), name_type(20)])
def test_types_of_ours_compare_bytes(empty_database, kind):
    table = sa.Table("sorted", sa.MetaData(), sa.Column("value", kind))
    with empty_database.engine.connect() as connection:
        table.create(connection)
        values = ["a00001", "B00001", "A00001"]
        connection.execute(sa.insert(table), [{"value": one} for one in values])
        found = connection.scalars(sa.select(table.c.value).order_by(table.c.value))
        assert [*found] == sorted(values)


def test_blanks_at_the_end_count_where_that_is_asked(kept, empty_database):
    exact = with_types(sa.String(9), lambda one: one.exact_type(9, counts_blanks=True))
    table = sa.Table("kept", sa.MetaData(), sa.Column("value", exact, unique=True))
    with empty_database.engine.connect() as connection:
        table.create(connection)
        connection.execute(sa.insert(table), [{"value": "a"}, {"value": "a "}])
        assert len(connection.execute(sa.select(table)).all()) == 2


def test_a_key_of_ours_is_counted_and_of_64_bits(empty_database):
    key = sa.Column("id", counted_type(), primary_key=True)
    table = sa.Table("one", sa.MetaData(), key)
    with empty_database.engine.connect() as connection:
        table.create(connection)
        connection.execute(sa.insert(table))
        connection.execute(sa.insert(table).values(id=2**62))
        keys = connection.scalars(sa.select(table.c.id).order_by(table.c.id))
        assert [*keys] == [1, 2**62]


def test_a_text_has_the_collation_of_its_table_where_that_is_told(here):
    words = {"charset": "latin1", "collation": "latin1_bin"}
    for kind in (sa.String(5), sa.CHAR(5), sa.Text()):
        own = here.table_type(kind, words)
        assert (own.collation == "latin1_bin") == here.tables_have_collations
        assert own.length == kind.length


def test_json_as_deep_as_the_journal_nests_it_is_read(here, connection, kept):
    levels = (here.json_levels or 28) + 3
    deep = 1
    for _ in range(levels):
        deep = [deep]
    assert kept(sa.JSON(), deep) == deep


def test_what_holds_on_any_database_is_answered_without_one():
    assert values_of(ANY).second_digits(sa.DateTime()) == 6
    with pytest.raises(UnknownDatabase, match="'oracle'"):
        values_of("oracle")


def test_a_statement_is_printed_without_any_database():
    column = sa.column("place", OrderKey())
    assert str(sa.select(column)) == "SELECT place"
    assert "VARCHAR" in str(sa.cast(column, OrderKey()))
