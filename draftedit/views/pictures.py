"""Numbers as shapes: where the bars of a picture begin and how long they are.

All places are per cent of the picture, which is as wide as the page and whose texts
are as large as those around it. Nothing here knows what the numbers mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOP, BOTTOM = 6.0, 86.0  # of the plot; below it are the names
FEWEST = 14  # columns that a picture has room for, so that one is not as wide as a wall
FILLED = 0.72  # of the width that a column has
LINES = 4  # at most, across the plot
NAMES = 3  # at most, below it


@dataclass(frozen=True)
class Piece:
    """A bar, or a part of one: what it shows, where it begins, how long it is."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True)
class Column:
    """One place of a picture: the parts that stand on each other, and a mark."""

    name: str
    says: str
    slot: float
    x: float
    width: float
    pieces: Sequence[Piece]
    mark: float | None

    @property
    def end(self) -> float:
        """Where the mark ends."""
        return round(self.x + self.width, 3)


@dataclass(frozen=True)
class Text:
    """A text of a picture; `anchor`: start, middle or end."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Chart:
    """Columns on a ground of lines with numbers, and names below."""

    columns: Sequence[Column]
    slot: float
    lines: Sequence[Text]
    names: Sequence[Text]


@dataclass(frozen=True)
class Numbers:
    """What one column is drawn of: its name, what it says, its parts, its mark."""

    name: str
    says: str
    parts: Mapping[str, int]
    mark: int


def chart(numbers: Sequence[Numbers]) -> Chart:
    """Draw columns of stacked parts, with a mark across each."""
    highest = max((max(sum(n.parts.values()), n.mark) for n in numbers), default=0)
    step = line_step(highest)
    top = max(-(-highest // step), 1) * step
    slot = 100 / max(len(numbers), FEWEST)
    drawn = [_column(one, place, slot, top) for place, one in enumerate(numbers)]
    lines = [
        Text(0, _y(number, top), "start", f"{number:,}")
        for number in range(0, top + 1, step)
    ]
    return Chart(drawn, round(slot, 3), lines, _names(drawn))


def line_step(highest: int) -> int:
    """Return the distance of lines, 1, 2 or 5 times a power of ten, for few of them."""
    step, factors = 1, (2, 5, 10)
    while highest > step * LINES:
        power = 10 ** (len(str(step)) - 1)
        step = next(power * n for n in factors if power * n > step)
    return step


def _column(numbers: Numbers, place: int, slot: float, top: int) -> Column:
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
    return Column(numbers.name, numbers.says, left, x, width, pieces, mark)


def _y(number: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * number / top, 3)


def _names(columns: Sequence[Column]) -> list[Text]:
    """Name the first and the last column, and some between."""
    last = len(columns) - 1
    count = min(NAMES, max(last // 6, 1) + 1) if last else 1
    chosen = {round(last * n / max(count - 1, 1)) for n in range(count)}
    return [
        Text(
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
    """Draw a bar for each row, its parts behind each other; the longest fills it."""
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
