"""What differs from the models is one clear line each, which says what it means."""

import pytest
import sqlalchemy as sa

from draftedit.service.doctor import OWN
from draftedit.service.doctor.compare_columns import type_comparison
from draftedit.service.doctor.parts import compare_own
from tests.service.doctor import menu


def test_a_healthy_database_gives_no_finding_and_nothing_is_left_behind(engine):
    before = menu.everything(engine)

    report = menu.drafts.probe(engine)

    assert report.is_healthy
    assert (report.faults, report.notes) == ((), ())
    steps = ["open", "page", "set", "undo", "save", "history", "revert", "insert"]
    assert [(one.target, one.part, list(one.tried)) for one in report.parts] == [
        (OWN, OWN, []),
        ("menu", "menu", [*steps, "delete"]),
        ("menu", "dish", [*steps, "move", "delete"]),
    ]
    assert menu.everything(engine) == before


def test_a_missing_table_is_one_line_and_nothing_is_tried(engine, spoil):
    spoil("DROP TABLE dish_history")

    report = menu.drafts.probe(engine)

    [fault] = report.faults
    assert (fault.part, fault.step, fault.blocks) == ("dish", "compare", True)
    assert fault.meaning == (
        "the table dish_history is missing in the database: nothing can be drafted"
        " until a migration makes it"
    )
    assert [one.tried for one in report.parts] == [(), (), ()]


def test_a_missing_table_of_the_host_is_one_line_and_nothing_is_tried(engine, spoil):
    spoil("DROP TABLE dish")

    report = menu.drafts.probe(engine)

    [fault] = report.faults
    assert fault.meaning.startswith("the table dish is missing in the database")
    assert [one.tried for one in report.parts] == [(), (), ()]


def test_a_missing_table_of_our_own_is_one_line_and_nothing_is_tried(engine, spoil):
    spoil("DROP TABLE draftedit_kept_row")

    report = menu.drafts.probe(engine)

    [fault] = report.faults
    assert (fault.target, fault.part) == (OWN, OWN)
    assert fault.meaning.startswith(
        "the table draftedit_kept_row is missing in the database"
    )
    assert [one.tried for one in report.parts] == [(), (), ()]


def test_a_missing_column_is_one_line(faults, spoil):
    spoil("ALTER TABLE dish DROP COLUMN price")

    assert faults() == [
        (
            "dish",
            "the column dish.price is missing in the database: whatever reads or writes"
            " the table fails until a migration adds it",
        )
    ]


def test_a_column_that_no_model_knows_is_one_line(faults, spoil):
    spoil("ALTER TABLE dish ADD COLUMN salt INTEGER")

    assert faults() == [
        (
            "dish",
            "the models do not know the column dish.salt; a deleted row that a revert"
            " brings back has lost its value",
        )
    ]


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_column_that_must_be_given_and_no_model_knows_is_one_line(faults, spoil):
    spoil(
        "ALTER TABLE dish_draft ADD COLUMN salt INTEGER NOT NULL",
    )

    [(part, meaning)] = [one for one in faults() if "models do not know" in one[1]]

    assert part == "dish"
    assert meaning == (
        "the models do not know the column dish_draft.salt, which may not be NULL: no"
        " row can be inserted"
    )


TYPES = {
    "sqlite": (
        "ALTER TABLE dish DROP COLUMN price",
        "ALTER TABLE dish ADD COLUMN price VARCHAR(9)",
    ),
    "postgresql": ("ALTER TABLE dish ALTER price TYPE VARCHAR(9)",),
    "mariadb": ("ALTER TABLE dish MODIFY price VARCHAR(9)",),
}


def test_another_type_is_one_line(faults, spoil, backend):
    spoil("UPDATE dish SET price = NULL", *TYPES[backend])

    found = [one for one in faults() if "VARCHAR" in one[1]]

    assert found == [
        (
            "dish",
            "the column dish.price is VARCHAR(9) in the database and INTEGER in the"
            " models: values may be refused, cut or changed",
        )
    ]


LENGTHS = {
    "sqlite": (
        "ALTER TABLE dish DROP COLUMN name",
        "ALTER TABLE dish ADD COLUMN name VARCHAR(9)",
    ),
    "postgresql": ("ALTER TABLE dish ALTER name TYPE VARCHAR(9)",),
    "mariadb": ("ALTER TABLE dish MODIFY name VARCHAR(9)",),
}


