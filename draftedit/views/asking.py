"""The questions that conflicts put to a user, row by row, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.errors import Conflict, Key, Problem
from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.forms import Choices as Offered
from draftedit.forms import Input, Option, build_one
from draftedit.views import conflict_words as words
from draftedit.views.choosing import Chooser
from draftedit.views.deciding import SIDES, Choices, name_of, row_name
from draftedit.views.differing import shown
from draftedit.views.names import Names
from draftedit.views.places import DraftPlaces
from draftedit.views.questions import Asked, Line, Question, Side

NEAR = 20  # rows that one may be put after at once; it can be moved on later


@dataclass
class Asking:
    """Puts the questions; what was chosen before is kept.

    `in_vain`: choices were asked for, and those that are missing are marked.
    """

    edit: EditSession
    names: Names
    places: DraftPlaces
    choices: Choices
    problems: Sequence[Problem] = ()
    in_vain: bool = False
    _offered: dict[tuple[str, str], Offered] = field(default_factory=dict)
    _count: int = 0

    def ask(self, found: Sequence[Conflict]) -> list[Asked]:
        """Return what is asked, row by row, in the order of the conflicts."""
        rows: dict[str, list[Conflict]] = {}
        for one in found:
            rows.setdefault(row_name(one), []).append(one)
            self._know(one)
        return [self._asked(name, conflicts) for name, conflicts in rows.items()]

    def _know(self, one: Conflict) -> None:
        """A whole row is named by what is at hand: it may be none of the draft's."""
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
        """Only what the draft has, gone or not, has a page of its own."""
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
        ordered = one.kind == "order"
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
            after=self._after(one, part) if ordered else (),
            after_chosen=self.choices.said(one).texts.get(str(one.field)),
            take=take,
            errors=[
                p.message
                for p in self.problems
                if (p.table, p.key, p.field) == (one.table, one.key, one.field)
            ],
            is_open=self.in_vain and not is_decided,
        )

    def _lines(self, one: Conflict, part: Part) -> list[Line]:
        """Show a whole row field by field; places and counted keys say nothing."""
        rows = [one.base, one.draft, one.live]
        there = [row for row in rows if row is not None]
        return [
            Line(
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
        said = self.choices.said(one)
        return build_one(
            asked_for,
            one.draft,
            said,
            self._choices(one, part, asked_for) if asked_for.references else None,
            prefix=f"c-{self._count}-",
            scope=f"{row_name(one)}/",
        )

    def _choices(self, one: Conflict, part: Part, asked_for: Field) -> Offered:
        """Return what a reference may point to; where it is all, read it once."""
        place = part.name, asked_for.name
        if place in self._offered:
            return self._offered[place]
        chooser = Chooser(self.edit, self.names)
        offered = chooser.reference(part, asked_for, one.draft, self.choices.said(one))
        if offered.complete:
            self._offered[place] = offered
        return offered

    def _after(self, one: Conflict, part: Part) -> list[Option]:
        """Offer the rows near to where the draft has it, as far as they are there."""
        if one.draft is None:
            return []
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
    """Tell whether others have left a row below its parent."""
    values = live.get((part.name, row.key))
    return values is not None and part.parent_key_of(values) == part.parent_key_of(
        row.values
    )
