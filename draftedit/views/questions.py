"""What a page asks about conflicts: the shapes that it shows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from draftedit.forms import Input, Option
from draftedit.views.showing import Shown


@dataclass(frozen=True)
class Side:
    """One choice: base, draft or live, and what it has."""

    take: str
    label: str
    shown: Shown


@dataclass(frozen=True)
class Line:
    """One field of a whole row on three sides; None: the row is not there."""

    label: str
    sides: Sequence[Shown | None]
    differs: bool


@dataclass(frozen=True)
class Question:
    """One conflict, or several in one field, which one choice decides.

    `label` is the field's name, None for the whole row. `own` asks for a value of
    one's own, `after` for a place. `is_open`: it was left out.
    """

    id: str
    name: str
    label: str | None
    why: Sequence[str]
    sides: Sequence[Side]
    lines: Sequence[Line]
    own: Input | None
    after: Sequence[Option]
    after_chosen: str | None
    take: str
    errors: Sequence[str]
    is_open: bool


@dataclass(frozen=True)
class Asked:
    """What is asked about one row; `by` and `at`: who changed live, last."""

    name: str
    title: str
    url: str | None
    by: str | None
    at: datetime.datetime | None
    questions: Sequence[Question]
    take: str
    is_object: bool
