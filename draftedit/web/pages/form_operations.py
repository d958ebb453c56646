"""Build an operation from the fields of a form.

`op table id parent after v.<column> null.<column>` mean the same as in JSON. A missing
`after` is the last place and an empty one the first; LAST_PLACE stands for the former
in a select, which always sends something. `q.<column>` searches for a row to refer to
by a part of its name.

The form of the table of rows has its own fields. `delete` or `restore` names one row.
Otherwise `each` is what to do with every `id`, as one step of undo: `delete`, `move`
(to `parent`, after `after`), `set:<column>:<text>`, or `set` with the columns that
`with` names and their `v.<column>`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from translationstring import TranslationStringFactory
from webob.multidict import MultiDict

from draftedit.engine.base.errors import BadOperation, Key, Problem, Refused, Unknown
from draftedit.engine.base.keys import from_path, to_path
from draftedit.engine.base.texts import text_of
from draftedit.engine.operations import (
    LAST,
    Batch,
    Operation,
)
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Part
from draftedit.service.session import EditSession
from draftedit.web.form_values import FormInput, read
from draftedit.web.messages import say

_ = TranslationStringFactory("draftedit")

LAST_PLACE = "~last"  # never the path of a key
FEW = 50  # choices that a form shows without a search

Params = Mapping[str, str]

NAMELESS = say("form-without-operation")

SEVERAL = "several"  # the value of the field `op` in such a form
ONE = ("delete", "restore")


class SeveralFit(Refused):
    """A search for a row to refer to found several: the user must choose."""


def operation_from(params: Params, edit: EditSession) -> Operation:
    """Build the operation; raise BadOperation if malformed, Refused for a bad value."""
    op = params.get("op")
    if not op:
        raise BadOperation(NAMELESS)
    kind = edit.operations.get(op)
    if kind is None:
        raise BadOperation(say("form-operation-unknown", name=op))
    return kind.from_form(FormFields(params, edit))


@dataclass(frozen=True)
class FormFields:
    """The fields of a form as the members of an operation: see `FormReader`."""

    params: Params
    edit: EditSession

    def text(self, member: str) -> str:
        """Return a field that must be filled in."""
        text = self.params.get(member)
        if not text:
            raise BadOperation(say("form-member-missing", name=member))
        return text

    def integer(self, member: str) -> int:
        """Return a field with a whole number."""
        text = self.text(member)
        try:
            return int(text)
        except ValueError:
            raise BadOperation(say("form-member-not-a-number", name=member)) from None

    def table(self) -> str:
        """Return the name of the table."""
        table = self.params.get("table")
        if not table:
            raise BadOperation(NAMELESS)
        return table

    def key(self, member: str = "id") -> Key:
        """Return a key, spelled as in paths."""
        key = self.optional_key(member)
        if key is None:
            raise BadOperation(say("form-without-row", member=member))
        return key

    def optional_key(self, member: str) -> Key | None:
        """Return a key; None for an empty field."""
        text = self.params.get(member)
        if not text:
            return None
        try:
            return from_path(text)
        except ValueError as error:
            raise BadOperation(text_of(error)) from error

    def after(self) -> Any:
        """Return the row to stand behind: see the top of this module."""
        part = self.edit.target.tables.get(self.table())
        is_ordered = part is None or part.order is not None
        if not is_ordered or self.params.get("after", LAST_PLACE) == LAST_PLACE:
            return LAST
        return self.optional_key("after")

    def row(self) -> Row:
        """Return the row that the form is about."""
        key, part = self.key(), self._part()
        try:
            return self.edit.row(part.name, key)
        except Unknown as error:
            problem = Problem(text_of(error), table=part.name, key=key)
            raise Refused(problem) from error

    def values(self, row: Row | None) -> dict[str, Any]:
        """Read `v.`, `null.` and `q.` fields."""
        part = self._part()
        typed_in = resolve(self.edit, part, FormInput.from_params(self.params))
        values, problems = read(part, typed_in, None if row is None else row.values)
        if problems:
            raise Refused(*problems)
        return values

    def _part(self) -> Part:
        table = self.table()
        part = self.edit.target.tables.get(table)
        if part is None:
            raise Refused(Problem(say("form-table-unknown", table=table), table=table))
        return part


def resolve(edit: EditSession, part: Part, typed_in: FormInput) -> FormInput:
    """Replace searches by the rows they find; raise SeveralFit."""
    texts = dict(typed_in.texts)
    for name, text in typed_in.searches.items():
        if name not in part.fields or part.fields[name].references is None:
            continue
        found = find(edit, part, name, text)
        if len(found) != 1:
            what = say("nothing-found", text=text)
            if found:
                what = say("several-found", text=text)
            raise SeveralFit(Problem(what, table=part.name, field=name))
        texts[name] = str(found[0].key[0])
    return replace(typed_in, texts=texts, searches={})


def find(edit: EditSession, part: Part, name: str, text: str) -> list[Any]:
    """Return the rows that match a text: the one named exactly so, or all."""
    found = edit.choices(part.name, name, q=text, limit=FEW)
    exact = [one for one in found if one.label.casefold() == text.strip().casefold()]
    return exact if len(exact) == 1 else found


def operation_on_rows(params: MultiDict, edit: EditSession) -> Operation:
    """Parse the form of the table of rows.

    Raise Refused if no row is ticked, BadOperation if the form has no verb.
    """
    table = params.get("table", "")
    for op in ONE:
        if op in params:
            given = {"op": op, "table": table, "id": params[op]}
            return operation_from(given, edit)
    ids = ticked(params)
    each = _each(params, table, ids)
    return Batch(tuple(operation_from(one, edit) for one in each))


def ticked(params: MultiDict) -> list[str]:
    """Return the keys of the ticked rows, as paths; raise Refused if there are none."""
    found = list(dict.fromkeys(params.getall("id")))
    if not found:
        raise Refused(Problem(say("no-row-ticked")))
    try:
        return [to_path(from_path(one)) for one in found]
    except ValueError as error:
        raise BadOperation(text_of(error)) from error


def input_of(params: MultiDict) -> FormInput:
    """Return the input for the columns that are to be set, and for no other."""
    typed_in, wanted = FormInput.from_params(params), set(params.getall("with"))
    return replace(
        typed_in,
        texts={name: text for name, text in typed_in.texts.items() if name in wanted},
        nulls=typed_in.nulls & wanted,
        searches={n: text for n, text in typed_in.searches.items() if n in wanted},
    )


def _each(
    params: MultiDict, table: str, ids: Sequence[str]
) -> Iterator[dict[str, str]]:
    verb, _colon, value = params.get("each", "").partition(":")
    one: dict[str, str] = {"op": verb, "table": table}
    if verb == "set":
        one |= _typed(params, value)
    elif verb == "move":
        one |= {n: params[n] for n in ("parent", "after") if n in params}
    elif verb != "delete":
        raise BadOperation(say("not-with-several-rows"))
    for key in ids:
        yield {**one, "id": key}
        if verb == "move":
            one["after"] = key  # in their present order


def _typed(params: MultiDict, value: str) -> dict[str, str]:
    """Return the values to be set as the fields of one row's form."""
    if value:
        name, _colon, text = value.partition(":")
        return {f"v.{name}": text}
    typed_in = input_of(params)
    if not (typed_in.texts or typed_in.nulls):
        raise Refused(Problem(say("no-field-chosen")))
    return {
        **{f"v.{name}": text for name, text in typed_in.texts.items()},
        **{f"null.{name}": "1" for name in typed_in.nulls},
        **{f"q.{name}": text for name, text in typed_in.searches.items()},
    }
