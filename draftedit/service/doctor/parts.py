"""Compare the three tables of a part, and their indexes, with the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from draftedit.engine.dialects import backend_of
from draftedit.engine.schema.indexes import named_indexes
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.model_checks import leads_to_parent
from draftedit.engine.schema.unique_keys import model_keys
from draftedit.service.doctor.comparing import TableDifference, TypesDiffer, differences
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
        faults += _uniques(connection, part, live)
        faults += _listing(connection, part, live)
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
        yield from _own_indexes(connection, table, real)


def _own_indexes(
    connection: sa.Connection, table: sa.Table, real: RealTable
) -> Iterator[TableDifference]:
    """Yield our own indexes that are missing, by name, since we chose the names."""
    preparer = connection.dialect.identifier_preparer
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        name = preparer.format_index(index).strip('`"')
        if name not in real.index_names:
            listed = ", ".join(column.name for column in index.columns)
            yield TableDifference(
                f"the index {name} ({listed}) is missing in the database: pages of"
                " drafts and of history become slow as they grow"
            )


def _uniques(
    connection: sa.Connection, part: Part, live: RealTable
) -> Iterator[TableDifference]:
    """Yield missing unique keys, of those that cover plain columns and all rows."""
    keys = model_keys(part.live, connection.dialect.name)
    plain = {
        key.columns
        for key in keys
        if not (key.inputs or key.conditions or key.excludes)
    }
    for columns in sorted(plain):
        if frozenset(columns) not in live.unique:
            yield TableDifference(
                f"{part.name} ({', '.join(columns)}) is unique in the models and not in"
                " the database: two rows of the same values can be saved"
            )


def _listing(
    connection: sa.Connection, part: Part, live: RealTable
) -> Iterator[TableDifference]:
    """Yield missing indexes that the pages of the part need."""
    named = part.listing_index
    is_named = named is None or named in live.index_names
    if not is_named and backend_of(connection).index_hint is not None:
        yield TableDifference(
            f"the index {named} is missing in the database: every page of {part.name}"
            " below a parent asks for it by name, and fails",
            blocks=True,
        )
        return
    fixed = [name for name, one in part.fields.items() if one.is_fixed]
    parent = ", ".join(part.parent_fields)
    if part.parent and not leads_to_parent(live.indexed, part.parent_fields, fixed):
        yield TableDifference(
            f"{part.name} has no index that starts with ({parent}): every page of it"
            " reads the whole table"
        )
    elif not is_named:
        columns = tuple(map(str, dict(named_indexes(part.live))[str(named)]))
        if not any(some[: len(columns)] == columns for some in live.indexed):
            yield TableDifference(
                f"the index {named} ({', '.join(columns)}) is missing in the database:"
                f" every page of {part.name} sorts all rows of their parent"
            )


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
