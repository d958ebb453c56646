"""The command: `python -m benchmarks [--quick]`, which `make bench` runs."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import databases, machine, processes, report
from benchmarks.axes import measure_axes
from benchmarks.measuring import Clock, Result, measure, measure_crowd
from benchmarks.place import places
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.plots import write_plots
from benchmarks.processes import Shared
from benchmarks.purging import measure_purge
from benchmarks.serving import ROOT
from benchmarks.stories import MEASURES

RESULTS = Path(__file__).parent / "results"
QUICK_RESULTS = ROOT / "var" / "bench"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything, and write the table, the CSV and the pictures."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument(
        "--databases",
        nargs="+",
        choices=databases.BACKENDS,
        help="all that can be had here; MariaDB only in a whole run",
    )
    parser.add_argument("--out", type=Path, help="the folder to write to")
    given = parser.parse_args(arguments)
    plan = QUICK if given.quick else FULL
    # However it is told to end, the servers are ended on the way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    here = [one for one in databases.available() if one in plan.backends]
    folder = given.out or (QUICK_RESULTS if given.quick else RESULTS)
    run(plan, given.databases or here, folder)


def run(plan: Plan, backends: Sequence[str], folder: Path) -> None:
    """Measure on each database, and write to `folder`."""
    began = time.monotonic()
    about = machine.describe()
    results: list[Result] = []
    for number, backend in enumerate(backends, 1):
        clock = Clock(plan, began + plan.total * number / len(backends), len(backends))
        found, server = measure_backend(plan, backend, clock)
        results += found
        about |= server
    shared = []
    if "postgresql" in backends:
        shared = measure_shared(plan)
    about["seconds"] = round(time.monotonic() - began)
    write(folder, results, shared, about)


def measure_shared(plan: Plan) -> list[Shared]:
    """Measure several processes on one PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="draftedit_bench_") as name:
        folder = Path(name)
        with databases.server("postgresql", folder) as address:
            _say("postgresql", "several processes")
            return processes.measure_processes(address, folder, plan)


def measure_backend(
    plan: Plan, backend: str, clock: Clock
) -> tuple[list[Result], dict[str, object]]:
    """Measure everything on one database."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="draftedit_bench_") as name:
        folder = Path(name)
        _say(backend, "filling")
        with (
            databases.server(backend, folder) as address,
            places(plan, backend, address, folder) as made,
        ):
            for one in MEASURES:
                _say(backend, one.name)
                results += measure(one, made, plan, clock)
            for one in MEASURES:
                if one.crowd:
                    _say(backend, f"{one.name}, {plan.crowd} clients")
                    results += measure_crowd(one, made, plan, clock)
            _say(backend, "pages along the second axis")
            results += measure_axes(made, plan, clock)
            _say(backend, "purge")
            results += measure_purge(made, plan, clock)
            return results, machine.describe_server(made[0])


def write(
    folder: Path,
    results: Sequence[Result],
    shared: Sequence[Shared],
    about: dict[str, object],
) -> None:
    """Write what was found, and show the table."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    rows = report.rows(results)
    text = report.table(rows, about)
    if shared:
        text += f"\n{processes.table(shared)}"
        processes.write_csv(folder / "processes.csv", shared)
    (folder / "table.md").write_text(text, encoding="utf-8")
    report.write_csv(folder / "results.csv", rows)
    write_plots(folder, rows)
    print(text)
    print(f"Written to {folder}")


def _say(backend: str, what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {backend}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
