"""How drafts are used: pictures and figures, purged drafts included."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from draftedit import figures
from draftedit.contexts import Site
from draftedit.guards import BadRequest
from draftedit.security import READ
from draftedit.views.names import capital
from draftedit.views.stats_pictures import by_time, shares
from draftedit.views.times import duration

_ = TranslationStringFactory("draftedit")

COUNTS = ("opened", "saved", "cancelled", "abandoned", "operations", "undos")

# How far back the page looks, in days; None: as far as there is anything.
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
    """Show the figures of some time: in all, by target, by day, and in pictures."""
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
        "shares": shares(found, context.drafts.targets, request.localizer.translate),
        "COUNTS": COUNTS,
        "days": days,
        "ranges": RANGE_NAMES,
    }


@view_config(route_name="draftedit.stats_csv", request_method="GET", permission=READ)
def download(context: Site, request: Request) -> Response:
    """Give the figures of some time as CSV, by day, or each figure with `details`."""
    found = _found(context, request, chosen_range(request))
    in_detail = bool(request.GET.get("details"))
    rows = figures.in_detail(found) if in_detail else figures.by_day(found)
    name = "draft-figures.csv" if in_detail else "drafts.csv"
    response = Response(
        figures.csv_text(rows), content_type="text/csv", charset="utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def chosen_range(request: Request) -> str:
    """Return the range that the query names, or the usual one."""
    days: str = request.GET.get("days") or USUAL
    if days not in RANGES:
        raise BadRequest(f"“days” is one of: {', '.join(RANGES)}.")
    return days


def today_utc() -> date:
    """Return the day it is, UTC."""
    return datetime.now(UTC).date()


def _found(context: Site, request: Request, days: str) -> list[Any]:
    back = RANGES[days]
    since = None if back is None else today_utc() - timedelta(days=back - 1)
    return list(context.drafts.statistics(request.dbsession, since))


def total(name: str, days: Iterable[Any]) -> Figures:
    """Add up the figures of several days or targets."""
    found = list(days)
    counts = {count: sum(getattr(one, count) for one in found) for count in COUNTS}
    closed = counts["saved"] + counts["cancelled"] + counts["abandoned"]
    seconds = sum(one.seconds_open for one in found)
    return Figures(name, counts, duration(seconds / closed) if closed else "–")


def _title(context: Site, request: Request, name: str) -> str:
    target = context.drafts.targets.get(name)
    if target is None:
        return name
    return capital(request.localizer.translate(target.title_plural))
