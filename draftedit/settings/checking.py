"""Refuse unknown, wrong or missing settings, all of them at once."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from draftedit.settings.setting import BadSettings, Setting, Settings, T
from draftedit.settings.table import OF_SQLALCHEMY, OURS, TABLE

_KNOWN = {setting.name: setting for setting in TABLE}


def given(family: Mapping[str, Setting[T]], settings: Settings) -> dict[str, T]:
    """Return the values of those settings of a family that have one."""
    return {
        key: setting.read(settings)
        for key, setting in family.items()
        if setting.text(settings)
    }


def refuse_bad(
    settings: Settings,
    *needed: Setting[Any],
    prefixes: tuple[str, ...] = (OURS, OF_SQLALCHEMY),
    ignored: Settings | None = None,
) -> None:
    """Raise BadSettings with a line for each setting that is unknown, wrong or missing.

    `needed`: settings that are read even if the ini file does not name them.
    `prefixes`: the prefixes whose keys must be known; other keys are ignored.
    `ignored`: the file's section [DEFAULT], from which none of our settings is read.
    """
    found = [
        *_misplaced(settings, prefixes, ignored or {}),
        *_problems(settings, [key for key in settings if key.startswith(prefixes)]),
        *_problems(settings, [one.name for one in needed if one.name not in settings]),
    ]
    if found:
        raise BadSettings("\n".join(found))


def _misplaced(
    settings: Settings, prefixes: tuple[str, ...], ignored: Settings
) -> Iterator[str]:
    for name in ignored:
        if name.startswith(prefixes) and name not in settings:
            yield f"{name} has no effect in [DEFAULT]: move it to the application"


def _problems(settings: Settings, names: list[str]) -> Iterator[str]:
    for name in names:
        if name not in _KNOWN:
            yield f"{name} is not a setting: {_hint(name)}"
            continue
        try:
            _KNOWN[name].read(settings)
        except BadSettings as error:
            yield str(error)


def _hint(name: str) -> str:
    # Compared without the prefix, which alone would make any two of them similar.
    prefix = OURS if name.startswith(OURS) else OF_SQLALCHEMY
    known = [other.removeprefix(prefix) for other in _KNOWN if other.startswith(prefix)]
    near = get_close_matches(name.removeprefix(prefix), known, 1)
    return f"did you mean {prefix}{near[0]}?" if near else "see docs/settings.md"
