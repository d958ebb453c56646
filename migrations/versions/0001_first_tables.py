"""The first tables: people, drafts, and the bundled host with its drafts.

Revision: 0001, after nothing; 2026-11-23
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number() -> TypeEngine[int]:
    # SQLite makes keys by itself only for columns called INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _exact(length: int, pad: bool = True) -> TypeEngine[str]:
    # Compared byte by byte; with `pad`, MariaDB takes no notice of blanks at the end.
    collation = "utf8mb4_bin" if pad else "utf8mb4_nopad_bin"
    on_mariadb = mysql.VARCHAR(length, charset="utf8mb4", collation=collation)
    return sa.String(length).with_variant(on_mariadb, "mysql", "mariadb")


def _order_key() -> TypeEngine[str]:
    return (
        sa.String(64)
        .with_variant(sa.String(64, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(64, collation="ascii_bin"), "mysql", "mariadb")
    )


def _long_text() -> TypeEngine[str]:
    return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(
        mysql.DATETIME(fsp=6), "mysql", "mariadb"
    )


def _twins(
    live: str,
    *,
    key: Sequence[str],
    parent: Sequence[str],
    columns: Mapping[str, TypeEngine],
    listing: Sequence[str] = (),
) -> None:
    """Create the draft and the history table of a live table."""
    draft, history = f"{live}_draft", f"{live}_history"

    def copies() -> list[sa.Column]:
        return [
            sa.Column(name, type_, autoincrement=False, nullable=name not in key)
            for name, type_ in columns.items()
        ]

    op.create_table(
        draft,
        sa.Column("draft", sa.BigInteger(), autoincrement=False, nullable=False),
        *copies(),
        sa.Column("root", _exact(255), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("origin", _long_text()),
        sa.Column("omitted", _long_text()),
        sa.ForeignKeyConstraint(
            ["draft"], ["draft.key"], name=f"fk_{draft}_draft_draft"
        ),
        sa.PrimaryKeyConstraint("draft", *key, name=f"pk_{draft}"),
        postgresql_with={"fillfactor": "70"},
    )
    if listing:
        op.create_index(f"ix_{draft}_listing", draft, ["draft", *listing])
    op.create_table(
        history,
        sa.Column("root", _exact(255), nullable=False),
        *copies(),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("replaced_at", _moment(), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("root", *key, "revision", name=f"pk_{history}"),
    )
    op.create_index(f"ix_{history}_parent", history, ["root", *parent, "revision"])


def _create_people() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", _number(), nullable=False),
        sa.Column("name", _exact(64), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.CheckConstraint(
            "role IN ('reader', 'editor', 'admin')", name="ck_user_account_role"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_token",
        sa.Column("id", _number(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("label", _exact(64), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("revoked_at", _moment()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_user_token_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_token"),
        sa.UniqueConstraint("digest", name="uq_user_token_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_user_token_user_id", "user_token", ["user_id"])
    op.create_table(
        "sign_in_failure",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_last_at", "sign_in_failure", ["last_at"])


def _create_drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("key", _number(), nullable=False),
        sa.Column("owner", _exact(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("closed_because", sa.String(16)),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("length", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_key", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("operations", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("undos", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("redos", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment()),
        sa.Column("counted", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("keys", _long_text()),
        sa.Column("revision", sa.Integer()),
        sa.PrimaryKeyConstraint("key", name="pk_draft"),
        sqlite_autoincrement=True,
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_draft_closed_at", "draft", ["closed_at", "key"])
    op.create_index("ix_draft_owner", "draft", ["owner", "key"])
    op.create_index("ix_draft_state_changed_at", "draft", ["state", "changed_at"])
    op.create_table(
        "draft_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("target", _exact(63), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("saved", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cancelled", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("abandoned", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("operations", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("undos", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("redos", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("seconds_open", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("day", "target", name="pk_draft_day"),
    )
    op.create_table(
        "object",
        sa.Column("target", _exact(63), nullable=False),
        sa.Column("root", _exact(255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("target", "root", name="pk_object"),
    )
    op.create_table(
        "draft_object",
        sa.Column("draft", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", _exact(63), nullable=False),
        sa.Column("root", _exact(255), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["draft"], ["draft.key"], name="fk_draft_object_draft_draft"
        ),
        sa.PrimaryKeyConstraint("draft", "target", "root", name="pk_draft_object"),
    )
    op.create_index(
        "ix_draft_object_target_root", "draft_object", ["target", "root", "draft"]
    )
    op.create_table(
        "operation",
        sa.Column("draft", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("forward", _long_text(), nullable=False),
        sa.Column("inverse", _long_text(), nullable=False),
        sa.Column("again", _long_text()),
        sa.Column("label", _long_text()),
        sa.Column("at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft"], ["draft.key"], name="fk_operation_draft_draft"
        ),
        sa.PrimaryKeyConstraint("draft", "sequence", name="pk_operation"),
    )
    op.create_table(
        "request",
        sa.Column("owner", _exact(255), nullable=False),
        sa.Column("key", _exact(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", _long_text(), nullable=False),
        sa.Column("draft", sa.BigInteger()),
        sa.Column("at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft"], ["draft.key"], name="fk_request_draft_draft"
        ),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_request"),
    )
    op.create_index("ix_request_at", "request", ["at"])
    op.create_index("ix_request_draft", "request", ["draft"])
    op.create_table(
        "revision",
        sa.Column("target", _exact(63), nullable=False),
        sa.Column("root", _exact(255), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("saved_at", _moment(), nullable=False),
        sa.Column("saved_by", _exact(255), nullable=False),
        sa.Column("message", _long_text()),
        sa.Column("draft", sa.BigInteger()),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["draft"], ["draft.key"], name="fk_revision_draft_draft"
        ),
        sa.PrimaryKeyConstraint("target", "root", "number", name="pk_revision"),
    )
    op.create_index("ix_revision_draft", "revision", ["draft"])


def _create_firewall() -> None:
    op.create_table(
        "ruleset",
        sa.Column("id", _number(), nullable=False),
        sa.Column("name", _exact(255, pad=False), nullable=False),
        sa.Column("objects", sa.JSON()),
        sa.Column("extra", sa.JSON()),
        sa.Column("layout", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_ruleset"),
        sa.UniqueConstraint("name", name="uq_ruleset_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", _number(), nullable=False),
        sa.Column("name", _exact(255, pad=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("name", name="uq_tag_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "nft_table",
        sa.Column("id", _number(), nullable=False),
        sa.Column("ruleset_id", _number(), nullable=False),
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("name", _exact(255, pad=False), nullable=False),
        sa.Column("objects", sa.JSON()),
        sa.Column("extra", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["ruleset_id"], ["ruleset.id"], name="fk_nft_table_ruleset_id_ruleset"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nft_table"),
        sa.UniqueConstraint(
            "ruleset_id", "family", "name", name="uq_nft_table_ruleset_id_family_name"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_nft_table_ruleset_id_id", "nft_table", ["ruleset_id", "id"])
    op.create_table(
        "chain",
        sa.Column("id", _number(), nullable=False),
        sa.Column("nft_table_id", _number(), nullable=False),
        sa.Column("place", _order_key(), nullable=False),
        sa.Column("name", _exact(255, pad=False), nullable=False),
        sa.Column("type", sa.String(32)),
        sa.Column("hook", sa.String(32)),
        sa.Column("priority", sa.Integer()),
        sa.Column("policy", sa.String(32)),
        sa.Column("extra", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["nft_table_id"], ["nft_table.id"], name="fk_chain_nft_table_id_nft_table"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_chain"),
        sa.UniqueConstraint("nft_table_id", "name", name="uq_chain_nft_table_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_chain_nft_table_id_place_id", "chain", ["nft_table_id", "place", "id"]
    )
    op.create_table(
        "rule",
        sa.Column("id", _number(), nullable=False),
        sa.Column("chain_id", _number(), nullable=False),
        sa.Column("place", _order_key(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("protocol", _exact(255, pad=False)),
        sa.Column("source", _exact(1000, pad=False)),
        sa.Column("destination", _exact(1000, pad=False)),
        sa.Column("source_ports", _exact(255, pad=False)),
        sa.Column("destination_ports", _exact(255, pad=False)),
        sa.Column("in_interface", _exact(255, pad=False)),
        sa.Column("out_interface", _exact(255, pad=False)),
        sa.Column("connection_state", _exact(255, pad=False)),
        sa.Column("action", sa.String(32)),
        sa.Column("jump_id", _number()),
        sa.Column("comment", _exact(255, pad=False)),
        sa.Column("statements", sa.JSON()),
        sa.Column("extra", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name="fk_rule_chain_id_chain"
        ),
        sa.ForeignKeyConstraint(
            ["jump_id"], ["chain.id"], name="fk_rule_jump_id_chain"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rule"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_chain_id_place_id", "rule", ["chain_id", "place", "id"])
    op.create_index("ix_rule_jump_id", "rule", ["jump_id"])
    op.create_table(
        "rule_tag",
        sa.Column("rule_id", _number(), autoincrement=False, nullable=False),
        sa.Column("tag_id", _number(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["rule.id"], name="fk_rule_tag_rule_id_rule"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_rule_tag_tag_id_tag"),
        sa.PrimaryKeyConstraint("rule_id", "tag_id", name="pk_rule_tag"),
    )
    op.create_index("ix_rule_tag_tag_id", "rule_tag", ["tag_id"])


def _create_twins() -> None:
    _twins(
        "ruleset",
        key=["id"],
        parent=[],
        columns={
            "id": sa.BigInteger(),
            "name": _exact(255, pad=False),
            "objects": sa.JSON(),
            "extra": sa.JSON(),
            "layout": sa.JSON(),
        },
    )
    _twins(
        "nft_table",
        key=["id"],
        listing=["ruleset_id", "id"],
        parent=["ruleset_id"],
        columns={
            "id": sa.BigInteger(),
            "ruleset_id": sa.BigInteger(),
            "family": sa.String(6),
            "name": _exact(255, pad=False),
            "objects": sa.JSON(),
            "extra": sa.JSON(),
        },
    )
    _twins(
        "chain",
        key=["id"],
        listing=["nft_table_id", "place", "id"],
        parent=["nft_table_id"],
        columns={
            "id": sa.BigInteger(),
            "nft_table_id": sa.BigInteger(),
            "place": _order_key(),
            "name": _exact(255, pad=False),
            "type": sa.String(6),
            "hook": sa.String(11),
            "priority": sa.BigInteger(),
            "policy": sa.String(6),
            "extra": sa.JSON(),
        },
    )
    _twins(
        "rule",
        key=["id"],
        listing=["chain_id", "place", "id"],
        parent=["chain_id"],
        columns={
            "id": sa.BigInteger(),
            "chain_id": sa.BigInteger(),
            "place": _order_key(),
            "enabled": sa.Boolean(),
            "protocol": _exact(255, pad=False),
            "source": _exact(1000, pad=False),
            "destination": _exact(1000, pad=False),
            "source_ports": _exact(255, pad=False),
            "destination_ports": _exact(255, pad=False),
            "in_interface": _exact(255, pad=False),
            "out_interface": _exact(255, pad=False),
            "connection_state": _exact(255, pad=False),
            "action": sa.String(10),
            "jump_id": sa.BigInteger(),
            "comment": _exact(255, pad=False),
            "statements": sa.JSON(),
            "extra": sa.JSON(),
        },
    )
    _twins(
        "rule_tag",
        key=["rule_id", "tag_id"],
        parent=["rule_id"],
        columns={
            "rule_id": sa.BigInteger(),
            "tag_id": sa.BigInteger(),
        },
    )
    _twins(
        "tag",
        key=["id"],
        parent=[],
        columns={
            "id": sa.BigInteger(),
            "name": _exact(255, pad=False),
        },
    )


def upgrade() -> None:
    _create_people()
    _create_drafts()
    _create_firewall()
    _create_twins()


def downgrade() -> None:
    for live in ("tag", "rule_tag", "rule", "chain", "nft_table", "ruleset"):
        op.drop_table(f"{live}_history")
        op.drop_table(f"{live}_draft")
    for table in (
        "rule_tag",
        "rule",
        "chain",
        "nft_table",
        "tag",
        "ruleset",
        "revision",
        "request",
        "operation",
        "draft_object",
        "object",
        "draft_day",
        "draft",
        "sign_in_failure",
        "user_token",
        "user_account",
    ):
        op.drop_table(table)
