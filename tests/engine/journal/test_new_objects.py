"""A draft of a new object begins with the values, and the key, that it is given."""

import pytest
import sqlalchemy as sa

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Refused, Unknown
from draftedit.engine.rebasing import Resolution
from draftedit.service.objects import Objects
from tests.hosts import net, shop
from tests.hosts.net import Net
from tests.hosts.shop import Order


@pytest.fixture(scope="session")
def database(fresh_database):
    mine = (net.Base.metadata, net.drafts.metadata)
    return fresh_database(*mine, shop.Base.metadata, shop.drafts.metadata)


def new_net(dbsession, name="home", owner="ada", **values):
    values = {"name": name, **values}
    return net.drafts.open(dbsession, Net, owner=owner, values=values)


def again(edit):
    return net.drafts.resume(edit.dbsession, edit.info.key, owner=None)


def problems(refusal):
    return [(p.code, p.field) for p in refusal.value.problems]


class TestValues:
    def test_are_saved_with_the_object(self, dbsession):
        edit = shop.drafts.open(dbsession, Order, owner="ada", values={"number": "A-7"})

        edit.save()

        assert dbsession.scalars(sa.select(Order.number)).all() == ["A-7"]

    def test_are_no_step_that_undo_takes_away(self, dbsession):
        edit = shop.drafts.open(dbsession, Order, owner="ada", values={"number": "A-7"})
        edit.apply(Set("purchase", edit.root, number="A-8"))

        edit.undo()

        assert edit.row("purchase", edit.root).values["number"] == "A-7"
        assert (edit.info.undo, edit.info.redo) == (0, 1)
        assert [(c.table, c.kind) for c in edit.changes()] == [("purchase", "new")]

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"number": None}, ("value-missing", "number")),
            ({"colour": "red"}, ("unknown-field", "colour")),
            ({"id": 5}, ("not-a-uuid", "id")),
            ({"number": "x" * 500}, ("value-too-long", "number")),
        ],
    )
    def test_that_the_root_cannot_have_are_refused_by_field(
        self, dbsession, values, problem
    ):
        with pytest.raises(Refused) as refusal:
            shop.drafts.open(dbsession, Order, owner="ada", values=values)

        assert problems(refusal) == [problem]
        assert shop.drafts.mine(dbsession, "ada").items == []

    @pytest.mark.parametrize("values", [["number"], "number", 5])
    def test_that_are_not_by_column_are_refused(self, dbsession, values):
        with pytest.raises(Refused) as refusal:
            shop.drafts.open(dbsession, Order, owner="ada", values=values)

        assert problems(refusal) == [("values-not-by-column", None)]

    def test_are_refused_for_an_object_that_exists(self, dbsession):
        new_net(dbsession).save()

        with pytest.raises(Refused) as refusal:
            net.drafts.open(dbsession, Net, "home", owner="ada", values={"title": "x"})

        assert problems(refusal) == [("values-of-new-objects", None)]


class TestKey:
    def test_is_given_with_the_values(self, dbsession):
        edit = new_net(dbsession, title="Home")
        edit.apply(Insert("node", {"name": "a"}))

        saved = edit.save()

        assert (saved.key, saved.revision, saved.ids["node"].keys()) == (
            ("home",),
            1,
            {"-1"},
        )
        there = dbsession.get(Net, "home")
        assert (there.title, [node.name for node in there.nodes]) == ("Home", ["a"])

    def test_without_it_the_column_is_named(self, dbsession):
        with pytest.raises(Refused, match="it must be given") as refusal:
            net.drafts.open(dbsession, Net, owner="ada", values={"title": "Home"})

        assert problems(refusal) == [("key-cannot-be-made", "name")]

    def test_of_an_object_that_exists_is_refused(self, dbsession):
        new_net(dbsession).save()

        with pytest.raises(Refused) as refusal:
            new_net(dbsession)

        assert problems(refusal) == [("key-exists", "name")]
        assert refusal.value.problems[0].key == ("home",)

    def test_of_a_deleted_object_is_another_object_s(self, dbsession):
        new_net(dbsession, title="first").save()
        old = net.drafts.open(dbsession, Net, "home", owner="ada")
        old.apply(Insert("node", {"name": "old"}))
        old.save()
        gone = net.drafts.open(dbsession, Net, "home", owner="ada")
        gone.apply(Delete("net", "home"))
        assert gone.save().revision == 3

        edit = new_net(dbsession, title="second")
        assert edit.page("node").rows == []
        saved = edit.save()

        assert saved.revision == 4
        assert dbsession.get(Net, "home").title == "second"
        objects = Objects(net.drafts, dbsession)
        [then] = objects.page("net", ("home",), "net", revision=1).rows
        assert then.values["title"] == "first"
        with pytest.raises(Refused, match="another"):
            net.drafts.open(dbsession, Net, "home", owner="ada", revert_to=2)

    @pytest.mark.parametrize("take", ["draft", "base"])
    def test_a_draft_of_a_deleted_object_is_not_written_into_the_next_of_its_key(
        self, dbsession, take
    ):
        new_net(dbsession, title="first").save()
        mine = net.drafts.open(dbsession, Net, "home", owner="ada")
        mine.apply(Set("net", "home", title="mine"))
        gone = net.drafts.open(dbsession, Net, "home", owner="bob")
        gone.apply(Delete("net", "home"))
        gone.save()
        new_net(dbsession, owner="bob", title="second").save()
        mine = again(mine)

        with pytest.raises(Refused) as refusal:
            mine.rebase([Resolution(take)])

        assert {one.code for one in refusal.value.problems} == {"key-in-use"}
        mine = again(mine)
        mine.rebase([Resolution("live")])
        assert mine.changes() == []
        dbsession.expire_all()
        assert dbsession.get(Net, "home").title == "second"

    def test_base_of_two_new_objects_of_one_key_deletes_neither(self, dbsession):
        mine = new_net(dbsession, title="mine")
        new_net(dbsession, owner="bob", title="theirs").save()

        with pytest.raises(Refused) as refusal:
            again(mine).rebase([Resolution("base")])

        assert {one.code for one in refusal.value.problems} == {"key-in-use"}

    def test_two_people_give_the_same_one(self, dbsession):
        mine, theirs = (
            new_net(dbsession, owner=owner, title=owner) for owner in ("ada", "bob")
        )
        theirs.apply(Insert("node", {"name": "b"}))
        theirs.save()

        mine = again(mine)
        [conflict] = mine.conflicts()
        assert (conflict.table, conflict.key, conflict.field) == (
            "net",
            ("home",),
            None,
        )

    @pytest.mark.parametrize(("take", "title"), [("draft", "ada"), ("live", "bob")])
    def test_of_two_people_s_objects_one_s_values_are_taken(
        self, dbsession, take, title
    ):
        mine, theirs = (
            new_net(dbsession, owner=owner, title=owner) for owner in ("ada", "bob")
        )
        mine.apply(Insert("node", {"name": "a"}))
        theirs.save()
        mine = again(mine)

        mine.rebase([Resolution(take)])
        mine.save()

        dbsession.expire_all()
        assert dbsession.get(Net, "home").title == title
        assert dbsession.scalar(sa.select(sa.func.count()).select_from(net.Node)) == 1

    def test_a_new_object_is_nobody_else_s_to_open(self, dbsession):
        new_net(dbsession)

        with pytest.raises(Unknown):
            net.drafts.open(dbsession, Net, "home", owner="bob")