def test_another_length_is_one_line(faults, spoil, backend):
    spoil(*LENGTHS[backend])

    [(part, meaning)] = faults()

    assert part == "dish"
    assert meaning.startswith("the column dish.name is VARCHAR(9) in the database and")


@pytest.mark.only_on("mariadb")
def test_a_number_without_a_sign_is_one_line(faults, spoil):
    spoil("ALTER TABLE dish MODIFY price INTEGER UNSIGNED")

    [(part, meaning)] = faults()

    assert part == "dish"
    assert "is INTEGER(10) UNSIGNED in the database and INTEGER in the" in meaning


NOT_NULL = {
    "sqlite": (
        "ALTER TABLE dish DROP COLUMN price",
        "ALTER TABLE dish ADD COLUMN price INTEGER NOT NULL DEFAULT 1",
    ),
    "postgresql": ("ALTER TABLE dish ALTER price SET NOT NULL",),
    "mariadb": ("ALTER TABLE dish MODIFY price INTEGER NOT NULL",),
}


def test_a_column_that_only_the_database_demands_is_one_line(faults, spoil, backend):
    spoil(*NOT_NULL[backend])

    assert faults() == [
        (
            "dish",
            "the column dish.price may not be NULL in the database, but may in the"
            " models: a draft may leave it empty, and its save is refused",
        )
    ]


NULL = {
    "sqlite": (
        "DROP TABLE menu",
        "CREATE TABLE menu (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
        " name VARCHAR(20) UNIQUE)",
    ),
    "postgresql": ("ALTER TABLE menu ALTER name DROP NOT NULL",),
    "mariadb": ("ALTER TABLE menu MODIFY name VARCHAR(20)",),
}


def test_a_column_that_only_the_models_demand_is_one_line(faults, spoil, backend):
    spoil("DELETE FROM dish", *NULL[backend])

    assert faults() == [
        (
            "menu",
            "the column menu.name may be NULL in the database, and not in the models:"
            " a row without a value cannot be edited",
        )
    ]


def test_another_primary_key_is_one_line(faults, spoil, backend):
    names = {
        "postgresql": "CONSTRAINT pk_draftedit_draft_object",
        "mariadb": "PRIMARY KEY",
    }
    if backend == "sqlite":
        spoil(
            "DROP TABLE draftedit_task_worker",
            "CREATE TABLE draftedit_task_worker (name VARCHAR(255) NOT NULL,"
            " seen_at DATETIME NOT NULL, PRIMARY KEY (name, seen_at))",
            "CREATE INDEX ix_draftedit_task_worker_seen_at"
            " ON draftedit_task_worker (seen_at)",
        )
    else:
        drop = names[backend].replace("draft_object", "task_worker")
        spoil(
            f"ALTER TABLE draftedit_task_worker DROP {drop}",
            "ALTER TABLE draftedit_task_worker ADD PRIMARY KEY (name, seen_at)",
        )

    [(part, meaning)] = [one for one in faults() if "primary key" in one[1]]

    assert part == OWN
    assert meaning == (
        "the primary key of draftedit_task_worker is (name, seen_at) in the database"
        " and (name) in the models: rows are taken for one another"
    )


def test_a_missing_index_of_a_parent_is_a_line(faults, spoil, backend):
    on = " ON dish" if backend == "mariadb" else ""
    if backend == "mariadb":  # its foreign key needs one
        spoil("CREATE INDEX ix_other ON dish (menu_id)")
    spoil(f"DROP INDEX ix_dish{on}")

    found = faults()

    if backend == "mariadb":
        assert found == [
            (
                "dish",
                "the index ix_dish is missing in the database: every page of dish below"
                " a parent asks for it by name, and fails",
            )
        ]
        return
    assert found == [
        (
            "dish",
            "dish has no index that starts with (menu_id): every page of it reads the"
            " whole table",
        )
    ]


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_missing_index_of_the_order_is_one_line(faults, spoil):
    spoil("DROP INDEX ix_dish", "CREATE INDEX ix_other ON dish (menu_id)")

    assert faults() == [
        (
            "dish",
            "the index ix_dish (menu_id, place, id) is missing in the database: every"
            " page of dish sorts all rows of their parent",
        )
    ]


