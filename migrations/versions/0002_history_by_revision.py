"""History is found by its revision: what came in since another, whatever its parent.

Revision: 0002, after 0001; 2026-11-23
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Those below a root; a root's history has the index already, under another name.
PARTS = ("nft_table", "chain", "rule", "rule_tag")


def upgrade() -> None:
    for live in PARTS:
        history = f"{live}_history"
        op.create_index(f"ix_{history}_revision", history, ["root", "revision"])


def downgrade() -> None:
    for live in PARTS:
        history = f"{live}_history"
        op.drop_index(f"ix_{history}_revision", history)
