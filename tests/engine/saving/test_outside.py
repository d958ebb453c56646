"""What a delete takes along is told before it happens and is kept, or it is refused."""

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import NeedsConsent, Refused
from draftedit.engine.outside import others, search
from draftedit.engine.outside.foreign_keys import Name, Schemas, of_metadata
from draftedit.engine.saving import outside_restore
from draftedit.engine.schema import db_errors
from tests.engine.saving.swallowing import swallowing
from tests.hosts import harbour
from tests.hosts.harbour import (
    Call,
    Claim,
    Flag,
    Guest,
    Item,
    Leg,
    Mail,
    Parcel,
    Stop,
    Ticket,
    Voyage,
    Watch,
    badge,
    crate,
    duty,
    egg,
    hen,
    manifest,
    seal,
    sheet,
    stamp,
    tag,
)


@pytest.fixture(scope="session")
def database(fresh_database, backend):
    made = fresh_database(harbour.Base.metadata, harbour.drafts.metadata)
    known = [harbour.manifest, harbour.sheet]
    harbour.more.create_all(
        made.engine, known if backend == "mariadb" else [*known, duty, tag]
    )
    return made


@pytest.fixture
def voyage(dbsession):
    """Return the key of a voyage with two legs and their stops; 9 stays as it is."""
    for key in (1, 9):
        dbsession.add(Voyage(id=key, name=f"V{key}"))
        dbsession.flush()
        for leg in (10 * key, 10 * key + 1):
            stops = [Stop(place="Aa"), Stop(place="Bb")]
            dbsession.add(Leg(id=leg, voyage_id=key, stops=stops))
    dbsession.flush()
    return 1


def add(dbsession, *rows):
    for row in rows:
        dbsession.add(row)
        dbsession.flush()
    dbsession.expire_all()


def delete(dbsession, table, key, root=1):
    edit = harbour.drafts.open(dbsession, Voyage, root, owner="ada")
    edit.apply(Delete(table, key))
    return edit


def told(consequences):
    return {
        (one.table, one.effect): (
            one.count,
            sorted(row.key for row in one.rows),
            one.kept,
        )
        for one in consequences
    }


def rows(dbsession, table, *columns):
    wanted = sa.select(*(table.c[name] for name in columns)).order_by(*table.c)
    return [tuple(one) for one in dbsession.connection().execute(wanted)]


def test_rows_that_cascade_are_told_and_kept_for_the_root_and_deep_in_the_tree(
    dbsession, voyage
):
    add(
        dbsession,
        Parcel(id=1, name="box", leg_id=10),
        Parcel(id=2, name="in it", inside_id=1),
        Parcel(id=3, name="in that", inside_id=2),
        Parcel(id=4, name="other", leg_id=90),
        Ticket(id=1, leg_id=10, place="Aa"),
        Ticket(id=2, leg_id=90, place="Aa"),
    )
    edit = delete(dbsession, "voyage", 1)

    checked = edit.check()
    saved = edit.save()

    assert checked.is_clear
    assert checked.consent is None
    assert checked.consequences == saved.consequences
    assert told(checked.consequences) == {
        ("parcel", "deleted"): (3, [(1,), (2,), (3,)], True),
        ("ticket", "deleted"): (1, [(1,)], True),
    }
    assert [row.label for row in saved.consequences[0].rows] == [
        "box",
        "in it",
        "in that",
    ]
    assert rows(dbsession, Parcel.__table__, "id") == [(4,)]
    assert rows(dbsession, Ticket.__table__, "id") == [(2,)]
    kept = harbour.drafts.tables.kept_row
    assert dbsession.scalar(sa.select(sa.func.count()).select_from(kept)) == 4


def test_a_delete_is_refused_if_what_it_takes_along_is_not_kept(dbsession, voyage):
    add(dbsession, *(Parcel(id=n, name=f"box {n}", leg_id=10) for n in (1, 2)))
    edit = delete(dbsession, "leg", 10)
    connection = dbsession.connection()

    with (
        swallowing(connection, "INSERT INTO draftedit_kept_row", about="[2]") as met,
        pytest.raises(Refused, match="could not bring them back") as refused,
    ):
        edit.save()

    assert met
    assert [(one.table, one.key) for one in refused.value.problems] == [("leg", (10,))]


