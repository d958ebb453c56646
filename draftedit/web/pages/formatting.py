"""Values, numbers and times as pages show them: short, and whole on request.

Times are always UTC, and always readable for machines too. How a language writes dates
and numbers is in its catalogue, as its words are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup
from translationstring import TranslationStringFactory

from draftedit.engine.schema.model import Field
from draftedit.engine.values.presentation import Style
from draftedit.web.notations import KINDS

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]

LONG = 48  # characters of a value that a table shows at once


@dataclass(frozen=True)
class FormattedValue:
    """A value as a page shows it.

    `kind` is none, empty, word, code or text; `full` is the whole of a long one.
    """

    text: str
    kind: str
    full: str | None = None

    def __str__(self) -> str:
        """Return it as text for a sentence."""
        return self.text


def plain(one: Field, value: Any) -> FormattedValue:
    """Format a value that exists and needs no translation."""
    style = one.codec.style
    text, kind = one.codec.show(value), KINDS[style]
    if style is Style.WORD or (len(text) <= LONG and "\n" not in text):
        return FormattedValue(text, kind)
    short = " ".join(text[: 2 * LONG].split())[:LONG].rstrip()
    return FormattedValue(f"{short}…", kind, one.codec.show_whole(value))


def when(
    moment: datetime | str | None,
    today: date | None = None,
    translate: Translate = str,
) -> Markup:
    """Return a <time>: the clock alone for today, the date before it otherwise."""
    if moment is None:
        return Markup("")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    is_today = moment.date() == (today or datetime.now(UTC).date())
    day = "" if is_today else moment.strftime(translate(_("%Y-%m-%d"))) + " "
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment.strftime(translate(_("%Y-%m-%d")) + " %H:%M:%S"),
        day + moment.strftime("%H:%M"),
    )


def spelled_number(value: int, translate: Translate = str) -> str:
    """Spell a whole number with its thousands apart: 12,000; in German 12.000."""
    return f"{value:,}".replace(",", translate(_(",")))


def duration(seconds: float) -> str:
    """Format a duration by its two largest units: 2 d 3 h, 5 min, 12 s."""
    left, parts = int(seconds), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
