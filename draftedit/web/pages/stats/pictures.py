"""The content of the charts: drafts over time, and their shares."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.service import stats_tables
from draftedit.service.drafts import Drafts
from draftedit.service.stats_tables import SPANS
from draftedit.web.pages.formatting import duration, spelled_number
from draftedit.web.pages.labels import capital
from draftedit.web.pages.stats.geometry import (
    DAY,
    MONTH,
    WEEK,
    Chart,
    Numbers,
    Piece,
    bars,
    calendar,
    chart,
)

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]
MOST = 10  # rows of a share; the others are summed

BY = {
    DAY: _("Drafts by day"),
    WEEK: _("Drafts by week"),
    MONTH: _("Drafts by month"),
}
NAMED = {DAY: _("Day"), WEEK: _("Week from"), MONTH: _("Month")}
SAYS = _(
    "${name}: ${opened} opened, ${saved} saved, ${cancelled} cancelled,"
    " ${abandoned} abandoned"
)


@dataclass(frozen=True)
class OverTime:
    """Drafts by day, week or month: a chart, and its figures, the newest first."""

    title: Any
    named: Any
    chart: Chart
    rows: Sequence[Any]


@dataclass(frozen=True)
class ShareRow:
    """One row of a share: its name, its bar, its numbers."""

    name: str
    pieces: Sequence[Piece]
    counts: Sequence[int]


@dataclass(frozen=True)
class Share:
    """A table whose rows have bars: how many of how many."""

    rows: Sequence[ShareRow]
    half: str | int | None = None

    @property
    def total(self) -> int:
        """Return the sum of all rows."""
        return sum(sum(row.counts) for row in self.rows)


def by_time(
    days: Sequence[Any],
    today: date,
    total: Callable[[str, Iterable[Any]], Any],
    translate: Translate,
) -> OverTime | None:
    """Show the outcomes of drafts from the first day with any until today."""
    if not days:
        return None
    found = [one.day for one in days]
    periods = calendar(min(found), max(*found, today))
    by_start: dict[date, list[Any]] = {start: [] for start in periods.starts()}
    for one in days:
        by_start[periods.start(one.day)].append(one)
    rows = [total(periods.name(start), of) for start, of in by_start.items()]
    numbers = [
        Numbers(
            row.name,
            translate(_texts(row)),
            {outcome: row.counts[outcome] for outcome in stats_tables.OUTCOMES},
            row.counts["opened"],
        )
        for row in rows
    ]
    unit = periods.unit
    spell = partial(spelled_number, translate=translate)
    return OverTime(BY[unit], NAMED[unit], chart(numbers, spell), rows[::-1])


def _texts(row: Any) -> Any:
    return _(SAYS, mapping={"name": row.name, **row.counts})


def shares(
    days: Sequence[Any], drafts: Drafts, translate: Translate
) -> dict[str, Share]:
    """Return the pictures of closed drafts by their names in the template."""
    tables = _table_titles(drafts.targets, translate)
    kinds = {name: translate(kind.title()) for name, kind in drafts.operations.items()}
    return {
        "seconds": _until_save(days, translate),
        "operations": _spans(days, "operations", translate),
        "undos": _spans(days, "undos", translate),
        "last": _given_up(days, kinds, tables, translate),
        "kind": _kinds(days, kinds, translate),
    }


def _until_save(days: Sequence[Any], translate: Translate) -> Share:
    found = stats_tables.tally(days, "seconds")
    saved = {value: counts["saved"] for value, counts in found.items()}
    half = half_below(saved, "seconds")
    names = time_names(translate)
    return _share(_of_spans(names, saved, "saved"), half and duration(half))


def _spans(days: Sequence[Any], measure: str, translate: Translate) -> Share:
    found = stats_tables.tally(days, measure)
    counts = {value: found[value].total() for value in found}
    names = count_names(measure, translate)
    return _share(_of_spans(names, counts, "drafts"), half_below(counts, measure))


def _of_spans(
    names: Mapping[str, str], counts: Mapping[str, int], kind: str
) -> list[tuple[str, dict[str, int]]]:
    """Return every span, including one counted before the spans were split."""
    rows = dict.fromkeys(names, 0)
    for value, count in counts.items():
        below = [bound for bound in rows if int(bound) <= int(value)]
        rows[max(below, key=int)] += count
    return [(names[bound], {kind: count}) for bound, count in rows.items()]


def _kinds(
    days: Sequence[Any], kinds: Mapping[str, str], translate: Translate
) -> Share:
    found = stats_tables.tally(days, "kind")
    rows = [
        (kinds.get(kind, kind), {"steps": counts.total()})
        for kind, counts in found.items()
    ]
    return _share(_largest(rows, translate))


def _given_up(
    days: Sequence[Any],
    kinds: Mapping[str, str],
    tables: Mapping[str, str],
    translate: Translate,
) -> Share:
    given_up = stats_tables.OUTCOMES[1:]
    rows = [
        (_step(step, kinds, tables, translate), {one: counts[one] for one in given_up})
        for step, counts in stats_tables.tally(days, "last").items()
    ]
    return _share(_largest(rows, translate))


def _step(
    step: str,
    kinds: Mapping[str, str],
    tables: Mapping[str, str],
    translate: Translate,
) -> str:
    kind, _blank, table = step.partition(" ")
    if not kind:
        return translate(_("Before the first step"))
    named = kinds.get(kind, kind)
    return f"{named} · {tables.get(table, table)}" if table else named


def _largest(
    rows: Sequence[tuple[str, dict[str, int]]], translate: Translate
) -> list[tuple[str, dict[str, int]]]:
    ordered = sorted(rows, key=lambda row: (-sum(row[1].values()), row[0]))
    others = ordered[MOST:]
    if len(others) < 2:
        return ordered
    rest = sum((Counter(counts) for _name, counts in others), Counter())
    name = translate(_("${n} others", mapping={"n": len(others)}))
    return [*ordered[:MOST], (name, {kind: rest[kind] for kind in others[0][1]})]


def _share(
    rows: Sequence[tuple[str, dict[str, int]]], half: str | int | None = None
) -> Share:
    drawn = bars([counts for _name, counts in rows])
    return Share(
        [
            ShareRow(name, pieces, list(counts.values()))
            for (name, counts), pieces in zip(rows, drawn, strict=True)
        ],
        half,
    )


def _table_titles(targets: Mapping[str, Any], translate: Translate) -> dict[str, str]:
    return {
        part.name: capital(translate(part.title_plural))
        for target in targets.values()
        for part in target.tables.values()
    }


def time_names(translate: Translate) -> dict[str, str]:
    """Return the names of the spans of seconds by the value they are counted under."""
    bounds = SPANS["seconds"]
    names = {}
    for low, end in zip(bounds, (*bounds[1:], None), strict=True):
        limits = {"from": duration(low), "to": duration(end or 0)}
        text = _("${from} – ${to}", mapping=limits)
        if not low:
            text = _("under ${to}", mapping=limits)
        elif end is None:
            text = _("${from} or more", mapping=limits)
        names[str(low)] = translate(text)
    return names


def count_names(measure: str, translate: Translate) -> dict[str, str]:
    """Return the names of the spans of a number of steps."""
    bounds = SPANS[measure]
    names = {}
    for low, end in zip(bounds, (*bounds[1:], None), strict=True):
        text = f"{low}–{(end or 0) - 1}"
        if end is None:
            text = translate(_("${from} or more", mapping={"from": low}))
        elif end == low + 1:
            text = str(low)
        names[str(low)] = text
    return names


def half_below(counts: Mapping[str, int], measure: str) -> int | None:
    """Return the bound that at least half of the drafts are below, if there is one."""
    bounds, total, below = SPANS[measure], sum(counts.values()), 0
    for low, end in pairwise(bounds):
        below += counts.get(str(low), 0)
        if total and 2 * below >= total:
            return end
    return None
