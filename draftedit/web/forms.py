"""Forms made from the models' metadata: what to ask for a row, ready to be shown.

Knows no request and no database: a form is built from a part, the texts to show and
the problems to show them with. It is read back by `draftedit.web.form_values`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Problem
from draftedit.engine.schema.model import Field, Part
from draftedit.engine.values.presentation import Control
from draftedit.web.form_values import FormInput, asked, initial, lines, spell
from draftedit.web.notations import PRESENTATIONS, Presentation

_ = TranslationStringFactory("draftedit")

LONG = 120  # characters that still fit into one line of a form
# What a browser's control for dates takes.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Option:
    """One thing that may be chosen."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """What a reference may point to; `complete` where these are all there are."""

    options: Sequence[Option] = ()
    complete: bool = True


@dataclass(frozen=True)
class Input:
    """One field of a form, ready to be shown.

    `control` is check, select, find, area or line. `was` is the text before the
    draft changed it, `now` what the row has if something else was typed in; `search`
    what was looked for in a `find`. `prefix` tells the ids of several forms on one
    page apart, `scope` the names of fields of several rows in one form.
    """

    field: Field
    control: str
    prefix: str = "f-"
    scope: str = ""
    text: str = ""
    is_null: bool = False
    optional: bool = False
    options: Sequence[Option] = ()
    blank: str | None = None
    search: str = ""
    was: str | None = None
    now: str | None = None
    errors: Sequence[str] = ()

    @property
    def id(self) -> str:
        """The id of its control, for labels and for the list of errors."""
        return f"{self.prefix}{self.field.name}"

    @property
    def name(self) -> str:
        """The name of its parameter, behind `v.`, `null.` or `q.`."""
        return f"{self.scope}{self.field.name}"

    @property
    def hint(self) -> str | None:
        """How to spell a value, where that is not obvious."""
        return self.written.hint if self.control in ("line", "area") else None

    @property
    def written(self) -> Presentation:
        """How its control presents what is written."""
        return PRESENTATIONS[self.field.codec.notation]

    @property
    def help_id(self) -> str | None:
        """The id of what explains it."""
        return f"{self.id}-help" if self.field.help or self.hint else None

    @property
    def error_id(self) -> str | None:
        """The id of what is wrong with it."""
        return f"{self.id}-error" if self.errors else None

    @property
    def described_by(self) -> str:
        """The ids of help and error, for aria-describedby."""
        return " ".join(one for one in (self.help_id, self.error_id) if one)

    @property
    def may_be_null(self) -> bool:
        """Return whether it needs a box of its own for NULL, beside the empty text."""
        return (
            self.field.nullable
            and self.field.codec.takes_empty
            and self.control
            in (
                "line",
                "area",
            )
        )

    @property
    def is_day(self) -> bool:
        """Return whether a browser's control for dates takes what it is now.

        It would drop what is wrong, and times that only PostgreSQL has: `infinity`,
        years before Christ or after 9999.
        """
        is_plain = not self.text or _DAY.fullmatch(self.text) is not None
        return self.written.has_picker and is_plain and not self.errors

    @property
    def is_tall(self) -> bool:
        """Return whether its text needs room."""
        return len(self.text) > 2 * LONG or self.text.count("\n") > 2


def build(
    part: Part,
    values: Mapping[str, Any] | None,
    *,
    typed_in: FormInput | None = None,
    choices: Mapping[str, Choices] | None = None,
    origin: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    prefix: str = "f-",
) -> list[Input]:
    """Build the form of a row; `values` None for a new one.

    What was typed in before takes precedence over the row's values.
    """
    result = []
    for one in asked(part, new=values is None):
        value = initial(one) if values is None else values.get(one.name)
        offered = (choices or {}).get(one.name)
        plain = _input(one, value, values is None, offered)
        wrong = tuple(p.message for p in problems if p.field == one.name)
        shown = replace(
            plain, prefix=prefix, errors=wrong, was=_was(one, value, origin)
        )
        result.append(shown if typed_in is None else _with_typed_in(shown, typed_in))
    return result


def build_one(
    one: Field,
    value: Any,
    typed_in: FormInput,
    choices: Choices | None,
    prefix: str,
    scope: str,
) -> Input:
    """Build one field of a row that is there, in a form for several rows."""
    plain = _input(one, value, False, choices)
    return _with_typed_in(replace(plain, prefix=prefix, scope=scope), typed_in)


def _input(one: Field, value: Any, new: bool, choices: Choices | None) -> Input:
    text = spell(one, value)
    by_default = new and one.has_default
    unknown = value is None and not one.nullable
    return Input(
        field=one,
        control=_control(one, text, unknown or (by_default and value is None), choices),
        text=text,
        is_null=value is None and not by_default,
        optional=one.nullable or by_default,
        options=_options(one, choices),
        blank=_blank(one, value),
    )


def _was(one: Field, value: Any, origin: Mapping[str, Any] | None) -> str | None:
    if origin is None or one.name not in origin or origin[one.name] == value:
        return None
    return spell(one, origin[one.name])


def _with_typed_in(result: Input, typed_in: FormInput) -> Input:
    name = result.field.name
    result = replace(result, search=typed_in.searches.get(name, ""))
    if name not in typed_in.texts and name not in typed_in.nulls:
        return result
    text, is_null = typed_in.texts.get(name, ""), name in typed_in.nulls
    now = result.text if text != lines(result.text) else None
    return replace(result, text=text, is_null=is_null, now=now)


def _control(one: Field, text: str, unknown: bool, choices: Choices | None) -> str:
    if choices is not None:
        return "select" if choices.complete else "find"
    control = one.codec.control
    if control is Control.SWITCH:
        return "select" if one.nullable or unknown else "check"
    if control is Control.CHOICE:
        return "select"
    if control is Control.AREA or "\n" in text or len(text) > LONG:
        return "area"
    return "line"


def _options(one: Field, choices: Choices | None) -> Sequence[Option]:
    if choices is not None:
        return choices.options
    if one.codec.control is Control.SWITCH:
        return (Option("true", _("yes")), Option("false", _("no")))
    return tuple(Option(value, value) for value in one.choices or ())


def _blank(one: Field, value: Any) -> str | None:
    """Return the text of the empty choice of a select; None if it has none."""
    if one.nullable:
        return _("none")
    if value is not None:
        return None
    return _("by default") if one.has_default else _("choose …")
