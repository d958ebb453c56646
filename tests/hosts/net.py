"""A host whose rows refer to one another: links inside an object, required references.

A net is called by a name of its own; its nodes have peers among themselves, and ports
that must lead to a node.
"""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Drafts

OWNED = {"cascade": "all, delete-orphan"}
NAME = sa.String(20)


class Base(DeclarativeBase):
    """The net's own metadata."""


peers = sa.Table(
    "peer",
    Base.metadata,
    sa.Column("node_id", sa.ForeignKey("node.id"), primary_key=True),
    sa.Column("other_id", sa.ForeignKey("node.id"), primary_key=True, index=True),
)


class Port(Base):
    """Where a node is plugged in: it must lead somewhere."""

    __tablename__ = "port"

    node_id = mapped_column(sa.ForeignKey("node.id"), primary_key=True)
    number = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    to_id = mapped_column(sa.ForeignKey("node.id"), nullable=False, index=True)


class Node(Base):
    """One of a net; its name is unique in it."""

    __tablename__ = "node"
    __table_args__ = (sa.UniqueConstraint("net_name", "name"),)

    id = mapped_column(sa.Integer, primary_key=True)
    net_name = mapped_column(sa.ForeignKey("net.name"), nullable=False, index=True)
    name = mapped_column(NAME, nullable=False)
    ports = relationship(Port, foreign_keys=Port.node_id, **OWNED)
    peers = relationship(
        "Node",
        secondary=peers,
        primaryjoin=id == peers.c.node_id,
        secondaryjoin=id == peers.c.other_id,
    )


class Net(Base):
    """The root."""

    __tablename__ = "net"

    name = mapped_column(NAME, primary_key=True)
    title = mapped_column(NAME)
    nodes = relationship(Node, **OWNED)


drafts = Drafts(Base.metadata)
drafts.target(Net, label=Net.title)
