"""Days put together so that a picture of them stays readable: by day, week or month."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK, MONTH = "day", "week", "month"
MOST = 62  # columns of a picture


@dataclass(frozen=True)
class Calendar:
    """The days from `first` to `last`, in units of one length without a gap."""

    unit: str
    first: date
    last: date

    def start(self, day: date) -> date:
        """Return the first day of the unit that a day is in."""
        return _STARTS[self.unit](day)

    def starts(self) -> Iterator[date]:
        """Yield the first day of each unit, the oldest first."""
        start = self.start(self.first)
        while start <= self.last:
            yield start
            start = self.start(start + timedelta(days=_LONGEST[self.unit]))

    def name(self, start: date) -> str:
        """Spell a unit: a month without a day, a week by its Monday."""
        return start.isoformat()[: 7 if self.unit == MONTH else 10]


def calendar(first: date, last: date) -> Calendar:
    """Return the days in the smallest unit of which there are not too many."""
    for unit in (DAY, WEEK):
        found = Calendar(unit, first, last)
        if len(list(found.starts())) <= MOST:
            return found
    return Calendar(MONTH, first, last)


def _month(day: date) -> date:
    return day.replace(day=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


_STARTS: dict[str, Callable[[date], date]] = {
    DAY: lambda day: day,
    WEEK: _monday,
    MONTH: _month,
}
_LONGEST = {DAY: 1, WEEK: 7, MONTH: 31}
