"""What each database spells in its own way: a day, a span of seconds."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

MARIADB = ("mysql", "mariadb")  # a URL may say either


class utc_day(GenericFunction[Any]):  # noqa: N801 — it is written as SQL functions are
    """The day (UTC) of a moment as `UtcDateTime` stores it."""

    type = sa.Date()
    inherit_cache = True


class whole_seconds(GenericFunction[Any]):  # noqa: N801 — written as SQL functions are
    """The seconds from one moment to another, in whole ones."""

    type = sa.BigInteger()
    inherit_cache = True


def _spell(
    function: type[GenericFunction[Any]], template: str, *databases: str
) -> None:
    """Let databases have the function by a template, whose gaps are its arguments."""

    @compiles(function, *databases)
    def spelled(element: Any, compiler: Any, **options: Any) -> str:
        arguments = (compiler.process(one, **options) for one in element.clauses)
        return template.format(*arguments)


_spell(utc_day, "date({})", "sqlite")
_spell(utc_day, "CAST(timezone('UTC', {}) AS DATE)", "postgresql")
_spell(utc_day, "DATE({})", *MARIADB)

# By whole seconds on both sides: a difference of julian days is not exact.
_spell(whole_seconds, "(strftime('%s', {1}) - strftime('%s', {0}))", "sqlite")
_spell(
    whole_seconds,
    "CAST(floor(extract(epoch FROM {1} - {0})) AS BIGINT)",
    "postgresql",
)
_spell(whole_seconds, "TIMESTAMPDIFF(SECOND, {0}, {1})", *MARIADB)
