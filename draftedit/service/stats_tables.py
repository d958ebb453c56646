"""The statistics as tables of text, for the command, CSV files and spreadsheets.

Two tables: a row for each day and target, and, in detail, a row for each figure of a
day's closed drafts (see `draftedit.engine.statistics.counting` for what is measured).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from draftedit.engine.statistics.counting import KIND, LAST, OUTCOMES, SPANS, Figure
from draftedit.engine.statistics.daily_counts import NUMBERS, DayStatistics

__all__ = ["NUMBERS", "OUTCOMES", "SPANS", "by_day", "csv_text", "in_detail", "tally"]

Rows = list[list[str]]


def by_day(days: Iterable[DayStatistics]) -> Rows:
    """Return the counts of each day and target, after a header row."""
    head = ["day", "target", *NUMBERS]
    return [head, *([str(getattr(day, name)) for name in head] for day in days)]


def in_detail(days: Iterable[DayStatistics]) -> Rows:
    """Return the figures of each day and target, after a header row."""
    return [
        ["day", "target", *Figure._fields, "count"],
        *(
            [day.day.isoformat(), day.target, *figure, str(count)]
            for day in days
            for figure, count in sorted(day.figures.items(), key=_in_order)
        ),
    ]


def _in_order(item: tuple[Figure, int]) -> tuple[str, int, int, str]:
    """Sort key of a figure: spans by their numbers, measures as they are described."""
    outcome, measure, value = item[0]
    span = int(value) if measure in SPANS else 0
    return outcome, [*SPANS, KIND, LAST].index(measure), span, value


def tally(days: Iterable[DayStatistics], measure: str) -> dict[str, Counter[str]]:
    """Sum one measure over many days: for each value, the number of each outcome."""
    found: dict[str, Counter[str]] = {}
    for day in days:
        for figure, count in day.figures.items():
            if figure.measure == measure:
                found.setdefault(figure.value, Counter())[figure.outcome] += count
    return found


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
