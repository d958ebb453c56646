"""Parse durations on the command line: 30d, 12h."""

import re
from datetime import timedelta
from typing import Any

import click

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([0-9]{1,6})([mhdw])")
_LONGEST = timedelta(days=365 * 100)


class Duration(click.ParamType[timedelta]):
    """A number and m, h, d or w: minutes, hours, days, weeks."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Parse a duration."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a duration like 30d, 12h, 2w", param, ctx)
        length = timedelta(**{_UNITS[match[2]]: int(match[1])})
        if length > _LONGEST:
            self.fail(f"{value!r} is more than a hundred years", param, ctx)
        return length
