"""What an ini file must say, and the one line that is shown when it does not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyramid.settings import asbool

Settings = Mapping[str, Any]


class BadSettings(Exception):
    """The ini file lacks a setting or has a wrong one; the message is one line."""


def required(settings: Settings, name: str) -> str:
    """Return a setting that must be there."""
    value = str(settings.get(name) or "").strip()
    if not value:
        raise BadSettings(f"the ini file does not set {name}")
    return value


def shows_notes(request: Any) -> bool:
    """Tell whether a check tells the host's notes, too: `draftedit.notes`.

    Not unless the ini file says so: a note may start a program of the machine, and
    give it what users have typed.
    """
    return asbool(request.registry.settings.get("draftedit.notes"))


def task_lease(settings: Settings) -> float:
    """Return after how many seconds without a word a worker is taken for dead."""
    text = str(settings.get("draftedit.task_lease") or "30").strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise BadSettings(f"draftedit.task_lease={text} is not 1 to 3600 seconds")
    return seconds


def shipped_ini(name: str) -> str:
    """Return the text of an ini file that we ship, such as `production.ini`.

    They lie at the top of a checkout, and beside the modules in an installed wheel.
    """
    package = Path(__file__).parent
    wheel, checkout = package / "inis" / name, package.parent / name
    return (wheel if wheel.is_file() else checkout).read_text(encoding="utf-8")
