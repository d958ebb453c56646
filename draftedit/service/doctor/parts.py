"""Compare the three tables of a part, and their indexes, with the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from draftedit.engine.schema.model import Part
from draftedit.service.doctor import compare_indexes
from draftedit.service.doctor.compare_columns import (
    TableDifference,
    TypesDiffer,
    differences,
)
from draftedit.service.doctor.inspecting import RealTable, inspect_table


@dataclass(frozen=True)
class PartDifferences:
    """The differences at a part, and what else is worth knowing of it."""

    faults: tuple[TableDifference, ...]
    notes: tuple[TableDifference, ...] = ()


def compare_part(
    connection: sa.Connection, part: Part, differ: TypesDiffer
) -> PartDifferences:
    """Compare a part's live, draft and history table with the database."""
    tables = (part.live, part.draft, part.history)
    real = {table.name: inspect_table(connection, table) for table in tables}
    faults: list[TableDifference] = []
    for table in tables:
        found = real[table.name]
        is_live = table is part.live
        faults += _of_table(connection, table, found, differ, is_live)
    live = real[part.live.name]
    notes: list[TableDifference] = []
    if live is not None:
        faults += compare_indexes.uniques(connection, part, live)
        faults += compare_indexes.listing(connection, part, live)
        faults += _twin_collations(part, real)
        notes += _counted_keys(part, live)
    return PartDifferences(tuple(faults), tuple(notes))


def compare_own(
    connection: sa.Connection, tables: tuple[sa.Table, ...], differ: TypesDiffer
) -> PartDifferences:
    """Compare tables that draftedit alone writes with the database."""
    faults: list[TableDifference] = []
    for table in tables:
        real = inspect_table(connection, table)
        faults += _of_table(connection, table, real, differ, is_live=False)
    return PartDifferences(tuple(faults))


def _of_table(
    connection: sa.Connection,
    table: sa.Table,
    real: RealTable | None,
    differ: TypesDiffer,
    is_live: bool,
) -> Iterator[TableDifference]:
    if real is None:
        yield TableDifference(
            f"the table {table.name} is missing in the database: nothing can be"
            " drafted until a migration makes it",
            blocks=True,
        )
        return
    if not real.facts.rolls_back:
        yield TableDifference(
            f"the table {table.name} is of an engine without transactions: what a save"
            " that fails has written stays",
            blocks=True,
        )
    yield from differences(connection, table, real, differ, is_live)
    if not is_live:
        yield from compare_indexes.own_indexes(connection, table, real)


def _twin_collations(
    part: Part, real: Mapping[str, RealTable | None]
) -> Iterator[TableDifference]:
    """Yield text columns that a page cannot merge, as their tables sort differently."""
    tables = [real[one.name] for one in (part.live, part.draft, part.history)]
    for name, field in part.fields.items():
        own = [t for t in tables if t is not None and name in t.facts.collations]
        found = {one.table.name: one.facts.collations[name] or "default" for one in own}
        if field.codec.is_collated and len(set(found.values())) > 1:
            listed = ", ".join(f"{table} {found[table]}" for table in found)
            yield TableDifference(
                f"the column {name} has collations that are not one ({listed}): pages"
                " of drafts fail, or texts are equal in one table and not in the other",
                blocks=True,
            )


def _counted_keys(part: Part, live: RealTable) -> Iterator[TableDifference]:
    if part.generated_key is not None and not live.facts.counts_on:
        yield TableDifference(
            f"{part.name}.{part.generated_key} lacks AUTOINCREMENT: SQLite gives the"
            " key of a deleted row to a new one"
        )
