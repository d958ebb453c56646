"""Playing stories in turn, A B C A B C …, so that drift of the machine hits all."""

import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.client import Answer
from benchmarks.place import Place
from benchmarks.plan import Plan
from benchmarks.player import Player
from benchmarks.stories import Measure

CROWD_SYSTEMS = ("draftedit", "core")

# MariaDB takes no statement over 16 MB, unless told to (max_allowed_packet).
LARGEST_MEMENTO = {"mariadb": 10_000}


@dataclass
class Result:
    """What one measure cost in one system on one size.

    `times` are in seconds; `elapsed` is how long all calls took together, which is
    less than their sum where many call at once. `probed` is one more answer, with
    what it made the database do.
    """

    backend: str
    measure: str
    system: str
    size: int
    clients: int = 1
    times: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    probed: Answer | None = None

    @property
    def median(self) -> float:
        """The middle of the times."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """The time that one call in twenty exceeds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]

    @property
    def per_second(self) -> float:
        """How many calls are answered in a second."""
        return len(self.times) / (self.elapsed or sum(self.times))


class Clock:
    """Says when a measure has been played enough."""

    def __init__(self, plan: Plan, until: float, databases: int = 1) -> None:
        """Know the plan, and when (by `time.monotonic`) this database should be done.

        Where there are more than two, each has less time.
        """
        self.plan = plan
        self.until = until
        self.seconds = plan.seconds * min(1.0, 2 / databases)
        # Where something takes seconds that should not, that is seen in one round.
        self.longest = 4 * self.seconds

    def rounds(self) -> Iterator[int]:
        """Count the rounds of one measure."""
        began = time.monotonic()
        for number in range(self.plan.rounds):
            now = time.monotonic()
            if number >= 1 and (now > self.until or now - began > self.longest):
                return
            if number >= self.plan.least and now - began > self.seconds:
                return
            yield number


def measure(
    one: Measure, places: Sequence[Place], plan: Plan, clock: Clock
) -> list[Result]:
    """Play one measure by one client, every system and size in turn."""
    playing = []
    for place in places:
        for system in one.systems:
            if is_possible(one, place, system, plan):
                player = Player(place, system)
                result = Result(place.backend, one.name, system, place.size)
                playing.append((player, one.story(player), result))
    # Once for what is done once in a process: statements compiled, pages cached.
    for _, story, _ in playing:
        next(story)
    for _ in clock.rounds():
        for _, story, result in playing:
            result.times.append(next(story).seconds)
        playing = [*playing[1:], *playing[:1]]
    for player, story, result in playing:
        player.probe(True)
        result.probed = next(story)
        player.close()
    return [result for _, _, result in playing]


def is_possible(one: Measure, place: Place, system: str, plan: Plan) -> bool:
    """Tell whether the object is large, or small, enough."""
    largest = LARGEST_MEMENTO.get(place.backend, plan.largest_memento)
    if system == "memento" and place.size > largest:
        return False
    return len(place.thing.rules) >= one.smallest


def measure_crowd(
    one: Measure, places: Sequence[Place], plan: Plan, clock: Clock
) -> list[Result]:
    """Play one measure by many clients at once, on drafts of their own."""
    systems = [system for system in CROWD_SYSTEMS if system in one.systems]
    crowds = []
    for place in places:
        for system in systems:
            if not is_possible(one, place, system, plan):
                continue
            players = [Player(place, system) for _ in range(plan.crowd)]
            result = Result(place.backend, one.name, system, place.size, plan.crowd)
            crowds.append((players, [one.story(p) for p in players], result))
    with ThreadPoolExecutor(plan.crowd) as pool:
        for _, stories, _ in crowds:
            for _ in pool.map(next, stories):
                pass
        for _ in clock.rounds():
            for _, stories, result in crowds:
                longest = clock.longest
                answers, elapsed = _together(pool, stories, plan.crowd_calls, longest)
                result.times += answers
                result.elapsed += elapsed
            crowds = [*crowds[1:], *crowds[:1]]
    for players, _, _ in crowds:
        for player in players:
            player.close()
    return [result for _, _, result in crowds]


def _together(
    pool: ThreadPoolExecutor,
    stories: Sequence[Iterator[Answer]],
    calls: int,
    longest: float,
) -> tuple[list[float], float]:
    """Let all call at once; return the times, and how long it took altogether."""
    began = time.monotonic()

    def play(story: Iterator[Answer]) -> list[float]:
        times = [next(story).seconds]
        while len(times) < calls and time.monotonic() - began < longest:
            times.append(next(story).seconds)
        return times

    times = [seconds for played in pool.map(play, stories) for seconds in played]
    return times, time.monotonic() - began
