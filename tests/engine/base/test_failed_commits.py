"""A COMMIT that fails on SQLite leaves no lock behind on a host's own engine."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.dialects import backend_of
from tests.databases import create_tables
from tests.hosts import shop
from tests.hosts.selling import Shop

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def engine(empty_database):
    """Return an engine as a host makes it, with a key that is looked at by COMMIT."""
    create_tables(empty_database.engine, shop.Base.metadata, shop.drafts.metadata)
    plain = sa.create_engine(empty_database.engine.url)

    @sa.event.listens_for(plain, "connect")
    def check_foreign_keys(connection, record):
        connection.execute("PRAGMA foreign_keys = ON")

    with plain.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE above (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE below (above INTEGER REFERENCES above (id)"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
    yield plain
    plain.dispose()


def refuse_to_commit(dbsession):
    dbsession.execute(sa.text("INSERT INTO below VALUES (1)"))
    with pytest.raises(sa.exc.IntegrityError):
        dbsession.commit()


def begin_to_write(engine):
    with closing(sqlite3.connect(engine.url.database, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()


def test_after_a_verb_that_could_not_be_committed_others_may_write(engine):
    with Session(engine) as dbsession:
        goods = Shop(dbsession)
    with Session(engine) as dbsession:
        shop.drafts.open(dbsession, shop.Order, goods.first, owner="ada")
        refuse_to_commit(dbsession)

    begin_to_write(engine)
    with Session(engine) as dbsession:
        assert shop.drafts.mine(dbsession, "ada").items == []


def test_what_draftedit_has_no_part_in_is_the_hosts_own(engine):
    with Session(engine) as dbsession:
        refuse_to_commit(dbsession)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        begin_to_write(engine)


def test_a_pool_that_replaces_another_has_one_guard(engine):
    sqlite = backend_of(engine)
    sqlite.guard_pool(engine)
    first = engine.pool
    engine.dispose()

    sqlite.guard_pool(engine)

    assert engine.pool is not first
    assert len(engine.pool.dispatch.checkin) == len(first.dispatch.checkin)
