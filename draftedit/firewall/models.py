"""Models of the bundled host: packet-filter rulesets as `nft` lists them.

What no column can express is kept verbatim as JSON beside it, so that a listing comes
out as it went in: see `draftedit.firewall.nft`.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from draftedit.app.models.meta import Base
from draftedit.engine.values.order_key import OrderKey
from draftedit.firewall.nft_types import (
    EXTRA,
    NAME,
    Kept,
    Number,
    _,
    choice,
    info,
    key,
    text,
)
from draftedit.firewall.rules import Rule, Tag, rule_tag
from draftedit.firewall.words import FAMILIES, HOOKS, POLICIES, TYPES

__all__ = ["Chain", "NftTable", "Rule", "Ruleset", "Tag", "rule_tag"]

_OBJECTS = _("Other objects")


def _empty_listing() -> list[dict[str, Any]]:
    return [{"metainfo": {"json_schema_version": 1}}]


class Ruleset(Base):
    """One packet filter, as `nft list ruleset` prints it."""

    __tablename__ = "ruleset"
    __table_args__ = (
        {
            "sqlite_autoincrement": True,
            "info": {"label": _("ruleset"), "plural": _("rulesets")},
        },
    )

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(
        text(NAME),
        unique=True,
        info=info(_("Name"), _("What this ruleset is called here; nft has no name.")),
    )
    objects: Mapped[list[Any] | None] = mapped_column(
        Kept,
        default=_empty_listing,
        info=info(_OBJECTS, _("What a listing holds outside of every table.")),
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(Kept, info=EXTRA)
    layout: Mapped[dict[str, Any] | None] = mapped_column(
        Kept,
        info={
            **info(
                _("Layout"),
                _("The imported listing's own order, used while nothing was moved."),
            ),
            "read_only": True,
        },
    )

    tables: Mapped[list["NftTable"]] = relationship(
        back_populates="ruleset", cascade="all, delete-orphan", order_by="NftTable.id"
    )


class NftTable(Base):
    """One table of a ruleset, with its sets, maps and other objects."""

    __tablename__ = "nft_table"
    __table_args__ = (
        sa.UniqueConstraint("ruleset_id", "family", "name"),
        sa.Index(None, "ruleset_id", "id"),
        {
            "sqlite_autoincrement": True,
            "info": {"label": _("table"), "plural": _("tables")},
        },
    )

    id: Mapped[int] = key()
    ruleset_id: Mapped[int] = mapped_column(
        Number, sa.ForeignKey("ruleset.id"), info={"label": _("Ruleset")}
    )
    family: Mapped[str] = mapped_column(
        choice("family", FAMILIES),
        info=info(_("Family"), _("The kind of packets that this table sees.")),
    )
    name: Mapped[str] = mapped_column(
        text(NAME), info=info(_("Name"), _("Unique in its family."))
    )
    objects: Mapped[list[Any] | None] = mapped_column(
        Kept,
        info=info(
            _OBJECTS,
            _("Sets, maps, counters and the like, as nft lists them."),
        ),
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(Kept, info=EXTRA)

    ruleset: Mapped[Ruleset] = relationship(back_populates="tables")
    chains: Mapped[list["Chain"]] = relationship(
        back_populates="nft_table",
        cascade="all, delete-orphan",
        order_by="Chain.place, Chain.id",
    )


class Chain(Base):
    """One chain of a table; a base chain has a type, a hook and a priority."""

    __tablename__ = "chain"
    __table_args__ = (
        sa.UniqueConstraint("nft_table_id", "name"),
        sa.Index(None, "nft_table_id", "place", "id"),
        {
            "sqlite_autoincrement": True,
            "info": {"label": _("chain"), "plural": _("chains")},
        },
    )

    id: Mapped[int] = key()
    nft_table_id: Mapped[int] = mapped_column(
        Number, sa.ForeignKey("nft_table.id"), info={"label": _("Table")}
    )
    place: Mapped[str] = mapped_column(OrderKey(), info={"label": _("Place")})
    name: Mapped[str] = mapped_column(
        text(NAME), info=info(_("Name"), _("Unique in its table."))
    )
    type: Mapped[str | None] = mapped_column(
        choice("chain_type", TYPES),
        info=info(_("Type"), _("Only for a chain that the kernel enters by itself.")),
    )
    hook: Mapped[str | None] = mapped_column(
        choice("hook", HOOKS),
        info=info(_("Hook"), _("Where on its way a packet enters this chain.")),
    )
    priority: Mapped[int | None] = mapped_column(
        sa.Integer,
        info=info(_("Priority"), _("Chains of one hook run in this order.")),
    )
    policy: Mapped[str | None] = mapped_column(
        choice("policy", POLICIES),
        info=info(_("Policy"), _("What becomes of a packet that no rule decides.")),
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(Kept, info=EXTRA)

    nft_table: Mapped[NftTable] = relationship(back_populates="chains")
    rules: Mapped[list[Rule]] = relationship(
        back_populates="chain",
        cascade="all, delete-orphan",
        foreign_keys=Rule.chain_id,
        order_by=(Rule.place, Rule.id),
    )
