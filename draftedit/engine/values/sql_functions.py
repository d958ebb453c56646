"""What each database spells in its own way: a day, a span of seconds, a text."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from draftedit.engine.dialects import ALL


class utc_day(GenericFunction[Any]):  # noqa: N801 — it is written as SQL functions are
    """The day (UTC) of a moment as `UtcDateTime` stores it."""

    type = sa.Date()
    inherit_cache = True


class whole_seconds(GenericFunction[Any]):  # noqa: N801 — written as SQL functions are
    """The seconds from one moment to another, in whole ones."""

    type = sa.BigInteger()
    inherit_cache = True


class as_text(GenericFunction[Any]):  # noqa: N801 — written as SQL functions are
    """A column as text, on the databases that merge no text with another type.

    There a column that is text already costs nothing more. `type_`: String or Text.
    """

    inherit_cache = True


@compiles(as_text)
def _as_it_is(element: Any, compiler: Any, **options: Any) -> str:
    [column] = element.clauses
    return str(compiler.process(column, **options))


def _cast(element: Any, compiler: Any, **options: Any) -> str:
    [column] = element.clauses
    return str(compiler.process(sa.cast(column, element.type), **options))


def _spell(
    function: type[GenericFunction[Any]], template: str, *databases: str
) -> None:
    """Let databases have the function by a template, whose gaps are its arguments."""

    @compiles(function, *databases)
    def spelled(element: Any, compiler: Any, **options: Any) -> str:
        arguments = (compiler.process(one, **options) for one in element.clauses)
        return template.format(*arguments)


for _backend in ALL:
    _spell(utc_day, _backend.utc_day, *_backend.dialects)
    _spell(whole_seconds, _backend.whole_seconds, *_backend.dialects)
    if not _backend.merges_types:
        compiles(as_text, *_backend.dialects)(_cast)