@pytest.mark.only_on("sqlite", "postgresql")
def test_the_index_of_the_order_may_have_another_name(faults, spoil):
    spoil("DROP INDEX ix_dish", "CREATE INDEX ix_other ON dish (menu_id, place, id)")

    assert faults() == []


def test_a_missing_index_of_ours_is_one_line(faults, spoil, backend):
    on = " ON dish_history" if backend == "mariadb" else ""
    spoil(f"DROP INDEX ix_dish_history_revision{on}")

    assert faults() == [
        (
            "dish",
            "the index ix_dish_history_revision (root, revision) is missing in the"
            " database: pages of drafts and of history become slow as they grow",
        )
    ]


def test_a_unique_key_that_only_the_models_have_is_one_line(faults, spoil, backend):
    if backend == "sqlite":
        spoil(
            "DELETE FROM dish",
            "DROP TABLE menu",
            "CREATE TABLE menu (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
            " name VARCHAR(20) NOT NULL)",
        )
    elif backend == "postgresql":
        spoil("ALTER TABLE menu DROP CONSTRAINT menu_name_key")
    else:
        spoil("DROP INDEX name ON menu")

    assert faults() == [
        (
            "menu",
            "menu (name) is unique in the models and not in the database: two rows of"
            " the same values can be saved",
        )
    ]


ORDER = {
    "sqlite": (
        "DROP INDEX ix_dish",
        "ALTER TABLE dish DROP COLUMN place",
        "ALTER TABLE dish ADD COLUMN place VARCHAR(64) NOT NULL DEFAULT 'V00000'"
        " COLLATE NOCASE",
        "CREATE INDEX ix_dish ON dish (menu_id, place, id)",
    ),
    "postgresql": ('ALTER TABLE dish ALTER place TYPE VARCHAR(64) COLLATE "sorting"',),
    "mariadb": (
        "ALTER TABLE dish MODIFY place VARCHAR(64) CHARACTER SET ascii"
        " COLLATE ascii_general_ci NOT NULL",
    ),
}


# A collation "sorting" made of one that PostgreSQL has: which it has depends on how it
# was built, and on the system. Where all compare bytes, the order could have no other.
SORTING = """
DO $$ DECLARE one RECORD; less BOOLEAN; BEGIN
    FOR one IN SELECT collname FROM pg_collation
        WHERE collencoding IN (-1, (SELECT encoding FROM pg_database
                                    WHERE datname = current_database()))
        AND collname <> 'default' ORDER BY collname
    LOOP
        EXECUTE format('SELECT ''B'' < ''a'' COLLATE %I', one.collname) INTO less;
        IF NOT less THEN
            EXECUTE format('CREATE COLLATION sorting FROM %I', one.collname);
            RETURN;
        END IF;
    END LOOP;
END $$
"""


@pytest.fixture
def sorting(engine, backend, spoil):
    """See that there is a collation that does not compare bytes, or skip the test."""
    if backend == "postgresql":
        spoil(SORTING)
        with engine.connect() as connection:
            found = sa.text("SELECT 1 FROM pg_collation WHERE collname = 'sorting'")
            if connection.scalar(found) is None:
                pytest.skip("all collations of this PostgreSQL compare bytes")


def test_an_order_that_does_not_compare_bytes_is_one_line(
    sorting, faults, spoil, backend
):
    spoil(*ORDER[backend])

    [(part, meaning)] = faults()

    assert part == "dish"
    assert meaning.startswith("the order column dish.place has the collation ")
    assert meaning.endswith("rows are shown, and moved to, where they do not belong")


@pytest.mark.only_on("postgresql")
def test_an_order_of_the_databases_own_collation_is_fine_if_that_compares_bytes(
    engine, faults, spoil
):
    spoil('ALTER TABLE dish ALTER place TYPE VARCHAR(64) COLLATE "default"')
    with engine.connect() as connection:
        compares_bytes = connection.scalar(sa.text("SELECT 'B' < 'a'"))

    found = [meaning[:45] for _, meaning in faults()]

    fault = "the order column dish.place has the collation"
    assert found == ([] if compares_bytes else [fault])


COLLATIONS = {
    "sqlite": (
        "ALTER TABLE dish DROP COLUMN name",
        "ALTER TABLE dish ADD COLUMN name VARCHAR(20) COLLATE NOCASE",
    ),
    "postgresql": ('ALTER TABLE dish ALTER name TYPE VARCHAR(20) COLLATE "C"',),
    "mariadb": ("ALTER TABLE dish MODIFY name VARCHAR(20) COLLATE utf8mb4_bin",),
}


