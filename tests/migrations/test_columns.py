"""A migration adds, renames or drops a live column while drafts are open."""

import contextlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, OrderKey, Set, migrating
from draftedit.engine.base.errors import SchemaChanged
from draftedit.engine.values.order_key import spread
from draftedit.service import draft_export
from tests.databases import create_tables


class Host:
    """A host whose lines have the columns that this moment's models say."""

    def __init__(self, prefix="draftedit_", **columns):
        class Base(DeclarativeBase):
            pass

        class Order(Base):
            __tablename__ = "purchase"
            __table_args__ = ({"sqlite_autoincrement": True},)
            id = mapped_column(sa.Integer, primary_key=True)
            number = mapped_column(sa.String(20), unique=True)
            lines = relationship("Line", cascade="all, delete-orphan")

        class Line(Base):
            __tablename__ = "line"
            __table_args__ = (
                sa.Index("ix_line", "order_id", "place", "id"),
                {"sqlite_autoincrement": True},
            )
            id = mapped_column(sa.Integer, primary_key=True)
            order_id = mapped_column(sa.ForeignKey("purchase.id", name="fk_line"))
            place = mapped_column(OrderKey(), nullable=False)
            locals().update(columns)

        self.metadata = Base.metadata
        self.order, self.line = Order, Line
        self.drafts = Drafts(Base.metadata, prefix=prefix)
        self.drafts.target(Order, label=Order.number, order={Line: Line.place})


def text():
    return mapped_column(sa.String(40))


@pytest.fixture
def before():
    return Host(product=text(), colour=text())


@pytest.fixture
def engine(empty_database, before):
    return filled(empty_database.engine, before)


def filled(engine, before):
    """Make the tables of a host, with an order of three lines."""
    create_tables(engine, before.metadata, before.drafts.metadata)
    with Session(engine) as dbsession, dbsession.begin():
        lines = [
            before.line(product=product, colour="white", place=place)
            for product, place in zip(("tea", "salt", "rice"), spread(3), strict=True)
        ]
        dbsession.add(before.order(number="A 1", lines=lines))
    return engine


@contextlib.contextmanager
def editing(engine, host, draft=None):
    """Open or resume ada's draft of the order, and commit what is done in it."""
    with Session(engine) as dbsession, dbsession.begin():
        if draft is None:
            yield host.drafts.open(dbsession, host.order, (1,), owner="ada")
        else:
            yield host.drafts.resume(dbsession, draft, owner="ada")


@contextlib.contextmanager
def migrating_by(engine):
    """Give an `op`, as a script has it."""
    with (
        engine.connect() as connection,
        migrating.foreign_keys_off(connection),
        connection.begin(),
    ):
        yield Operations(MigrationContext.configure(connection))
        migrating.check_references(connection)


def drift(engine, host):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return compare_metadata(context, [host.metadata, host.drafts.metadata])


def live(engine):
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM line ORDER BY place"))
        return [dict(row) for row in rows.mappings()]


def add_gift(op):
    gift = sa.Column("gift", sa.Boolean(), server_default=sa.true(), nullable=False)
    migrating.add_column(op, "line", gift)


def with_gift():
    gift = mapped_column(sa.Boolean, server_default=sa.true(), nullable=False)
    return Host(product=text(), colour=text(), gift=gift)


def test_an_added_column_is_unchanged_in_open_drafts(engine, before):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="coffee"))
        edit.apply(Insert("line", {"product": "sugar"}, after=(1,)))
        draft = edit.info.key
    with migrating_by(engine) as op:
        add_gift(op)
    after = with_gift()
    assert drift(engine, after) == []
    with editing(engine, after, draft) as edit:
        assert edit.misfits() == []
        new, changed = edit.changes()
        assert changed.fields == {"product": ("tea", "coffee")}
        assert "gift" not in new.fields
        edit.undo(2)
        assert edit.changes() == []
        edit.redo(2)
        edit.apply(Set("line", (1,), gift=False))
        edit.save()
    assert [(row["product"], bool(row["gift"])) for row in live(engine)] == [
        ("coffee", False),
        ("sugar", True),
        ("salt", True),
        ("rice", True),
    ]


def test_an_added_column_has_its_default_in_history(engine, before):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="coffee"))
        edit.save()
    with migrating_by(engine) as op:
        add_gift(op)
    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT * FROM line_history")).mappings().one()
    assert (row["product"], bool(row["gift"])) == ("tea", True)


def test_a_renamed_column_is_renamed_wherever_it_is_stored(engine, before):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="coffee"))
        edit.apply(Insert("line", {"product": "sugar"}, after=(1,)))
        edit.apply(Set("line", (2,), product="pepper"))
        edit.undo()
        draft = edit.info.key
    with migrating_by(engine) as op:
        migrating.rename_column(op, "line", "product", "article")
    after = Host(article=text(), colour=text())
    assert drift(engine, after) == []
    with editing(engine, after, draft) as edit:
        assert edit.misfits() == []
        edit.redo()
        names = {change.fields["article"][1] for change in edit.changes()}
        assert names == {"coffee", "sugar", "pepper"}
        edit.undo(3)
        assert edit.changes() == []
        edit.redo(3)
        edit.save()
    assert [row["article"] for row in live(engine)] == [
        "coffee",
        "sugar",
        "pepper",
        "rice",
    ]
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT article FROM line_history"))
        assert {"tea", "salt"} <= set(kept.scalars())


