"""Check whether a draft still fits its columns after a migration changed them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.errors import Key, Problem
from draftedit.engine.base.messages import say
from draftedit.engine.base.texts import text_of
from draftedit.engine.draft.changes import touched_rows
from draftedit.engine.draft.draft_rows import DraftRows
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.schema.tables import Tables


def misfits(rows: DraftRows, tables: Tables) -> list[Problem]:
    """Return a problem for each value of the draft that no column accepts any more.

    Call it only if the draft's fingerprint differs: it reads the whole draft.
    """
    problems = [*_in_rows(rows), *_in_journal(rows, tables)]
    return list({(p.table, p.key, p.field, p.message): p for p in problems}.values())


def _in_rows(rows: DraftRows) -> Iterator[Problem]:
    for name, touched in touched_rows(rows).items():
        part = rows.target.tables[name]
        for row in touched:
            if row.gone and row.is_new:
                continue
            yield from _misfits(rows, part, row.key, row.values)
            # The live value of a dropped column is not part of the draft.
            origin = row.origin or {}
            kept = {n: v for n, v in origin.items() if n in part.fields}
            yield from _misfits(rows, part, row.key, kept)


def _in_journal(rows: DraftRows, tables: Tables) -> Iterator[Problem]:
    """Check the applied steps; one that is undone prevents no save."""
    operation, draft = tables.operation.c, tables.draft.c
    wanted = (
        sa.select(operation.forward)
        .join_from(tables.operation, tables.draft, draft.key == operation.draft)
        .where(operation.draft == rows.number, operation.sequence <= draft.position)
    )
    for text in rows.dbsession.scalars(wanted.order_by(operation.sequence)):
        yield from _in_operation(rows, json.loads(text))


def _in_operation(rows: DraftRows, data: Mapping[str, Any]) -> Iterator[Problem]:
    for one in data.get("operations", ()):
        yield from _in_operation(rows, one)
    if not isinstance(data.get("values"), Mapping):
        return
    key = tuple(data.get("id") or ())
    part = rows.target.tables.get(str(data.get("table")))
    if part is None:
        yield Problem(say("table-gone", table=data.get("table")), key=key)
        return
    yield from _misfits(rows, part, key, data["values"])


def _misfits(
    rows: DraftRows, part: Part, key: Key, values: Mapping[str, Any]
) -> Iterator[Problem]:
    for name, value in values.items():
        where: dict[str, Any] = {"table": part.name, "key": key, "field": name}
        field = part.fields.get(name)
        if field is None:
            spelled = json.dumps(value, ensure_ascii=False)
            yield Problem(
                say("field-gone", table=part.name, field=name, value=spelled), **where
            )
        elif value is not None:
            try:
                field.codec.parse(value, rows.dialect)
            except ValueError as error:
                spelled = json.dumps(value, ensure_ascii=False)
                yield Problem(
                    say("value-obsolete", value=spelled, why=text_of(error)), **where
                )


def as_of_today(data: dict[str, Any], target: Target) -> tuple[dict[str, Any], bool]:
    """Remove the columns that a migration has dropped from a stored operation.

    Also returns whether any was removed: undoing or redoing such a step may change
    nothing.
    """
    if isinstance(data.get("operations"), list):
        inner = [as_of_today(one, target) for one in data["operations"]]
        return {**data, "operations": [one for one, _ in inner]}, any(
            is_cut for _, is_cut in inner
        )
    part = target.tables.get(str(data.get("table")))
    if part is None:
        return data, False
    kept = dict(data)
    if isinstance(data.get("values"), Mapping):
        kept["values"] = {n: v for n, v in data["values"].items() if n in part.fields}
    if isinstance(data.get("omit"), list):
        kept["omit"] = [name for name in data["omit"] if name in part.fields]
        if not kept["omit"]:
            del kept["omit"]
    return kept, kept != data
