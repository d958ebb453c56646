"""Purge deletes closed drafts, counts them once, and touches nothing else."""

import datetime
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit import Batch, Delete, Insert, Set
from draftedit.app.models import WRITES
from draftedit.engine.base.errors import NothingToSave, Unknown
from draftedit.engine.statistics import purge as engine
from draftedit.engine.statistics.purge import Purged, purge
from draftedit.engine.store import request_keys
from draftedit.engine.store.request_keys import Stored
from tests.databases import create_tables, wait_for_locks
from tests.hosts import shop
from tests.hosts.selling import Shop

TABLES = shop.drafts.tables
DAY = datetime.timedelta(days=1)
PARTS = shop.drafts.targets["purchase"].tables.values()


def now():
    return datetime.datetime.now(datetime.UTC)


class Drafting:
    """Makes drafts of the shop's orders: saved, cancelled and open ones."""

    def __init__(self, factory, goods):
        self.factory = factory
        self.goods = goods

    def open(self, owner="ada", key=None):
        """Open a draft with some rows and operations in it; return its key."""
        with self.factory.begin() as dbsession:
            order = self.goods.second if key is None else key
            edit = shop.drafts.open(dbsession, shop.Order, order, owner=owner)
            for number in range(3):
                edit.apply(Insert("line", {"product": f"line {number}"}))
            edit.undo()
            key = edit.info.key
            stored = Stored("digest", 200, "answer")
            request_keys.store(dbsession, TABLES, owner, f"key {key}", stored, key)
            return key

    def save(self, key):
        with self.factory.begin() as dbsession:
            shop.drafts.resume(dbsession, key, owner=None).save()

    def cancel(self, key):
        with self.factory.begin() as dbsession:
            shop.drafts.resume(dbsession, key, owner=None).cancel()

    def purge(self, closed_before=None, transaction=None, **options):
        before = closed_before or now() + DAY
        return purge(
            transaction or self.factory.begin,
            TABLES,
            shop.drafts.targets,
            before,
            **options,
        )

    def statistics(self):
        with self.factory.begin() as dbsession:
            return shop.drafts.statistics(dbsession)

    def dump(self, *tables, draft=None):
        """Return every row of the tables, as it is."""
        with self.factory.begin() as dbsession:
            return {
                table.name: sorted(
                    map(tuple, dbsession.execute(self._of(table, draft))), key=repr
                )
                for table in tables
            }

    def _of(self, table, draft):
        wanted = sa.select(table)
        return wanted if draft is None else wanted.where(table.c.draft == draft)

    def keys(self):
        with self.factory.begin() as dbsession:
            return set(dbsession.scalars(sa.select(TABLES.draft.c.key)))


@pytest.fixture
def drafting(dbsession_factory, goods):
    return Drafting(dbsession_factory, goods)


@pytest.fixture
def closed(drafting):
    """Make three closed drafts: cancelled, saved, cancelled."""
    keys = [drafting.open() for _ in range(3)]
    drafting.cancel(keys[0])
    drafting.save(keys[1])
    drafting.cancel(keys[2])
    return keys


LIVE = tuple(shop.Base.metadata.tables.values())
HISTORY = tuple(part.history for part in PARTS)
OWN = tuple(part.draft for part in PARTS)


def test_closed_drafts_are_deleted_and_nothing_else(drafting, closed):
    mine = drafting.open()
    kept = (*LIVE, *HISTORY, TABLES.object)
    of_mine = (*OWN, TABLES.operation, TABLES.request, TABLES.draft_object)
    before = drafting.dump(*kept), drafting.dump(*of_mine, draft=mine)
    assert drafting.purge() == Purged(abandoned=0, deleted=3)
    assert (drafting.dump(*kept), drafting.dump(*of_mine, draft=mine)) == before
    assert drafting.dump(*of_mine) == drafting.dump(*of_mine, draft=mine)
    assert drafting.keys() == {mine}


def test_a_revision_outlives_its_draft_and_forgets_it(drafting, closed, dbsession):
    wanted = sa.select(TABLES.revision.c.number, TABLES.revision.c.draft)
    assert dbsession.execute(wanted).all() == [(1, closed[1])]
    drafting.purge()
    assert dbsession.execute(wanted).all() == [(1, None)]


def test_drafts_closed_after_the_cutoff_stay(drafting, closed):
    assert drafting.purge(now() - DAY) == Purged(0, 0)
    assert drafting.keys() == set(closed)


def test_what_was_counted_is_the_same_afterwards(drafting, closed):
    drafting.open()
    before = drafting.statistics()
    drafting.purge()
    assert drafting.statistics() == before
    drafting.purge()
    assert drafting.statistics() == before


