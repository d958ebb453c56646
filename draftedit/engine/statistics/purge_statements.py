"""Statements of a purge, on the drafts given by the parameter `among`.

Built once: building takes as long as a round trip to a nearby database.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa

from draftedit.engine.base.sql import is_among
from draftedit.engine.schema.tables import Tables


@cache
def rows_of_drafts(owned: tuple[sa.Table, ...]) -> sa.CompoundSelect[Any]:
    """Count the rows of drafts in tables, each by its `number` among these."""
    return sa.union_all(
        *(
            sa.select(
                table.c.draft,
                sa.literal_column(str(number)).label("number"),
                sa.func.count().label("size"),
            )
            .where(is_among(table.c.draft))
            .group_by(table.c.draft)
            for number, table in enumerate(owned)
        )
    )


@cache
def locked(tables: Tables) -> sa.Select[Any]:
    """Lock drafts, always in the same order; select the keys that are still there."""
    key = tables.draft.c.key
    return sa.select(key).where(is_among(key)).order_by(key).with_for_update()


@cache
def deletion(draft: sa.Column[int]) -> sa.Delete:
    """Delete the rows that have the key of a draft in this column."""
    return sa.delete(draft.table).where(is_among(draft))


@cache
def forgetting(tables: Tables) -> sa.Update:
    """Clear the reference of revisions to the draft that made them."""
    draft = tables.revision.c.draft
    return sa.update(tables.revision).where(is_among(draft)).values({"draft": None})
