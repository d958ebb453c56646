"""Models of rules and of the tags linked to them."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from draftedit.app.models.meta import Base
from draftedit.engine.values.order_key import OrderKey
from draftedit.firewall.nft_types import (
    ADDRESSES,
    EXTRA,
    NAME,
    TEXT,
    Kept,
    Number,
    _,
    choice,
    info,
    key,
    text,
)
from draftedit.firewall.words import ACTIONS

if TYPE_CHECKING:
    from draftedit.firewall.models import Chain


class Tag(Base):
    """A word to find rules by; a target of its own."""

    __tablename__ = "tag"
    __table_args__ = (
        {
            "sqlite_autoincrement": True,
            "info": {"label": _("tag"), "plural": _("tags")},
        },
    )

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(
        text(NAME), unique=True, info=info(_("Name"), _("Unique among all tags."))
    )


# The links belong to the rule: it declares `secondary`, the tag declares nothing.
rule_tag = sa.Table(
    "rule_tag",
    Base.metadata,
    sa.Column(
        "rule_id",
        Number,
        sa.ForeignKey("rule.id"),
        primary_key=True,
        info={"label": _("Rule")},
    ),
    sa.Column(
        "tag_id",
        Number,
        sa.ForeignKey("tag.id"),
        primary_key=True,
        index=True,
        info=info(_("Tag"), _("One of the tags that there are.")),
    ),
    info={"label": _("tag of the rule"), "plural": _("tags of the rule")},
)


class Rule(Base):
    """One rule of a chain: what it matches, then what it does."""

    __tablename__ = "rule"
    __table_args__ = (
        sa.Index(None, "chain_id", "place", "id"),
        {
            "sqlite_autoincrement": True,
            "info": {"label": _("rule"), "plural": _("rules")},
        },
    )

    id: Mapped[int] = key()
    chain_id: Mapped[int] = mapped_column(
        Number, sa.ForeignKey("chain.id"), info={"label": _("Chain")}
    )
    place: Mapped[str] = mapped_column(OrderKey(), info={"label": _("Place")})
    enabled: Mapped[bool] = mapped_column(
        sa.Boolean,
        default=True,
        info=info(_("Enabled"), _("A rule that is not enabled is not exported.")),
    )
    protocol: Mapped[str | None] = mapped_column(
        text(TEXT), info=info(_("Protocol"), _("For example tcp, or tcp, udp."))
    )
    source: Mapped[str | None] = mapped_column(
        text(ADDRESSES),
        info=info(
            _("Source"),
            _(
                "Addresses, for example 10.0.0.0/8, 10.0.1.1-10.0.1.9 or @admins (a"
                " set); several with commas; != in front means none of them."
            ),
        ),
    )
    destination: Mapped[str | None] = mapped_column(
        text(ADDRESSES),
        info=info(_("Destination"), _("Addresses, written like those of the source.")),
    )
    source_ports: Mapped[str | None] = mapped_column(
        text(TEXT), info=info(_("Source ports"), _("For example 1024-65535."))
    )
    destination_ports: Mapped[str | None] = mapped_column(
        text(TEXT), info=info(_("Destination ports"), _("For example 80, 443."))
    )
    in_interface: Mapped[str | None] = mapped_column(
        text(TEXT), info=info(_("In interface"), _("For example lo, or eth*."))
    )
    out_interface: Mapped[str | None] = mapped_column(
        text(TEXT), info=info(_("Out interface"), _("For example eth0."))
    )
    connection_state: Mapped[str | None] = mapped_column(
        text(TEXT),
        info=info(_("Connection state"), _("For example established, related.")),
    )
    action: Mapped[str | None] = mapped_column(
        choice("action", ACTIONS),
        info=info(_("Action"), _("What is done with a packet that matches.")),
    )
    jump_id: Mapped[int | None] = mapped_column(
        Number,
        sa.ForeignKey("chain.id"),
        index=True,
        info=info(_("Jump to"), _("The chain that the actions jump and goto go to.")),
    )
    comment: Mapped[str | None] = mapped_column(
        text(TEXT),
        info=info(_("Comment"), _("nft takes 128 bytes.")),
    )
    statements: Mapped[list[Any] | None] = mapped_column(
        Kept,
        info=info(
            _("Statements"),
            _(
                "What the columns do not say, as nft lists it; the name of a column"
                " stands where that column comes. Empty: the columns say it all."
            ),
        ),
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(Kept, info=EXTRA)

    chain: Mapped["Chain"] = relationship(
        back_populates="rules", foreign_keys=[chain_id]
    )
    jump: Mapped["Chain | None"] = relationship(foreign_keys=[jump_id])
    tags: Mapped[list[Tag]] = relationship(secondary=rule_tag, order_by=Tag.name)