def test_drafts_that_stay_are_counted_before_they_are_deleted(
    drafting, closed, dbsession
):
    before = drafting.statistics()
    drafting.purge(now() - DAY)
    counted = sa.select(TABLES.draft.c.counted)
    assert dbsession.scalars(counted).all() == [True] * 3
    assert sum(dbsession.scalars(sa.select(TABLES.draft_day.c.saved))) == 1
    assert drafting.statistics() == before
    drafting.purge()
    assert drafting.statistics() == before


def test_idle_drafts_are_cancelled_as_abandoned_and_deleted_later(drafting, dbsession):
    idle, busy = drafting.open(), drafting.open()
    long_ago = now() - 100 * DAY
    draft = TABLES.draft.c
    with drafting.factory.begin() as dbsession:
        old = sa.update(TABLES.draft).where(draft.key == idle)
        dbsession.execute(old.values(changed_at=long_ago))
    cutoff = now() - 30 * DAY
    assert drafting.purge(cutoff, idle_before=now() - 90 * DAY) == Purged(1, 0)
    with drafting.factory.begin() as dbsession:
        info = shop.drafts.resume(dbsession, idle, owner="ada").info
        assert (info.state, info.closed_because) == ("cancelled", "idle")
        assert shop.drafts.resume(dbsession, busy, owner="ada").info.state == "open"
    assert sum(day.abandoned for day in drafting.statistics()) == 1
    assert sum(day.cancelled for day in drafting.statistics()) == 0
    assert drafting.purge() == Purged(0, 1)
    assert sum(day.abandoned for day in drafting.statistics()) == 1


def test_a_dry_run_tells_and_touches_nothing(drafting, closed):
    drafting.open()
    everything = (*LIVE, *HISTORY, *OWN, *shop.drafts.metadata.tables.values())
    before = drafting.dump(*everything)
    purged = drafting.purge(idle_before=now() + DAY, dry_run=True)
    assert purged == Purged(abandoned=1, deleted=3)
    assert drafting.dump(*everything) == before


