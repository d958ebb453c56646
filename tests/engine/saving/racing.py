"""Savers of one object at once: each with a connection, and a draft, of its own.

Their steps are interleaved by a meeting between "read the revision" and "write it".
What protects them can be taken away: the lock, and the two write guards together.
"""

import contextlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from draftedit import Insert, Set
from draftedit.app.models import WRITES, make_engine
from draftedit.engine.saving import Saved, revision
from draftedit.engine.schema.tables import Tables
from draftedit.engine.values.order_key import spread
from draftedit.web.retry import is_retryable
from tests.databases import create_tables, wait_for_locks
from tests.engine.saving.looking import as_of, objects
from tests.hosts import knot
from tests.hosts.knot import Box, Item, Plan

SAVERS = 4
PATIENCE = 60  # seconds; nothing is expected to come near
READ, WRITE = "SELECT draftedit_object.revision", "UPDATE draftedit_object SET"

TARGET = knot.drafts.targets["plan"]
TABLES: Tables = knot.drafts.tables


@dataclass(frozen=True)
class Race:
    """A plan with an item for each saver, and each saver's draft, by its owner."""

    engine: sa.Engine
    plan: int
    drafts: dict[str, int]
    before: dict

    @property
    def begin(self):
        """Begin a transaction that writes, as a request does."""
        return sessionmaker(self.engine.execution_options(**{WRITES: True})).begin


@dataclass(frozen=True)
class Finish:
    """What came of one saver, and how often it had to begin again."""

    saved: Saved
    retries: int


def make_race(engine: sa.Engine, change) -> Race:
    """Make a plan, and drafts of it; `change(edit, number, item)` edits each."""
    wait_for_locks(engine)
    create_tables(engine, knot.Base.metadata, knot.drafts.metadata)
    with Session(engine) as dbsession:
        plan, box = Plan(name="plan"), Box(name="box", place=spread(1)[0])
        plan.boxes.append(box)
        for number, place in enumerate(spread(SAVERS)):
            one = Item(name=f"item {number}", place=place, code=number)
            one.serial = uuid.UUID(int=number)
            box.items.append(one)
        dbsession.add(plan)
        dbsession.commit()
        items, drafts = [(item.id,) for item in box.items], {}
        for number in range(SAVERS):
            owner = f"saver {number}"
            edit = knot.drafts.open(dbsession, Plan, plan.id, owner=owner)
            change(edit, number, items)
            drafts[owner] = edit.info.key
        before, _ = objects(dbsession, TARGET, (plan.id,))
        race = Race(engine, plan.id, drafts, before)
        dbsession.commit()
    return race


def apart(edit, number, items) -> None:
    """Change another row than the other savers, and add some."""
    edit.apply(Set("item", items[number], nick=f"nick {number}"))
    edit.apply(Insert("mark", {"word": "new", "weight": number}, items[number]))
    values = {"name": f"new {number}", "code": 100 + number}
    values["serial"] = str(uuid.UUID(int=100 + number))
    box = edit.page("box").rows[0].key
    edit.apply(Insert("item", values, box))


def fields_of_one_row(edit, number, items) -> None:
    """Change another field of the same row than the other savers."""
    values = ({"nick": "n"}, {"name": "name"}, {"code": 77}, {"friend_id": items[1][0]})
    edit.apply(Set("item", items[0], values[number]))


def one_field(edit, number, items) -> None:
    """Change what all others change, too."""
    edit.apply(Set("item", items[0], nick=f"nick {number}"))


