"""What each database spells in its own way: a day, a span of seconds, a JSON member."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class utc_day(GenericFunction[Any]):  # noqa: N801 — it is written as SQL functions are
    """The day (UTC) of a moment as `UtcDateTime` stores it."""

    type = sa.Date()
    inherit_cache = True


class whole_seconds(GenericFunction[Any]):  # noqa: N801 — as above
    """The seconds from one moment to another, in whole ones."""

    type = sa.BigInteger()
    inherit_cache = True


class json_member(GenericFunction[Any]):  # noqa: N801 — as above
    """A member of a JSON object that is kept as text: `json_member(text, "op")`."""

    type = sa.Text()
    inherit_cache = True


def _spelled(element: Any, compiler: Any, template: str, **options: Any) -> str:
    pieces = [compiler.process(one, **options) for one in element.clauses]
    return template.format(*pieces)


@compiles(utc_day, "sqlite")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "date({})", **options)


@compiles(utc_day, "postgresql")
def _(element: Any, compiler: Any, **options: Any) -> str:
    template = "CAST(timezone('UTC', {}) AS DATE)"
    return _spelled(element, compiler, template, **options)


@compiles(utc_day, "mysql", "mariadb")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "DATE({})", **options)


@compiles(whole_seconds, "sqlite")
def _(element: Any, compiler: Any, **options: Any) -> str:
    # By whole seconds on both sides: a difference of julian days is not exact.
    template = "(strftime('%s', {1}) - strftime('%s', {0}))"
    return _spelled(element, compiler, template, **options)


@compiles(whole_seconds, "postgresql")
def _(element: Any, compiler: Any, **options: Any) -> str:
    template = "CAST(floor(extract(epoch FROM {1} - {0})) AS BIGINT)"
    return _spelled(element, compiler, template, **options)


@compiles(whole_seconds, "mysql", "mariadb")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "TIMESTAMPDIFF(SECOND, {0}, {1})", **options)


@compiles(json_member, "sqlite")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "json_extract({}, '$.' || {})", **options)


@compiles(json_member, "postgresql")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "(CAST({} AS JSON) ->> {})", **options)


@compiles(json_member, "mysql", "mariadb")
def _(element: Any, compiler: Any, **options: Any) -> str:
    return _spelled(element, compiler, "JSON_VALUE({}, CONCAT('$.', {}))", **options)