def test_a_draft_that_set_a_dropped_column_names_its_values_and_is_not_saved(
    engine, before
):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), colour="green"))
        draft = edit.info.key
    with migrating_by(engine) as op:
        migrating.drop_column(op, "line", "colour")
    after = Host(product=text())
    assert drift(engine, after) == []
    with editing(engine, after, draft) as edit:
        (problem,) = edit.misfits()
        assert problem.field == "colour"
        assert "green" in problem.message
        with pytest.raises(SchemaChanged):
            edit.save()
        assert "green" in str(draft_export.export(edit))
        assert [row.values["product"] for row in edit.page("line").rows] == [
            "tea",
            "salt",
            "rice",
        ]
    with editing(engine, after, draft) as edit:
        assert edit.cancel().state == "cancelled"
    assert [row["product"] for row in live(engine)] == ["tea", "salt", "rice"]


def test_a_draft_that_did_not_set_a_dropped_column_is_saved(engine, before):
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="coffee"))
        edit.apply(Delete("line", (2,)))
        draft = edit.info.key
    with migrating_by(engine) as op:
        migrating.drop_column(op, "line", "colour")
    with editing(engine, Host(product=text()), draft) as edit:
        assert edit.misfits() == []
        edit.save()
    assert [row["product"] for row in live(engine)] == ["coffee", "rice"]


def test_a_dropped_reference_takes_its_foreign_key_along(engine, before):
    with migrating_by(engine) as op:
        other = sa.ForeignKey("purchase.id", name="fk_line_other")
        column = sa.Column("other_id", sa.Integer, other)
        migrating.add_column(op, "line", column)
    with migrating_by(engine) as op:
        migrating.drop_column(op, "line", "other_id")
    assert drift(engine, before) == []


@pytest.mark.only_on("sqlite")
def test_sqlite_goes_on_counting_keys_after_its_table_was_made_anew(
    empty_database, engine, before
):
    with migrating_by(engine) as op:
        migrating.drop_column(op, "line", "colour")
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM line WHERE id = 3"))
        connection.execute(
            sa.text("INSERT INTO line (order_id, place) VALUES (1, 'x00000')")
        )
    assert [row["id"] for row in live(engine)] == [1, 2, 4]


@pytest.mark.only_on("sqlite")
def test_a_table_that_nothing_refers_to_needs_no_guard(engine, before):
    with engine.connect() as connection, connection.begin():
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
        op = Operations(MigrationContext.configure(connection))
        migrating.drop_column(op, "line", "colour")

    assert [row["product"] for row in live(engine)] == ["tea", "salt", "rice"]


@pytest.mark.parametrize("prefix", ["", "our_", "draft"])
def test_the_journal_of_another_prefix_is_found(empty_database, prefix):
    before = Host(prefix=prefix, product=text(), colour=text())
    engine = filled(empty_database.engine, before)
    with editing(engine, before) as edit:
        edit.apply(Set("line", (1,), product="coffee"))
        draft = edit.key

    with migrating_by(engine) as op:
        migrating.rename_column(op, "line", "product", "article")

    after = Host(prefix=prefix, article=text(), colour=text())
    with editing(engine, after, draft) as edit:
        edit.undo()
        edit.redo()
        assert [one.fields["article"][1] for one in edit.changes()] == ["coffee"]


def test_a_table_without_drafts_is_refused_before_anything_is_changed(engine, before):
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alone (id INTEGER, name INTEGER)")

    with migrating_by(engine) as op, pytest.raises(sa.exc.NoSuchTableError):
        migrating.rename_column(op, "alone", "name", "title")

    columns = sa.inspect(engine).get_columns("alone")
    assert [one["name"] for one in columns] == ["id", "name"]


def test_more_rows_than_one_batch_are_carried(engine, before, monkeypatch):
    monkeypatch.setattr(migrating.stored, "BATCH", 2)
    with editing(engine, before) as edit:
        for key in (1, 2, 3):
            edit.apply(Set("line", (key,), product=f"number {key}"))
        draft = edit.info.key
    with migrating_by(engine) as op:
        migrating.rename_column(op, "line", "product", "article")
    with editing(engine, Host(article=text(), colour=text()), draft) as edit:
        assert [one.fields["article"][1] for one in edit.changes()] == [
            "number 1",
            "number 2",
            "number 3",
        ]


def test_sql_without_a_database_is_refused():
    context = MigrationContext.configure(dialect_name="sqlite", opts={"as_sql": True})
    with pytest.raises(RuntimeError, match="--sql"):
        migrating.drop_column(Operations(context), "line", "colour")
