"""What a form of choices says about conflicts.

Parameters are named by the conflict, not by its place on the page: `take.<conflict>`
is base, draft, live or value; `v.<conflict>` a value of one's own. `row.<row>` and
`all` are for what is undecided. `seen` tells the conflicts that the page has shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit import problems
from draftedit.api import json_text
from draftedit.editing import EditSession
from draftedit.engine.errors import Conflict, Problem, Refused
from draftedit.engine.keys import from_path, to_path
from draftedit.engine.rebasing.resolutions import TAKES, Resolution
from draftedit.form_values import read
from draftedit.said import Said
from draftedit.views.operating import resolve

_ = TranslationStringFactory("draftedit")

SIDES = ("base", "draft", "live")
TAKE, ROW = "take.", "row."


def row_name(one: Conflict) -> str:
    """Return the name of a conflict's row in a form."""
    return f"{one.table}/{to_path(one.key)}"


def name_of(one: Conflict) -> str:
    """Return the name of a conflict in a form; several in one field share it."""
    return row_name(one) if one.field is None else f"{row_name(one)}/{one.field}"


def fingerprint(found: Sequence[Conflict]) -> str:
    """Tell these conflicts, with all their sides, from all others."""
    spelled = json_text.dumps([problems.conflict(one) for one in found])
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Choices:
    """What was chosen, by the names of conflicts and rows; nothing at first."""

    takes: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    own: Said = field(default_factory=Said)
    seen: str | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Choices":
        """Read a form; what is no choice is not made."""
        rest = params.get("all", "")
        return cls(
            takes=_named(params, TAKE, TAKES),
            rows=_named(params, ROW, SIDES),
            rest=rest if rest in SIDES else "",
            own=Said.from_params(params),
            seen=params.get("seen"),
        )

    def is_stale(self, found: Sequence[Conflict]) -> bool:
        """Tell whether they were made for other conflicts than these."""
        names = {name_of(one) for one in found}
        rows = {row_name(one) for one in found}
        if self.seen is not None and self.seen != fingerprint(found):
            return True
        return not self.takes.keys() <= names or not self.rows.keys() <= rows

    def take(self, one: Conflict) -> str:
        """Return what was chosen for this very conflict, or nothing."""
        return self.takes.get(name_of(one), "")

    def said(self, one: Conflict) -> Said:
        """Return the value of one's own that was typed for a conflict."""
        name, plain = name_of(one), str(one.field)
        return Said(
            texts=_only(self.own.texts, name, plain),
            nulls=frozenset({plain} if name in self.own.nulls else ()),
            searches=_only(self.own.searches, name, plain),
        )


def _named(
    params: Mapping[str, Any], prefix: str, takes: Sequence[str]
) -> dict[str, str]:
    return {
        name.removeprefix(prefix): take
        for name, take in params.items()
        if name.startswith(prefix) and take in takes
    }


def _only(said: Mapping[str, str], name: str, plain: str) -> dict[str, str]:
    return {plain: said[name]} if name in said else {}


def resolutions(
    edit: EditSession, found: Sequence[Conflict], choices: Choices
) -> list[Resolution]:
    """Return the choices made; raise Refused for values that cannot be read."""
    made = [Resolution(choices.rest)] if choices.rest else []
    rows = {row_name(one): one for one in found}
    made += [
        Resolution(take, rows[name].table, rows[name].key)
        for name, take in choices.rows.items()
        if name in rows
    ]
    wrong: list[Problem] = []
    for one in found:
        if take := choices.take(one):
            try:
                value = _own(edit, one, choices) if take == "value" else None
            except Refused as refusal:
                wrong += refusal.problems
                continue
            # Behind those for rows: of two for a whole row, the last one counts.
            made.append(Resolution(take, one.table, one.key, one.field, value))
    if wrong:
        raise Refused(*wrong)
    return made


def _own(edit: EditSession, one: Conflict, choices: Choices) -> Any:
    if one.field is None:
        return None  # the service says that there is none of a whole row
    said = choices.said(one)
    try:
        if one.kind == "order":
            return _place(said.texts.get(one.field))
        return _value(edit, one, said)
    except Refused as refusal:
        told = (
            replace(p, table=one.table, key=one.key, field=one.field)
            for p in refusal.problems
        )
        raise Refused(*told) from None


def _place(text: str | None) -> Any:
    if text is None:
        raise Refused(Problem(_("Say where it is to stand.")))
    try:
        return list(from_path(text)) if text else None
    except ValueError as error:
        raise Refused(Problem(str(error))) from None


def _value(edit: EditSession, one: Conflict, said: Said) -> Any:
    part = edit.target.tables[one.table]
    name = str(one.field)
    said = resolve(edit, part, said)
    values, wrong = read(part, said, {name: one.draft})
    if wrong:
        raise Refused(*wrong)
    return values.get(name, one.draft)  # as it is is not said again
