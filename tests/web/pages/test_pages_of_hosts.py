"""Pages of hosts whose models the bundled example does not have."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Insert, Move, Set
from tests.client import Client
from tests.databases import on_one_database
from tests.functional.person import Person
from tests.hosts import net, office, quirks, wide
from tests.hosts.application import PREFIX, make_host

pytestmark = on_one_database

OWNED = {"cascade": "all, delete-orphan"}


@pytest.fixture
def host(database, dbsession_factory):
    """Return `host(drafts)`: ann on the first page of an application with these."""

    def host(drafts):
        app = make_host(database.engine, drafts)
        environ = {"app.dbsession_factory": dbsession_factory}
        browser = Client(app, extra_environ=environ)
        browser.set_cookie("name", "ann")
        return Person(browser, f"{PREFIX}/")

    return host


def conflicts_of(person, drafts, dbsession_factory, at, mine, theirs):
    """Let ann do `mine`, and bob save each of `theirs`; go to the conflicts."""
    with dbsession_factory.begin() as dbsession:
        edit = drafts.open(dbsession, *at, owner="ann")
        for one in mine:
            edit.apply(one)
        for several in theirs:
            other = drafts.open(dbsession, *at, owner="bob")
            for one in several:
                other.apply(one)
            other.save()
        key = edit.info.key
    return person.go(f"{PREFIX}/drafts/{key}/conflicts")


def why(person):
    return person.words(".conflict .help")[0]


class TestKeysOfTheirOwn:
    """Rows that are called by a key which their users choose."""

    @pytest.fixture
    def database(self, fresh_database):
        return fresh_database(quirks.Base.metadata, quirks.drafts.metadata)

    @pytest.fixture
    def folder(self, dbsession_factory):
        with dbsession_factory.begin() as dbsession:
            country = quirks.Country(code="fr", title="France")
            sheets = [
                quirks.Sheet(name=name, country="fr", title=name)
                for name in ("one", "two")
            ]
            dbsession.add(country)
            dbsession.flush()
            dbsession.add(quirks.Folder(shelf="top", letter="a", sheets=sheets))
        return quirks.Folder, ("top", "a")

    @pytest.fixture
    def against(self, host, folder, dbsession_factory):
        """Return `against(mine, theirs)`: ann at these conflicts."""
        person = host(quirks.drafts)

        def against(mine, *theirs):
            return conflicts_of(
                person, quirks.drafts, dbsession_factory, folder, mine, theirs
            )

        return against

    def test_both_have_added_a_row_of_one_key(self, against):
        page = against(
            [Insert("sheet", {"name": "new", "title": "mine"})],
            [Insert("sheet", {"name": "new", "title": "theirs"})],
        )

        assert why(page) == "Both added it, with different values."

    def test_a_row_is_another_one_now(self, against):
        page = against(
            [Set("sheet", ("one",), {"title": "mine"})],
            [Delete("sheet", ("one",))],
            [Insert("sheet", {"name": "one", "title": "theirs"})],
        )

        assert why(page) == (
            "Others deleted it, and what has its key now is another one."
        )

    def test_a_parent_of_two_columns_is_shown_by_their_values(self, against):
        page = against(
            [Set("sheet", ("one",), {"title": "mine"})], [Delete("sheet", ("one",))]
        )

        cells = page.words(".sides-table td")
        assert {"top", "a"} <= set(cells)

    def test_what_is_no_object_is_called_by_its_key_in_each_row(
        self, host, folder, dbsession_factory
    ):
        with dbsession_factory.begin() as dbsession:
            edit = quirks.drafts.open(dbsession, *folder, owner="ann")
            key = edit.info.key

        page = host(quirks.drafts).go(f"{PREFIX}/drafts/{key}?part=sheet")

        cells = [cell for row in page.table() for cell in row]
        assert cells.count("fr") == 2


class TestOneForEach:
    """A part of which an object has one at most: the reference to it is unique."""

    @pytest.fixture
    def database(self, fresh_database):
        return fresh_database(wide.Base.metadata, wide.drafts.metadata)

    def test_what_cannot_be_changed_has_no_other_value(self, host, dbsession_factory):
        with dbsession_factory.begin() as dbsession:
            thing = wide.Thing(name="it")
            dbsession.add(thing)
            dbsession.flush()
            at = wide.Thing, thing.id

        page = conflicts_of(
            host(wide.drafts),
            wide.drafts,
            dbsession_factory,
            at,
            [Insert("address", {"street": "mine"})],
            [[Insert("address", {"street": "theirs"})]],
        )

        assert why(page).startswith("Others gave the same value to Address")
        takes = page.page.forms["rebase"]["take.address/-1/thing_id"].options
        assert [take for take, *_ in takes] == ["base", "draft", "live"]


class TreeBase(DeclarativeBase):
    """Metadata of an object with two branches."""


class Almanac(TreeBase):
    """The root: months and regions, with days and towns below."""

    __tablename__ = "almanac"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 — as SQLAlchemy has it
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    months = relationship("Month", **OWNED)
    regions = relationship("Region", **OWNED)


class Month(TreeBase):
    """A branch."""

    __tablename__ = "month"
    name = mapped_column(sa.String(20), primary_key=True)
    almanac_id = mapped_column(sa.ForeignKey(Almanac.id), index=True, nullable=False)
    days = relationship("Day", **OWNED)


class Day(TreeBase):
    """A leaf."""

    __tablename__ = "day"
    name = mapped_column(sa.String(20), primary_key=True)
    month = mapped_column(sa.ForeignKey(Month.name), index=True, nullable=False)


class Region(TreeBase):
    """The other branch."""

    __tablename__ = "region"
    name = mapped_column(sa.String(20), primary_key=True)
    almanac_id = mapped_column(sa.ForeignKey(Almanac.id), index=True, nullable=False)
    towns = relationship("Town", **OWNED)


class Town(TreeBase):
    """Its leaf."""

    __tablename__ = "town"
    name = mapped_column(sa.String(20), primary_key=True)
    region = mapped_column(sa.ForeignKey(Region.name), index=True, nullable=False)


branching = Drafts(TreeBase.metadata)
branching.target(Almanac, label=Almanac.name)


class TestTwoBranches:
    """A tree whose rows have parts of their own, side by side."""

    @pytest.fixture
    def database(self, fresh_database):
        return fresh_database(TreeBase.metadata, branching.metadata)

    def test_the_tree_is_open_where_one_is_and_closed_beside_it(
        self, host, dbsession_factory
    ):
        with dbsession_factory.begin() as dbsession:
            almanac = Almanac(
                name="of tides",
                months=[Month(name="May", days=[Day(name="first of May")])],
                regions=[Region(name="North", towns=[Town(name="Wick")])],
            )
            dbsession.add(almanac)
            dbsession.flush()
            edit = branching.open(dbsession, Almanac, almanac.id, owner="ann")
            key = edit.info.key

        page = host(branching).go(f"{PREFIX}/drafts/{key}?part=town&parent=North")

        assert page.table() == [["Wick"]]
        current = page.soup().select(".tree [aria-current=page]")
        assert [" ".join(one.get_text().split()) for one in current] == ["North"]
        assert page.links("May", inside=".tree") != []


class TestRowsWithoutOrder:
    """Rows that stand below another row, in no order of their own."""

    @pytest.fixture
    def database(self, fresh_database):
        return fresh_database(office.Base.metadata, office.drafts.metadata)

    @pytest.fixture
    def key(self, dbsession_factory):
        """Return the key of an office with desks 1 and 2 in room 1, and rooms 2, 3."""
        with dbsession_factory.begin() as dbsession:
            desks = [office.Desk(number=n, name=f"desk {n}") for n in (1, 2)]
            rooms = [
                office.Room(number=1, title="hall", desks=desks),
                office.Room(number=2, title="attic"),
                office.Room(number=3, title="cellar"),
            ]
            made = office.Office(name="head office", rooms=rooms)
            dbsession.add(made)
            dbsession.flush()
            return made.id

    @pytest.fixture
    def draft(self, host, key, dbsession_factory):
        """Return ann in a draft of the office, and its address."""
        with dbsession_factory.begin() as dbsession:
            edit = office.drafts.open(dbsession, office.Office, key, owner="ann")
            at = f"{PREFIX}/drafts/{edit.info.key}"
        return host(office.drafts), at

    def test_a_row_is_moved_by_its_form_and_back_by_undo(self, draft, key):
        person, at = draft
        person.go(f"{at}?part=desk&parent={key},1")
        person.click("Move Desk 1, 2 “desk 2”")
        offered = [text for *_, text in person.forms("Move")[0]["parent"].options]

        person.press("Move", parent=f"{key},3")

        assert len(offered) == 3
        assert len(person.go(f"{at}?part=desk&parent={key},3").table()) == 1
        done = " ".join(person.words("li"))
        assert "Move desk 1, 2 “desk 2” to room 1, 3 “cellar”" in done
        person.press("Undo all")
        assert person.go(f"{at}?part=desk&parent={key},3").table() == []

    def test_a_parent_is_searched_where_there_are_many(
        self, draft, key, dbsession_factory
    ):
        with dbsession_factory.begin() as dbsession:
            for number in range(10, 150):
                room = office.Room(office_id=key, number=number, title=f"r{number}")
                dbsession.add(room)
        person, at = draft
        person.go(f"{at}/rows/desk/{key},1")

        person.submit(person.forms("Search")[0], pq="r149", status=200)

        options = person.forms("Move")[0]["parent"].options
        assert f"{key},149" in [value for value, *_ in options]
        person.press("Move", parent=f"{key},149")
        assert len(person.go(f"{at}?part=desk&parent={key},149").table()) == 1

    def test_several_rows_are_moved_at_once(self, draft, key):
        person, at = draft
        person.go(f"{at}/rows/desk?id={key},1/{key},2")

        person.press("Move", parent=f"{key},2")

        assert len(person.go(f"{at}?part=desk&parent={key},2").table()) == 2

    def test_rows_of_the_only_parent_are_not_offered_a_move(self, draft, key):
        person, at = draft

        person.go(f"{at}?part=room")
        assert person.links("Move Room 1, 1 “hall”") == []
        person.go(f"{at}/rows/room/{key},1")
        assert person.forms("Move") == []

    def test_two_people_s_parents_are_shown_and_chosen_from(
        self, host, key, dbsession_factory
    ):
        page = conflicts_of(
            host(office.drafts),
            office.drafts,
            dbsession_factory,
            (office.Office, key),
            [Move("desk", (key, 1), (key, 2))],
            [[Move("desk", (key, 1), (key, 3))]],
        )

        assert why(page) == "Both moved it, to different places."
        shown = " | ".join(page.words(".conflict .side .shown"))
        assert [name in shown for name in ("hall", "attic", "cellar")] == [True] * 3
        conflict = f"desk/{key},1/room_number"
        page.press(
            "Rebase", **{f"take.{conflict}": "value", f"v.{conflict}": f"{key},2"}
        )
        page.click("Room 1, 2 “attic”", ".tree")
        assert [name for _, name, *_ in page.table()] == ["desk 1"]


class TestNewObjects:
    """Objects that are called by a key which their users choose."""

    @pytest.fixture
    def database(self, fresh_database):
        return fresh_database(net.Base.metadata, net.drafts.metadata)

    @pytest.fixture
    def asked(self, host):
        """Return ann before the form of a new net."""
        return host(net.drafts).click("New net")

    def test_the_key_is_asked_for_and_the_object_saved_under_it(self, asked, dbsession):
        asked.press("Begin a draft", v__name="häuser & gärten")
        assert asked.words("h1") == ["Net häuser & gärten"]
        asked.click("Review and save …").press("Save as revision 1")

        assert dbsession.scalars(sa.select(net.Net.name)).all() == ["häuser & gärten"]

    @pytest.mark.parametrize(
        ("name", "message"),
        [("", "needs a key"), ("x" * 21, "20 characters"), ("home", "exists already")],
    )
    def test_a_key_that_cannot_be_is_refused_beside_what_was_typed(
        self, asked, dbsession_factory, name, message
    ):
        with dbsession_factory.begin() as dbsession:
            dbsession.add(net.Net(name="home"))

        asked.press("Begin a draft", status=422, v__name=name)

        assert message in " ".join(asked.words(".errors, .error"))
        assert asked.forms("Begin a draft")[0]["v.name"].value == name
        with dbsession_factory.begin() as dbsession:
            assert net.drafts.mine(dbsession, "ann").items == []

    def test_there_is_no_form_for_what_is_no_target(self, host):
        person = host(net.drafts)

        assert person.browser.get(f"{PREFIX}/new/nothing", status=404)

    def test_nobody_who_is_not_signed_in_sees_the_form(self, host):
        person = host(net.drafts)
        person.browser.reset()

        person.browser.get(f"{PREFIX}/new/net", status=(302, 303, 401, 403))
