"""No migration deletes the rows that refer to a table which it changes."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, migrating
from tests.databases import create_tables

ON_SQLITE = pytest.mark.only_on("sqlite")


def host(ondelete):
    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "purchase"
        id = mapped_column(sa.Integer, primary_key=True)
        number = mapped_column(sa.String(20))
        colour = mapped_column(sa.String(20))
        lines = relationship("Line", cascade="all, delete-orphan")

    class Line(Base):
        __tablename__ = "line"
        id = mapped_column(sa.Integer, primary_key=True)
        order_id = mapped_column(
            sa.ForeignKey("purchase.id", ondelete=ondelete), index=True
        )
        before_id = mapped_column(
            sa.ForeignKey("line.id", ondelete=ondelete, name="fk_before"), index=True
        )
        product = mapped_column(sa.String(20))

    drafts = Drafts(Base.metadata)
    drafts.target(Order, label=Order.number)
    return Base.metadata, drafts.metadata, Order, Line


def column(name, *args, **options):
    return sa.Column(name, *args, **options)


ACTS = {
    "add": lambda op: migrating.add_column(
        op, "purchase", column("weight", sa.Integer, server_default="1")
    ),
    "add a time": lambda op: migrating.add_column(
        op,
        "purchase",
        column("day", sa.DateTime, server_default=sa.func.now(), nullable=False),
    ),
    "add a reference": lambda op: migrating.add_column(
        op,
        "purchase",
        column("other", sa.Integer, sa.ForeignKey("purchase.id", name="fk_other")),
    ),
    "rename": lambda op: migrating.rename_column(op, "purchase", "colour", "paint"),
    "rename the key": lambda op: migrating.rename_column(op, "purchase", "id", "key"),
    "drop": lambda op: migrating.drop_column(op, "purchase", "colour"),
    "drop of a part": lambda op: migrating.drop_column(op, "line", "product"),
}
# SQLite rebuilds the table for these.
REBUILT = ("add a time", "add a reference", "drop", "drop of a part")


@pytest.fixture(params=["CASCADE", "SET NULL", "RESTRICT", None])
def engine(empty_database, request):
    *metadata, order, line = host(request.param)
    create_tables(empty_database.engine, *metadata)
    with Session(empty_database.engine) as dbsession, dbsession.begin():
        lines = [line(product=product) for product in ("tea", "milk")]
        dbsession.add(order(number="1", lines=lines))
        dbsession.flush()
        lines[1].before_id = lines[0].id
    return empty_database.engine


def lines(engine):
    with engine.connect() as connection:
        wanted = sa.text("SELECT id, order_id, before_id FROM line ORDER BY id")
        return [tuple(row) for row in connection.execute(wanted)]


def operations(connection):
    return Operations(MigrationContext.configure(connection))


def schema(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()


@pytest.mark.parametrize("name", ACTS)
def test_it_keeps_them_under_the_guard(engine, name):
    before = lines(engine)
    with (
        engine.connect() as connection,
        migrating.foreign_keys_off(connection),
        connection.begin(),
    ):
        ACTS[name](operations(connection))
        migrating.check_references(connection)
    assert lines(engine) == before == [(1, 1, None), (2, 1, 1)]


@pytest.mark.parametrize("name", ACTS)
def test_without_the_guard_it_keeps_them_or_is_refused_before_it_begins(engine, name):
    before = lines(engine)
    is_at_stake = engine.dialect.name == "sqlite" and name in REBUILT
    tables = schema(engine) if is_at_stake else None
    with engine.connect() as connection, connection.begin():
        if is_at_stake:
            with pytest.raises(migrating.RowsAtStake, match="line"):
                ACTS[name](operations(connection))
        else:
            ACTS[name](operations(connection))
    assert lines(engine) == before
    if is_at_stake:
        assert schema(engine) == tables


@ON_SQLITE
def test_where_foreign_keys_are_off_anyway_they_stay_so(engine):
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        with migrating.foreign_keys_off(connection), connection.begin():
            ACTS["drop"](operations(connection))
        assert driver.execute("PRAGMA foreign_keys").fetchone() == (0,)
        with connection.begin():
            ACTS["drop of a part"](operations(connection))
    assert len(lines(engine)) == 2


@ON_SQLITE
def test_the_guard_refuses_to_begin_inside_a_transaction(engine):
    with (
        engine.connect() as connection,
        connection.begin(),
        pytest.raises(RuntimeError, match="inside a transaction"),
        migrating.foreign_keys_off(connection),
    ):
        pytest.fail("it began")
