"""Pages along the second axis: rows touched in the parent, revisions since base.

And a `set` there, for it may not notice either.
"""

import datetime
from collections.abc import Iterator

import sqlalchemy as sa

from benchmarks.client import Answer
from benchmarks.filling import analyze
from benchmarks.measuring import Clock, Result
from benchmarks.place import Place, Thing
from benchmarks.plan import Plan
from benchmarks.player import Draft, Player
from benchmarks.stories import middle
from draftedit.app.models import WRITES
from draftedit.firewall import drafts

TOUCHED, BEHIND = "rows touched", "revisions behind"


def measure_axes(places: list[Place], plan: Plan, clock: Clock) -> list[Result]:
    """Read pages of the second object of the largest place."""
    place = places[-1]
    playing = []
    for axis, points, prepare in (
        # First the revisions: the other drafts are opened on the last of them.
        (BEHIND, plan.behind, _behind),
        (TOUCHED, plan.touched, _touched),
    ):
        found = prepare(place, points)
        for point, draft in found.items():
            for name, story in _stories(draft):
                result = Result(place.backend, f"{name}, {axis}", "draftedit", point)
                playing.append((draft.player, story, result))
    for _, story, _ in playing:
        next(story)
    for _ in clock.rounds():
        for _, story, result in playing:
            result.times.append(next(story).seconds)
    for player, story, result in playing:
        player.probe(True)
        result.probed = next(story)
        player.probe(False)
    for player in {player for player, _, _ in playing}:
        player.close()
    return [result for _, _, result in playing]


def _stories(draft: Draft) -> Iterator[tuple[str, Iterator[Answer]]]:
    yield "first page of 50", _pages(draft, None)
    yield "middle page of 50", _pages(draft, middle(draft))
    yield "set", _sets(draft)


def _pages(draft: Draft, cursor: str | None) -> Iterator[Answer]:
    while True:
        yield draft.page(**({"after": cursor} if cursor else {}))


def _sets(draft: Draft) -> Iterator[Answer]:
    while True:
        yield draft.set(draft.player.ten[0])


def _touched(place: Place, points: tuple[int, ...]) -> dict[int, Draft]:
    """Open a draft for each number of touched rows; the first rows are touched."""
    found = {}
    for point in points:
        player = Player(place, "draftedit", place.axis)
        found[point] = draft = player.open()
        draft.touch(_first_rules(place, point))
    return found


def _first_rules(place: Place, count: int) -> list[int]:
    rule = drafts.targets["ruleset"].tables["rule"].live
    wanted = (
        sa.select(rule.c.id)
        .where(rule.c.chain_id == _thing(place).chain)
        .order_by(rule.c.place)
        .limit(count)
    )
    with place.engine.connect() as connection:
        return [*connection.scalars(wanted)]


def _behind(place: Place, points: tuple[int, ...]) -> dict[int, Draft]:
    """Open a draft for each number of revisions since its base, each of one rule.

    So many come in over days, not at once: the database has seen them meanwhile.
    """
    last = max(points)
    found = {}
    for point in sorted(points, reverse=True):
        _save_until(place, last - point)
        player = Player(place, "draftedit", place.axis)
        found[point] = player.open()
    analyze(place.engine, ["rule_history"])
    return found


def _save_until(place: Place, number: int) -> None:
    """Let others save one rule after the other, by plain SQL, up to a revision."""
    thing, tables = _thing(place), drafts.tables
    part = drafts.targets["ruleset"].tables["rule"]
    root = str(thing.ruleset)
    engine = place.engine.execution_options(**{WRITES: True})
    at = datetime.datetime.now(datetime.UTC)
    with engine.begin() as connection:
        now = tables.object.c
        mine = (now.target == "ruleset", now.root == root)
        known = connection.scalar(sa.select(now.revision).where(*mine)) or 0
        keys = _rules(connection, thing, number)
        for revision in range(known + 1, number + 1):
            key = keys[revision - 1]
            names = list(part.fields)
            old = sa.select(
                sa.literal(root),
                sa.literal(revision),
                sa.literal(at, part.history.c.replaced_at.type),
                sa.false(),
                *(part.live.c[name] for name in names),
            ).where(part.live.c.id == key)
            into = ["root", "revision", "replaced_at", "absent", *names]
            connection.execute(sa.insert(part.history).from_select(into, old))
            values = {"comment": f"of others {revision}"}
            connection.execute(
                sa.update(part.live).where(part.live.c.id == key), values
            )
            saved = {"target": "ruleset", "root": root, "number": revision}
            by = {"saved_at": at, "saved_by": "others", "changes": 1}
            connection.execute(sa.insert(tables.revision), saved | by)
        if number:
            connection.execute(
                sa.update(tables.object).where(*mine), {"revision": number}
            )


def _rules(connection: sa.Connection, thing: Thing, count: int) -> list[int]:
    """Return the keys of `count` rules next to each other, after the middle."""
    rule = drafts.targets["ruleset"].tables["rule"].live
    wanted = (
        sa.select(rule.c.id)
        .where(rule.c.chain_id == thing.chain)
        .where(rule.c.id >= thing.rules[len(thing.rules) // 2])
        .order_by(rule.c.place)
        .limit(count)
    )
    found = [*connection.scalars(wanted)]
    return (found * (count // max(1, len(found)) + 1))[:count]


def _thing(place: Place) -> Thing:
    if place.axis is None:
        raise ValueError("only the last place has a second object")
    return place.axis
