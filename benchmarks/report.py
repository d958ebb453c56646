"""Results as a table of ratios, and as CSV with everything.

What is quoted are ratios: to the floor, to the smallest object; times depend on the
machine.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import Result

NAMES = {
    "draftedit": "draftedit",
    "raw": "by hand, driver",
    "core": "by hand, Core",
    "memento": "memento",
}
COLUMNS = (
    "database",
    "measure",
    "system",
    "size",
    "clients",
    "calls",
    "median_ms",
    "p95_ms",
    "per_second",
    "to_smallest",
    "to_driver_floor",
    "to_core_floor",
    "bytes_written",
    "bytes_answered",
    "statements",
    "rows_read",
    "sqlite_steps",
)
HEADINGS = (
    "measure",
    "system",
    "size",
    "× smallest",
    "× driver floor",
    "× Core floor",
    "median ms",
    "p95 ms",
    "per s",
    "bytes written",
    "statements",
    "rows read",
)


def rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return what is known of each result, by the names of COLUMNS."""
    systems = [*NAMES]
    measures = [*dict.fromkeys(one.measure for one in results)]
    return [
        _row(one, results)
        for one in sorted(
            results,
            key=lambda one: (
                measures.index(one.measure),
                systems.index(one.system),
                one.size,
            ),
        )
    ]


def _row(one: Result, results: Sequence[Result]) -> dict[str, Any]:
    probed = one.probed
    is_sqlite = one.backend == "sqlite"
    return {
        "database": one.backend,
        "measure": one.measure,
        "system": one.system,
        "size": one.size,
        "clients": one.clients,
        "calls": len(one.times),
        "median_ms": round(one.median * 1_000, 3),
        "p95_ms": round(one.p95 * 1_000, 3),
        "per_second": round(one.per_second, 1),
        "to_smallest": _ratio(one, _smallest(one, results)),
        "to_driver_floor": _ratio(one, _of_system("raw", one, results)),
        "to_core_floor": _ratio(one, _of_system("core", one, results)),
        "bytes_written": probed and probed.written,
        "bytes_answered": probed and probed.size,
        "statements": probed and probed.statements,
        "rows_read": probed and (None if is_sqlite else probed.rows_read),
        "sqlite_steps": probed and (probed.steps if is_sqlite else None),
    }


def _ratio(one: Result, other: Result | None) -> float | None:
    if other is None or other == one:
        return None
    return round(one.median / other.median, 2)


def _smallest(one: Result, results: Iterable[Result]) -> Result:
    alike = [r for r in results if _kind(r) == _kind(one) and r.system == one.system]
    return min(alike, key=lambda result: result.size)


def _of_system(system: str, one: Result, results: Iterable[Result]) -> Result | None:
    for result in results:
        same = _kind(result) == _kind(one) and result.size == one.size
        if same and result.system == system:
            return result
    return None


def _kind(one: Result) -> tuple[str, str, int]:
    return one.backend, one.measure, one.clients


def write_csv(path: Path, found: Iterable[dict[str, Any]]) -> None:
    """Write everything."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


def table(found: Sequence[dict[str, Any]], machine: dict[str, Any]) -> str:
    """Return a page in Markdown: the machine, and a table for each database."""
    said = "; ".join(f"{name} {value}" for name, value in machine.items())
    lines = ["# Benchmark results", "", f"Measured by `make bench` on: {said}.", ""]
    for backend in dict.fromkeys(row["database"] for row in found):
        for clients in sorted({row["clients"] for row in found}):
            wanted = [
                row
                for row in found
                if row["database"] == backend and row["clients"] == clients
            ]
            if wanted:
                who = "one client" if clients == 1 else f"{clients} clients at once"
                lines += [f"## {backend}, {who}", "", *_lines(wanted), ""]
    return "\n".join(lines)


def _lines(found: Sequence[dict[str, Any]]) -> list[str]:
    heads = [*HEADINGS]
    if found[0]["database"] == "sqlite":
        heads[-1] = "machine steps"
    yielded = [heads, ["---"] * 3 + ["---:"] * (len(heads) - 3)]
    yielded += [_cells(row) for row in found]
    return [f"| {' | '.join(cells)} |" for cells in yielded]


def _cells(row: dict[str, Any]) -> list[str]:
    read = row["sqlite_steps"] if row["database"] == "sqlite" else row["rows_read"]
    return [
        row["measure"],
        NAMES[row["system"]],
        f"{row['size']:,}",
        *(
            "" if row[name] is None else f"{row[name]:.2f}"
            for name in ("to_smallest", "to_driver_floor", "to_core_floor")
        ),
        f"{row['median_ms']:.2f}",
        f"{row['p95_ms']:.2f}",
        f"{row['per_second']:,.0f}",
        *(
            "" if number is None else f"{number:,}"
            for number in (row["bytes_written"], row["statements"], read)
        ),
    ]
