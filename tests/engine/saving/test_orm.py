"""What a host's models do on their own goes on while a draft is saved."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Conflicts, Refused
from tests.engine.saving.looking import as_of, history, objects
from tests.hosts import wide
from tests.hosts.wide import Address, Flag, Mood, Outside, Piece, Tag, Thing

pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")
THING = wide.drafts.targets["thing"]


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(wide.Base.metadata, wide.drafts.metadata)


@pytest.fixture
def thing(dbsession):
    pieces = [Piece(label=label, document={"a": 1}) for label in ("one", "two")]
    thing = Thing(name="clock", pieces=pieces)
    dbsession.add_all([thing, Thing(name="other", pieces=[Piece(label="one")])])
    dbsession.commit()
    return thing.id


@pytest.fixture
def pieces(dbsession, thing):
    wanted = sa.select(Piece.id).where(Piece.thing_id == thing).order_by(Piece.id)
    return [(key,) for key in dbsession.scalars(wanted)]


@pytest.fixture
def edit(dbsession, thing):
    return wide.drafts.open(dbsession, Thing, thing, owner="ada")


def live(dbsession, key):
    dbsession.expire_all()
    return dbsession.get(Piece, key)


def inserted(edit, **values):
    done = edit.apply(Insert("piece", values))
    path = str(done.rows[-1].key[0])
    return lambda saved: saved.ids["piece"][path]


def test_values_of_every_kind_arrive_as_the_host_knows_them(dbsession, edit, pieces):
    values = {
        "mood": "SAD",
        "tag": "blue",
        "token": "0b5e2ff4-7f7c-4a2e-9a52-0d5d3d3c7f5e",
        "price": "1.250",
        "document": {"b": [None, 1.5, "ü"]},
    }
    new = inserted(edit, label="three", **values)
    edit.apply(Set("piece", pieces[0], values))
    saved = edit.save()
    for key in (pieces[0], new(saved)):
        piece = live(dbsession, key)
        assert (piece.mood, piece.tag) == (Mood.SAD, Tag("blue"))
        assert piece.token == values["token"]
        assert str(piece.price) == "1.250"
        assert piece.document == values["document"]
    mine, _ = objects(dbsession, THING, saved.key)
    assert {n: mine["piece"][new(saved)][n] for n in values} == values


def test_what_was_not_given_gets_its_default_and_what_was_is_null(dbsession, edit):
    without = inserted(edit, label="without")
    nothing = dict.fromkeys(("colour", "size", "document", "mood", "token"))
    empty = inserted(edit, label="empty", **nothing)
    saved = edit.save()
    piece = live(dbsession, without(saved))
    assert (piece.colour, piece.size, piece.amount) == ("red", 5, 1)
    assert piece.token is not None
    piece = live(dbsession, empty(saved))
    assert {name: getattr(piece, name) for name in nothing} == nothing
    is_null = sa.select(Piece.document.is_(sa.null())).where(Piece.id == piece.id)
    assert dbsession.scalar(is_null)


def test_json_that_is_emptied_is_null(dbsession, edit, pieces):
    edit.apply(Set("piece", pieces[0], document=None))
    edit.save()
    is_null = sa.select(Piece.document.is_(sa.null()))
    assert dbsession.scalar(is_null.where(Piece.id == pieces[0][0]))


def test_versions_and_computed_columns_are_the_hosts(dbsession, edit, pieces):
    before = live(dbsession, pieces[0])
    version, writes = before.version, before.writes
    with pytest.raises(Refused, match="computed"):
        edit.apply(Set("piece", pieces[0], version=9))
    edit.apply(Set("piece", pieces[0], label="first"))
    edit.save()
    after = live(dbsession, pieces[0])
    assert (after.version, after.writes) == (version + 1, writes + 1)


def test_what_a_validator_refuses_is_a_problem_of_that_row_and_field(edit, pieces):
    edit.apply(Set("piece", pieces[1], label="bad"))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert problem.message == "A label must not be bad."
    assert (problem.table, problem.key, problem.field) == ("piece", pieces[1], "label")
    assert edit.info.state == "open"


def test_keys_of_a_decorated_type_are_followed(dbsession, edit, pieces):
    edit.apply(Insert("flag", {"tag": "new", "note": "n"}, parent=pieces[0]))
    edit.save()
    dbsession.expire_all()
    flag = dbsession.scalars(sa.select(Flag)).one()
    assert (flag.piece_id, flag.tag, flag.note) == (pieces[0][0], Tag("new"), "n")


def summing(dbsession, name="before_flush"):
    """Let the host keep a total in the root, and a flag on each piece it touches."""

    def keep(session, *_):
        for thing in session.scalars(sa.select(Thing)):
            total = sum(p.amount or 0 for p in session.scalars(sa.select(Piece)))
            if thing.total != total:
                thing.total = total

    event.listen(dbsession, name, keep)


@pytest.mark.parametrize(
    ("name", "total"), [("before_flush", 12), ("after_flush_postexec", 11)]
)
def test_rows_that_the_hosts_events_change_are_in_history_too(
    dbsession, thing, edit, pieces, name, total
):
    before, _ = objects(dbsession, THING, (thing,))
    summing(dbsession, name)
    edit.apply(Set("piece", pieces[0], amount=10))
    edit.apply(Delete("piece", pieces[1]))
    edit.save()
    dbsession.commit()
    mine, _ = objects(dbsession, THING, (thing,))
    assert mine["thing"][thing,]["total"] == total
    assert as_of(dbsession, THING, (thing,), 0) == before


def test_rows_that_the_hosts_events_add_and_delete_are_in_history(
    dbsession, thing, edit, pieces
):
    dbsession.add(Outside(id=7))
    dbsession.flush()
    before, _ = objects(dbsession, THING, (thing,))
    done = []

    def replace(session, *_):
        if not done:
            done.append(True)
            session.add(Address(thing_id=thing, street="new"))
            session.delete(session.get(Piece, pieces[1]))
            session.add(Outside())
            session.delete(session.get(Outside, 7))

    event.listen(dbsession, "before_flush", replace)
    edit.apply(Set("piece", pieces[0], amount=10))
    edit.save()
    mine, _ = objects(dbsession, THING, (thing,))
    assert [row["street"] for row in mine["address"].values()] == ["new"]
    assert pieces[1] not in mine["piece"]
    assert as_of(dbsession, THING, (thing,), 0) == before


def test_rows_of_others_that_the_hosts_events_change_are_not_this_objects_history(
    dbsession, thing, edit, pieces
):
    other = dbsession.scalar(sa.select(Piece).where(Piece.thing_id != thing))

    def touch(*_):
        other.amount = 77

    event.listen(dbsession, "before_flush", touch)
    edit.apply(Set("piece", pieces[0], amount=10))
    edit.save()
    archived = {row["id"] for row in history(dbsession, THING.tables["piece"])}
    assert archived == {pieces[0][0]}


def test_what_is_no_part_of_an_object_is_the_hosts_to_change_in_events(
    dbsession, edit, pieces
):
    outside = Outside(id=7)
    dbsession.add(outside)
    dbsession.flush()

    def point(*_):
        outside.piece_id = pieces[1][0]

    event.listen(dbsession, "before_flush", point)
    edit.apply(Set("piece", pieces[0], amount=10))
    edit.save()
    archived = {row["id"] for row in history(dbsession, THING.tables["piece"])}
    dbsession.refresh(outside)
    assert (outside.piece_id, archived) == (pieces[1][0], {pieces[0][0]})


def test_a_new_objects_rows_that_events_add_are_not_archived(dbsession):
    def number(session, *_):
        for instance in session.new:
            if isinstance(instance, Thing):
                instance.addresses.append(Address(street="made"))

    event.listen(dbsession, "before_flush", number)
    edit = wide.drafts.open(dbsession, Thing, owner="ada")
    edit.apply(Set("thing", edit.root, name="made"))
    saved = edit.save()
    mine, _ = objects(dbsession, THING, saved.key)
    assert len(mine["address"]) == 1
    assert history(dbsession, THING.tables["address"]) == []


def test_events_that_never_come_to_an_end_are_refused(dbsession, edit, pieces):
    def again(session, *_):
        thing = session.scalars(sa.select(Thing)).first()
        thing.total = (thing.total or 0) + 1

    event.listen(dbsession, "after_flush_postexec", again)
    edit.apply(Set("piece", pieces[0], amount=10))
    with pytest.raises(Refused, match="never come to an end"):
        edit.save()


def test_one_address_for_another_is_one_save(dbsession, thing):
    dbsession.add(Address(thing_id=thing, street="old"))
    dbsession.commit()
    (old,) = dbsession.scalars(sa.select(Address.id)).all()
    edit = wide.drafts.open(dbsession, Thing, thing, owner="ada")
    edit.apply(Delete("address", (old,)))
    edit.apply(Insert("address", {"street": "new"}))
    edit.save()
    assert dbsession.scalars(sa.select(Address.street)).all() == ["new"]


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"amount": -1}, "amount", "A rule of the database refuses this value."),
        ({"label": "two"}, "label", "two is taken already by another piece"),
    ],
)
def test_what_the_database_refuses_names_row_and_field(
    edit, pieces, values, field, message
):
    edit.apply(Set("piece", pieces[0], values))
    before = edit.changes(), edit.info
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key, problem.field) == ("piece", pieces[0], field)
    assert problem.message.startswith(message)
    assert problem.other == (pieces[1] if field == "label" else None)
    assert (edit.changes(), edit.info) == before
    edit.apply(Set("piece", pieces[0], label="three", amount=0))
    assert edit.save().revision == 1


def test_two_new_rows_of_one_name_name_each_other(edit):
    first = edit.apply(Insert("piece", {"label": "same"})).rows[-1].key
    second = edit.apply(Insert("piece", {"label": "same"})).rows[-1].key
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert {problem.key, problem.other} == {first, second}


def test_a_new_object_says_what_must_be_given(dbsession):
    edit = wide.drafts.open(dbsession, Thing, owner="ada")
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key) == ("thing", edit.root)
    assert (problem.field, problem.message) == ("name", "This must be given.")


def test_a_reference_to_what_others_have_deleted_names_the_field(
    dbsession, edit, pieces
):
    dbsession.add(Outside(id=5))
    dbsession.flush()
    edit.apply(Set("piece", pieces[0], other_id=5))
    dbsession.execute(sa.delete(Outside))
    with pytest.raises(Conflicts) as refused:
        edit.save()
    (conflict,) = refused.value.conflicts
    assert (conflict.table, conflict.key) == ("piece", pieces[0])
    assert (conflict.field, conflict.kind, conflict.draft) == ("other_id", "link", 5)


def test_a_deleted_row_that_something_outside_refers_to_is_named(
    dbsession, edit, pieces
):
    dbsession.add(Outside(piece_id=pieces[1][0]))
    dbsession.flush()
    edit.apply(Delete("piece", pieces[0]))
    edit.apply(Delete("piece", pieces[1]))
    with pytest.raises(Refused) as refused:
        edit.save()
    (problem,) = refused.value.problems
    assert (problem.table, problem.key) == ("piece", pieces[1])
    assert "outside this object refers to it" in problem.message


def test_keys_that_json_cannot_count_to_are_kept(dbsession, thing):
    huge = 2**53 + 1
    dbsession.add(Address(id=huge, thing_id=thing, street="old"))
    dbsession.commit()
    edit = wide.drafts.open(dbsession, Thing, thing, owner="ada")
    edit.apply(Set("address", (str(huge),), street="new"))
    edit.save()
    found = sa.select(Address.street).where(Address.id == huge)
    assert dbsession.scalar(found) == "new"
    (row,) = history(dbsession, THING.tables["address"])
    assert (row["id"], row["street"]) == (huge, "old")
