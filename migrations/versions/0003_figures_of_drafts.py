"""What is known of closed drafts outlives them: spans, kinds of steps, last steps.

Revision: 0003, after 0002; 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _exact(length: int) -> TypeEngine[str]:
    on_mariadb = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(on_mariadb, "mysql", "mariadb")


def upgrade() -> None:
    key = ["day", "target", "outcome", "measure", "value"]
    op.create_table(
        "draft_day_figure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("target", _exact(63), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("value", _exact(128), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint(*key, name="pk_draft_day_figure"),
    )


def downgrade() -> None:
    op.drop_table("draft_day_figure")
