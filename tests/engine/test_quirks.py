"""Columns that others fill, keys out of the way, references inside and outside."""

import pytest
import sqlalchemy as sa

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import Refused, Unknown
from draftedit.engine.operations import Recreate, Ref
from draftedit.engine.reading import tree
from draftedit.service.objects import Objects
from draftedit.testing import check_operation
from tests.hosts import quirks
from tests.hosts.quirks import Country, Folder, Mark, Phrase, Sheet, drafts


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(quirks.Base.metadata, quirks.drafts.metadata)


@pytest.fixture(autouse=True)
def folders(dbsession):
    dbsession.add_all(
        [
            Country(code="ch", title="Schweiz"),
            Country(code="at", title="Österreich"),
            Folder(shelf="a,b/~", letter="A", note="first"),
            Folder(
                shelf="2",
                letter="B",
                sheets=[
                    Sheet(name="old", lines=[Phrase(place="V00000", text="hello")]),
                    Sheet(name="empty"),
                ],
            ),
            Folder(shelf="3", letter="C", sheets=[Sheet(name="theirs")]),
        ]
    )
    dbsession.commit()
    dbsession.expire_all()


@pytest.fixture
def edit(dbsession):
    return drafts.open(dbsession, "folder", ("2", "B"), owner="ada")


def fields(edit, table="sheet"):
    return edit.target.tables[table].fields


def test_what_others_fill_can_only_be_read(edit):
    read_only = {name for name, field in fields(edit).items() if field.read_only}
    assert read_only == {"version", "twice", "touched", "stamp"}
    for name in read_only:
        with pytest.raises(Refused, match="computed and cannot be set"):
            edit.apply(Set("sheet", "old", {name: 5}))
        with pytest.raises(Refused, match="computed and cannot be set"):
            edit.apply(Insert("sheet", {"name": "new", name: 5}))


def test_python_s_defaults_are_made_at_once_and_all_others_at_save(edit):
    [row] = edit.apply(Insert("sheet", {"name": "new"})).rows
    assert row.values["size"] == 4
    assert row.values["backwards"] == "ba"
    assert row.omitted >= {"colour", "title", "length"}
    [change] = edit.changes()
    assert not change.fields.keys() & row.omitted


def test_the_inverse_of_a_first_value_leaves_the_column_to_the_database_again(edit):
    edit.apply(Insert("sheet", {"name": "new"}))
    done = check_operation(edit, Set("sheet", "new", colour="white"))
    assert done.inverse == Set("sheet", ("new",), {}, omit=["colour"])
    assert done.inverse.to_json()["omit"] == ["colour"]
    assert "colour" not in edit.row("sheet", ("new",)).omitted
    edit.undo()
    assert "colour" in edit.row("sheet", ("new",)).omitted


def test_an_omitted_column_can_be_set_to_nothing_only_where_that_is_allowed(edit):
    edit.apply(Insert("sheet", {"name": "new"}))
    with pytest.raises(Refused, match="must be given"):
        edit.apply(Set("sheet", "new", colour=None))


def test_the_key_of_another_object_is_not_given_again(edit, dbsession):
    new = drafts.open(dbsession, Folder, ("3", "C"), owner="ada")
    with pytest.raises(Refused, match="exists already"):
        new.apply(Insert("sheet", {"name": "old"}))


def test_a_gone_key_with_rows_below_it_is_not_given_again(edit):
    edit.apply(Delete("sheet", "old"))
    with pytest.raises(Refused, match="still has rows below it"):
        edit.apply(Insert("sheet", {"name": "old"}))
    edit.undo()
    edit.apply(Delete("phrase", edit.page("phrase").rows[0].key))
    edit.apply(Delete("sheet", "old"))
    assert edit.apply(Insert("sheet", {"name": "old", "size": 9})).sequence == 3


def test_a_gone_key_is_given_again_below_another_parent_without_an_order(edit):
    edit.apply(Insert("mark", {"name": "m"}, "old"))
    edit.apply(Delete("mark", "m"))
    check_operation(edit, Insert("mark", {"name": "m"}, "empty"))
    assert edit.page("mark", parent=("old",)).rows == []
    edit.undo(2)
    assert [row.values["on"] for row in edit.page("mark").rows] == ["old"]


