"""What a database's object says of a table is so in the database."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects import ALL
from draftedit.engine.dialects.facts import RealKey
from tests.engine.dialects.provoking import counted, thing


def test_the_unique_keys_of_a_table_are_found(connection, here):
    [key] = here.unique_keys(connection, thing)
    assert key.terms == ("code",)
    assert (key.predicate, key.excludes, key.deferrable) == (None, False, False)
    assert key.nulls_differ
    assert isinstance(key, RealKey)


def test_a_partial_index_is_found_with_its_condition_or_cannot_be_made(
    empty_database, here
):
    made = "CREATE UNIQUE INDEX u ON one (a) WHERE b = 1"
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (a INTEGER, b INTEGER)")
        if not here.partial_indexes:
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql(made)
            return
        connection.exec_driver_sql(made)
        [key] = here.unique_keys(connection, sa.table("one"))
    assert (key.name, key.terms) == ("u", ("a",))
    assert "b = 1" in key.predicate


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("defers_unique", "UNIQUE (a) DEFERRABLE"),
        ("excludes", "EXCLUDE (a WITH =)"),
    ],
)
def test_a_kind_of_key_is_there_or_is_refused(empty_database, here, answer, words):
    with empty_database.engine.connect() as connection:
        is_made = True
        try:
            connection.exec_driver_sql(
                f"CREATE TABLE one (a INTEGER, CONSTRAINT k {words})"
            )
        except DBAPIError:
            is_made = False
    assert is_made == getattr(here, answer)


def test_what_sqlalchemy_does_not_reflect_is_told(connection, here):
    reflected = sa.Table("thing", sa.MetaData(), autoload_with=connection)
    facts = here.facts(connection, reflected)
    assert facts.collations.keys() == {"code", "must", "word"}
    assert facts.rolls_back
    counting = sa.Table("counted", sa.MetaData(), autoload_with=connection)
    assert here.facts(connection, counting).counts_on


def test_a_byte_wise_collation_is_told_from_another(connection, here, how):
    other, bytes_ = how.collations
    assert here.is_byte_wise(connection, bytes_)
    assert not here.is_byte_wise(connection, other)


def test_a_column_gets_its_default(connection, here, rows):
    default = here.default_of(connection, counted.c.level)
    connection.execute(sa.insert(counted).values(level=1))
    connection.execute(sa.update(counted).values(level=default))
    assert connection.scalar(sa.select(counted.c.level)) == 7


def test_a_column_without_a_default_gets_null(connection, here):
    default = here.default_of(connection, counted.c.note)
    connection.execute(sa.insert(counted).values(note="x"))
    connection.execute(sa.update(counted).values(note=default))
    assert connection.scalar(sa.select(counted.c.note)) is None


def test_a_counted_key_takes_0_or_the_next(connection, here):
    connection.execute(sa.insert(counted).values(id=0))
    taken = connection.scalar(sa.select(counted.c.id))
    assert (taken != 0) == here.zero_is_next


def test_the_key_of_a_deleted_row_comes_again_where_that_is_said(empty_database, here):
    counting = sa.Column("id", sa.Integer, primary_key=True)
    table = sa.Table("one", sa.MetaData(), counting)
    kind = table.c.id.type.compile(dialect=empty_database.engine.dialect)
    with empty_database.engine.connect() as connection:
        table.create(connection)
        before = connection.execute(sa.insert(table)).inserted_primary_key
        connection.execute(sa.delete(table))
        after = connection.execute(sa.insert(table)).inserted_primary_key
    assert (before == after) == here.reuses_keys(table, kind)


def test_a_key_that_the_database_alone_gives_is_named_with_its_words(
    empty_database, here
):
    if not here.identity_override:
        return
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE one (id INTEGER GENERATED ALWAYS AS IDENTITY)"
        )
        connection.exec_driver_sql(
            f"INSERT INTO one (id) {here.identity_override} VALUES (5)"
        )
        assert connection.exec_driver_sql("SELECT id FROM one").scalar() == 5


def test_tables_that_hide_rows_are_found_where_there_are_any(empty_database, here, how):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        for statement in how.secures:
            connection.exec_driver_sql(statement)
        found = here.secured_tables(connection)
        assert [name for _, name, _ in found] == (["one"] if how.secures else [])
        numbers = [number for *_, number in found]
        assert not any(here.hides_rows(connection, number) for number in numbers)
        # Whoever owns the table sees all of it.
        assert [*here.row_changes(connection, numbers)] == []


def test_a_column_with_a_foreign_key_is_dropped_or_refused(empty_database, here):
    """SQLite refuses as well, but has the table made anew."""
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE two (id INTEGER, one INTEGER,"
            " FOREIGN KEY (one) REFERENCES one (id))"
        )
        is_dropped = True
        try:
            connection.exec_driver_sql("ALTER TABLE two DROP COLUMN one")
        except DBAPIError:
            is_dropped = False
    assert is_dropped == (not here.keeps_foreign_keys and not here.remakes_tables)


def test_the_options_that_a_remade_table_needs(connection, here):
    options = here.remaking_options(connection, "counted")
    assert bool(options) == here.remakes_tables
    assert all(options.values())
    assert not any(here.remaking_options(connection, "thing").values())


def test_every_index_is_listed(connection, here):
    look = sa.inspect(connection)
    indexes = look.get_indexes("thing", **here.index_options)
    columns = [one["column_names"] for one in indexes if one["unique"]]
    columns += [one["column_names"] for one in look.get_unique_constraints("thing")]
    assert ["code"] in columns


def test_a_file_or_a_server(database, here):
    file = here.file_of(database.engine.url)
    assert (file == database.engine.url.database) == (here.extra is None)
    assert (file is None) == (here.extra is not None)


def test_the_character_set_of_the_tests_holds_every_text(connection, here):
    assert here.charset_advice(connection) is None


def test_a_stored_type_is_the_one_that_is_reflected(empty_database, here):
    kinds = {"a": sa.LargeBinary(100), "b": sa.LargeBinary(70_000), "c": sa.REAL()}
    table = sa.Table("one", sa.MetaData(), *(sa.Column(n, k) for n, k in kinds.items()))
    engine = empty_database.engine
    table.create(engine)
    real = sa.Table("one", sa.MetaData(), autoload_with=engine)
    for name, kind in kinds.items():
        stored = here.stored_type(kind).compile(dialect=engine.dialect)
        reflected = real.c[name].type.compile(dialect=engine.dialect)
        assert stored.split("(")[0] == reflected.split("(")[0]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.title)
def test_schemas_are_names(one):
    class Inspector:
        def get_schema_names(self):
            return ["public", "other", "information_schema"]

    assert set(one.schemas(Inspector())) in (set(), {"public", "other"})
