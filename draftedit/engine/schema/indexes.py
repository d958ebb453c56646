"""Find the indexes and unique constraints of a live table that serve a page.

MariaDB is given the name of the index to read a page by; a unique constraint is an
index there like any other, but does not end in the primary key.
"""

from collections.abc import Collection, Iterator

import sqlalchemy as sa


def named_indexes(table: sa.Table) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Yield the named indexes with their columns, including those of constraints."""
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield (
            str(index.name),
            tuple(getattr(one, "name", None) for one in index.expressions),
        )
    uniques = (c for c in table.constraints if isinstance(c, sa.UniqueConstraint))
    for one in sorted(uniques, key=lambda one: str(one.name)):
        if isinstance(one.name, str):
            yield one.name, tuple(column.name for column in one.columns)


def index_on(
    table: sa.Table, wanted: tuple[str, ...], fixed: Collection[str | None]
) -> str | None:
    """Return the index that begins with columns; `fixed` ones may stand anywhere."""
    for index, every in named_indexes(table):
        names = tuple(name for name in every if name not in fixed)
        if names[: len(wanted)] == wanted:
            return index
    return None


def has_unique_in(table: sa.Table, columns: Collection[str | None]) -> bool:
    """Return whether a unique constraint has at least one of these columns."""
    return any(
        all(column.name in columns for column in one.columns)
        for one in table.constraints
        if isinstance(one, sa.UniqueConstraint)
    )