def test_rows_that_lose_their_reference_are_told_and_kept(dbsession, voyage):
    add(
        dbsession,
        Mail(id=1, voyage_id=1),
        Mail(id=2, voyage_id=9),
        Flag(id=1, leg_id=10, place="Bb"),
        Guest(id=1, name="Ada", voyage_id=1),
    )
    edit = delete(dbsession, "voyage", 1)

    checked = edit.check()
    edit.save()

    assert told(checked.consequences) == {
        ("mail", "cleared"): (1, [(1,)], True),
        ("flag", "cleared"): (1, [(1,)], True),
        ("guest", "cleared"): (1, [(1,)], True),
    }
    assert rows(dbsession, Mail.__table__, "id", "voyage_id") == [(1, None), (2, 9)]
    assert rows(dbsession, Flag.__table__, "leg_id", "place") == [(None, None)]
    assert rows(dbsession, Guest.__table__, "voyage_id") == [(None,)]


def test_what_only_the_database_knows_is_found_and_further_along_too(dbsession, voyage):
    connection = dbsession.connection()
    connection.execute(sa.insert(manifest).values(id=1, leg_id=11))
    connection.execute(sa.insert(sheet).values(id=1, on_id=1, text="list"))
    edit = delete(dbsession, "leg", 11)

    checked = edit.check()
    edit.save()

    assert told(checked.consequences) == {
        ("manifest", "deleted"): (1, [(1,)], True),
        ("sheet", "deleted"): (1, [(1,)], True),
    }
    assert rows(dbsession, sheet, "id") == []


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_reference_that_is_set_to_its_default_is_told(dbsession, voyage):
    dbsession.connection().execute(sa.insert(tag).values(id=1, voyage_id=1))
    edit = delete(dbsession, "voyage", 1)

    checked = edit.check()
    edit.save()

    assert told(checked.consequences) == {("tag", "reset"): (1, [(1,)], True)}
    assert rows(dbsession, tag, "voyage_id") == [(9,)]


def test_what_cannot_be_kept_needs_consent_to_exactly_these_rows(dbsession, voyage):
    connection = dbsession.connection()
    connection.execute(sa.insert(stamp).values(voyage_id=1, word="one"))
    edit = delete(dbsession, "voyage", 1)
    checked = edit.check()

    with pytest.raises(NeedsConsent, match="stamp") as refusal:
        edit.save()
    assert refusal.value.consent == checked.consent
    assert told(refusal.value.consequences) == {("stamp", "deleted"): (1, [()], False)}
    assert refusal.value.consequences[0].reason == "its rows have no key"
    assert edit.is_open

    connection.execute(sa.insert(stamp).values(voyage_id=1, word="two"))
    with pytest.raises(NeedsConsent, match="changed since") as refusal:
        edit.save(accept=checked.consent)

    edit.save(accept=refusal.value.consent)
    assert rows(dbsession, stamp, "word") == []


def test_rows_without_key_and_name_are_called_by_their_values(dbsession, voyage):
    dbsession.connection().execute(sa.insert(stamp).values(voyage_id=1))
    edit = delete(dbsession, "voyage", 1)

    [one] = edit.check().consequences

    assert [(row.key, row.label) for row in one.rows] == [((), "voyage_id 1")]


def test_more_rows_than_are_kept_need_consent(dbsession, voyage, monkeypatch):
    monkeypatch.setattr(search, "MOST", 2)
    add(dbsession, *(Parcel(id=n, name="box", leg_id=10) for n in range(4)))
    add(dbsession, Parcel(id=9, name="in it", inside_id=3))
    edit = delete(dbsession, "voyage", 1)

    checked = edit.check()
    [one] = checked.consequences
    edit.save(accept=checked.consent)

    assert (one.count, one.more, one.kept) == (2, True, False)
    assert "more than" in one.reason
    assert rows(dbsession, Parcel.__table__, "id") == []


def test_they_are_told_beside_what_refuses_the_save(dbsession, voyage):
    add(dbsession, Ticket(id=1, leg_id=10, place="Aa"), Watch(id=1, voyage_id=1))
    edit = delete(dbsession, "voyage", 1)

    checked = edit.check()

    [problem] = checked.problems
    assert "refers to it: watch, 1 row" in problem.message
    assert told(checked.consequences) == {("ticket", "deleted"): (1, [(1,)], True)}
    assert rows(dbsession, Ticket.__table__, "id") == [(1,)]


def test_they_are_told_beside_conflicts(dbsession, voyage):
    add(dbsession, Ticket(id=1, leg_id=10, place="Aa"))
    edit = delete(dbsession, "leg", 10)
    edit.apply(Set("voyage", 1, name="mine"))
    dbsession.connection().execute(sa.update(Voyage.__table__).values(name="theirs"))

    checked = edit.check()

    assert [one.field for one in checked.conflicts] == ["name"]
    assert told(checked.consequences) == {("ticket", "deleted"): (1, [(1,)], True)}


