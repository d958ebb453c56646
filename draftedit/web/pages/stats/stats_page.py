"""The page of the statistics: charts and figures, purged drafts included."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from draftedit.service import stats_tables
from draftedit.web.guards import BadRequest
from draftedit.web.messages import say
from draftedit.web.pages.formatting import duration
from draftedit.web.pages.labels import capital
from draftedit.web.pages.stats.pictures import by_time, shares
from draftedit.web.permissions import READ
from draftedit.web.resources import Root

_ = TranslationStringFactory("draftedit")

COUNTS = ("opened", "saved", "cancelled", "abandoned", "operations", "undos")

# How far back the page goes, in days; None: as far as there are figures.
RANGES: dict[str, int | None] = {"30": 30, "90": 90, "365": 365, "all": None}
RANGE_NAMES = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("a year"),
    "all": _("all"),
}
USUAL = "90"


@dataclass(frozen=True)
class Figures:
    """Sums of the counts, and the average time that drafts were open."""

    name: str
    counts: dict[str, int]
    open_for: str


@view_config(
    route_name="draftedit.stats",
    request_method="GET",
    permission=READ,
    renderer="draftedit.web:templates/stats.jinja2",
)
def show(context: Root, request: Request) -> dict[str, Any]:
    """Show the figures of a range: totals, by target, by day, and charts."""
    days, today = chosen_range(request), today_utc()
    found = _found(context, request, days)
    by_target = defaultdict(list)
    for one in found:
        by_target[one.target].append(one)
    return {
        "total": total("", found),
        "targets": [
            total(_title(context, request, name), of) for name, of in by_target.items()
        ],
        "time": by_time(found, today, total, request.localizer.translate),
        "shares": shares(found, context.drafts, request.localizer.translate),
        "COUNTS": COUNTS,
        "days": days,
        "ranges": RANGE_NAMES,
    }


@view_config(route_name="draftedit.stats_csv", request_method="GET", permission=READ)
def download(context: Root, request: Request) -> Response:
    """Send the figures of a range as CSV, by day, or each figure with `details`."""
    found = _found(context, request, chosen_range(request))
    in_detail = bool(request.GET.get("details"))
    rows = stats_tables.in_detail(found) if in_detail else stats_tables.by_day(found)
    name = "draft-figures.csv" if in_detail else "drafts.csv"
    response = Response(
        stats_tables.csv_text(rows), content_type="text/csv", charset="utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def chosen_range(request: Request) -> str:
    """Return the range in the query, or the default."""
    days: str = request.GET.get("days") or USUAL
    if days not in RANGES:
        raise BadRequest(say("form-days-unknown", choices=", ".join(RANGES)))
    return days


def today_utc() -> date:
    """Return the current day in UTC."""
    return datetime.now(UTC).date()


def _found(context: Root, request: Request, days: str) -> list[Any]:
    back = RANGES[days]
    since = None if back is None else today_utc() - timedelta(days=back - 1)
    hidden = context.unreadable()
    every = context.drafts.statistics(request.dbsession, since)
    return [one for one in every if one.target not in hidden]


def total(name: str, days: Iterable[Any]) -> Figures:
    """Sum the figures of several days or targets."""
    found = list(days)
    counts = {count: sum(getattr(one, count) for one in found) for count in COUNTS}
    closed = counts["saved"] + counts["cancelled"] + counts["abandoned"]
    seconds = sum(one.seconds_open for one in found)
    return Figures(name, counts, duration(seconds / closed) if closed else "–")


def _title(context: Root, request: Request, name: str) -> str:
    target = context.drafts.targets.get(name)
    if target is None:
        return name
    return capital(request.localizer.translate(target.title_plural))
