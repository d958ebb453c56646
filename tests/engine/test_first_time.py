"""Who is first at an object, a wish or a record: nobody else is told of it.

From code of a host's own, without anything that would try again.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit import Set
from draftedit.app.models import WRITES
from draftedit.engine.base.errors import SaveRace
from draftedit.engine.base.keys import to_path
from draftedit.engine.saving import revision
from draftedit.engine.schema.tables import Tables
from draftedit.engine.schema.task import TaskKey
from draftedit.engine.tasks import result_requests, workers
from draftedit.service.drafts import Drafts
from draftedit.testing.race import every_order
from tests.databases import create_tables
from tests.hosts import shop
from tests.hosts.selling import Shop

DRAFTS: Drafts = shop.drafts
TABLES: Tables = DRAFTS.tables
OBJECTS = TABLES.object.c


class Stand:
    """A shop of this test alone, and what several do in it at once."""

    def __init__(self, engine):
        self.engine = engine
        create_tables(engine, shop.Base.metadata, DRAFTS.metadata)
        with Session(engine) as dbsession:
            self.goods = Shop(dbsession)

    @property
    def begin(self):
        return sessionmaker(self.engine.execution_options(**{WRITES: True})).begin

    def put_back(self):
        with self.begin() as dbsession:
            for table in reversed(DRAFTS.metadata.sorted_tables):
                dbsession.execute(sa.delete(table))
            number = sa.update(shop.Order).where(shop.Order.id == self.goods.first)
            dbsession.execute(number.values(number="A1"))

    def orders(self, *acts):
        """Play each order of what the actors do; nobody may be told of a race."""

        def in_transaction(act):
            def run():
                with self.begin() as dbsession:
                    return act(dbsession)

            return run

        # Reading and writing of the records in question, and the commits.
        at = "FROM draftedit_object|INTO draftedit_object|task_result|task_worker"
        actors = [in_transaction(act) for act in acts]
        runs = every_order(self.engine, actors, at=at, reset=self.put_back)
        for run in runs:
            assert run.raised == [], str(run)
            yield run

    def if_others_may_begin(self, seen):
        return set() if self.engine.dialect.name == "sqlite" else seen

    def open(self, dbsession, owner="ada"):
        return DRAFTS.open(dbsession, shop.Order, self.goods.first, owner=owner)

    def all(self, *columns):
        with Session(self.engine) as dbsession:
            return [tuple(row) for row in dbsession.execute(sa.select(*columns))]


@pytest.fixture
def stand(empty_database):
    return Stand(empty_database.engine)


def test_all_who_open_an_object_for_the_first_time_at_once_have_a_draft(stand):
    def opener(owner):
        return lambda dbsession: stand.open(dbsession, owner).key

    for run in stand.orders(opener("ada"), opener("bob")):
        assert len(set(run.returned)) == 2, str(run)
        assert stand.all(OBJECTS.revision) == [(0,)]


def test_who_opens_while_the_first_one_saves_has_the_rows_of_his_base(stand):
    def save(dbsession):
        edit = stand.open(dbsession)
        edit.apply(Set("purchase", stand.goods.first, number="A2"))
        return edit.save().revision

    def look(dbsession):
        edit = stand.open(dbsession, "bob")
        [root] = edit.page("purchase").rows
        return edit.info.base, root.values["number"]

    seen = set()
    for run in stand.orders(save, look):
        seen.add(run.returned[1])
    # SQLite has one writer, who began first here.
    assert seen == {(1, "A2")} | stand.if_others_may_begin({(0, "A1")})


def test_all_who_want_a_result_for_the_first_time_at_once_want_it_once(stand):
    place = TaskKey("purchase", str(stand.goods.first), "scarce")

    def want(by):
        return lambda dbsession: result_requests.want(dbsession, TABLES, place, by)

    by = TABLES.task_result.c.wanted_by
    seen = set()
    for _ in stand.orders(want("ada"), want("bob")):
        [(wanted_by,)] = stand.all(by)
        seen.add(wanted_by)
    assert seen == {"ada"} | stand.if_others_may_begin({"bob"})


def test_two_workers_of_one_name_are_noted_as_one(stand):
    def beat(dbsession):
        workers.beat(dbsession, TABLES, "one")

    for _ in stand.orders(beat, beat):
        assert stand.all(TABLES.task_worker.c.name) == [("one",)]


class TestARecordThatIsThereAlready:
    """Where a lock did not hold, as in a cluster, the save is a race and no fault."""

    def test_of_the_revision(self, dbsession, goods, edit):
        edit.apply(Set("purchase", edit.root, number="A2"))
        taken = {"target": "purchase", "root": to_path(edit.info.root), "number": 1}
        taken |= {"saved_at": edit.info.opened_at, "saved_by": "bob", "changes": 1}
        dbsession.execute(sa.insert(TABLES.revision), taken)

        with pytest.raises(SaveRace):
            edit.save()

        assert edit.is_open
        assert dbsession.get(shop.Order, goods.first).number == "A1"

    def test_of_a_new_object(self, dbsession, goods, monkeypatch):
        edit = DRAFTS.open(dbsession, shop.Order, owner="ada")
        edit.apply(Set("purchase", edit.root, number="C3"))
        taken = {"target": "purchase", "root": to_path(edit.info.root), "revision": 0}
        dbsession.execute(sa.insert(TABLES.object), taken)
        monkeypatch.setattr(revision, "locked", lambda *_: None)

        with pytest.raises(SaveRace):
            edit.save()

        assert edit.is_open
        assert dbsession.scalar(sa.select(sa.func.count(shop.Order.id))) == 2