def test_texts_that_the_draft_tables_compare_otherwise_are_one_line(
    faults, spoil, backend
):
    spoil(*COLLATIONS[backend])

    [(part, meaning)] = faults()

    assert part == "dish"
    assert meaning.startswith("the column name has collations that are not one (dish ")


@pytest.mark.only_on("mariadb")
def test_a_collation_that_is_not_the_models_is_one_line(faults, spoil):
    spoil("ALTER TABLE draftedit_draft MODIFY owner VARCHAR(255) NOT NULL")

    [(part, meaning)] = faults()

    assert part == OWN
    begins = "the column draftedit_draft.owner has the collation utf8mb4_"
    assert meaning.startswith(begins)
    assert "and utf8mb4_bin in the models" in meaning


def test_a_foreign_key_that_no_model_knows_is_one_line(faults, spoil):
    spoil(
        "CREATE TABLE guest (id INTEGER PRIMARY KEY, menu_id INTEGER,"
        " FOREIGN KEY (menu_id) REFERENCES menu (id) ON DELETE CASCADE)",
    )

    assert faults() == [
        (
            "menu",
            "guest (menu_id) refers to menu (ON DELETE CASCADE), and no model says so:"
            " a delete of a row that others of guest refer to deletes these, too",
        )
    ]


@pytest.mark.only_on("postgresql", "mariadb")
def test_a_foreign_key_that_only_the_models_have_is_a_note(engine, spoil, backend):
    names = {"postgresql": "dish_menu_id_fkey", "mariadb": "dish_ibfk_1"}
    kind = {"postgresql": "CONSTRAINT", "mariadb": "FOREIGN KEY"}
    spoil(f"ALTER TABLE dish DROP {kind[backend]} {names[backend]}")

    report = menu.drafts.probe(engine)

    assert report.is_healthy
    assert [(one.part, one.meaning) for one in report.notes] == [
        (
            "dish",
            "dish (menu_id) refers to menu in the models, and the database does not"
            " see to it: others may delete what a draft refers to",
        )
    ]


@pytest.mark.only_on("sqlite")
def test_counted_keys_without_autoincrement_are_a_note(engine, spoil):
    spoil(
        "DELETE FROM dish",
        "DROP TABLE menu",
        "CREATE TABLE menu (id INTEGER PRIMARY KEY NOT NULL,"
        " name VARCHAR(20) NOT NULL UNIQUE)",
    )

    report = menu.drafts.probe(engine)

    assert report.is_healthy
    assert report.notes[0].meaning == (
        "menu.id lacks AUTOINCREMENT: SQLite gives the key of a deleted row to a new"
        " one"
    )


@pytest.mark.only_on("mariadb")
def test_a_table_that_takes_nothing_back_is_one_line_and_nothing_is_tried(
    engine, spoil
):
    spoil("ALTER TABLE dish_draft DROP FOREIGN KEY fk_dish_draft_draft_draftedit_draft")
    spoil("ALTER TABLE dish_draft ENGINE = MyISAM")

    report = menu.drafts.probe(engine)

    [fault] = report.faults
    assert fault.meaning.startswith("the table dish_draft is of an engine without")
    assert {one.tried for one in report.parts} == {()}


@pytest.fixture
def plain(engine):
    """Return an engine on the same database that is set up as badly as can be."""
    is_sqlite = engine.dialect.name == "sqlite"
    options = {} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
    plain = sa.create_engine(engine.url, **options)
    yield plain
    plain.dispose()


def test_nothing_is_left_behind_by_an_engine_that_commits_by_itself(engine, plain):
    before = menu.everything(engine)

    assert menu.drafts.probe(plain).is_healthy

    assert menu.everything(engine) == before


@pytest.mark.only_on("mariadb")
def test_types_that_mariadb_makes_others_of_are_no_difference(engine):
    columns = {
        "number": sa.REAL(),
        "short": sa.Text(50),
        "long": sa.Text(100_000),
        "code": sa.LargeBinary(50),
        "file": sa.LargeBinary(100_000),
    }
    table = sa.Table("kinds", sa.MetaData(), *map(sa.Column, columns, columns.values()))
    table.create(engine)

    with engine.connect() as connection:
        found = compare_own(connection, (table,), type_comparison(connection))

    assert found.faults == ()
