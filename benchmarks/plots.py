"""Pictures of cost against size: plain SVG, both scales logarithmic."""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 34, 46
COLOURS = ("#0b62a4", "#c8501e", "#3a7d2c", "#7a3e9d", "#8a6d00", "#1f8a8a", "#b0306a")
DASHES = {"draftedit": "", "raw": "2 3", "core": "6 3", "memento": "8 3 2 3"}

Line = tuple[str, str, list[tuple[float, float]]]  # its name, its system, its points


def write_plots(folder: Path, found: Sequence[dict[str, Any]]) -> None:
    """Write a picture for each database and group of measures."""
    alone = [row for row in found if row["clients"] == 1]
    for backend in dict.fromkeys(row["database"] for row in alone):
        rows = [row for row in alone if row["database"] == backend]
        for name, measures in groups(rows).items():
            lines = _lines([row for row in rows if row["measure"] in measures])
            of_axis = name.partition(", ")[2]
            axis = f"{of_axis} (0 stands at 1)" if of_axis else "rules of the object"
            title = f"{backend}: {name.partition(',')[0]}, median ms"
            path = folder / f"{backend}-{name.replace(', ', '-').replace(' ', '-')}.svg"
            path.write_text(plot(title, axis, lines), "utf-8")


def groups(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what is drawn together, by the name of the picture."""
    names = [*dict.fromkeys(row["measure"] for row in rows)]
    wanted = {
        "set": ["set"],
        "mementos": ["set beside mementos"],
        "operations": ["open", "insert", "move", "delete", "undo", "redo", "cancel"],
        "reading": [
            "first page of 5",
            "middle page of 5",
            "first page of 50",
            "middle page of 50",
            "search",
        ],
        "saving": ["check", "rebase", "save of 1", "save of 10", "save of 1,000"],
    }
    axes = dict.fromkeys(name.partition(", ")[2] for name in names if ", " in name)
    for axis in axes:
        wanted[f"pages, {axis}"] = [name for name in names if name.endswith(axis)]
    return {name: found for name, found in wanted.items() if {*found} & {*names}}


def _lines(rows: Sequence[dict[str, Any]]) -> list[Line]:
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        points = found.setdefault((row["measure"], row["system"]), [])
        points.append((max(1, row["size"]), row["median_ms"]))
    return [(name, system, sorted(points)) for (name, system), points in found.items()]


def plot(title: str, axis: str, lines: Sequence[Line]) -> str:
    """Draw one picture: a colour for each measure, dashes for each system."""
    points = [point for _, _, some in lines for point in some]
    to_x = _scale([x for x, _ in points], LEFT, WIDTH - RIGHT)
    to_y = _scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    drawn = [_text(LEFT, 20, title, "bold"), _text(LEFT, HEIGHT - 8, axis)]
    for power in _powers([x for x, _ in points]):
        x = to_x(10**power)
        number = _text(x - 4, HEIGHT - 28, f"{10**power:,}")
        drawn += [_line(x, TOP, x, HEIGHT - BOTTOM), number]
    for power in _powers([y for _, y in points]):
        y = to_y(10**power)
        number = _text(8, y + 4, f"{10**power:g} ms")
        drawn += [_line(LEFT, y, WIDTH - RIGHT, y), number]
    names = [*dict.fromkeys(name for name, _, _ in lines)]
    for row, (name, system, some) in enumerate(lines):
        colour = COLOURS[names.index(name) % len(COLOURS)]
        drawn.append(_curve([(to_x(x), to_y(y)) for x, y in some], colour, system))
        label = name.partition(", ")[0]
        said = label if system == "draftedit" else f"{label}, {system}"
        place = WIDTH - RIGHT + 12, TOP + 12 + 18 * row
        drawn.append(_text(*place, said, colour=colour))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return "\n".join([head, ground, *drawn, "</svg>", ""])


def _curve(points: Sequence[tuple[float, float]], colour: str, system: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = f'stroke="{colour}" stroke-dasharray="{DASHES[system]}" stroke-width="2"'
    return f'<polyline points="{path}" fill="none" {style}/>'


def _scale(values: Sequence[float], start: float, end: float) -> Any:
    powers = _powers(values)
    low, high = powers[0], powers[-1]
    return lambda value: (
        start + (math.log10(value) - low) / (high - low) * (end - start)
    )


def _powers(values: Sequence[float]) -> range:
    low = math.floor(math.log10(min(values)))
    return range(low, max(low + 1, math.ceil(math.log10(max(values)))) + 1)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="#ddd"/>'


def _text(
    x: float, y: float, said: str, weight: str = "normal", colour: str = "#333"
) -> str:
    style = f'font-size="12" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(said)}</text>'
