"""What an ini file must say, and the one line that is shown when it does not."""

from collections.abc import Mapping
from typing import Any

Settings = Mapping[str, Any]


class BadSettings(Exception):
    """The ini file lacks a setting or has a wrong one; the message is one line."""


def required(settings: Settings, name: str) -> str:
    """Return a setting that must be there."""
    value = str(settings.get(name) or "").strip()
    if not value:
        raise BadSettings(f"the ini file does not set {name}")
    return value
