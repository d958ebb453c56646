"""Refuse dates that MariaDB has stored and does not accept again: 0000-00-00.

They were written while sql_mode was not strict. A copy of such a row is refused, so
neither a draft nor history can have it. https://mariadb.com/kb/en/sql-mode/
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import OperationalError

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.dialects import error_is
from draftedit.engine.schema.model import Part

Rows = Mapping[Key, Mapping[str, Any]]


@contextmanager
def naming_zero_dates(part: Part, read: Callable[[], Rows]) -> Iterator[None]:
    """Raise Refused, with the rows and fields, if MariaDB refuses to copy a date.

    `read()` returns the rows that are copied, by key; it is called only then.
    """
    try:
        yield
    except OperationalError as error:
        if not error_is(error, "wrong_value"):
            raise
        problems = [*_problems(part, read())]
        if not problems:
            raise
        raise Refused(*problems) from error


def _problems(part: Part, rows: Rows) -> Iterator[Problem]:
    names = [name for name, one in part.fields.items() if one.codec.may_be_zero_date]
    for key, values in rows.items():
        for name in names:
            if "-00" in str(values[name])[4:10]:
                yield Problem(
                    say("odd-date", value=values[name]),
                    table=part.name,
                    key=key,
                    field=name,
                )
