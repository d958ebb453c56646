"""PostgreSQL lists a draft's rows by an index that serves where a parent is named.

It would be taken for looking up one row, too, before there are statistics.

Revision: 0005, after 0004; 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LISTINGS = {
    "nft_table": ("ruleset_id", "id"),
    "chain": ("nft_table_id", "place", "id"),
    "rule": ("chain_id", "place", "id"),
}


def upgrade() -> None:
    for live, (parent, *others) in LISTINGS.items():
        _renew(live, parent, *others, where=f"{parent} IS NOT NULL")


def downgrade() -> None:
    for live, columns in LISTINGS.items():
        _renew(live, *columns, where=None)


def _renew(live: str, *listing: str, where: str | None) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    draft = f"{live}_draft"
    name = f"ix_{draft}_listing"
    op.drop_index(name, draft)
    condition = None if where is None else sa.text(where)
    op.create_index(name, draft, ["draft", *listing], postgresql_where=condition)
