"""The table of all settings; `make settings-docs` copies it to docs/settings.md."""

from collections.abc import Callable
from typing import Any

from draftedit.settings.parsers import (
    boolean,
    database_address,
    logging,
    queue_address,
    seconds,
    whole,
)
from draftedit.settings.setting import Setting

OURS, OF_SQLALCHEMY = "draftedit.", "sqlalchemy."
URL_VARIABLE = "DRAFTEDIT_SQLALCHEMY_URL"
ROLES = ("reader", "editor", "admin")

PRODUCTION = Setting(
    "draftedit.production",
    boolean,
    False,
    "Cookies travel over TLS only; the sample secret and short secrets are refused.",
)
SECRET = Setting(
    "draftedit.secret",
    str,
    "",
    "Signs the cookies; the same in all processes.",
    required=True,
    confidential=True,
)
HSTS = Setting(
    "draftedit.hsts",
    whole(0),
    0,
    "Seconds for which browsers are told to use TLS only; 0 does not tell them.",
)
NOTES = Setting(
    "draftedit.notes",
    boolean,
    False,
    "Checks also run the host's notes, which may start programs.",
)
DRAFTS = Setting(
    "draftedit.drafts",
    str,
    "",
    "Dotted name of another application's drafts, for the commands.",
)
QUEUE = Setting(
    "draftedit.queue",
    queue_address,
    "",
    "What wakes workers: `sqlite:///FILE` or `redis://HOST:PORT/NUMBER`.",
    confidential=True,
)
TASK_LEASE = Setting(
    "draftedit.task_lease",
    seconds(1, 3600),
    30.0,
    "Seconds without a sign of life after which another worker takes over a task.",
)
PROCESSES: Setting[int | None] = Setting(
    "draftedit.processes",
    whole(1),
    None,
    "How many processes serve; with 1, limits may be counted in memory.",
)
PGBOUNCER = Setting(
    "draftedit.pgbouncer",
    boolean,
    False,
    "pgbouncer in transaction mode is between the application and PostgreSQL.",
)
THROTTLE_STORAGE = Setting(
    "draftedit.throttle.storage",
    str,
    "memory://",
    "Where writes are counted: `redis://HOST:PORT/NUMBER` if processes share limits.",
    confidential=True,
)
THROTTLE_PREFIX = Setting(
    "draftedit.throttle.prefix",
    str,
    "draftedit",
    "What the keys in a Redis begin with that several installations share.",
)
THROTTLES = {
    role: Setting(
        f"draftedit.throttle.{role}",
        str,
        "",
        f"How much each {role} may write: `200/minute`, or `200/minute; 2000/hour`.",
    )
    for role in ROLES
}
DATABASE: Setting[Any] = Setting(
    "sqlalchemy.url",
    database_address,
    None,
    "Address of the database.",
    required=True,
    confidential=True,
    variable=URL_VARIABLE,
)
# Arguments of create_engine, without its isolation level: saves rely on ours.
_ENGINE: tuple[tuple[str, Callable[[str], Any], str], ...] = (
    ("pool_size", whole(0), "Connections that a process keeps; 0 is no limit."),
    ("max_overflow", whole(-1), "Connections beyond these; -1 is no limit."),
    ("pool_timeout", seconds(0, 3600), "Seconds to wait for a free connection."),
    ("pool_recycle", whole(-1), "Seconds after which a connection is replaced."),
    ("pool_pre_ping", boolean, "Test a connection before each use; on if not set."),
    ("pool_use_lifo", boolean, "Use the connection that was returned last."),
    ("query_cache_size", whole(0), "Statements whose SQL text is cached."),
    ("echo", logging, "Log statements; `debug` logs rows as well."),
    ("echo_pool", logging, "Log what the pool does; `debug` logs more."),
    ("hide_parameters", boolean, "Leave values out of logs and errors."),
)
ENGINE_ARGUMENTS: dict[str, Setting[Any]] = {
    name: Setting(f"{OF_SQLALCHEMY}{name}", parse, None, text)
    for name, parse, text in _ENGINE
}

TABLE: tuple[Setting[Any], ...] = (
    PRODUCTION,
    SECRET,
    HSTS,
    NOTES,
    DRAFTS,
    QUEUE,
    TASK_LEASE,
    PROCESSES,
    PGBOUNCER,
    *THROTTLES.values(),
    THROTTLE_STORAGE,
    THROTTLE_PREFIX,
    DATABASE,
    *ENGINE_ARGUMENTS.values(),
)
