"""Geometry of charts: where bars begin and how long they are.

All coordinates are per cent of the chart, which is as wide as the page and whose texts
are as large as those around it. The meaning of the numbers is not known here. Days are
grouped by week or month, so that a chart of them stays readable.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TOP, BOTTOM = 6.0, 86.0  # of the plot; the names are below it
FEWEST = 14  # columns that a chart has room for, so that a single one is not too wide
FILLED = 0.72  # of the width that a column has
LINES = 4  # at most, across the plot
NAMES = 3  # at most, below it

DAY, WEEK, MONTH = "day", "week", "month"
MOST = 62  # columns of a picture


@dataclass(frozen=True)
class Piece:
    """A bar, or a part of one: its content, start and length."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True)
class ChartColumn:
    """One column of a chart: its stacked parts, and a mark."""

    name: str
    says: str
    slot: float
    x: float
    width: float
    pieces: Sequence[Piece]
    mark: float | None

    @property
    def end(self) -> float:
        """Return where the mark ends."""
        return round(self.x + self.width, 3)


@dataclass(frozen=True)
class ChartText:
    """A text of a chart; `anchor`: start, middle or end."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Chart:
    """Columns on a ground of numbered lines, with names below."""

    columns: Sequence[ChartColumn]
    slot: float
    lines: Sequence[ChartText]
    names: Sequence[ChartText]


@dataclass(frozen=True)
class Numbers:
    """The numbers of one column: its name, its text, its parts, its mark."""

    name: str
    says: str
    parts: Mapping[str, int]
    mark: int


def chart(numbers: Sequence[Numbers], spell: Callable[[int], str] = str) -> Chart:
    """Draw columns of stacked parts, with a mark across each; `spell` names a line."""
    highest = max((max(sum(n.parts.values()), n.mark) for n in numbers), default=0)
    step = line_step(highest)
    top = max(-(-highest // step), 1) * step
    slot = 100 / max(len(numbers), FEWEST)
    drawn = [_column(one, place, slot, top) for place, one in enumerate(numbers)]
    lines = [
        ChartText(0, _y(number, top), "start", spell(number))
        for number in range(0, top + 1, step)
    ]
    return Chart(drawn, round(slot, 3), lines, _names(drawn))


def line_step(highest: int) -> int:
    """Return the distance of lines: 1, 2 or 5 times a power of ten, for few of them."""
    step, factors = 1, (2, 5, 10)
    while highest > step * LINES:
        power = 10 ** (len(str(step)) - 1)
        step = next(power * n for n in factors if power * n > step)
    return step


def _column(numbers: Numbers, place: int, slot: float, top: int) -> ChartColumn:
    pieces, height = [], 0
    for kind, number in numbers.parts.items():
        height += number
        if number:
            y = _y(height, top)
            pieces.append(Piece(kind, y, round(_y(height - number, top) - y, 3)))
    width = slot * FILLED
    x = place * slot + (slot - width) / 2
    mark = _y(numbers.mark, top) if numbers.mark else None
    left, x, width = (round(one, 3) for one in (place * slot, x, width))
    return ChartColumn(numbers.name, numbers.says, left, x, width, pieces, mark)


def _y(number: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * number / top, 3)


def _names(columns: Sequence[ChartColumn]) -> list[ChartText]:
    """Name the first and the last column, and some between."""
    last = len(columns) - 1
    count = min(NAMES, max(last // 6, 1) + 1) if last else 1
    chosen = {round(last * n / max(count - 1, 1)) for n in range(count)}
    return [
        ChartText(
            round(one.x + one.width / 2, 3)
            if place not in (0, last)
            else (one.x if place == 0 else one.end),
            98,
            "start" if place == 0 else "end" if place == last else "middle",
            one.name,
        )
        for place, one in enumerate(columns)
        if place in chosen
    ]


def bars(rows: Sequence[Mapping[str, int]]) -> list[list[Piece]]:
    """Draw a bar for each row, its parts in sequence; the longest has full width."""
    longest = max((sum(row.values()) for row in rows), default=0)
    drawn = []
    for row in rows:
        pieces, end = [], 0
        for kind, number in row.items():
            if number:
                start, length = (round(100 * n / longest, 3) for n in (end, number))
                pieces.append(Piece(kind, start, length))
            end += number
        drawn.append(pieces)
    return drawn


@dataclass(frozen=True)
class Calendar:
    """The days from `first` to `last`, in units of one length without a gap."""

    unit: str
    first: date
    last: date

    def start(self, day: date) -> date:
        """Return the first day of the unit that a day is in."""
        return _STARTS[self.unit](day)

    def starts(self) -> Iterator[date]:
        """Yield the first day of each unit, the oldest first."""
        start = self.start(self.first)
        while start <= self.last:
            yield start
            start = self.start(start + timedelta(days=_LONGEST[self.unit]))

    def name(self, start: date) -> str:
        """Return the name of a unit: a month without a day, a week by its Monday."""
        return start.isoformat()[: 7 if self.unit == MONTH else 10]


def calendar(first: date, last: date) -> Calendar:
    """Return the days in the smallest unit that does not give too many."""
    for unit in (DAY, WEEK):
        found = Calendar(unit, first, last)
        if len(list(found.starts())) <= MOST:
            return found
    return Calendar(MONTH, first, last)


def _month(day: date) -> date:
    return day.replace(day=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


_STARTS: dict[str, Callable[[date], date]] = {
    DAY: lambda day: day,
    WEEK: _monday,
    MONTH: _month,
}
_LONGEST = {DAY: 1, WEEK: 7, MONTH: 31}