def test_a_gone_key_in_order_comes_back_at_the_new_place(edit):
    for name in "abc":
        edit.apply(Insert("tab", {"name": name}, "old"))
    edit.apply(Insert("tab", {"name": "z"}, "empty"))
    edit.apply(Delete("tab", "a"))
    check_operation(edit, Insert("tab", {"name": "a"}, ["empty"], after=["z"]))
    keys = [row.key[0] for row in edit.page("tab", parent=("empty",)).rows]
    assert keys == ["z", "a"]
    assert len(edit.page("tab", parent=("old",)).rows) == 2
    edit.apply(Delete("tab", "b"))
    named = Insert("tab", {"name": "b"}, "empty", after=None, name="b")
    edit.apply(Batch((named, Move("tab", Ref("b"), after="a"))))
    keys = [row.key[0] for row in edit.page("tab", parent=("empty",)).rows]
    assert keys == ["z", "a", "b"]


def test_a_row_whose_key_names_its_parent_stays_below_it(edit):
    edit.apply(Insert("stop", {"name": "a"}, "old"))
    edit.apply(Insert("stop", {"name": "b"}, "old"))
    with pytest.raises(Refused, match="key names its parent"):
        edit.apply(Move("stop", ("old", "a"), parent="empty"))
    done = edit.apply(Move("stop", ("old", "a"), parent="old"))
    assert done.sequence == 3


def test_a_reference_by_another_column_than_the_key_is_left_to_the_database(edit):
    done = edit.apply(Insert("mark", {"name": "m", "serial": 7}, "old"))
    assert done.rows[0].values["serial"] == 7


def test_rows_move_between_parents_of_one_object(edit):
    [phrase] = edit.page("phrase").rows
    done = check_operation(edit, Move("phrase", phrase.key, parent="empty"))
    assert done.rows[0].values["sheet"] == "empty"
    assert edit.page("phrase", parent=("old",)).rows == []
    assert [row.key for row in edit.page("phrase", parent=("empty",)).rows] == [
        phrase.key
    ]
    with pytest.raises(Refused, match="There is no sheet"):
        edit.apply(Move("phrase", phrase.key, parent="theirs"))


def test_a_batch_refers_to_what_it_inserts(edit):
    done = edit.apply(
        Batch(
            (
                Insert("sheet", {"name": "new"}, name="s"),
                Insert("phrase", {"text": "?"}, Ref("s"), name="q"),
                Insert("phrase", {"text": "!", "answers": {"ref": "q"}}, Ref("s")),
                Set("phrase", Ref("q"), {"answers": Ref("q")}),
            )
        )
    )
    assert [row.values.get("answers") for row in done.rows] == [None, -1, -1]
    assert fields(edit, "phrase")["answers"].made_by_draft == "phrase"


def test_a_reference_within_the_object_must_be_in_sight(edit, dbsession):
    [phrase] = edit.page("phrase").rows
    edit.apply(Insert("phrase", {"answers": phrase.key[0]}, "empty"))
    edit.apply(Delete("sheet", "old"))
    with pytest.raises(Refused, match="There is no phrase"):
        edit.apply(Insert("phrase", {"answers": phrase.key[0]}, "empty"))
    other = drafts.open(dbsession, Folder, ("3", "C"), owner="ada")
    with pytest.raises(Refused, match="There is no phrase"):
        other.apply(Insert("phrase", {"answers": phrase.key[0]}, "theirs"))


def test_a_reference_to_another_table_is_looked_up(edit):
    edit.apply(Set("sheet", "old", country="ch"))
    edit.apply(Set("sheet", "old", country=None))
    with pytest.raises(Refused, match="There is no country xx"):
        edit.apply(Set("sheet", "old", country="xx"))
    with pytest.raises(Refused, match="rows of this object only"):
        edit.apply(
            Batch(
                (
                    Insert("sheet", {"name": "n"}, name="n"),
                    Set("sheet", "old", country=Ref("n")),
                )
            )
        )


def test_choices_within_the_object_are_the_draft_s(edit):
    [phrase] = edit.page("phrase").rows
    edit.apply(Insert("phrase", {"text": "new"}, "empty"))
    found = edit.choices("phrase", "answers")
    assert {(one.key, one.label) for one in found} == {
        (phrase.key, "hello"),
        ((-1,), "new"),
    }
    assert [one.label for one in edit.choices("phrase", "answers", q="NE")] == ["new"]
    assert len(edit.choices("phrase", "answers", limit=1)) == 1
    edit.apply(Delete("sheet", "empty"))
    assert [one.label for one in edit.choices("phrase", "answers")] == ["hello"]