@pytest.mark.parametrize(("table", "key"), [("voyage", 1), ("leg", 10)])
def test_rows_of_another_object_are_not_taken_along_but_named(
    dbsession, voyage, table, key
):
    add(dbsession, Claim(id=1, name="C1", items=[Item(id=1, leg_id=10)]))
    edit = delete(dbsession, table, key)

    [problem] = edit.check().problems
    with pytest.raises(Refused, match="claim C1"):
        edit.save()

    assert (problem.table, problem.key) == ("leg", (10,))
    assert rows(dbsession, Item.__table__, "id") == [(1,)]


def held(dbsession, table):
    """Return the one problem that check and save of a held voyage have."""
    many = [{"id": n, "voyage_id": 1} for n in range(1, 8)]
    dbsession.connection().execute(sa.insert(table), many)
    edit = delete(dbsession, "voyage", 1)
    [problem] = edit.check().problems
    with pytest.raises(Refused) as refusal:
        edit.save()
    assert problem == refusal.value.problems[0]
    return problem


def test_rows_that_hold_what_is_deleted_are_named_and_counted(dbsession, voyage):
    problem = held(dbsession, Watch.__table__)

    assert (problem.table, problem.key) == ("voyage", (1,))
    assert "refers to it: watch, 7 rows (1, 2, 3, 4, 5, …)." in problem.message


def test_one_row_that_holds_what_is_deleted_is_one(dbsession, voyage):
    add(dbsession, Watch(id=1, voyage_id=1))

    [problem] = delete(dbsession, "voyage", 1).check().problems

    assert problem.message.endswith("refers to it: watch, 1 row (1).")


@pytest.mark.only_on("sqlite", "postgresql")
def test_rows_that_hold_what_is_deleted_at_the_commit_are_named(dbsession, voyage):
    problem = held(dbsession, duty)

    assert (problem.table, problem.key) == ("voyage", (1,))
    assert "refers to it: duty, 7 rows (1, 2, 3, 4, 5, …)." in problem.message


def test_a_save_that_deletes_nothing_asks_for_nothing(dbsession, voyage, monkeypatch):
    monkeypatch.delattr(search, "graph_of")
    edit = harbour.drafts.open(dbsession, Voyage, 1, owner="ada")
    edit.apply(Set("voyage", 1, name="new"))

    assert edit.check().consequences == []
    assert edit.save().consequences == []


def revert(dbsession, revision, root=1):
    edit = harbour.drafts.open(dbsession, Voyage, root, owner="ada", revert_to=revision)
    checked = edit.check()
    assert checked.is_clear
    saved = edit.save()
    assert saved.consequences == checked.consequences
    return told(saved.consequences)


def everything(dbsession, backend):
    """Return all rows outside, by table."""
    tables = [
        Parcel.__table__,
        Ticket.__table__,
        Mail.__table__,
        Flag.__table__,
        Guest.__table__,
        manifest,
        sheet,
        *([] if backend == "mariadb" else [tag]),
    ]
    return {one.name: rows(dbsession, one, *one.c.keys()) for one in tables}


@pytest.mark.parametrize(("table", "key"), [("voyage", 1), ("leg", 10)])
def test_a_revert_brings_back_all_that_went_with_a_delete(
    dbsession, voyage, backend, table, key
):
    add(
        dbsession,
        Parcel(id=1, name="box", weight="2.50", leg_id=10),
        Parcel(id=2, name="in it", inside_id=1),
        Parcel(id=3, name="in that", leg_id=10, inside_id=2),
        Ticket(id=1, leg_id=10, place="Aa"),
        Mail(id=1, voyage_id=1),
        Flag(id=1, leg_id=10, place="Bb"),
        Guest(id=1, name="Ada", voyage_id=1),
    )
    connection = dbsession.connection()
    connection.execute(sa.insert(manifest).values(id=1, leg_id=10))
    connection.execute(sa.insert(sheet).values(id=1, on_id=1, text="list"))
    if backend != "mariadb":
        connection.execute(sa.insert(tag).values(id=1, voyage_id=1))
    before = everything(dbsession, backend)
    delete(dbsession, table, key).save()
    assert everything(dbsession, backend) != before

    back = revert(dbsession, 0)

    assert everything(dbsession, backend) == before
    assert back[("parcel", "returned")] == (3, [(1,), (2,), (3,)], True)
    assert {effect for _table, effect in back} == {"returned"}


