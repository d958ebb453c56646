"""History says which rows a revision deleted, and which it brought back.

Revision: 0008, after 0007; 2026-11-29

Rows that were deleted before this script are told by what is there now: history has the
row, and nothing newer; or it says that a later revision inserted one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYS = {
    "ruleset": ("id",),
    "nft_table": ("id",),
    "chain": ("id",),
    "rule": ("id",),
    "tag": ("id",),
    "rule_tag": ("rule_id", "tag_id"),
}
BATCH = 500


def upgrade() -> None:
    for live, key in KEYS.items():
        op.add_column(f"{live}_draft", sa.Column("restores", sa.Integer()))
        op.add_column(f"{live}_history", sa.Column("gone", sa.Boolean()))
        op.add_column(f"{live}_history", sa.Column("restores", sa.Integer()))
        _mark(live, key)


def _mark(live: str, key: tuple[str, ...]) -> None:
    names = ("root", *key, "revision")
    then, now, newer = (
        sa.table(name, *map(sa.column, (*names, "absent", "gone"))).alias(alias)
        for name, alias in (
            (f"{live}_history", "then"),
            (live, "now"),
            (f"{live}_history", "newer"),
        )
    )
    same = (newer.c[name] == then.c[name] for name in ("root", *key))
    following = (
        sa.select(newer.c.absent)
        .where(*same, newer.c.revision > then.c.revision)
        .order_by(newer.c.revision)
        .limit(1)
        .scalar_subquery()
    )
    is_live = sa.exists().where(*(now.c[name] == then.c[name] for name in key))
    was_deleted = sa.or_(following == sa.true(), sa.and_(following.is_(None), ~is_live))
    found = sa.select(*(then.c[name] for name in names)).where(
        then.c.absent == sa.false(), was_deleted
    )
    connection = op.get_bind()
    history = sa.table(f"{live}_history", *map(sa.column, (*names, "gone")))
    marked = (
        sa.update(history)
        .where(*(history.c[name] == sa.bindparam(f"of_{name}") for name in names))
        .values(gone=sa.true())
    )
    records = connection.execute(found).all()
    for start in range(0, len(records), BATCH):
        some = records[start : start + BATCH]
        named = [{f"of_{n}": v for n, v in zip(names, r, strict=True)} for r in some]
        connection.execute(marked, named)


def downgrade() -> None:
    for live in KEYS:
        op.drop_column(f"{live}_history", "restores")
        op.drop_column(f"{live}_history", "gone")
        op.drop_column(f"{live}_draft", "restores")
