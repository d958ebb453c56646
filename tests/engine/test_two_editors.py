"""Two transactions that change one draft from code, without asking for its lock."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from draftedit import Insert, Set
from draftedit.app.models import WRITES
from draftedit.engine.base.errors import StaleVersion, Unknown
from draftedit.testing.race import every_order
from tests.databases import create_tables
from tests.hosts import shop
from tests.hosts.selling import Shop

DRAFTS = shop.drafts
VERBS = {
    "apply": lambda edit: edit.apply(Set("purchase", edit.root, number="A2")),
    "insert": lambda edit: edit.apply(Insert("line", {"product": "honey"})),
    "undo": lambda edit: edit.undo(),
    "redo": lambda edit: edit.redo(),
    "save": lambda edit: edit.save(),
    "rebase": lambda edit: edit.rebase(),
    "cancel": lambda edit: edit.cancel(),
    "hand_on": lambda edit: edit.hand_on("bob"),
    "fork": lambda edit: edit.fork(),
}


@pytest.fixture
def engine(empty_database):
    create_tables(empty_database.engine, shop.Base.metadata, DRAFTS.metadata)
    return empty_database.engine


@pytest.fixture
def begin(engine):
    return sessionmaker(engine.execution_options(**{WRITES: True})).begin


@pytest.fixture
def key(engine, begin):
    """Return the key of a draft with a step done and a step undone."""
    with Session(engine) as dbsession:
        goods = Shop(dbsession)
    with begin() as dbsession:
        edit = DRAFTS.open(dbsession, shop.Order, goods.first, owner="ada")
        edit.apply(Set("purchase", edit.root, number="A1a"))
        edit.apply(Set("purchase", edit.root, number="A1b"))
        edit.undo()
        return edit.key


@pytest.mark.parametrize("verb", VERBS)
def test_who_has_read_an_older_version_is_told_so(engine, begin, key, verb):
    with Session(engine) as late:
        edit = DRAFTS.resume(late, key, owner="ada")
        late.commit()  # SQLite would not let the other write a version behind its back
        with begin() as dbsession:
            DRAFTS.resume(dbsession, key, owner="ada").apply(
                Insert("line", {"product": "cocoa"})
            )

        with pytest.raises(StaleVersion) as stale:
            VERBS[verb](edit)

        late.rollback()
    assert stale.value.current == stale.value.seen + 1


def test_the_other_is_told_in_every_order_of_their_steps(engine, begin, key):
    """Both read the draft, both change it: one of them at least has done so."""

    def change(dbsession):
        edit = DRAFTS.resume(dbsession, key, owner="ada")
        return edit.apply(Insert("line", {"product": "honey"})).version

    def actor():
        with begin() as dbsession:
            return change(dbsession)

    ours = "FROM draftedit_draft|UPDATE draftedit_draft|INTO draftedit_operation"
    at = f"{ours}|INTO line_draft"
    for run in every_order(engine, [actor, actor], at=at, reset=lambda: None):
        assert all(isinstance(one, StaleVersion) for one in run.raised), str(run)
        assert len(run.raised) < 2, str(run)
        with Session(engine) as dbsession:
            edit = DRAFTS.resume(dbsession, key, owner="ada")
            assert edit.version == max(filter(None, run.returned)), str(run)


@pytest.mark.only_on("sqlite")
def test_who_has_begun_as_the_driver_does_is_told_too(empty_database, engine, key):
    """A plain engine: sqlite3 begins no transaction before the first write."""
    plain = sa.create_engine(engine.url)
    with Session(plain) as late, Session(plain) as first:
        edit = DRAFTS.resume(late, key, owner="ada")
        DRAFTS.resume(first, key, owner="ada").undo()
        first.commit()
        with pytest.raises(StaleVersion):
            edit.apply(Insert("line", {"product": "honey"}))
    plain.dispose()


def test_a_draft_that_was_purged_meanwhile_is_not_there(engine, begin, key):
    with Session(engine) as late:
        edit = DRAFTS.resume(late, key, owner="ada")
        late.commit()
        with begin() as dbsession:
            for table in reversed(DRAFTS.metadata.sorted_tables):
                dbsession.execute(sa.delete(table))
        with pytest.raises(Unknown):
            edit.undo()
        late.rollback()


def test_a_draft_is_locked_once_in_a_transaction(engine, begin, key):
    held = []

    def count(_connection, _cursor, statement, *_rest):
        held.extend(
            ["UPDATE draftedit_draft SET version=draftedit_draft.version" in statement]
        )

    with begin() as dbsession:
        scoped = scoped_session(lambda: dbsession)
        sa.event.listen(engine, "before_cursor_execute", count)
        edit = DRAFTS.resume(scoped, key, owner="ada")
        for product in ("honey", "milk"):
            edit.apply(Insert("line", {"product": product}))
        assert sum(held) == 1
        held.clear()
        locked = DRAFTS.resume(dbsession, key, owner="ada", lock=True)
        locked.apply(Insert("line", {"product": "rum"}))
        opened = DRAFTS.open(dbsession, shop.Order, locked.root, owner="ada")
        opened.apply(Insert("line", {"product": "rum"}))
        assert sum(held) == 0
        sa.event.remove(engine, "before_cursor_execute", count)
