"""What Alembic writes for a host is a script that runs, and leaves nothing to do."""

import pickle
import re

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from draftedit import OrderKey
from draftedit.app.models import make_engine
from draftedit.engine.values.column_types import UtcDateTime
from tests.databases import create_tables
from tests.hosts import net, quirks, shop
from tests.migrations.test_migrations import described

ENVIRONMENT = """
from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    **attributes["options"],
)
with context.begin_transaction():
    context.run_migrations()
"""
HOSTS = {"shop": shop, "net": net}
# It has column types of its own, whose place the scripts name.
OLD_HOSTS = {"quirks": quirks}
OURS = r"\b(draftedit|tests|models)\."
OPTIONS = {
    "as it is": {},
    "with modules of its own": {"user_module_prefix": "models."},
    "in batches": {"render_as_batch": True},
}


def all_of(host):
    return host.Base.metadata, host.drafts.metadata


class Migrations:
    """The folder of a host's migrations, made by `alembic init`."""

    def __init__(self, folder, host, **options):
        self.config = Config()
        self.config.set_main_option("script_location", str(folder / "migrations"))
        self.config.config_file_name = str(folder / "alembic.ini")
        self.config.set_main_option("path_separator", "os")
        command.init(self.config, str(folder / "migrations"))
        (folder / "migrations" / "env.py").write_text(ENVIRONMENT)
        self.metadata = list(all_of(host))
        self.options = options
        self.versions = folder / "migrations" / "versions"

    def run(self, engine, act, *args, **options):
        with engine.begin() as connection:
            if engine.dialect.name in ("mysql", "mariadb"):
                # Alembic drops a table's indexes first, and MariaDB keeps those that
                # a foreign key needs: so of any host's own tables.
                connection.exec_driver_sql("SET foreign_key_checks = 0")
            self.config.attributes |= {
                "connection": connection,
                "metadata": self.metadata,
                "options": self.options,
            }
            act(self.config, *args, **options)

    def autogenerate(self, engine):
        self.run(engine, command.revision, "first", autogenerate=True)
        [script] = self.versions.glob("*.py")
        return script.read_text(encoding="utf-8")


@pytest.fixture
def migrations(tmp_path, capsys):
    return lambda host, **options: Migrations(tmp_path, host, **options)


def tables_of_drafts(engine, host):
    names = host.drafts.metadata.tables.keys()
    return {n: one for n, one in described(engine).items() if n in names}


def up_and_down(made, database, host):
    """Run the script, and again, and compare our tables with those of `create_all`."""
    engine = database.engine
    before = set(sa.inspect(engine).get_table_names()) | {"alembic_version"}
    for _ in range(2):
        made.run(engine, command.upgrade, "head")
        made.run(engine, command.check)
        found = tables_of_drafts(engine, host)
        made.run(engine, command.downgrade, "base")
        assert set(sa.inspect(engine).get_table_names()) == before
    missing = (host.drafts.metadata,) if len(before) > 1 else all_of(host)
    create_tables(engine, *missing)
    assert found == tables_of_drafts(engine, host)


@pytest.mark.parametrize("name", HOSTS)
def test_it_runs_where_it_was_written(migrations, empty_database, name):
    made = migrations(HOSTS[name])
    text = made.autogenerate(empty_database.engine)
    assert not re.search(OURS, text)
    up_and_down(made, empty_database, HOSTS[name])


@pytest.mark.parametrize("name", OLD_HOSTS)
def test_it_adds_drafts_to_tables_that_are_there(migrations, empty_database, name):
    host = OLD_HOSTS[name]
    create_tables(empty_database.engine, host.Base.metadata)
    made = migrations(host)
    text = made.autogenerate(empty_database.engine)
    assert not re.search(OURS, text)
    up_and_down(made, empty_database, host)


@pytest.mark.parametrize("options", OPTIONS)
def test_it_runs_on_another_database(migrations, empty_database, tmp_path, options):
    made = migrations(shop, **OPTIONS[options])
    engine = make_engine(f"sqlite:///{tmp_path}/developer.sqlite")
    text = made.autogenerate(engine)
    engine.dispose()
    assert not re.search(OURS, text)
    up_and_down(made, empty_database, shop)


@pytest.mark.parametrize("kind", [OrderKey, UtcDateTime])
def test_our_types_are_pickled_as_what_they_are(kind):
    assert type(pickle.loads(pickle.dumps(kind()))) is kind  # noqa: S301 — our own
