"""The scripts run up, down and up again, and the tables are those of the models."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from draftedit import migrating
from draftedit.app.models import migration
from draftedit.app.models.meta import Base
from draftedit.firewall import drafts
from draftedit.settings import BadSettings
from tests.architecture.modules import ROOT


def tables(database):
    return set(sa.inspect(database.engine).get_table_names())


def is_current(database):
    with database.engine.connect() as connection:
        return migration.is_current(connection)


def test_the_scripts_run_up_down_and_up_again(empty_database):
    assert not is_current(empty_database)
    migration.upgrade(empty_database.engine)
    assert is_current(empty_database)
    made = tables(empty_database)
    migration.downgrade(empty_database.engine)
    assert tables(empty_database) == {"alembic_version"}
    assert not is_current(empty_database)
    migration.upgrade(empty_database.engine)
    assert tables(empty_database) == made


def test_running_the_scripts_again_changes_nothing(empty_database):
    migration.upgrade(empty_database.engine)
    migration.upgrade(empty_database.engine)
    assert is_current(empty_database)


def test_the_tables_are_those_of_the_models(database):
    migration.check(database.engine)


def described(engine):
    """Describe every table, with more than Alembic compares: collations, too."""
    inspector = sa.inspect(engine)
    return {
        name: {
            "columns": {
                column["name"]: {what: repr(it) for what, it in column.items()}
                for column in inspector.get_columns(name)
            },
            "key": inspector.get_pk_constraint(name),
            "references": sorted(inspector.get_foreign_keys(name), key=repr),
            "uniques": sorted(inspector.get_unique_constraints(name), key=repr),
            "checks": sorted(inspector.get_check_constraints(name), key=repr),
            "indexes": sorted(inspector.get_indexes(name), key=repr),
            "options": options(inspector, name),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def options(inspector, name):
    try:
        return inspector.get_table_options(name)
    except NotImplementedError:
        # SQLAlchemy 2.0.51 and older read none of SQLite's: none are compared there.
        return {}


def test_the_scripts_make_the_very_tables_that_the_models_make(
    database, fresh_database
):
    made = fresh_database(Base.metadata, drafts.metadata)
    assert described(database.engine) == described(made.engine)


@pytest.mark.only_on("sqlite")
def test_sqlite_never_gives_a_key_twice(database):
    with database.engine.connect() as connection:
        counted = connection.execute(
            sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        )
        names = set(counted.scalars())
    assert {"draft", "rule", "ruleset", "user_account"} <= names


@pytest.mark.only_on("sqlite")
def test_foreign_keys_are_on_again_after_a_migration_on_sqlite(empty_database):
    migration.upgrade(empty_database.engine)
    with empty_database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.only_on("sqlite")
def test_a_script_that_leaves_references_to_nothing_is_refused(empty_database):
    migration.upgrade(empty_database.engine)
    with (
        empty_database.engine.connect() as connection,
        migrating.foreign_keys_off(connection),
    ):
        dangling = sa.text("INSERT INTO rule_tag (rule_id, tag_id) VALUES (1, 1)")
        connection.execute(dangling)
        with pytest.raises(RuntimeError, match="rule_tag"):
            migrating.check_references(connection)
        connection.rollback()


def test_no_script_imports_a_model():
    for script in (ROOT / "migrations" / "versions").glob("*.py"):
        text = script.read_text(encoding="utf-8")
        for line in text.splitlines():
            if line.startswith(("from draftedit", "import draftedit")):
                assert line == "from draftedit import migrating", script.name


def test_the_alembic_command_finds_the_scripts_by_the_ini_file(race_database):
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "development.ini", "check"],
        cwd=ROOT,
        env={**os.environ, "DRAFTEDIT_SQLALCHEMY_URL": race_database.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected" in done.stdout + done.stderr


# The others have one character set for all texts.
@pytest.mark.only_on("mariadb")
def test_a_database_that_cannot_hold_every_text_is_refused(empty_database):
    with empty_database.engine.begin() as connection:
        name = connection.scalar(sa.text("SELECT DATABASE()"))
        connection.exec_driver_sql(f"ALTER DATABASE `{name}` CHARACTER SET latin1")

    with pytest.raises(BadSettings, match="CHARACTER SET utf8mb4"):
        migration.upgrade(empty_database.engine)
