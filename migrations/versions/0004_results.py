"""What long tasks find in an object, and when their workers were last seen.

Revision: 0004, after 0003; 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _name(length: int) -> TypeEngine[str]:
    on_mariadb = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(on_mariadb, "mysql", "mariadb")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(
        mysql.DATETIME(fsp=6), "mysql", "mariadb"
    )


def upgrade() -> None:
    op.create_table(
        "task_result",
        sa.Column("target", _name(63), nullable=False),
        sa.Column("root", _name(255), nullable=False),
        sa.Column("task", _name(63), nullable=False),
        sa.Column("wanted_at", _moment()),
        sa.Column("wanted_by", _name(255)),
        sa.Column("lease", sa.String(32)),
        sa.Column("free_at", _moment()),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed_at", _moment()),
        sa.Column("revision", sa.Integer),
        sa.Column(
            "found", sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
        ),
        sa.Column("stored_at", _moment()),
        sa.PrimaryKeyConstraint("target", "root", "task", name="pk_task_result"),
    )
    op.create_index("ix_task_result_wanted_at", "task_result", ["wanted_at"])
    op.create_table(
        "task_worker",
        sa.Column("name", _name(255), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_task_worker"),
    )
    op.create_index("ix_task_worker_seen_at", "task_worker", ["seen_at"])


def downgrade() -> None:
    op.drop_table("task_worker")
    op.drop_table("task_result")