def test_what_cannot_come_back_is_told_and_stops_nothing(dbsession, voyage):
    add(
        dbsession,
        Parcel(id=1, name="box", leg_id=10),
        Parcel(id=2, name="in it", leg_id=10),
        Mail(id=1, voyage_id=1),
    )
    delete(dbsession, "voyage", 1).save()
    add(dbsession, Parcel(id=2, name="another", leg_id=90))
    dbsession.execute(sa.update(Mail).values(voyage_id=9))

    back = revert(dbsession, 0)

    assert back == {
        ("parcel", "returned"): (1, [(1,)], True),
        ("parcel", "not_returned"): (1, [(2,)], False),
        ("mail", "not_returned"): (1, [(1,)], False),
    }
    assert rows(dbsession, Parcel.__table__, "id", "name") == [
        (1, "box"),
        (2, "another"),
    ]
    assert rows(dbsession, Mail.__table__, "voyage_id") == [(9,)]


def test_a_row_that_is_inserted_under_the_key_of_a_deleted_one_gets_nothing_of_it(
    dbsession, voyage
):
    add(dbsession, Ticket(id=1, leg_id=10, place="Aa"))
    delete(dbsession, "stop", (10, "Aa")).save()
    edit = harbour.drafts.open(dbsession, Voyage, 1, owner="ada")
    edit.apply(Insert("stop", {"place": "Aa"}, parent=10))

    assert edit.check().consequences == []
    edit.save()
    assert rows(dbsession, Ticket.__table__, "id") == []


def test_they_come_back_with_the_row_that_takes_the_place_of_another(dbsession, voyage):
    add(dbsession, Ticket(id=1, leg_id=10, place="Aa"), Parcel(id=7, name="other"))
    delete(dbsession, "stop", (10, "Aa")).save()
    edit = harbour.drafts.open(dbsession, Voyage, 1, owner="ada")
    edit.apply(Insert("stop", {"place": "Aa", "parcel_id": 7}, parent=10))
    edit.save()

    revert(dbsession, 0)

    assert rows(dbsession, Ticket.__table__, "id") == [(1,)]


def test_rows_come_back_as_the_last_delete_found_them(dbsession, voyage):
    add(dbsession, Parcel(id=1, name="box", leg_id=10))
    delete(dbsession, "leg", 10).save()
    revert(dbsession, 0)
    dbsession.execute(sa.update(Parcel).values(name="opened"))
    delete(dbsession, "leg", 10).save()

    revert(dbsession, 0)

    assert rows(dbsession, Parcel.__table__, "name") == [("opened",)]


def put(dbsession, table, *records):
    dbsession.connection().execute(sa.insert(table), list(records))


def test_a_row_is_known_by_unique_columns_where_there_is_no_primary_key(
    dbsession, voyage
):
    put(dbsession, badge, {"number": 7, "voyage_id": 1})
    saved = delete(dbsession, "voyage", 1).save()
    assert told(saved.consequences) == {("badge", "deleted"): (1, [(7,)], True)}

    revert(dbsession, 0)

    assert rows(dbsession, badge, "number", "voyage_id") == [(7, 1)]


def test_a_column_that_cannot_be_kept_is_named(dbsession, voyage):
    put(dbsession, crate, {"id": 1, "voyage_id": 1, "content": {"a": 1}})

    [one] = delete(dbsession, "voyage", 1).check().consequences

    assert (one.kept, one.reason) == (
        False,
        "no value of its column content can be kept",
    )


@pytest.mark.only_on("postgresql")
def test_a_key_that_only_the_database_gives_is_not_kept(dbsession, voyage):
    put(dbsession, seal, {"voyage_id": 1})

    [one] = delete(dbsession, "voyage", 1).check().consequences

    assert (one.kept, one.reason) == (
        False,
        "the database alone gives number a value",
    )


def test_rows_that_go_with_each_other_go_and_are_told(dbsession, voyage):
    put(dbsession, hen, {"id": 1, "voyage_id": 1})
    put(dbsession, egg, {"id": 1, "hen_id": 1})
    dbsession.connection().execute(sa.update(hen).values(egg_id=1))
    edit = delete(dbsession, "voyage", 1)

    saved = edit.save()

    assert told(saved.consequences) == {
        ("hen", "deleted"): (1, [(1,)], True),
        ("egg", "deleted"): (1, [(1,)], True),
    }
    assert rows(dbsession, hen, "id") == rows(dbsession, egg, "id") == []
    back = revert(dbsession, 0)
    assert {effect for _table, effect in back} == {"not_returned"}


