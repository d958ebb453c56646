"""What a run ran on: the machine and the versions, without names or paths of it."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from typing import Any

from benchmarks.place import Place
from benchmarks.serving import ROOT

PACKAGES = ("draftedit", "pyramid", "SQLAlchemy", "waitress", "psycopg", "PyMySQL")
SETTINGS = {
    "postgresql": ("fsync", "synchronous_commit"),
    "mariadb": ("innodb_flush_log_at_trx_commit", "sync_binlog"),
}


def describe() -> dict[str, Any]:
    """Return what can be said without a database."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "commit": _commit(),
        **{name: version(name) for name in PACKAGES},
    }


def describe_server(place: Place) -> dict[str, Any]:
    """Return the version of a database server, and how it makes commits durable."""
    backend = place.backend
    with place.engine.connect() as connection:
        if backend == "sqlite":
            found = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            return {"SQLite synchronous": found}
        server = ".".join(map(str, connection.dialect.server_version_info or ()))
        show = "SHOW " if backend == "postgresql" else "SELECT @@"
        settings = {
            f"{backend} {name}": connection.exec_driver_sql(show + name).scalar()
            for name in SETTINGS[backend]
        }
    return {backend: server, **settings}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return platform.processor()
    names = (
        ln.partition(":")[2].strip() for ln in lines if ln.startswith("model name")
    )
    return next(names, platform.processor())


def _commit() -> str:
    def git(*command: str) -> str:
        done = subprocess.run(
            ["git", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    commit = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "draftedit")
    return f"{commit or 'unknown'}{' and changes' if changed else ''}"