def test_choices_are_looked_for_until_there_are_enough(edit, monkeypatch):
    for number in range(6):
        sheet = "empty" if number < 3 else "old"
        edit.apply(Insert("phrase", {"text": f"new {number}"}, sheet))
    monkeypatch.setattr(tree, "STATEMENTS", 1)
    found = edit.choices("phrase", "answers", q="new", limit=5)
    assert [one.label for one in found] == [f"new {number}" for number in range(5)]


def test_choices_outside_are_found_by_what_they_are_called(edit):
    found = edit.choices("sheet", "country")
    assert {(one.key, one.label) for one in found} == {
        (("ch",), "Schweiz"),
        (("at",), "Österreich"),
    }
    assert [one.key for one in edit.choices("sheet", "country", q="öSTER")] == [("at",)]
    assert edit.choices("sheet", "country", q="%") == []
    assert len(edit.choices("sheet", "country", limit=1)) == 1


def test_choices_of_what_is_no_reference_are_refused(edit):
    for table, field in (("sheet", "size"), ("sheet", "x"), ("x", "size")):
        with pytest.raises(Unknown):
            edit.choices(table, field)


def test_a_key_of_several_columns_names_an_object(dbsession):
    edit = drafts.open(dbsession, Folder, ("a,b/~", "A"), owner="ada")
    assert edit.info.root == ("a,b/~", "A")
    assert drafts.resume(dbsession, edit.info.key, owner="ada").root == edit.root
    assert edit.info.label == "first"
    found = Objects(drafts, dbsession).find("folder", ("2", "B"))
    assert (found.key, found.label) == (("2", "B"), "2, B")


@pytest.mark.parametrize("key", ["2", ("2",), ("2", "C"), ("2", "B", "x"), ("2", None)])
def test_an_object_that_is_not_there_is_unknown(dbsession, key):
    with pytest.raises(Unknown):
        drafts.open(dbsession, Folder, key, owner="ada")
    with pytest.raises(Unknown):
        Objects(drafts, dbsession).find("folder", key)


def test_a_key_in_another_spelling_is_another_object(dbsession):
    with pytest.raises(Unknown):
        drafts.open(dbsession, Folder, ("2", "b"), owner="ada")
    with pytest.raises(Unknown):
        Objects(drafts, dbsession).find("folder", ("2", "b"))


def test_a_new_object_whose_key_nobody_can_make_is_refused(dbsession):
    with pytest.raises(Refused, match="needs a key that draftedit cannot make"):
        drafts.open(dbsession, Folder, owner="ada")


def test_the_names_that_people_read_come_from_the_models(edit):
    assert (edit.target.title, edit.target.title_plural) == ("folder", "many folders")
    stamp = fields(edit)["stamp"]
    assert (stamp.label, stamp.help) == ("Seal", "Made by the office.")
    assert fields(edit)["twice"].label == "Twice"


def test_a_row_below_a_gone_one_comes_back_below_another(edit):
    edit.apply(Insert("mark", {"name": "red"}, "old"))
    edit.apply(Delete("sheet", "old"))
    values = {"name": "red", "on": "empty", "serial": None}
    check_operation(edit, Recreate("mark", values))
    assert edit.row("mark", ("red",)).state == "new"
    edit.undo()
    assert edit.row("mark", ("red",)).values["on"] == "old"


def test_a_row_without_order_is_reverted_to_its_old_parent(edit, dbsession):
    edit.apply(Insert("mark", {"name": "red"}, "old"))
    edit.apply(Set("sheet", "empty", serial=7))
    edit.save()
    edit = drafts.open(dbsession, "folder", ("2", "B"), owner="ada")
    edit.apply(Set("mark", "red", serial=7))
    edit.save()
    there = sa.update(Mark).where(Mark.name == "red")
    dbsession.execute(there.values(on="empty"))  # as the host's own code could

    revert = drafts.open(dbsession, "folder", ("2", "B"), owner="ada", revert_to=1)

    values = revert.row("mark", ("red",)).values
    assert (values["on"], values["serial"]) == ("old", None)
    revert.undo()
    assert revert.row("mark", ("red",)).values["on"] == "empty"
    revert.redo()
    revert.save()
    dbsession.expire_all()
    assert dbsession.get_one(Mark, "red").on == "old"
