"""Forms made from the models' metadata: what to ask for a row, ready to be shown.

Knows no request and no database: a form is built from a part, the texts to show and
the problems to show them with. It is read back by `draftedit.form_values`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Problem
from draftedit.engine.schema import Field, Part
from draftedit.form_values import TEXTS, asked, initial, spell
from draftedit.said import Said, lines

_ = TranslationStringFactory("draftedit")

AREAS = frozenset({"text", "json", "binary"})
LONG = 120  # characters that still fit into one line of a form

HINTS = {
    "date": _("A date, like 2024-01-31."),
    "time": _("A time, like 13:45:00."),
    "datetime": _("Date and time, like 2024-01-31T13:45:00."),
    "interval": _("A number of seconds."),
    "json": _("JSON."),
    "binary": _("Bytes, as base64."),
}
ZONED = _("Date and time with its zone, like 2024-01-31T13:45:00Z.")


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
    draft changed it, `now` what the row has where something else was said; `search`
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
        if self.control not in ("line", "area"):
            return None
        if self.field.type == "datetime" and getattr(
            self.field.column.type, "timezone", False
        ):
            return ZONED
        return HINTS.get(self.field.type)

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
        """Tell whether it needs a box of its own to say: no value, not even empty."""
        return (
            self.field.nullable
            and self.field.type in TEXTS
            and self.control
            in (
                "line",
                "area",
            )
        )

    @property
    def is_tall(self) -> bool:
        """Tell whether its text needs room."""
        return len(self.text) > 2 * LONG or self.text.count("\n") > 2


def build(
    part: Part,
    values: Mapping[str, Any] | None,
    *,
    said: Said | None = None,
    choices: Mapping[str, Choices] | None = None,
    origin: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    prefix: str = "f-",
) -> list[Input]:
    """Build the form of a row; `values` None for a new one.

    What was said before wins over the row's values, so that nothing typed is lost.
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
        result.append(shown if said is None else _with_said(shown, said))
    return result


def build_one(
    one: Field, value: Any, said: Said, choices: Choices | None, prefix: str, scope: str
) -> Input:
    """Build one field of a row that is there, in a form for several rows."""
    plain = _input(one, value, False, choices)
    return _with_said(replace(plain, prefix=prefix, scope=scope), said)


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


def _with_said(result: Input, said: Said) -> Input:
    name = result.field.name
    result = replace(result, search=said.searches.get(name, ""))
    if name not in said.texts and name not in said.nulls:
        return result
    text, is_null = said.texts.get(name, ""), name in said.nulls
    now = result.text if text != lines(result.text) else None
    return replace(result, text=text, is_null=is_null, now=now)


def _control(one: Field, text: str, unknown: bool, choices: Choices | None) -> str:
    if choices is not None:
        return "select" if choices.complete else "find"
    if one.type == "boolean":
        return "select" if one.nullable or unknown else "check"
    if one.choices is not None:
        return "select"
    if one.type in AREAS or "\n" in text or len(text) > LONG:
        return "area"
    return "line"


def _options(one: Field, choices: Choices | None) -> Sequence[Option]:
    if choices is not None:
        return choices.options
    if one.type == "boolean":
        return (Option("true", _("yes")), Option("false", _("no")))
    return tuple(Option(value, value) for value in one.choices or ())


def _blank(one: Field, value: Any) -> str | None:
    """Return what the empty choice of a select says; None: there is none."""
    if one.nullable:
        return _("none")
    if value is not None:
        return None
    return _("by default") if one.has_default else _("choose …")
