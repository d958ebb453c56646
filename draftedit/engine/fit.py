"""Does a draft still fit its target's columns, after a migration changed them?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from draftedit.engine.changes import touched_rows
from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem
from draftedit.engine.schema import Part
from draftedit.engine.tables import Tables


def misfits(rows: DraftRows, tables: Tables) -> list[Problem]:
    """Return a problem for each value of the draft that no column takes any more.

    Looked for only where the draft's fingerprint differs: it reads the whole draft.
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
            yield from _misfits(rows, part, row.key, row.origin or {})


def _in_journal(rows: DraftRows, tables: Tables) -> Iterator[Problem]:
    operation = tables.operation.c
    wanted = sa.select(operation.forward).where(operation.draft == rows.number)
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
        yield Problem(f"There is no table {data.get('table')} any more.", key=key)
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
            yield Problem(f"{part.name} has no {name} any more: {spelled}.", **where)
        elif value is not None:
            try:
                field.codec.parse(value, rows.dialect)
            except ValueError as error:
                spelled = json.dumps(value, ensure_ascii=False)
                yield Problem(f"{spelled} no longer fits: {error}", **where)
