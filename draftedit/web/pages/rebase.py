"""Rebase from a form, and report the result in messages."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Conflict, Conflicts
from draftedit.engine.base.texts import translated
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.service.session import EditSession
from draftedit.web.pages.conflicts.form import ConflictChoices, resolutions
from draftedit.web.pages.flash import flash, warn
from draftedit.web.pages.journal_text import describe
from draftedit.web.pages.labels import Labels, names_for

_ = TranslationStringFactory("draftedit")

LISTED = 5  # dropped steps or people that are listed; the others are counted
# A session may be a cookie, which holds 4 KB and takes six bytes for what is not ASCII.
LONGEST = 1200
LINE = 160


def bring_in(edit: EditSession, request: Request) -> None:
    """Rebase with the choices of the form, and report what came in and what was lost.

    Raises Conflicts if some are not decided, or differ from those the form was made
    for; Refused for a choice that cannot be carried out.
    """
    found, decided = decisions(edit, ConflictChoices.from_params(request.POST))
    brought = edit.rebase(decided)
    if brought.revisions:
        flash_revisions(request, brought.revisions)
    else:
        flash(request, _("The draft stands on what is saved now."))
    if brought.dropped:
        names = names_for(request, edit.target, edit)
        warn(request, what_was_dropped(brought.dropped, names))
        if found:
            warn(request, _("What you decided about conflicts is the last step."))


def decisions(
    edit: EditSession, choices: ConflictChoices
) -> tuple[list[Conflict], list[Resolution]]:
    """Return the present conflicts, and the resolutions that the choices make.

    Raises Conflicts if these differ from those the choices were made for; Refused for a
    value that cannot be parsed.
    """
    # Locked: no save may come between these choices and the rebase.
    found = edit.conflicts(lock=True)
    if choices.is_stale(found):
        raise Conflicts(found)
    return found, resolutions(edit, found, choices)


def flash_revisions(request: Request, revisions: Sequence[Any]) -> None:
    """Add a message with the revisions that came in, and who saved them."""
    say = request.localizer.translate
    whose = [
        (who, [one.revision for one in saved])
        for who, saved in groupby(revisions, key=lambda one: one.saved_by)
    ]
    texts = [say(_by(who, numbers)) for who, numbers in whose[:LISTED]]
    text = _("Came in: ${what}.", mapping={"what": _cut("; ".join(texts), LONGEST)})
    if len(whose) > LISTED:
        last = revisions[-1].revision
        more = {"what": "; ".join(texts), "last": last}
        text = _("Came in: ${what} … up to revision ${last}.", mapping=more)
    flash(request, text)


def _by(who: str, numbers: Sequence[int]) -> Any:
    mapping = {"who": _cut(who, 60), "n": numbers[0], "last": numbers[-1]}
    if len(numbers) == 1:
        return _("revision ${n} by ${who}", mapping=mapping)
    if len(numbers) == 2:
        return _("revisions ${n} and ${last} by ${who}", mapping=mapping)
    return _("revisions ${n} to ${last} by ${who}", mapping=mapping)


def what_was_dropped(dropped: Sequence[Any], names: Labels) -> str:
    """Describe the steps that had no place on the new revision; the others are counted.

    Decisions about them, and what was kept of their effects, are steps of their own.
    """
    texts: list[str] = []
    for line in _lines(dropped[:LISTED], names):
        if len(json.dumps([*texts, line])) > LONGEST:
            break
        texts.append(line)
    say = names.translate
    what = {"what": " ".join(texts)}
    text = say(_("Steps that could not be done again: ${what}", mapping=what))
    if len(dropped) > len(texts):
        more = _("And ${n} more.", mapping={"n": len(dropped) - len(texts)})
        text = f"{text} {say(more)}"
    return text


def _lines(dropped: Sequence[Any], names: Labels) -> Iterator[str]:
    for one in dropped:
        what = describe(one.operation, None, names)
        reasons = [problem.message for problem in one.problems]
        because = " ".join(translated(why, names.translate) for why in reasons)
        yield f"{_cut(str(what), LINE)} – {_cut(because, LINE)}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
