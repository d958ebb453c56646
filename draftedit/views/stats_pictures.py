"""What the pictures of the statistics show: drafts over time, and shares of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit import figures
from draftedit.views.calendar import DAY, MONTH, WEEK, calendar
from draftedit.views.names import capital
from draftedit.views.pictures import Chart, Numbers, Piece, bars, chart
from draftedit.views.spans import count_names, half_below, time_names
from draftedit.views.times import duration

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]
MOST = 10  # rows of a share; the others are put together

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
# What operations are called; one of a host's own by its name.
KINDS = {
    "set": _("Fields changed"),
    "insert": _("Row added"),
    "delete": _("Row deleted"),
    "restore": _("Row brought back"),
    "move": _("Row moved"),
    "batch": _("Several at once"),
}


@dataclass(frozen=True)
class OverTime:
    """Drafts by day, week or month: a picture, and its figures, the newest first."""

    title: Any
    named: Any
    chart: Chart
    rows: Sequence[Any]


@dataclass(frozen=True)
class Row:
    """One row of a share: what it is called, its bar, its numbers."""

    name: str
    pieces: Sequence[Piece]
    counts: Sequence[int]


@dataclass(frozen=True)
class Share:
    """A table whose rows have bars: how many of what there were."""

    rows: Sequence[Row]
    half: str | int | None = None

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(sum(row.counts) for row in self.rows)


def by_time(
    days: Sequence[Any],
    today: date,
    total: Callable[[str, Iterable[Any]], Any],
    translate: Translate,
) -> OverTime | None:
    """Show what became of drafts from the first day that has any until today."""
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
            translate(_said(row)),
            {outcome: row.counts[outcome] for outcome in figures.OUTCOMES},
            row.counts["opened"],
        )
        for row in rows
    ]
    unit = periods.unit
    return OverTime(BY[unit], NAMED[unit], chart(numbers), rows[::-1])


def _said(row: Any) -> Any:
    return _(SAYS, mapping={"name": row.name, **row.counts})


def shares(
    days: Sequence[Any], targets: Mapping[str, Any], translate: Translate
) -> dict[str, Share]:
    """Return the pictures of closed drafts by their names in the template."""
    titles = _table_titles(targets, translate)
    return {
        "seconds": _until_save(days, translate),
        "operations": _spans(days, "operations", translate),
        "undos": _spans(days, "undos", translate),
        "last": _given_up(days, titles, translate),
        "kind": _kinds(days, translate),
    }


def _until_save(days: Sequence[Any], translate: Translate) -> Share:
    found = figures.tally(days, "seconds")
    saved = {value: counts["saved"] for value, counts in found.items()}
    half = half_below(saved, "seconds")
    names = time_names(translate)
    return _share(_of_spans(names, saved, "saved"), half and duration(half))


def _spans(days: Sequence[Any], measure: str, translate: Translate) -> Share:
    found = figures.tally(days, measure)
    counts = {value: found[value].total() for value in found}
    names = count_names(measure, translate)
    return _share(_of_spans(names, counts, "drafts"), half_below(counts, measure))


def _of_spans(
    names: Mapping[str, str], counts: Mapping[str, int], kind: str
) -> list[tuple[str, dict[str, int]]]:
    """Return every span; one that was counted before the spans were cut is added."""
    rows = dict.fromkeys(names, 0)
    for value, count in counts.items():
        below = [bound for bound in rows if int(bound) <= int(value)]
        rows[max(below, key=int)] += count
    return [(names[bound], {kind: count}) for bound, count in rows.items()]


def _kinds(days: Sequence[Any], translate: Translate) -> Share:
    found = figures.tally(days, "kind")
    rows = [
        (translate(KINDS.get(kind, kind)), {"steps": counts.total()})
        for kind, counts in found.items()
    ]
    return _share(_largest(rows, translate))


def _given_up(
    days: Sequence[Any], titles: Mapping[str, str], translate: Translate
) -> Share:
    given_up = figures.OUTCOMES[1:]
    rows = [
        (_step(step, titles, translate), {one: counts[one] for one in given_up})
        for step, counts in figures.tally(days, "last").items()
    ]
    return _share(_largest(rows, translate))


def _step(step: str, titles: Mapping[str, str], translate: Translate) -> str:
    kind, _blank, table = step.partition(" ")
    if not kind:
        return translate(_("Before the first step"))
    named = translate(KINDS.get(kind, kind))
    return f"{named} · {titles.get(table, table)}" if table else named


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
            Row(name, pieces, list(counts.values()))
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
