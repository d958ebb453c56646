"""The verbs of the table of rows: of one row, or of all that are ticked.

`delete` or `restore` names one row. Else `each` says what is done with every `id`, as
one step of undo: `delete`, `move` (to `parent`, after `after`), `set:<column>:<text>`,
or `set` with the columns that `with` names and their `v.<column>`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pyramid.i18n import TranslationStringFactory
from webob.multidict import MultiDict

from draftedit.editing import EditSession
from draftedit.engine.errors import BadOperation, Problem, Refused
from draftedit.engine.keys import from_path, to_path
from draftedit.engine.operations import Batch, Operation
from draftedit.said import Said
from draftedit.views.operating import operation_from

_ = TranslationStringFactory("draftedit")

SEVERAL = "several"  # what the field `op` says of such a form
ONE = ("delete", "restore")


def operation_on_rows(params: MultiDict, edit: EditSession) -> Operation:
    """Read it; raise Refused where no row is ticked, BadOperation for no verb."""
    table = params.get("table", "")
    for op in ONE:
        if op in params:
            given = {"op": op, "table": table, "id": params[op]}
            return operation_from(given, edit)
    ids = ticked(params)
    each = _each(params, table, ids)
    return Batch(tuple(operation_from(one, edit) for one in each))


def ticked(params: MultiDict) -> list[str]:
    """Return the keys of the rows that are ticked, as paths; raise Refused for none."""
    found = list(dict.fromkeys(params.getall("id")))
    if not found:
        raise Refused(Problem(_("No row is ticked.")))
    try:
        return [to_path(from_path(one)) for one in found]
    except ValueError as error:
        raise BadOperation(str(error)) from error


def said_of(params: MultiDict) -> Said:
    """Return what was said about the columns that are to be set, and of no other."""
    said, wanted = Said.from_params(params), set(params.getall("with"))
    return replace(
        said,
        texts={name: text for name, text in said.texts.items() if name in wanted},
        nulls=said.nulls & wanted,
        searches={n: text for n, text in said.searches.items() if n in wanted},
    )


def _each(
    params: MultiDict, table: str, ids: Sequence[str]
) -> Iterator[dict[str, str]]:
    verb, _colon, value = params.get("each", "").partition(":")
    one: dict[str, str] = {"op": verb, "table": table}
    if verb == "set":
        one |= _values(params, value)
    elif verb == "move":
        one |= {n: params[n] for n in ("parent", "after") if n in params}
    elif verb != "delete":
        raise BadOperation("This cannot be done with several rows.")
    for key in ids:
        yield {**one, "id": key}
        if verb == "move":
            one["after"] = key  # in the order in which they are


def _values(params: MultiDict, value: str) -> dict[str, str]:
    """Spell the values to be set as the form of one row would."""
    if value:
        name, _colon, text = value.partition(":")
        return {f"v.{name}": text}
    said = said_of(params)
    if not (said.texts or said.nulls):
        raise Refused(Problem(_("No field is chosen to be set.")))
    return {
        **{f"v.{name}": text for name, text in said.texts.items()},
        **{f"null.{name}": "1" for name in said.nulls},
        **{f"q.{name}": text for name, text in said.searches.items()},
    }
