"""Purge beside a bare DELETE of the same rows, each in turn.

Both in this process: purge is a command, whose start would hide what it costs.
"""

import datetime
import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.measuring import Clock, Result
from benchmarks.place import USER, Place
from benchmarks.plan import Plan
from benchmarks.player import Player
from benchmarks.stories import set_
from draftedit.app.models import WRITES
from draftedit.cli.purge import with_gaps
from draftedit.engine.statistics import purge
from draftedit.firewall import drafts

OPERATIONS, ROWS = 20, 10  # of each draft
FIRST = 10**12  # the keys of these drafts begin beyond all others
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
CUTOFF = datetime.datetime(2002, 1, 1, tzinfo=datetime.UTC)
MEASURE = "purge of a draft"
WRITER = "set during a purge"
ROUNDS = 5

Act = Callable[[sa.Engine, range], None]

_T = drafts.tables
_ROWS = drafts.targets["ruleset"].tables["rule"].draft


def measure_purge(places: list[Place], plan: Plan, clock: Clock) -> list[Result]:
    """Delete drafts by purge and by hand; the times are those of one draft.

    Beside the smallest object and the largest. What is done once in a process is done
    before: the first round is left out.
    """
    ways: dict[str, Act] = {"draftedit": _purge, "core": _delete}
    playing = [
        (place, act, Result(place.backend, MEASURE, way, place.size))
        for place in (places[0], places[-1])
        for way, act in ways.items()
    ]
    packets = _packets(plan.purged)
    for place, act, _ in playing:
        _measure(place, act, next(packets))
    for _ in zip(range(ROUNDS), clock.rounds(), strict=False):
        for place, act, result in playing:
            result.times.append(_measure(place, act, next(packets)))
        playing = [*playing[1:], *playing[:1]]
    writer = _measure_writer(places[-1], next(packets))
    return [*(result for _, _, result in playing), writer]


def _measure(place: Place, act: Act, keys: range) -> float:
    """Return the seconds that deleting one of these drafts took."""
    engine = place.engine.execution_options(**{WRITES: True})
    _close_drafts(engine, keys)
    began = time.perf_counter()
    act(engine, keys)
    return (time.perf_counter() - began) / len(keys)


def _packets(count: int) -> Iterator[range]:
    """Yield keys of drafts: as in life, none comes twice.

    Between them is room for a draft that is opened meanwhile.
    """
    for first in itertools.count(FIRST, 2 * count):
        yield range(first, first + count)


def _measure_writer(place: Place, keys: range) -> Result:
    """Set while drafts are purged: a writer waits for one batch at most."""
    result = Result(place.backend, WRITER, "draftedit", place.size)
    engine = place.engine.execution_options(**{WRITES: True})
    player = Player(place, "draftedit")
    story = set_(player)
    next(story)
    _close_drafts(engine, keys)
    with ThreadPoolExecutor(1) as pool:
        purging = pool.submit(_purge_as_the_command_does, engine)
        while not (result.times and purging.done()):
            result.times.append(next(story).seconds)
        purging.result()
    player.close()
    return result


def _purge(engine: sa.Engine, _keys: range) -> None:
    purge.purge(_transactions(engine), _T, drafts.targets, closed_before=CUTOFF)


def _purge_as_the_command_does(engine: sa.Engine) -> None:
    transactions = with_gaps(_transactions(engine), engine.dialect.name)
    purge.purge(transactions, _T, drafts.targets, closed_before=CUTOFF)


def _transactions(engine: sa.Engine) -> purge.Transaction:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with Session(engine) as dbsession, dbsession.begin():
            yield dbsession

    return transaction


def _delete(engine: sa.Engine, keys: range) -> None:
    with engine.begin() as connection:
        tables = (_ROWS, _T.operation, _T.request, _T.draft_object)
        for table in tables:
            connection.execute(sa.delete(table).where(table.c.draft >= keys.start))
        connection.execute(sa.delete(_T.draft).where(_T.draft.c.key >= keys.start))


def _close_drafts(engine: sa.Engine, keys: range) -> None:
    """Make drafts that were cancelled long ago."""
    at = {"at": LONG_AGO}
    with engine.begin() as connection:
        connection.execute(sa.insert(_T.draft), [_draft(key) for key in keys])
        connection.execute(
            sa.insert(_T.draft_object),
            [{"draft": k, "target": "ruleset", "root": "1", "base": 0} for k in keys],
        )
        text = '{"op":"set","table":"rule","id":[1],"values":{"comment":"purged"}}'
        step = {
            "kind": "set",
            "table_name": "rule",
            "forward": text,
            "inverse": text,
        }
        connection.execute(
            sa.insert(_T.operation),
            [
                step | at | {"draft": key, "sequence": number}
                for key in keys
                for number in range(OPERATIONS)
            ],
        )
        answer = {"owner": USER, "digest": "0" * 64, "status": 200, "answer": text}
        connection.execute(
            sa.insert(_T.request),
            [
                answer | {"draft": key, "key": f"{key}-{number}", **at}
                for key in keys
                for number in range(OPERATIONS)
            ],
        )
        row = {"root": "1", "gone": False, "comment": "purged", "origin": "{}"}
        connection.execute(
            sa.insert(_ROWS),
            [
                row | {"draft": key, "id": number}
                for key in keys
                for number in range(1, ROWS + 1)
            ],
        )


def _draft(key: int) -> dict[str, object]:
    return {
        "key": key,
        "owner": USER,
        "state": "cancelled",
        "closed_because": "user",
        "version": OPERATIONS,
        "position": OPERATIONS,
        "length": OPERATIONS,
        "opened_at": LONG_AGO,
        "changed_at": LONG_AGO,
        "closed_at": LONG_AGO,
        "fingerprint": "0" * 64,
        "counted": False,
    }
