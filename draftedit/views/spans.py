"""Spans of a measure as people call them, and what half of the drafts stayed below."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.figures import SPANS
from draftedit.views.times import duration

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]


def time_names(translate: Translate) -> dict[str, str]:
    """Name the spans of seconds by the value they are counted under."""
    bounds = SPANS["seconds"]
    names = {}
    for low, end in zip(bounds, (*bounds[1:], None), strict=True):
        said = {"from": duration(low), "to": duration(end or 0)}
        text = _("${from} – ${to}", mapping=said)
        if not low:
            text = _("under ${to}", mapping=said)
        elif end is None:
            text = _("${from} or more", mapping=said)
        names[str(low)] = translate(text)
    return names


def count_names(measure: str, translate: Translate) -> dict[str, str]:
    """Name the spans of a number of steps."""
    bounds = SPANS[measure]
    names = {}
    for low, end in zip(bounds, (*bounds[1:], None), strict=True):
        text = f"{low}–{(end or 0) - 1}"
        if end is None:
            text = translate(_("${from} or more", mapping={"from": low}))
        elif end == low + 1:
            text = str(low)
        names[str(low)] = text
    return names


def half_below(counts: Mapping[str, int], measure: str) -> int | None:
    """Return the bound that at least half of the drafts stayed below, if there is."""
    bounds, total, below = SPANS[measure], sum(counts.values()), 0
    for low, end in pairwise(bounds):
        below += counts.get(str(low), 0)
        if total and 2 * below >= total:
            return end
    return None
