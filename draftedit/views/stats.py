"""How drafts are used: figures by day, purged drafts included."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from draftedit.contexts import Site
from draftedit.security import READ
from draftedit.views.names import capital
from draftedit.views.times import duration

DAYS = 60  # days listed and drawn
COUNTS = ("opened", "saved", "cancelled", "abandoned", "operations", "undos")


@dataclass(frozen=True)
class Figures:
    """Sums of the counts, and how long drafts were open on average."""

    name: str
    counts: dict[str, int]
    open_for: str


@view_config(
    route_name="draftedit.stats",
    request_method="GET",
    permission=READ,
    renderer="draftedit:templates/stats.jinja2",
)
def show(context: Site, request: Request) -> dict[str, Any]:
    """Show the figures: in all, by target and by day."""
    found = list(context.drafts.statistics(request.dbsession))
    by_day, by_target = defaultdict(list), defaultdict(list)
    for one in found:
        by_day[one.day].append(one)
        by_target[one.target].append(one)
    days = [figures(day.isoformat(), by_day[day]) for day in list(by_day)[:DAYS]]
    return {
        "total": figures("", found),
        "targets": [
            figures(_title(context, request, name), of)
            for name, of in by_target.items()
        ],
        "days": days,
        "bars": bars(days),
        "COUNTS": COUNTS,
    }


def figures(name: str, days: Iterable[Any]) -> Figures:
    """Add up the figures of several days or targets."""
    found = list(days)
    counts = {count: sum(getattr(one, count) for one in found) for count in COUNTS}
    closed = counts["saved"] + counts["cancelled"] + counts["abandoned"]
    seconds = sum(one.seconds_open for one in found)
    return Figures(name, counts, duration(seconds / closed) if closed else "–")


@dataclass(frozen=True)
class Bar:
    """One day in the picture: its height, of 100, for each outcome."""

    name: str
    x: int
    parts: Sequence[tuple[str, int, float, float]]


def bars(days: Sequence[Figures]) -> list[Bar]:
    """Draw the closed drafts of each day, the oldest at the left."""
    outcomes = ("saved", "cancelled", "abandoned")
    highest = max((sum(day.counts[one] for one in outcomes) for day in days), default=0)
    drawn = []
    for x, day in enumerate(reversed(days)):
        top, parts = 100.0, []
        for one in outcomes:
            height = 100 * day.counts[one] / highest if highest else 0
            top -= height
            if height:
                parts.append((one, day.counts[one], round(top, 2), round(height, 2)))
        drawn.append(Bar(day.name, x, parts))
    return drawn


def _title(context: Site, request: Request, name: str) -> str:
    target = context.drafts.targets.get(name)
    if target is None:
        return name
    return capital(request.localizer.translate(target.title_plural))
