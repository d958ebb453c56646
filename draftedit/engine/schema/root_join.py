"""Join the live rows of a part to those above them, up to the root of their object."""

import sqlalchemy as sa

from draftedit.engine.schema.model import Part, Target


def joined_to_root(
    target: Target, part: Part
) -> tuple[sa.FromClause, list[sa.ColumnElement[bool]]]:
    """Return a part's live table joined up to the root's, and conditions for the rows.

    The conditions are those of the relationships on the way, so that rows they exclude
    are not found.
    """
    rows: sa.FromClause = part.live
    demands = [*part.demands(part.live.c)]
    while part.parent is not None:
        above = target.tables[part.parent]
        pairs = zip(part.parent_fields, above.key, strict=True)
        belongs = (part.live.c[mine] == above.live.c[its] for mine, its in pairs)
        rows = rows.join(above.live, sa.and_(*belongs))
        demands += above.demands(above.live.c)
        part = above
    return rows, demands
