"""Compare the indexes of a part's tables with the database: ours, and those we need."""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.dialects import backend_of
from draftedit.engine.schema.indexes import named_indexes
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.model_checks import leads_to_parent
from draftedit.engine.schema.unique_keys import model_keys
from draftedit.service.doctor.compare_columns import TableDifference
from draftedit.service.doctor.inspecting import RealTable


def own_indexes(
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


def uniques(
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


def listing(
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
