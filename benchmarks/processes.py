"""Several server processes behind one port, on one PostgreSQL: throughput and fairness.

The clients are threads of this process, each with a connection of its own; the kernel
gives each connection to one of the processes.
"""

import csv
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks import filling
from benchmarks.client import Failed
from benchmarks.databases import new_database
from benchmarks.measuring import Result
from benchmarks.place import Place, Thing, new_thing, new_token
from benchmarks.plan import Plan
from benchmarks.player import Player
from benchmarks.serving import Server, free_port, served
from draftedit.app.models import WRITES, migration

RULES = 100  # of each object

Act = Callable[[], float]


@dataclass(frozen=True)
class Shared:
    """What many clients got out of some processes together.

    `least_served` is how many of its calls were answered to the client with the fewest,
    as a share of the average client's: 1 is fair. `errors` are answers of 400 and more.
    """

    measure: str
    processes: int
    clients: int
    calls: int
    per_second: float
    median_ms: float
    p95_ms: float
    least_served: float
    errors: int


def measure_processes(address: sa.URL, folder: Path, plan: Plan) -> list[Shared]:
    """Play each story by each number of clients on each number of processes."""
    found = []
    with new_database(address) as engine:
        token, things = _fill(engine, max(plan.process_clients))
        for count in plan.processes:
            with ExitStack() as stack:
                server = _serve(stack, engine, folder, count)
                places = [_place(engine, token, thing, server) for thing in things]
                for clients in plan.process_clients:
                    for name, (story, on_own) in STORIES.items():
                        mine = places if on_own else places[:1] * clients
                        players = [Player(one, "draftedit") for one in mine[:clients]]
                        acts = [story(one, n) for n, one in enumerate(players)]
                        played = _play(acts, plan.process_seconds)
                        found.append(_summed_up(name, count, *played))
                        for player in players:
                            player.close()
    return found


def _fill(engine: sa.Engine, objects: int) -> tuple[str, list[Thing]]:
    migration.upgrade(engine)
    with Session(engine.execution_options(**{WRITES: True})) as dbsession:
        token = new_token(dbsession)
        connection = dbsession.connection()
        things = [new_thing(connection, f"of {n}", RULES) for n in range(objects)]
        dbsession.commit()
    filling.analyze(engine)
    return token, things


def _serve(stack: ExitStack, engine: sa.Engine, folder: Path, count: int) -> Server:
    """Start so many processes on one port; return one of them."""
    port = free_port()
    servers = [
        stack.enter_context(served("draftedit", engine.url, folder, port))
        for _ in range(count)
    ]
    for server in servers:
        server.wait()
    return servers[0]


def _place(engine: sa.Engine, token: str, thing: Thing, server: Server) -> Place:
    servers = {"draftedit": server}
    return Place("postgresql", RULES, engine, token, thing, None, servers)


# What one client does again and again


def _set(player: Player, _number: int) -> Act:
    draft = player.open()
    return lambda: draft.set(player.ten[0]).seconds


def _save(player: Player, number: int) -> Act:
    rule = player.thing.rules[number]

    def act() -> float:
        began = time.perf_counter()
        draft = player.open()
        draft.set(rule)
        draft.post("save")
        return time.perf_counter() - began

    return act


OWN, ONE = "each client on an object of its own", "all clients on one object"
STORIES = {
    f"set, {OWN}": (_set, True),
    f"set, {ONE}": (_set, False),
    f"open, set and save, {OWN}": (_save, True),
    f"open, set and save, {ONE}": (_save, False),
}


def _play(acts: Sequence[Act], seconds: float) -> tuple[list[list[float]], int, float]:
    """Let all act at once for so long; return their times, the errors, the seconds."""
    began = time.monotonic()

    def play(act: Act) -> tuple[list[float], int]:
        times, errors = [], 0
        while time.monotonic() - began < seconds:
            try:
                times.append(act())
            except Failed:
                errors += 1
        return times, errors

    with ThreadPoolExecutor(len(acts)) as pool:
        played = list(pool.map(play, acts))
    elapsed = time.monotonic() - began
    return [times for times, _ in played], sum(e for _, e in played), elapsed


def _summed_up(
    name: str, processes: int, each: list[list[float]], errors: int, elapsed: float
) -> Shared:
    result = Result("postgresql", name, "draftedit", RULES, elapsed=elapsed)
    result.times = [seconds for times in each for seconds in times]
    average = len(result.times) / len(each)
    return Shared(
        measure=name,
        processes=processes,
        clients=len(each),
        calls=len(result.times),
        per_second=round(result.per_second, 1),
        median_ms=round(result.median * 1_000, 2),
        p95_ms=round(result.p95 * 1_000, 2),
        least_served=round(min(map(len, each)) / average, 2),
        errors=errors,
    )


# The report


def table(found: Sequence[Shared]) -> str:
    """Return a section in Markdown, with the throughput against one process."""
    heads = (
        "measure",
        "processes",
        "clients",
        "× one process",
        "least served",
        "errors",
        "median ms",
        "p95 ms",
        "per s",
    )
    lines = [
        "## postgresql, several processes behind one port",
        "",
        f"| {' | '.join(heads)} |",
        f"| --- {'| ---: ' * (len(heads) - 1)}|",
    ]
    ordered = sorted(found, key=lambda one: (one.clients, one.processes))
    fewest = {(one.measure, one.clients): one for one in reversed(ordered)}
    for one in sorted(ordered, key=lambda one: [*STORIES].index(one.measure)):
        single = fewest[one.measure, one.clients]
        cells = (
            one.measure,
            one.processes,
            one.clients,
            f"{one.per_second / single.per_second:.2f}",
            f"{one.least_served:.2f}",
            one.errors,
            f"{one.median_ms:.1f}",
            f"{one.p95_ms:.1f}",
            f"{one.per_second:,.0f}",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, ""])


def write_csv(path: Path, found: Sequence[Shared]) -> None:
    """Write everything."""
    with path.open("w", encoding="utf-8", newline="") as file:
        names = [field.name for field in fields(Shared)]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, found))