def test_what_goes_round_to_another_object_is_named(dbsession, voyage):
    add(dbsession, Parcel(id=1, name="box", leg_id=10))
    theirs, mine = Stop.leg_id == 90, Stop.leg_id == 10
    dbsession.execute(sa.update(Stop).where(mine).values(parcel_id=1))
    delete(dbsession, "voyage", 1).check()
    assert delete(dbsession, "voyage", 1).check().is_clear
    dbsession.execute(sa.update(Stop).where(theirs).values(parcel_id=1))

    [problem] = delete(dbsession, "voyage", 1).check().problems

    assert "stops of other objects" in problem.message
    assert "voyage V9" in problem.message


def test_of_many_other_objects_the_first_are_named(dbsession, voyage):
    for key in range(1, 6):
        add(dbsession, Claim(id=key, name=f"C{key}", items=[Item(id=key, leg_id=10)]))

    [problem] = delete(dbsession, "leg", 10).check().problems

    assert "claim C1, claim C2, claim C3, …." in problem.message


def test_a_row_below_nothing_is_called_by_what_it_should_be_below(dbsession):
    target = harbour.drafts.targets["claim"]
    named = others.object_name(
        dbsession, target, target.tables["item"], {"claim_id": 5}
    )
    assert named == "claim 5"


def test_a_reference_to_a_table_that_the_models_do_not_have_is_left_out():
    metadata = sa.MetaData()
    sa.Table("here", metadata, sa.Column("there", sa.ForeignKey("elsewhere.id")))
    assert list(of_metadata(metadata, Schemas(None, {}))) == []


def test_a_table_that_no_model_has_lies_where_the_connection_looks():
    translated = Schemas("public", {None: "tenant"})
    assert translated.spelled(Name(None, "claim")) == "public"
    assert translated.spelled(Name("attic", "claim")) == "attic"
    assert Schemas("public", {}).spelled(Name(None, "claim")) is None


def test_only_what_went_with_the_rows_that_come_back_does(dbsession, voyage):
    add(
        dbsession,
        Ticket(id=1, leg_id=10, place="Aa"),
        Ticket(id=2, leg_id=11, place="Aa"),
    )
    delete(dbsession, "voyage", 1).save()
    edit = harbour.drafts.open(dbsession, Voyage, 1, owner="ada", revert_to=0)
    edit.apply(Delete("leg", 11))

    edit.save()

    assert rows(dbsession, Ticket.__table__, "id") == [(1,)]


def test_a_table_that_is_no_more_brings_nothing_back(dbsession, voyage):
    add(dbsession, Ticket(id=1, leg_id=10, place="Aa"))
    delete(dbsession, "leg", 10).save()
    kept = harbour.drafts.tables.kept_row
    dbsession.execute(sa.update(kept).values(table_name="some_ticket"))

    assert revert(dbsession, 0) == {("some_ticket", "not_returned"): (1, [(1,)], False)}


def test_an_error_that_is_not_about_rows_is_none_of_ours(
    dbsession, voyage, monkeypatch
):
    add(dbsession, Parcel(id=1, name="box", leg_id=10))
    delete(dbsession, "leg", 10).save()
    add(dbsession, Parcel(id=1, name="another", leg_id=90))
    for module in (db_errors, outside_restore):
        monkeypatch.setattr(module, "is_about_rows", lambda _error: False)
    edit = harbour.drafts.open(dbsession, Voyage, 1, owner="ada", revert_to=0)

    with pytest.raises(sa.exc.IntegrityError):
        edit.save()


def test_a_part_that_stays_is_not_deleted_with_what_it_refers_to(dbsession, voyage):
    add(dbsession, Call(id=1, voyage_id=1, leg_id=10, place="Aa"))
    edit = delete(dbsession, "stop", (10, "Aa"))

    [problem] = edit.check().problems
    edit.apply(Delete("call_at", 1))

    assert (problem.table, problem.key, problem.field) == ("call_at", (1,), "place")
    assert problem.other == (10, "Aa")
    assert edit.check().is_clear


@pytest.mark.only_on("sqlite")
def test_a_trigger_that_talks_of_foreign_keys_refuses_the_row(dbsession, voyage):
    dbsession.execute(
        sa.text(
            "CREATE TRIGGER holds BEFORE DELETE ON leg"
            " BEGIN SELECT RAISE(ABORT, 'a foreign key of ours'); END"
        )
    )

    [problem] = delete(dbsession, "leg", 10).check().problems

    # The code of the error decides what it is, not the words that a trigger chose.
    assert (problem.table, problem.key) == ("leg", (10,))
    assert problem.message == "The database refuses this value."