def two_and_two(edit, number, items) -> None:
    """Change what one of the others changes, too."""
    edit.apply(Set("item", items[number // 2], nick=f"nick {number}"))


class Meeting:
    """Lets nobody write the revision before all have come.

    With the lock, all must have asked for it: one gets it, and writes while the others
    wait. Without, all must have read the revision.
    """

    def __init__(self, parties: int, locked: bool) -> None:
        self.parties = parties
        self.comes_at = READ if locked else WRITE
        self.came: set[int] = set()
        self.changed = threading.Condition()

    def __call__(self, _connection, _cursor, statement, *_rest) -> None:
        with self.changed:
            if statement.startswith(self.comes_at):
                self.came.add(threading.get_ident())
                self.changed.notify_all()
            if statement.startswith(WRITE):
                assert self.changed.wait_for(self.all_came, timeout=PATIENCE)

    def all_came(self) -> bool:
        return len(self.came) == self.parties


@contextlib.contextmanager
def hooked(engine: sa.Engine, hook) -> Iterator[None]:
    """Call `hook` before each statement."""
    sa.event.listen(engine, "before_cursor_execute", hook)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", hook)


def save(begin, owner: str, draft: int, attempts: int = SAVERS) -> Finish:
    """Save as a request does: from the start again while that may help.

    Each time somebody else has saved: as many attempts as savers are enough.
    """
    for retries in range(attempts):
        try:
            with begin() as dbsession:
                edit = knot.drafts.resume(dbsession, draft, owner=owner, lock=True)
                return Finish(edit.save(), retries)
        except Exception as error:  # because is_retryable judges them all
            if not is_retryable(error):
                raise
    raise AssertionError("each time another saver was quicker")


# What is taken away


def take_lock_away(patch: pytest.MonkeyPatch) -> None:
    """Read the revision without a lock."""

    def read(dbsession, tables, target, root):
        one = tables.object.c
        wanted = sa.select(one.revision).where(one.target == target, one.root == root)
        return dbsession.scalar(wanted)

    patch.setattr(revision, "locked", read)


def take_guards_away(patch: pytest.MonkeyPatch) -> None:
    """Count up whatever others did; see `without_primary_key` for the other guard."""

    def count_up(dbsession, tables, record):
        one = tables.object.c
        mine = (one.target == record.target, one.root == record.root)
        counted = sa.update(tables.object).where(*mine)
        dbsession.execute(counted.values(revision=record.base + 1))

    patch.setattr("draftedit.engine.saving.count_up", count_up)


def without_primary_key(engine: sa.Engine) -> None:
    """Make the table of revisions one that takes the same number twice."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE bare AS SELECT * FROM draftedit_revision"
        )
        connection.exec_driver_sql("DROP TABLE draftedit_revision")
        connection.exec_driver_sql("ALTER TABLE bare RENAME TO draftedit_revision")


# What is seen afterwards


@dataclass(frozen=True)
class Result:
    """The object's revision, the numbers recorded for it, and what is live."""

    revision: int
    numbers: list[int]
    owners: list[str]
    live: dict
    first: dict


def result(race: Race) -> Result:
    """Look at what is there."""
    saved, one = TABLES.revision.c, TABLES.object.c
    wanted = sa.select(saved.number, saved.saved_by).order_by(saved.number)
    with Session(race.engine) as dbsession:
        records = dbsession.execute(wanted).all()
        live, _ = objects(dbsession, TARGET, (race.plan,))
        return Result(
            dbsession.scalar(sa.select(one.revision)),
            [number for number, _ in records],
            sorted(owner for _, owner in records),
            live,
            as_of(dbsession, TARGET, (race.plan,), 0),
        )


def is_whole(race: Race, found: Result, finishes: list[Finish]) -> bool:
    """Tell whether each saver has one revision, and what was before can be read."""
    numbers = list(range(1, len(finishes) + 1))
    return (
        found.revision == len(finishes)
        and found.numbers == numbers
        and found.owners == list(race.drafts)[: len(finishes)]
        and sorted(one.saved.revision for one in finishes) == numbers
        and found.first == race.before
    )


# Processes, for SQLite


def share(barrier) -> None:
    """Begin a process of savers, which meet the others at `barrier`."""
    global _barrier
    _barrier = barrier


@dataclass(frozen=True)
class Runner:
    """What one process is to do; on SQLite the lock is BEGIN IMMEDIATE."""

    url: str
    owner: str
    draft: int
    locked: bool
    guarded: bool


def run(runner: Runner) -> Finish:
    """Be one saver: with the lock all begin at once, without it all have read."""
    engine = make_engine(runner.url)
    if runner.locked:
        wait_for_locks(engine)
    begun = engine.execution_options(**{WRITES: runner.locked})
    has_met: list[bool] = []

    def meet(_connection, _cursor, statement, *_rest):
        if not has_met and not runner.locked and statement.startswith(WRITE):
            has_met.append(True)
            _barrier.wait(PATIENCE)

    with pytest.MonkeyPatch.context() as patch, hooked(engine, meet):
        if not runner.guarded:
            take_guards_away(patch)
        _barrier.wait(PATIENCE)
        # Without the lock SQLite turns away at once who meets a writer, done or not.
        begin = sessionmaker(begun).begin
        finish = save(begin, runner.owner, runner.draft, attempts=10_000)
    engine.dispose()
    return finish
