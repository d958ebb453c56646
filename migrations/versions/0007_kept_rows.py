"""Rows outside an object that a delete takes along are kept.

Revision: 0007, after 0006; 2026-11-29
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _name(length: int) -> TypeEngine[str]:
    on_mariadb = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(on_mariadb, "mysql", "mariadb")


def _text() -> TypeEngine[str]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "kept_row",
        sa.Column("target", _name(63), nullable=False),
        sa.Column("root", _name(255), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("part", _name(128), nullable=False),
        sa.Column("part_key", _name(255), nullable=False),
        sa.Column("table_name", _name(128), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("row_key", _text(), nullable=False),
        sa.Column("content", _text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "target", "root", "revision", "number", name="pk_kept_row"
        ),
    )


def downgrade() -> None:
    op.drop_table("kept_row")
