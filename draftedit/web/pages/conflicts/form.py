"""Parse the form of choices about conflicts.

Parameters are named by the conflict, not by its place on the page: `take.<conflict>` is
base, draft, live or value; `v.<conflict>` a value typed by the user. `row.<row>` and
`all` are for undecided conflicts. `seen` identifies the conflicts that the page has
shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Conflict, ConflictKind, Problem, Refused
from draftedit.engine.base.keys import from_path, to_path
from draftedit.engine.base.texts import text_of
from draftedit.engine.rebasing.resolutions import TAKES, Resolution
from draftedit.service import problem_details
from draftedit.service.session import EditSession
from draftedit.web.api import json_text
from draftedit.web.form_values import FormInput, read
from draftedit.web.messages import say
from draftedit.web.pages.form_operations import resolve

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
    """Return a digest of these conflicts with all their sides."""
    spelled = json_text.dumps([problem_details.conflict(one) for one in found])
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class ConflictChoices:
    """The choices made, by the names of conflicts and rows; empty at first."""

    takes: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    own: FormInput = field(default_factory=FormInput)
    seen: str | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "ConflictChoices":
        """Parse a form; ignore malformed choices."""
        rest = params.get("all", "")
        return cls(
            takes=_named(params, TAKE, TAKES),
            rows=_named(params, ROW, SIDES),
            rest=rest if rest in SIDES else "",
            own=FormInput.from_params(params),
            seen=params.get("seen"),
        )

    def is_stale(self, found: Sequence[Conflict]) -> bool:
        """Return whether they were made for other conflicts than these."""
        names = {name_of(one) for one in found}
        rows = {row_name(one) for one in found}
        if self.seen is not None and self.seen != fingerprint(found):
            return True
        return not self.takes.keys() <= names or not self.rows.keys() <= rows

    def take(self, one: Conflict) -> str:
        """Return the choice for exactly this conflict, or ""."""
        return self.takes.get(name_of(one), "")

    def typed_in(self, one: Conflict) -> FormInput:
        """Return the value that was typed for a conflict."""
        name, plain = name_of(one), str(one.field)
        return FormInput(
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


def _only(typed_in: Mapping[str, str], name: str, plain: str) -> dict[str, str]:
    return {plain: typed_in[name]} if name in typed_in else {}


def resolutions(
    edit: EditSession, found: Sequence[Conflict], choices: ConflictChoices
) -> list[Resolution]:
    """Return the choices made; raise Refused for values that cannot be parsed."""
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
            # After those for rows: of two choices for a whole row, the last one counts.
            made.append(Resolution(take, one.table, one.key, one.field, value))
    if wrong:
        raise Refused(*wrong)
    return made


def _own(edit: EditSession, one: Conflict, choices: ConflictChoices) -> Any:
    if one.field is None:
        return None  # the service refuses a value for a whole row
    typed_in = choices.typed_in(one)
    try:
        if one.kind == ConflictKind.ORDER:
            return _place(typed_in.texts.get(one.field))
        return _value(edit, one, typed_in)
    except Refused as refusal:
        described = (
            replace(p, table=one.table, key=one.key, field=one.field)
            for p in refusal.problems
        )
        raise Refused(*described) from None


def _place(text: str | None) -> Any:
    if text is None:
        raise Refused(Problem(say("place-missing")))
    try:
        return list(from_path(text)) if text else None
    except ValueError as error:
        raise Refused(Problem(text_of(error))) from None


def _value(edit: EditSession, one: Conflict, typed_in: FormInput) -> Any:
    part = edit.target.tables[one.table]
    name = str(one.field)
    typed_in = resolve(edit, part, typed_in)
    values, wrong = read(part, typed_in, {name: one.draft})
    if wrong:
        raise Refused(*wrong)
    return values.get(name, one.draft)  # an unchanged value is not sent again