def test_each_batch_is_bounded_and_progress_is_told(drafting, closed, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    monkeypatch.setattr(engine, "DRAFTS", 2)
    told = []
    drafting.purge(progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (2, 3), (3, 3)]
    assert drafting.keys() == set()
    assert drafting.dump(*OWN, TABLES.operation) == {
        table.name: [] for table in (*OWN, TABLES.operation)
    }


def test_no_statement_deletes_more_than_a_batch(
    drafting, closed, monkeypatch, connection
):
    monkeypatch.setattr(engine, "BATCH", 2)
    counts = []

    def count(_connection, cursor, statement, *_):
        if statement.startswith("DELETE"):
            counts.append(cursor.rowcount)

    sa.event.listen(connection, "after_cursor_execute", count)
    try:
        drafting.purge()
    finally:
        sa.event.remove(connection, "after_cursor_execute", count)
    assert max(counts) == 2


def test_answers_that_belong_to_no_draft_go_when_they_are_old(
    drafting, dbsession, monkeypatch
):
    monkeypatch.setattr(engine, "BATCH", 1)
    stored = Stored("digest", 200, "answer")
    with drafting.factory.begin() as session:
        request_keys.store(session, TABLES, "ada", "one", stored, None)
    drafting.purge(now() - DAY)
    assert request_keys.find(dbsession, TABLES, "ada", "one") == stored
    drafting.purge()
    assert request_keys.find(dbsession, TABLES, "ada", "one") is None


class Interrupted(Exception):
    """The power fails."""


def test_a_purge_interrupted_anywhere_is_simply_run_again(drafting, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    monkeypatch.setattr(engine, "DRAFTS", 1)
    drafting.cancel(drafting.open())
    drafting.save(drafting.open())
    drafting.open()
    before = drafting.statistics()
    step, finished = 0, False
    while not finished:
        step += 1
        # Of the connection: a session that took back what others had committed in
        # it would be a mistake, and is refused.
        connection = drafting.factory.kw["bind"]
        with connection.begin_nested() as savepoint:
            bound = sessionmaker(connection, join_transaction_mode="create_savepoint")
            finished = _interrupt(Drafting(bound, drafting.goods), step, before)
            savepoint.rollback()
    assert step > 15


def failing(drafting, left):
    """Return transactions of which one fails: when `left[0]` of them have ended."""

    class Failing:
        def __init__(self):
            self.own = drafting.factory.begin()

        def __enter__(self):
            return self.own.__enter__()

        def __exit__(self, *error):
            left[0] -= 1
            if left[0] == 0:
                self.own.__exit__(Interrupted, Interrupted(), None)
                raise Interrupted
            return self.own.__exit__(*error)

    return Failing


def _interrupt(drafting, step, before):
    try:
        drafting.purge(transaction=failing(drafting, [step]))
    except Interrupted:
        assert drafting.statistics() == before
        drafting.purge()
        finished = False
    else:
        finished = True
    assert drafting.statistics() == before
    assert len(drafting.keys()) == 1
    return finished


class Playing(Drafting):
    """Makes drafts of any length that end in any way, over some days."""

    def __init__(self, factory, goods, dice):
        super().__init__(factory, goods)
        self.dice = dice

    def play(self):
        with self.factory.begin() as dbsession:
            order = self.dice.choice([self.goods.first, self.goods.second])
            edit = shop.drafts.open(dbsession, shop.Order, order, owner="ada")
            for _ in range(self.dice.choice([0, 1, 2, 7])):
                self._step(edit)
            end = self.dice.choice(["save", "cancel", "leave", "forget"])
            if end == "cancel" or (end == "save" and edit.is_open):
                self._close(edit, end)
            opened = now() - self.dice.random() * 40 * DAY
            times = {"opened_at": opened}
            if not edit.is_open:
                times["closed_at"] = opened + self.dice.random() ** 4 * 40 * DAY
            if end == "forget":
                times["changed_at"] = opened
            mine = sa.update(TABLES.draft).where(TABLES.draft.c.key == edit.info.key)
            dbsession.execute(mine.values(times))

    def _close(self, edit, end):
        try:
            getattr(edit, end)()
        except NothingToSave:
            edit.cancel()

    def _step(self, edit):
        kind = self.dice.choice(["insert", "set", "undo", "redo", "batch"])
        insert = Insert("line", {"product": f"line {self.dice.random()}"})
        if kind == "undo" and edit.info.undo:
            edit.undo(self.dice.randint(1, edit.info.undo))
        elif kind == "redo" and edit.info.redo:
            edit.redo()
        elif kind == "set":
            root = sa.inspect(shop.Order).local_table.name
            edit.apply(Set(root, edit.root, number=f"n{self.dice.random():.8f}"))
        else:
            edit.apply(Batch((insert, insert)) if kind == "batch" else insert)


def test_random_drafts_count_the_same_whenever_a_purge_is_interrupted(
    dbsession_factory, goods, dice, rounds, monkeypatch
):
    drafting = Playing(dbsession_factory, goods, dice)
    for _ in range(rounds(30)):
        drafting.play()
    drafting.purge(now() - 45 * DAY, idle_before=now() - 20 * DAY)
    before = drafting.statistics()
    days = 40
    while days >= 0:
        monkeypatch.setattr(engine, "BATCH", dice.choice([2, 5, 10_000]))
        monkeypatch.setattr(engine, "DRAFTS", dice.choice([1, 3, 500]))
        left = [dice.randint(1, 12)]
        try:
            drafting.purge(now() - days * DAY, transaction=failing(drafting, left))
        except Interrupted:
            pass
        else:
            days -= 10
        assert drafting.statistics() == before
    closed = TABLES.draft.c.state != "open"
    with dbsession_factory() as dbsession:
        uncounted = sa.select(TABLES.draft).where(closed, ~TABLES.draft.c.counted)
        assert dbsession.execute(uncounted).all() == []


@pytest.fixture
def committed(empty_database):
    """Make a shop whose commits are real."""
    wait_for_locks(empty_database.engine)
    create_tables(empty_database.engine, shop.Base.metadata, shop.drafts.metadata)
    bind = empty_database.engine.execution_options(**{WRITES: True})
    with Session(bind) as dbsession:
        goods = Shop(dbsession)
    return Drafting(sessionmaker(bind), goods)


def test_two_purges_at_once_count_and_delete_each_draft_once(committed):
    for key in [committed.open() for _ in range(8)]:
        committed.cancel(key)
    mine = committed.open()
    before = committed.statistics()
    start, results = threading.Barrier(2), []

    def run():
        start.wait()
        results.append(committed.purge())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(purged.deleted for purged in results) == 8
    assert committed.statistics() == before
    assert committed.keys() == {mine}


def test_a_purged_draft_is_unknown_and_its_number_is_not_given_again(
    drafting, closed, dbsession
):
    drafting.purge()
    with pytest.raises(Unknown):
        shop.drafts.resume(dbsession, closed[2], owner="ada")
    assert drafting.open() > max(closed)


def test_a_deleted_row_of_a_draft_is_purged_like_any_other(drafting):
    with drafting.factory.begin() as dbsession:
        edit = shop.drafts.open(
            dbsession, shop.Order, drafting.goods.first, owner="ada"
        )
        edit.apply(Delete("line", (drafting.goods.lines[0],)))
        edit.apply(Set("line", (drafting.goods.lines[1],), amount=9))
        edit.cancel()
    assert drafting.purge() == Purged(0, 1)
    assert drafting.dump(*OWN) == {table.name: [] for table in OWN}


def test_drafts_that_another_purge_has_deleted_meanwhile_are_not_counted_again(
    drafting, closed
):
    before = drafting.statistics()
    began = []

    def transaction():
        began.append(1)
        if len(began) == 3:  # counted, and looked at; now they are to be deleted
            assert drafting.purge().deleted == len(closed)
        return drafting.factory.begin()

    assert drafting.purge(transaction=transaction) == Purged(0, 0)
    assert drafting.statistics() == before
