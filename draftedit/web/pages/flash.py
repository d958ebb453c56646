"""Messages for the next page, kept in the session until they are shown.

A session may be a cookie of 4 KB, and one that is too large fails when it is sent,
after the commit: so messages are bounded when they are added.
"""

import json
from collections.abc import Sequence
from typing import Any

from pyramid.interfaces import ISessionFactory
from pyramid.request import Request
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("draftedit")

WARNINGS = "draftedit.warnings"  # queue of the session; the other one has no name
GOOD = ""
# Bytes of JSON. A cookie has room for 3,000, of which others need some, too.
LONGEST, MOST = 1300, 1800

LEFT_OUT = _("Messages from before this are left out.")


def flash(request: Request, text: Any) -> None:
    """Add a message for the next page, translated now, if there is a session."""
    _add(request, text, GOOD)


def warn(request: Request, text: Any) -> None:
    """Add a warning for the next page, if there is a session."""
    _add(request, text, WARNINGS)


def pop(request: Request, queue: str = GOOD) -> Sequence[str]:
    """Return the messages of a queue, and remove them."""
    return request.session.pop_flash(queue) if has_session(request) else ()


def has_session(request: Request) -> bool:
    """Return whether the application has sessions at all."""
    return request.registry.queryUtility(ISessionFactory) is not None


def size(text: str) -> int:
    """Return how many bytes a text takes in a session that is a cookie."""
    return len(json.dumps(text))


def shortened(text: str, most: int) -> str:
    """Cut a text to at most `most` bytes in a session."""
    if size(text) <= most:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if size(f"{text[:middle]}…") <= most:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits]}…"


def _add(request: Request, text: Any, queue: str) -> None:
    if not has_session(request):
        return
    translate = request.localizer.translate
    new = shortened(translate(text), LONGEST)
    queues = {name: request.session.pop_flash(name) for name in (GOOD, WARNINGS)}
    # A repeated message moves to the end.
    queues[queue] = [*(one for one in queues[queue] if one != new), new]
    for name, texts in _bounded(queues, queue, translate(LEFT_OUT)).items():
        for one in texts:
            request.session.flash(one, name)


def _bounded(
    queues: dict[str, list[str]], newest: str, left_out: str
) -> dict[str, list[str]]:
    """Drop the oldest messages until the rest fits: good ones before warnings."""
    kept = {name: [t for t in texts if t != left_out] for name, texts in queues.items()}
    cut = {name for name, texts in queues.items() if left_out in texts}
    while _size(kept) > MOST - size(left_out):
        name = next(n for n in kept if len(kept[n]) > (n == newest))
        kept[name].pop(0)
        cut.add(name)
    return {n: [left_out, *t] if n in cut else t for n, t in kept.items()}


def _size(queues: dict[str, list[str]]) -> int:
    return sum(size(str(one)) + 1 for texts in queues.values() for one in texts)
