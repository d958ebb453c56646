"""A ruleset as plain values, between nft's listing and the rows of the models."""

from dataclasses import dataclass, field, fields
from typing import Any

Entry = dict[str, Any]


@dataclass(slots=True)
class RuleValues:
    """One rule; the fields are the columns of the model `Rule`.

    `jump` is the name of a chain in the same table. If `statements` is None, the
    statements are those of the columns, in the order of the columns.
    """

    enabled: bool = True
    protocol: str | None = None
    source: str | None = None
    destination: str | None = None
    source_ports: str | None = None
    destination_ports: str | None = None
    in_interface: str | None = None
    out_interface: str | None = None
    connection_state: str | None = None
    action: str | None = None
    comment: str | None = None
    statements: Any = None
    extra: Any = None
    jump: str | None = None


# The same names as in the model, in this order; there, `jump` is the key of a chain.
RULE_COLUMNS = tuple(one.name for one in fields(RuleValues) if one.name != "jump")


@dataclass(slots=True)
class ChainValues:
    """One chain and its rules, in order."""

    name: str
    type: str | None = None
    hook: str | None = None
    priority: int | None = None
    policy: str | None = None
    extra: Any = None
    rules: list[RuleValues] = field(default_factory=list)


@dataclass(slots=True)
class TableValues:
    """One table and its chains, in order; `objects` are kept as they are listed."""

    family: str
    name: str
    objects: Any = None
    extra: Any = None
    chains: list[ChainValues] = field(default_factory=list)


@dataclass(slots=True)
class RulesetValues:
    """A whole listing; `objects` are those outside of every table."""

    objects: Any = None
    extra: Any = None
    layout: Any = None
    tables: list[TableValues] = field(default_factory=list)
