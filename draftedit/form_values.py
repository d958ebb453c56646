"""Between the values of a row and the texts of its form, in both directions."""

import json
from collections.abc import Mapping
from typing import Any

from draftedit.engine.errors import Problem
from draftedit.engine.schema import Field, Part
from draftedit.said import Said, lines

TEXTS = frozenset({"string", "text"})


def asked(part: Part, new: bool) -> list[Field]:
    """Return the fields that a form of this part asks for."""
    return [
        one for one in part.fields.values() if (one.insertable if new else one.settable)
    ]


def spell(one: Field, value: Any) -> str:
    """Spell an encoded value for a form."""
    if value is None:
        return ""
    if one.type == "json":
        return json.dumps(value, indent=2, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def initial(one: Field) -> Any:
    """Return the value that a new row has unless told otherwise, where it is known."""
    default: Any = one.column.default
    if default is None or not default.is_scalar:
        return None
    try:
        return one.codec.parse(default.arg, "")
    except ValueError:
        return None


def read(
    part: Part, said: Said, current: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values that were said, and what cannot be read.

    With the `current` values of a row, only those that were changed; for a new row
    (None), without those left to their default. Columns that are not asked for are
    passed on: it is the service that refuses them, by name.
    """
    known = {one.name: one for one in asked(part, new=current is None)}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in [*said.texts, *sorted(said.nulls - said.texts.keys())]:
        one = known.get(name)
        if one is None:
            values[name] = said.texts.get(name)
            continue
        try:
            _take(values, one, said, current)
        except ValueError as error:
            problems.append(Problem(str(error), table=part.name, field=name))
    return values, problems


def _take(
    values: dict[str, Any], one: Field, said: Said, current: Mapping[str, Any] | None
) -> None:
    text = said.texts.get(one.name, "")
    is_null = one.nullable and text == "" and _means_null(one, said)
    if current is None:
        if text == "" and one.name not in said.nulls and _is_left_out(one, is_null):
            return
    elif is_null == (current.get(one.name) is None) and text == lines(
        spell(one, current.get(one.name))
    ):
        return
    values[one.name] = None if is_null else _value(one, text, current)


def _is_left_out(one: Field, is_null: bool) -> bool:
    """Tell whether an empty field of a new row was simply not filled in.

    A default that the form showed was taken out on purpose.
    """
    if one.has_default:
        return initial(one) is None
    return one.required and not is_null


def _means_null(one: Field, said: Said) -> bool:
    """An empty text is a text, unless its box was ticked; nothing else is empty."""
    return one.type not in TEXTS or bool(one.references) or one.name in said.nulls


def _value(one: Field, text: str, current: Mapping[str, Any] | None) -> Any:
    if one.type == "json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"This is not JSON: {error}.") from error
    before = (current or {}).get(one.name)
    # Browsers send any line end as CR LF, and the form takes it for LF: a text that
    # has CR LF keeps it.
    if isinstance(before, str) and "\r\n" in before:
        return text.replace("\n", "\r\n")
    return text
