"""What a verb has written is there after the commit, however the session was joined.

As Pyramid's cookiecutter registers it: zope.sqlalchemy then rolls back what it has not
seen change, and it does not see what SQLAlchemy Core writes.
"""

import sys

import pytest
import sqlalchemy as sa
import transaction
import zope.sqlalchemy
from sqlalchemy.orm import scoped_session, sessionmaker

from draftedit import Delete, Set
from draftedit.counter import Counters
from draftedit.engine.schema.task import Task, TaskKey
from draftedit.engine.tasks import lease
from draftedit.service import task_results
from draftedit.service.drafts import Drafts
from draftedit.web import guards
from tests.hosts import shop
from tests.hosts.selling import Shop

DRAFTS: Drafts = shop.drafts
TABLES = DRAFTS.tables
COUNTERS = Counters(sa.MetaData())


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(shop.Base.metadata, DRAFTS.metadata, COUNTERS.table.metadata)


@pytest.fixture
def tm():
    return transaction.TransactionManager(explicit=True)


@pytest.fixture
def in_transaction(dbsession_factory, tm):
    """Return `in_transaction(act)`: what a request with a joined session does."""

    def in_transaction(act):
        dbsession = dbsession_factory()
        zope.sqlalchemy.register(dbsession, transaction_manager=tm)
        with tm:
            return act(dbsession)

    return in_transaction


@pytest.fixture
def goods(dbsession_factory):
    with dbsession_factory() as dbsession:
        return Shop(dbsession)


@pytest.fixture
def there(dbsession_factory):
    """Return `there(statement)`: one value, as another session finds it."""

    def there(statement):
        with dbsession_factory() as dbsession:
            return dbsession.scalar(statement)

    return there


@pytest.fixture
def draft(in_transaction, goods):
    return in_transaction(lambda s: opened(s, goods).key)


def opened(dbsession, goods):
    return DRAFTS.open(dbsession, shop.Order, goods.first, owner="ada")


def test_a_draft_that_was_opened(draft, there):
    assert there(sa.select(TABLES.draft.c.key)) == draft


def test_a_draft_on_a_session_of_a_thread(dbsession_factory, tm, goods, there):
    scoped = scoped_session(sessionmaker(**dbsession_factory.kw))
    zope.sqlalchemy.register(scoped, transaction_manager=tm)
    with tm:
        key = opened(scoped, goods).key
    assert there(sa.select(TABLES.draft.c.key)) == key
    scoped.remove()


VERBS = {
    "apply": lambda edit: edit.apply(Set("purchase", edit.root, number="A3")),
    "undo": lambda edit: edit.undo(),
    "rebase": lambda edit: edit.rebase(),
    "cancel": lambda edit: edit.cancel(),
    "hand_on": lambda edit: edit.hand_on("bob"),
}


@pytest.mark.parametrize("name", VERBS)
def test_what_a_verb_did_to_the_draft(in_transaction, goods, draft, there, name):
    in_transaction(lambda s: changed(s, draft))
    before = there(sa.select(TABLES.draft.c.version))

    in_transaction(lambda s: VERBS[name](DRAFTS.resume(s, draft, owner="ada")))

    assert there(sa.select(TABLES.draft.c.version)) == before + 1


def changed(dbsession, draft):
    edit = DRAFTS.resume(dbsession, draft, owner="ada")
    edit.apply(Set("purchase", edit.root, number="A2"))


def test_a_redo_and_a_fork(in_transaction, draft, there):
    def act(dbsession):
        edit = DRAFTS.resume(dbsession, draft, owner="ada")
        edit.undo()
        edit.redo()
        return edit.fork().key

    in_transaction(lambda s: changed(s, draft))
    fork = in_transaction(act)
    assert there(sa.select(sa.func.max(TABLES.draft.c.key))) == fork
    assert there(sa.select(TABLES.draft.c.redos)) == 1


def test_a_save_that_writes_association_rows_alone(in_transaction, goods, draft, there):
    def act(dbsession):
        edit = DRAFTS.resume(dbsession, draft, owner="ada")
        edit.apply(Delete("line_label", (goods.lines[0], "gift")))
        edit.save()

    in_transaction(act)
    assert there(sa.select(sa.func.count()).select_from(_links())) == 0


def _links():
    return shop.Base.metadata.tables["line_label"]


def test_an_answer_to_a_request_key(in_transaction, goods, there):
    call = guards.Call("ada", "k", "digest", lambda: 1)
    answer = guards.Answer(200, "{}")
    in_transaction(lambda s: guards.once(DRAFTS, s, call, lambda: answer))
    assert there(sa.select(TABLES.request.c.key)) == "k"


def test_a_wish_a_worker_and_what_it_holds(in_transaction, goods, there, monkeypatch):
    target = DRAFTS.targets["purchase"]
    monkeypatch.setitem(target.tasks, "scarce", Task("scarce", "Scarce", iter))
    root, wanted = str(goods.first), TABLES.task_result.c

    in_transaction(lambda s: task_results.hold(DRAFTS, s, shop.Order, goods.first))
    assert there(sa.select(TABLES.object.c.root)) == root

    place = in_transaction(
        lambda s: task_results.want(
            DRAFTS, s, shop.Order, goods.first, "scarce", by="ada"
        )
    )
    assert there(sa.select(wanted.wanted_by)) == "ada"

    in_transaction(
        lambda s: lease.claim(s, TABLES, TaskKey(*place.values().values()), 9)
    )
    assert there(sa.select(wanted.lease)) is not None

    in_transaction(lambda s: task_results.beat(DRAFTS, s, "one"))
    assert there(sa.select(TABLES.task_worker.c.name)) == "one"


def test_a_number_of_a_counter(in_transaction, there):
    in_transaction(lambda s: COUNTERS.next(s, "ticket"))
    assert there(sa.select(COUNTERS.table.c.value)) == 1


def test_a_session_of_another_manager_is_left_to_it(dbsession_factory, goods, there):
    with dbsession_factory() as dbsession:
        opened(dbsession, goods)  # by itself, and not committed
    assert transaction.get()._resources == []
    assert there(sa.select(TABLES.draft.c.key)) is None


def test_without_the_library_there_is_nothing_to_tell(monkeypatch, dbsession, goods):
    monkeypatch.delitem(sys.modules, "zope.sqlalchemy.datamanager")
    assert opened(dbsession, goods).is_open


def test_one_that_was_registered_as_read_only_refuses(dbsession_factory, tm, goods):
    dbsession = dbsession_factory()
    zope.sqlalchemy.register(dbsession, "readonly", transaction_manager=tm)
    with pytest.raises(AssertionError, match="read only"), tm:
        opened(dbsession, goods)
