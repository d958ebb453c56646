"""A rebase by a form, and what is said of it afterwards."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request

from draftedit.editing import EditSession
from draftedit.engine.errors import Conflict, Conflicts
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.views.answering import flash, warn
from draftedit.views.deciding import Choices, resolutions
from draftedit.views.describing import describe
from draftedit.views.names import Names
from draftedit.views.naming import names_for

_ = TranslationStringFactory("draftedit")

TOLD = 5  # of what was dropped, or of people; the rest is counted
# A session may be a cookie, which holds 4 KB and spells what is not ASCII in six.
LONGEST = 1200
LINE = 160


def bring_in(edit: EditSession, request: Request) -> None:
    """Rebase with the choices of the form, and say what came in and what was lost.

    Raises Conflicts where some are not decided, or are others than the form was
    made for; Refused for a choice that cannot be carried out.
    """
    found, decided = decisions(edit, Choices.from_params(request.POST))
    brought = edit.rebase(decided)
    if brought.revisions:
        tell_what_came(request, brought.revisions)
    else:
        flash(request, _("The draft stands on what is saved now."))
    if brought.dropped:
        names = names_for(request, edit.target, edit)
        warn(request, what_was_dropped(brought.dropped, names))
        if found:
            warn(request, _("What you decided about conflicts is the last step."))


def decisions(
    edit: EditSession, choices: Choices
) -> tuple[list[Conflict], list[Resolution]]:
    """Return the conflicts as they are now, and what the choices decide about them.

    Raises Conflicts where these are others than the choices were made for; Refused
    for a value that cannot be read.
    """
    # Nobody saves between what is decided here and the rebase.
    found = edit.conflicts(lock=True)
    if choices.is_stale(found):
        raise Conflicts(found)
    return found, resolutions(edit, found, choices)


def tell_what_came(request: Request, revisions: Sequence[Any]) -> None:
    """Say which revisions came in, and who saved them."""
    if not revisions:
        return
    say = request.localizer.translate
    whose = [
        (who, [one.revision for one in saved])
        for who, saved in groupby(revisions, key=lambda one: one.saved_by)
    ]
    told = [say(_by(who, numbers)) for who, numbers in whose[:TOLD]]
    text = _("Came in: ${what}.", mapping={"what": _cut("; ".join(told), LONGEST)})
    if len(whose) > TOLD:
        last = revisions[-1].revision
        more = {"what": "; ".join(told), "last": last}
        text = _("Came in: ${what} … up to revision ${last}.", mapping=more)
    flash(request, text)


def _by(who: str, numbers: Sequence[int]) -> Any:
    mapping = {"who": _cut(who, 60), "n": numbers[0], "last": numbers[-1]}
    if len(numbers) == 1:
        return _("revision ${n} by ${who}", mapping=mapping)
    if len(numbers) == 2:
        return _("revisions ${n} and ${last} by ${who}", mapping=mapping)
    return _("revisions ${n} to ${last} by ${who}", mapping=mapping)


def what_was_dropped(dropped: Sequence[Any], names: Names) -> str:
    """Say in words which steps had no place on the new revision; the rest is counted.

    What is decided about them, or was kept of what they did, is another step.
    """
    told: list[str] = []
    for line in _lines(dropped[:TOLD], names):
        if len(json.dumps([*told, line])) > LONGEST:
            break
        told.append(line)
    say = names.translate
    what = {"what": " ".join(told)}
    text = say(_("Steps that could not be done again: ${what}", mapping=what))
    if len(dropped) > len(told):
        more = _("And ${n} more.", mapping={"n": len(dropped) - len(told)})
        text = f"{text} {say(more)}"
    return text


def _lines(dropped: Sequence[Any], names: Names) -> Iterator[str]:
    for one in dropped:
        what = describe(one.operation.to_json(), {}, names)
        because = " ".join(names.translate(p.message) for p in one.problems)
        yield f"{_cut(str(what), LINE)} – {_cut(because, LINE)}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
