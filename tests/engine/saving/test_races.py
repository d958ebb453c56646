"""Savers of one object at once: one revision each, no field lost, nobody bothered."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.app.models import make_engine
from draftedit.engine.base.errors import Conflicts
from draftedit.testing.race import one_order
from tests.architecture.modules import ROOT
from tests.engine.saving import racing
from tests.engine.saving.racing import SAVERS, Meeting, Runner, hooked, make_race
from tests.hosts import knot

on_servers = pytest.mark.only_on("postgresql", "mariadb")
PROCESSES = 3

# What is there, and what is seen: (lock, guards, all saved, begun again). The words
# are those of docs/saving.md.
ON_SERVERS = [
    ("yes", "yes", "all saved, one revision each", "none"),
    ("yes", "no", "all saved, one revision each", "none"),
    ("no", "yes", "all saved, one revision each", "some"),
    ("no", "no", "a revision is lost, every time", "none"),
]
ON_SQLITE = [
    ("yes", "yes", "all saved, one revision each", "none"),
    ("yes", "no", "all saved, one revision each", "none"),
    ("no", "yes", "all saved, one revision each", "some"),
    ("no", "no", "all saved, one revision each", "some"),
]


def words(is_whole, finishes):
    """Say what was seen as the table does."""
    outcome = ON_SERVERS[0][2] if is_whole else ON_SERVERS[3][2]
    return outcome, "some" if sum(one.retries for one in finishes) else "none"


def ran(race, locked):
    """Let all save at once in threads; return what became of each."""
    meeting = Meeting(SAVERS, locked)

    def save(owner):
        return racing.save(race.begin, owner, race.drafts[owner])

    with hooked(race.engine, meeting), ThreadPoolExecutor(SAVERS) as pool:
        return list(pool.map(save, race.drafts))


@on_servers
@pytest.mark.parametrize(("lock", "guards", "outcome", "retries"), ON_SERVERS)
def test_savers_at_once(empty_database, monkeypatch, lock, guards, outcome, retries):
    race = make_race(empty_database.engine, racing.apart)
    if lock == "no":
        racing.take_lock_away(monkeypatch)
    if guards == "no":
        racing.take_guards_away(monkeypatch)
        racing.without_primary_key(race.engine)

    finishes = ran(race, locked=lock == "yes")

    found = racing.result(race)
    is_whole = racing.is_whole(race, found, finishes)
    assert words(is_whole, finishes) == (outcome, retries)
    if not is_whole:
        # All have saved, as they were told, and all of them the same revision.
        assert found.revision == 1
        assert found.numbers == [1] * SAVERS
    # Whatever is lost: only changed fields are written, so live has them all.
    items = found.live["item"].values()
    nicks = {f"nick {number}" for number in range(SAVERS)}
    assert {row["nick"] for row in items} == {*nicks, None}
    assert len(items) == 2 * SAVERS
    assert len(found.live["mark"]) == SAVERS


@on_servers
def test_savers_of_one_row_at_once_each_write_their_field(empty_database):
    race = make_race(empty_database.engine, racing.fields_of_one_row)
    finishes = ran(race, locked=True)
    found = racing.result(race)
    assert racing.is_whole(race, found, finishes)
    assert [one.retries for one in finishes] == [0] * SAVERS
    keys = sorted(found.live["item"])
    row = found.live["item"][keys[0]]
    assert (row["nick"], row["name"], row["code"]) == ("n", "name", 77)
    assert row["friend_id"] == keys[1][0]


def test_savers_in_processes_of_their_own_on_sqlite(tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    found = []
    with ProcessPoolExecutor(
        PROCESSES, context, initializer=racing.share, initargs=(barrier,)
    ) as pool:
        for lock, guards, *_ in ON_SQLITE:
            engine = make_engine(f"sqlite:///{tmp_path}/{lock}-{guards}.sqlite")
            race = make_race(engine, racing.apart)
            if guards == "no":
                racing.without_primary_key(engine)
            runners = [
                Runner(str(engine.url), owner, key, lock == "yes", guards == "yes")
                for owner, key in list(race.drafts.items())[:PROCESSES]
            ]
            finishes = list(pool.map(racing.run, runners))
            is_whole = racing.is_whole(race, racing.result(race), finishes)
            found.append((lock, guards, *words(is_whole, finishes)))
            engine.dispose()
    assert found == ON_SQLITE


def test_of_two_savers_that_conflict_one_wins_and_the_other_learns_who(
    empty_database,
):
    race = make_race(empty_database.engine, racing.one_field)
    told = []

    def save(owner):
        try:
            return owner, racing.save(race.begin, owner, race.drafts[owner])
        except Conflicts as conflicts:
            told.append((owner, conflicts.conflicts))
            return None

    with ThreadPoolExecutor(2) as pool:
        [won] = filter(None, pool.map(save, list(race.drafts)[:2]))
    [(loser, [conflict])] = told
    winner, finish = won
    assert {winner, loser} == {"saver 0", "saver 1"}
    assert finish.saved.revision == 1
    assert (conflict.kind, conflict.field) == ("field", "nick")
    assert conflict.live_by == winner
    assert conflict.live == f"nick {winner[-1]}"
    found = racing.result(race)
    assert (found.revision, found.numbers) == (1, [1])
    assert found.first == race.before
    with Session(race.engine) as dbsession:
        states = dbsession.scalars(sa.select(racing.TABLES.draft.c.state))
        assert sorted(states) == ["open"] * (SAVERS - 1) + ["saved"]


def test_who_only_looks_is_not_disturbed_by_a_save_between_two_statements(
    empty_database,
):
    race = make_race(empty_database.engine, racing.two_and_two)
    first, second, third, _ = race.drafts
    racing.save(race.begin, first, race.drafts[first])
    late = []

    def save_now(_connection, _cursor, statement, *_rest):
        if "FROM item_history" in statement and not late:
            late.append(statement)
            racing.save(race.begin, third, race.drafts[third])

    with hooked(race.engine, save_now), Session(race.engine) as dbsession:
        edit = knot.drafts.resume(dbsession, race.drafts[second], owner=second)
        [conflict] = edit.conflicts()
    assert late
    assert conflict.live_by == first
    assert racing.result(race).numbers == [1, 2]


@on_servers
def test_who_waited_for_a_draft_has_it_as_it_is_then(empty_database):
    race = make_race(empty_database.engine, racing.apart)
    first, second, *_ = race.drafts
    racing.save(race.begin, first, race.drafts[first])

    def take_up(act):
        with race.begin() as dbsession:
            key = race.drafts[second]
            edit = knot.drafts.resume(dbsession, key, owner=second, lock=True)
            act(edit)
            return edit.version, edit.info.base, edit.info.behind

    def rebase():
        return take_up(lambda edit: edit.rebase())

    def look():
        return take_up(lambda edit: None)

    run = one_order(
        race.engine, [rebase, look], "ABAB", at="JOIN draftedit_draft_object ON"
    )
    assert run.waited == "B"
    assert run.returned[0] == run.returned[1]
    assert run.returned[1][1:] == (1, 0)


def test_the_docs_have_the_table():
    text = (ROOT / "docs" / "saving.md").read_text(encoding="utf-8")
    rows = [
        tuple(cell.strip() for cell in line.strip("| ").split("|"))
        for line in text.splitlines()
        if line.startswith(("| yes |", "| no |"))
    ]
    assert rows == [*ON_SERVERS, *ON_SQLITE]
