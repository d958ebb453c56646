"""Between the values of a row and the texts of its form, in both directions.

Parameters are called `v.<column>`, `null.<column>` and `q.<column>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Problem
from draftedit.engine.base.texts import text_of
from draftedit.engine.schema.model import Field, Part


@dataclass(frozen=True)
class FormInput:
    """What a user typed: texts by column, which were marked as null, searches."""

    texts: Mapping[str, str] = field(default_factory=dict)
    nulls: frozenset[str] = frozenset()
    searches: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "FormInput":
        """Take `v.`, `null.` and `q.` parameters; the last of a name counts.

        A hidden field of the same name precedes a check box: unticked is sent, too.
        """
        searches = {name: searched(text) for name, text in _named(params, "q.").items()}
        return cls(
            texts=_named(params, "v."),
            nulls=frozenset(_named(params, "null.")),
            searches={name: text for name, text in searches.items() if text},
        )


def _named(params: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): lines(text)
        for name, text in params.items()
        if name.startswith(prefix) and isinstance(text, str)
    }


def searched(text: str) -> str:
    """Tidy what is looked for: no text in a database holds a NUL character."""
    return text.replace("\0", "").strip()


def lines(text: str) -> str:
    """Spell line ends as a form sends them back: browsers have CR LF for any."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def asked(part: Part, new: bool) -> list[Field]:
    """Return the fields that a form of this part asks for."""
    return [
        one for one in part.fields.values() if (one.insertable if new else one.settable)
    ]


def spell(one: Field, value: Any) -> str:
    """Spell an encoded value for a form."""
    return "" if value is None else one.codec.to_text(value)


def initial(one: Field) -> Any:
    """Return the value that a new row has by default, if it is known."""
    default: Any = one.column.default
    if default is None or not default.is_scalar:
        return None
    try:
        return one.codec.parse(default.arg, "")
    except ValueError:
        return None


def read(
    part: Part, typed_in: FormInput, current: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values typed in, and a problem for each that cannot be parsed.

    With the `current` values of a row, only those that were changed; for a new row
    (None), without those left to their default. Columns that are not asked for are
    passed on: it is the service that refuses them, by name.
    """
    known = {one.name: one for one in asked(part, new=current is None)}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in [*typed_in.texts, *sorted(typed_in.nulls - typed_in.texts.keys())]:
        one = known.get(name)
        if one is None:
            values[name] = typed_in.texts.get(name)
            continue
        try:
            _take(values, one, typed_in, current)
        except ValueError as error:
            problems.append(Problem(text_of(error), table=part.name, field=name))
    return values, problems


def _take(
    values: dict[str, Any],
    one: Field,
    typed_in: FormInput,
    current: Mapping[str, Any] | None,
) -> None:
    text = typed_in.texts.get(one.name, "")
    is_null = one.nullable and text == "" and _means_null(one, typed_in)
    if current is None:
        if text == "" and one.name not in typed_in.nulls and _is_left_out(one, is_null):
            return
    elif is_null == (current.get(one.name) is None) and text == lines(
        spell(one, current.get(one.name))
    ):
        return
    values[one.name] = None if is_null else _value(one, text, current)


def _is_left_out(one: Field, is_null: bool) -> bool:
    """Return whether an empty field of a new row was simply not filled in.

    A default that the form showed was taken out on purpose.
    """
    if one.has_default:
        return initial(one) is None
    return one.required and not is_null


def _means_null(one: Field, typed_in: FormInput) -> bool:
    """An empty text is a text, unless its box was ticked; nothing else is empty."""
    return (
        not one.codec.takes_empty or bool(one.references) or one.name in typed_in.nulls
    )


def _value(one: Field, text: str, current: Mapping[str, Any] | None) -> Any:
    before = (current or {}).get(one.name)
    # Browsers send any line end as CR LF, and the form takes it for LF: a text that
    # has CR LF keeps it.
    if isinstance(before, str) and "\r\n" in before:
        text = text.replace("\n", "\r\n")
    return one.codec.from_text(text)
