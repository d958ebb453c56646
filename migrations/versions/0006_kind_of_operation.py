"""The journal says the kind and the table of a step beside its JSON, for statistics.

Revision: 0006, after 0005; 2026-11-25
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LENGTH = 128
MEMBER = {
    "sqlite": "json_extract(forward, '$.{}')",
    "postgresql": "CAST(forward AS JSON) ->> '{}'",
    "mysql": "JSON_VALUE(forward, '$.{}')",
    "mariadb": "JSON_VALUE(forward, '$.{}')",
}


def upgrade() -> None:
    name = _exact(LENGTH)
    kind = sa.Column("kind", name, nullable=False, server_default="")
    op.add_column("operation", kind)
    op.add_column("operation", sa.Column("table_name", name))
    step = sa.table("operation", *map(sa.column, ("forward", "kind", "table_name")))
    member = MEMBER[op.get_bind().dialect.name]
    kind_of, table_of = (
        sa.func.substr(sa.literal_column(member.format(one)), 1, LENGTH)
        for one in ("op", "table")
    )
    op.execute(sa.update(step).values(kind=kind_of, table_name=table_of))


def downgrade() -> None:
    op.drop_column("operation", "table_name")
    op.drop_column("operation", "kind")


def _exact(length: int) -> TypeEngine[str]:
    on_mariadb = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(on_mariadb, "mysql", "mariadb")
