"""From a form's fields to an operation.

`op table id parent after v.<column> null.<column>` mean what they mean in JSON. An
`after` that is missing is the last place and an empty one the first; LAST_PLACE says
the former in a select, which always sends something. `q.<column>` looks for a row to
refer to by a part of its name.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.editing import EditSession
from draftedit.engine.errors import BadOperation, Key, Problem, Refused, Unknown
from draftedit.engine.keys import from_path
from draftedit.engine.operations import (
    LAST,
    Delete,
    Insert,
    Move,
    Operation,
    Restore,
    Set,
)
from draftedit.engine.schema import Part
from draftedit.form_values import read
from draftedit.said import Said

_ = TranslationStringFactory("draftedit")

LAST_PLACE = "~last"  # no key is spelled so
FEW = 50  # choices that a form shows at once

Params = Mapping[str, str]


class SeveralFit(Refused):
    """A search for a row to refer to found several: the user is to choose."""


def operation_from(params: Params, edit: EditSession) -> Operation:
    """Read the operation; raise BadOperation for none, Refused for a bad value."""
    op = params.get("op")
    table = params.get("table")
    if not op or not table:
        raise BadOperation("A form names an operation (op) and a table.")
    if op == "delete":
        return Delete(table, _id(params))
    if op == "restore":
        return Restore(table, _id(params))
    if op == "move":
        return Move(table, _id(params), _key(params, "parent"), _after(params))
    if op == "set":
        return _set(params, edit, table)
    if op == "insert":
        return _insert(params, edit, table)
    raise BadOperation(f"A form cannot do {op!r}.")


def _set(params: Params, edit: EditSession, table: str) -> Operation:
    key = _id(params)
    part = _part(edit, table)
    try:
        row = edit.row(table, key)
    except Unknown as error:
        raise Refused(Problem(str(error), table=table, key=key)) from error
    return Set(table, row.key, _values(params, edit, part, row.values))


def _insert(params: Params, edit: EditSession, table: str) -> Operation:
    part = _part(edit, table)
    after = LAST if part.order is None else _after(params)
    values = _values(params, edit, part, None)
    return Insert(table, values, _key(params, "parent"), after)


def _part(edit: EditSession, table: str) -> Part:
    part = edit.target.tables.get(table)
    if part is None:
        raise Refused(Problem(f"There is no table {table}.", table=table))
    return part


def _values(
    params: Params, edit: EditSession, part: Part, current: Mapping[str, Any] | None
) -> dict[str, Any]:
    said = resolve(edit, part, Said.from_params(params))
    values, problems = read(part, said, current)
    if problems:
        raise Refused(*problems)
    return values


def resolve(edit: EditSession, part: Part, said: Said) -> Said:
    """Put what the searches found in place of the values; raise SeveralFit."""
    texts = dict(said.texts)
    for name, text in said.searches.items():
        if name not in part.fields or part.fields[name].references is None:
            continue
        found = find(edit, part, name, text)
        if len(found) != 1:
            what = _("Nothing is called “${text}”.", mapping={"text": text})
            if found:
                what = _("Several fit “${text}”: choose one.", mapping={"text": text})
            raise SeveralFit(Problem(what, table=part.name, field=name))
        texts[name] = str(found[0].key[0])
    return replace(said, texts=texts, searches={})


def find(edit: EditSession, part: Part, name: str, text: str) -> list[Any]:
    """Return the rows that a text may mean: the one called exactly so, or all."""
    found = edit.choices(part.name, name, q=text, limit=FEW)
    exact = [one for one in found if one.label.casefold() == text.strip().casefold()]
    return exact if len(exact) == 1 else found


def _id(params: Params) -> Key:
    key = _key(params, "id")
    if key is None:
        raise BadOperation("The form names no row (id).")
    return key


def _key(params: Params, name: str) -> Key | None:
    text = params.get(name)
    if not text:
        return None
    try:
        return from_path(text)
    except ValueError as error:
        raise BadOperation(str(error)) from error


def _after(params: Params) -> Any:
    if params.get("after", LAST_PLACE) == LAST_PLACE:
        return LAST
    return _key(params, "after")
