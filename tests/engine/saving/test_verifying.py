"""Law 1: what a save wrote has the values, and the place, that it was given."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, relationship

from draftedit import Drafts, Insert, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.saving import verifying


class Base(DeclarativeBase):
    pass


class Trunk(Base):
    __tablename__ = "trunk"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    leaves = relationship("Leaf", cascade="all, delete-orphan")


class Leaf(Base):
    __tablename__ = "leaf"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id = mapped_column(sa.Integer, primary_key=True)
    trunk_id = mapped_column(sa.ForeignKey("trunk.id"), nullable=False, index=True)
    colour = mapped_column(sa.String(20))
    size = mapped_column(sa.Integer)
    changes = mapped_column(sa.Integer, info={"read_only": True})


drafts = Drafts(Base.metadata)
drafts.target(Trunk, label=Trunk.name)


@pytest.fixture
def dbsession(empty_database):
    """Open a session with two trunks, 1 with two leaves and 2 with none."""
    engine = empty_database.engine
    Base.metadata.create_all(engine)
    drafts.metadata.create_all(engine)
    leaves = [Leaf(colour=colour, size=1, changes=0) for colour in ("RED", "BLUE")]
    with Session(engine) as session:
        session.add(Trunk(name="first", leaves=leaves))
        session.flush()
        session.add(Trunk(name="second"))
        session.commit()
        yield session


@pytest.fixture
def trigger(dbsession, backend):
    """Return `trigger(event, **columns)`: what an event sets columns of a leaf to."""

    def trigger(event, **columns):
        sets = [f"{name} = {value}" for name, value in columns.items()]
        new = "; ".join(f"NEW.{one}" for one in sets)
        if backend == "sqlite":
            made = [
                f"CREATE TRIGGER t AFTER {event} ON leaf BEGIN UPDATE leaf"
                f" SET {', '.join(sets)} WHERE id = NEW.id; END"
            ]
        elif backend == "postgresql":
            made = [
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql"
                f" AS 'BEGIN {new}; RETURN NEW; END'",
                f"CREATE TRIGGER t BEFORE {event} ON leaf"
                " FOR EACH ROW EXECUTE FUNCTION f()",
            ]
        else:
            sets_all = ", ".join(f"NEW.{one}" for one in sets)
            made = [
                f"CREATE TRIGGER t BEFORE {event} ON leaf FOR EACH ROW SET {sets_all}"
            ]
        for statement in made:
            dbsession.execute(sa.text(statement))
        dbsession.commit()

    return trigger


def change(dbsession, *operations):
    edit = drafts.open(dbsession, Trunk, 1, owner="ada")
    for one in operations:
        edit.apply(one)
    return edit


def leaves(dbsession):
    dbsession.expire_all()
    columns = Leaf.trunk_id, Leaf.colour, Leaf.size, Leaf.changes
    found = dbsession.execute(sa.select(*columns).order_by(Leaf.id))
    return [tuple(one) for one in found]


BEFORE = [(1, "RED", 1, 0), (1, "BLUE", 1, 0)]


def test_law_1_old_values_that_a_trigger_puts_back_are_refused_by_row_and_field(
    dbsession, trigger
):
    trigger("UPDATE", colour="OLD.colour")
    edit = change(
        dbsession, Set("leaf", 1, colour="green", size=2), Set("leaf", 2, size=3)
    )

    [problem] = edit.check().problems
    with pytest.raises(Refused, match="put the old value back"):
        edit.save()

    assert (problem.table, problem.key, problem.field) == ("leaf", (1,), "colour")
    assert edit.info.revision is None
    assert leaves(dbsession) == BEFORE


def test_law_1_a_hook_of_the_application_that_puts_old_values_back_is_refused(
    dbsession,
):
    def put_back(_mapper, _connection, leaf):
        leaf.colour = "RED"

    edit = change(dbsession, Set("leaf", 1, colour="green"))
    sa.event.listen(Leaf, "before_update", put_back)
    try:
        with pytest.raises(Refused) as refusal:
            edit.save()
    finally:
        sa.event.remove(Leaf, "before_update", put_back)

    [problem] = refusal.value.problems
    assert (problem.key, problem.field) == ((1,), "colour")
    assert leaves(dbsession) == BEFORE


@pytest.mark.parametrize(
    ("event", "operation", "key"),
    [
        ("INSERT", Insert("leaf", {"colour": "green"}), (-1,)),
        ("UPDATE", Set("leaf", 1, colour="green"), (1,)),
    ],
)
def test_law_1_a_row_that_a_trigger_puts_below_another_parent_is_refused(
    dbsession, trigger, event, operation, key
):
    trigger(event, trunk_id="2")
    edit = change(dbsession, operation)

    [problem] = edit.check().problems
    with pytest.raises(Refused, match="below another one"):
        edit.save()

    assert (problem.message, problem.table) == (verifying.ELSEWHERE, "leaf")
    assert (problem.key, problem.field) == (key, "trunk_id")
    assert leaves(dbsession) == BEFORE


def test_a_trigger_may_spell_a_new_value_otherwise_and_change_other_columns(
    dbsession, trigger
):
    trigger("UPDATE", colour="UPPER(NEW.colour)", changes="OLD.changes + 1")

    change(dbsession, Set("leaf", 1, colour="green")).save()

    [leaf, other] = leaves(dbsession)
    assert leaf[:3] == (1, "GREEN", 1)
    assert leaf[3] > 0
    assert other == BEFORE[1]


def test_the_last_look_takes_one_statement_for_a_table(dbsession):
    edit = change(
        dbsession,
        Set("leaf", 1, colour="green"),
        Set("leaf", 2, size=3),
        Insert("leaf", {"colour": "grey"}),
    )
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(dbsession.get_bind(), "before_cursor_execute", note)
    edit.save()
    sa.event.remove(dbsession.get_bind(), "before_cursor_execute", note)

    written = max(n for n, one in enumerate(seen) if " leaf SET " in one)
    looks = [one for one in seen[written:] if one.startswith("SELECT leaf.id")]
    assert len(looks) == 1
    assert "changes" not in looks[0]
