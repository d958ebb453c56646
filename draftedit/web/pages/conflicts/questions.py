"""Build the questions that conflicts put to the user, row by row, for the template."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Conflict, ConflictKind, Key, Problem
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Field, Part
from draftedit.service.session import EditSession
from draftedit.web.forms import Choices as Offered
from draftedit.web.forms import Input, Option, build_one
from draftedit.web.pages.conflicts import text as words
from draftedit.web.pages.conflicts.form import SIDES, ConflictChoices, name_of, row_name
from draftedit.web.pages.diff import shown
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels
from draftedit.web.pages.row_choices import Chooser
from draftedit.web.pages.urls import DraftUrls

NEAR = 20  # rows offered to be put after; a row can be moved further later


@dataclass(frozen=True)
class Side:
    """One choice: base, draft or live, and its value."""

    take: str
    label: str
    shown: FormattedValue


@dataclass(frozen=True)
class ComparedField:
    """One field of a whole row on three sides; None: the row does not exist there."""

    label: str
    sides: Sequence[FormattedValue | None]
    differs: bool


@dataclass(frozen=True)
class Question:
    """One conflict, or several in one field, decided by one choice.

    `label` is the field's name, None for the whole row. `own` is an input for another
    value, `after` and `parents` are the places to choose from. `is_open`: it was not
    answered.
    """

    id: str
    name: str
    label: str | None
    why: Sequence[str]
    sides: Sequence[Side]
    lines: Sequence[ComparedField]
    own: Input | None
    after: Sequence[Option]
    parents: Sequence[Option]
    place_chosen: str | None
    take: str
    errors: Sequence[str]
    is_open: bool


@dataclass(frozen=True)
class Asked:
    """The questions about one row; `by` and `at`: the last change of live."""

    name: str
    title: str
    url: str | None
    by: str | None
    at: datetime.datetime | None
    questions: Sequence[Question]
    take: str
    is_object: bool


@dataclass
class Asking:
    """Builds the questions; earlier choices are kept.

    `in_vain`: choices were submitted, and missing ones are marked.
    """

    edit: EditSession
    names: Labels
    places: DraftUrls
    choices: ConflictChoices
    problems: Sequence[Problem] = ()
    in_vain: bool = False
    _offered: dict[tuple[str, str], Offered] = field(default_factory=dict)
    _count: int = 0

    def ask(self, found: Sequence[Conflict]) -> list[Asked]:
        """Return the questions by row, in the order of the conflicts."""
        rows: dict[str, list[Conflict]] = {}
        for one in found:
            rows.setdefault(row_name(one), []).append(one)
            self._know(one)
        return [self._asked(name, conflicts) for name, conflicts in rows.items()]

    def _know(self, one: Conflict) -> None:
        """Label a whole row by its values here, as the draft may not have it."""
        values = one.draft or one.live or one.base
        if one.field is None and values:
            self.names.know([Row(one.table, one.key, dict(values))])

    def _asked(self, name: str, conflicts: Sequence[Conflict]) -> Asked:
        first = conflicts[0]
        by_field: dict[str, list[Conflict]] = {}
        for one in conflicts:
            by_field.setdefault(name_of(one), []).append(one)
        signed = next((one for one in conflicts if one.live_by), first)
        return Asked(
            name=name,
            title=self.names.located(first.table, first.key),
            url=self._url(conflicts),
            by=signed.live_by,
            at=signed.live_at,
            questions=[self._question(n, each) for n, each in by_field.items()],
            take=self.choices.rows.get(name, ""),
            is_object=words.is_lost_object(first, self.names),
        )

    def _url(self, conflicts: Sequence[Conflict]) -> str | None:
        """Return the address of the row, deleted or not, if the draft has it."""
        first = conflicts[0]
        is_known = any(
            one.base is not None or one.draft is not None for one in conflicts
        )
        is_link = self.edit.target.tables[first.table].is_link
        return (
            self.places.row(first.table, first.key)
            if is_known and not is_link
            else None
        )

    def _question(self, name: str, conflicts: Sequence[Conflict]) -> Question:
        one, self._count = conflicts[0], self._count + 1
        part = self.edit.target.tables[one.table]
        asked_for = None if one.field is None else part.fields[one.field]
        take = self.choices.take(one)
        is_decided = take or self.choices.rows.get(row_name(one)) or self.choices.rest
        labels = (
            words.OF_OBJECT if words.is_lost_object(one, self.names) else words.TAKES
        )
        ordered = one.kind == ConflictKind.ORDER
        return Question(
            id=f"c-{self._count}",
            name=name,
            label=None if asked_for is None else self.names.field(asked_for),
            why=[words.why(each, part, self.names) for each in conflicts],
            sides=[
                Side(
                    side,
                    self.names.translate(labels[side]),
                    words.side(one, side, part, self.names),
                )
                for side in SIDES
            ],
            lines=self._lines(one, part) if asked_for is None else (),
            own=self._own(one, part, asked_for) if asked_for and not ordered else None,
            after=self._after(one, part) if ordered and part.order else (),
            parents=self._parents(part) if ordered and not part.order else (),
            place_chosen=self.choices.typed_in(one).texts.get(str(one.field)),
            take=take,
            errors=[
                p.message
                for p in self.problems
                if (p.table, p.key, p.field) == (one.table, one.key, one.field)
            ],
            is_open=self.in_vain and not is_decided,
        )

    def _lines(self, one: Conflict, part: Part) -> list[ComparedField]:
        """Show a whole row field by field, without places and autoincrement keys."""
        rows = [one.base, one.draft, one.live]
        there = [row for row in rows if row is not None]
        return [
            ComparedField(
                self.names.field(each),
                [
                    None if row is None else shown(each, row.get(each.name), self.names)
                    for row in rows
                ],
                differs=any(
                    row.get(each.name) != there[0].get(each.name) for row in there
                ),
            )
            for each in part.fields.values()
            if each.role != "order"
            and not each.generated
            and any(row.get(each.name) is not None for row in there)
        ]

    def _own(self, one: Conflict, part: Part, asked_for: Field) -> Input | None:
        if not asked_for.settable:
            return None
        typed_in = self.choices.typed_in(one)
        return build_one(
            asked_for,
            one.draft,
            typed_in,
            self._choices(one, part, asked_for) if asked_for.references else None,
            prefix=f"c-{self._count}-",
            scope=f"{row_name(one)}/",
        )

    def _choices(self, one: Conflict, part: Part, asked_for: Field) -> Offered:
        """Return the choices of a reference; if these are all, they are read once."""
        place = part.name, asked_for.name
        if place in self._offered:
            return self._offered[place]
        chooser = Chooser(self.edit, self.names)
        offered = chooser.reference(
            part, asked_for, one.draft, self.choices.typed_in(one)
        )
        if offered.complete:
            self._offered[place] = offered
        return offered

    def _parents(self, part: Part) -> list[Option]:
        """Offer the parents that are found first, for a row without an order."""
        return Chooser(self.edit, self.names).parents(part, None)

    def _after(self, one: Conflict, part: Part) -> list[Option]:
        """Offer the rows near its place in the draft, as far as they exist."""
        page = self.edit.page(
            part.name, parent=one.draft["parent"], limit=NEAR, around=one.key
        )
        self.names.know(page.rows)
        live = self.edit.live_values((part.name, row.key) for row in page.rows)
        return [
            Option(to_path(row.key), self.names.row(row))
            for row in page.rows
            if row.key != one.key and (row.is_new or _stays(part, row, live))
        ]


def _stays(part: Part, row: Row, live: dict[tuple[str, Key], dict[str, Any]]) -> bool:
    """Return whether others have left a row below its parent."""
    values = live.get((part.name, row.key))
    return values is not None and part.parent_key_of(values) == part.parent_key_of(
        row.values
    )
