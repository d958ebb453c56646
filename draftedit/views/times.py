"""Times as pages show them: always UTC, always for machines too."""

from datetime import UTC, date, datetime

from markupsafe import Markup


def when(moment: datetime | str | None, today: date | None = None) -> Markup:
    """Return a <time>: the clock alone for today, the date before it otherwise."""
    if moment is None:
        return Markup("")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    is_today = moment.date() == (today or datetime.now(UTC).date())
    shown = moment.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        shown,
    )


def duration(seconds: float) -> str:
    """Spell a length of time by its two largest units: 2 d 3 h, 5 min, 12 s."""
    left, parts = int(seconds), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
