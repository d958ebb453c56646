"""Parse a listing of nft into plain values, with a place for every entry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from draftedit.firewall import entry_order, reading
from draftedit.firewall.entry_order import Queue
from draftedit.firewall.errors import BadListing
from draftedit.firewall.nft_types import TEXT
from draftedit.firewall.rendering import usual_order
from draftedit.firewall.rule_statements import lift
from draftedit.firewall.ruleset_values import (
    ChainValues,
    Entry,
    RulesetValues,
    RuleValues,
    TableValues,
)
from draftedit.firewall.slots import UNLISTED
from draftedit.firewall.stages import is_loadable
from draftedit.firewall.words import FAMILIES, HOOKS, POLICIES, TABLE_OBJECTS, TYPES

# The columns of a chain, their keys in nft's JSON, and a test of the value: one that
# fails is kept with the chain's other fields.
_CHAIN: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("type", "type", lambda value: value in TYPES),
    ("hook", "hook", lambda value: value in HOOKS),
    ("priority", "prio", lambda value: type(value) is int and abs(value) < 2**31),
    ("policy", "policy", lambda value: value in POLICIES),
)


@dataclass(slots=True)
class _Table:
    """A table being built: its number, and the numbers of its chains by name."""

    number: int
    values: TableValues
    chains: dict[str, int] = field(default_factory=dict)
    objects: list[Any] = field(default_factory=list)


class Parser:
    """Collects the tables, then the chains, then everything else.

    A listing may be in any order, so a missing parent is known only at the end.
    """

    def __init__(self, listing: Any) -> None:
        """Check the shape of the listing."""
        self.entries = list(reading.entries(listing))
        self.ruleset = RulesetValues(extra=reading.others(listing))
        self.tables: dict[tuple[str, str], _Table] = {}
        self.numbered: list[_Table] = []
        self.objects: list[Entry] = []
        self.queues: dict[int, Queue] = {}

    def parse(self) -> RulesetValues:
        """Return the listing as plain values, or raise BadListing."""
        for index, kind, body in self.entries:
            if kind == "table":
                self._add_table(index, body)
        for index, kind, body in self.entries:
            if kind == "chain":
                self._add_chain(index, body)
        for index, kind, body in self.entries:
            if index in self.queues:
                continue
            if kind == "rule":
                self.queues[index] = self._add_rule(index, body)
            else:
                self.queues[index] = self._add_object(index, kind, body)
        return self._finish()

    def _add_table(self, index: int, body: Any) -> None:
        family, name = reading.fields("table", body, index, "family", "name")
        if family not in FAMILIES or (family, name) in self.tables:
            return  # kept as an object
        extra = _others(body, "family", "name")
        table = _Table(len(self.numbered), TableValues(family, name, extra=extra))
        self.numbered.append(table)
        self.tables[family, name] = table
        self.ruleset.tables.append(table.values)
        self.queues[index] = (table.number, "table")

    def _add_chain(self, index: int, body: Any) -> None:
        family, at, name = reading.fields(
            "chain", body, index, "family", "table", "name"
        )
        table = self._table("chain", index, family, at)
        if table is None or name in table.chains:
            return  # kept as an object
        chain = ChainValues(name)
        fitting = [(column, key) for column, key, fits in _CHAIN if fits(body.get(key))]
        for column, key in fitting:
            setattr(chain, column, body[key])
        chain.extra = _others(
            body, "family", "table", "name", *(key for _, key in fitting)
        )
        table.chains[name] = len(table.chains)
        table.values.chains.append(chain)
        self.queues[index] = (table.number, "chains")

    def _add_rule(self, index: int, body: Any) -> Queue:
        family, at, name = reading.fields(
            "rule", body, index, "family", "table", "chain"
        )
        statements = reading.statements(body, index)
        table = self._table("rule", index, family, at)
        if table is None:
            return self._keep({"rule": body}, None)
        if name not in table.chains:
            raise BadListing(
                f"the rule is for the chain {name} in the table {family} {at},"
                " which is not listed.",
                index,
            )
        rule = RuleValues()
        covered = ["family", "table", "chain", "expr"]
        comment = body.get("comment")
        if isinstance(comment, str) and comment.strip() and len(comment) <= TEXT:
            rule.comment = comment
            covered.append("comment")
        rule.extra = _others(body, *covered)
        if statements is None:
            rule.statements = [UNLISTED]
        else:
            lift(rule, statements, family, table.chains)
        number = table.chains[name]
        table.values.chains[number].rules.append(rule)
        return (table.number, "rules", number)

    def _add_object(self, index: int, kind: str, body: Any) -> Queue:
        table = None
        if kind in ("table", "chain", *TABLE_OBJECTS):
            naming = "name" if kind == "table" else "table"
            family, at = reading.fields(kind, body, index, "family", naming)
            table = self._table(kind, index, family, at)
        else:
            match body:
                case {"family": str(family), "table": str(at)}:
                    table = self.tables.get((family, at))
        return self._keep({kind: body}, table)

    def _keep(self, entry: Entry, table: _Table | None) -> Queue:
        if table is None:
            self.objects.append(entry)
            return ("objects",)
        table.objects.append(entry)
        return (table.number, "objects")

    def _table(self, kind: str, index: int, family: str, name: str) -> _Table | None:
        """Return the table, None for that of a family we do not know."""
        if family in FAMILIES and (family, name) not in self.tables:
            raise BadListing(
                f"the {kind} is for the table {family} {name}, which is not listed.",
                index,
            )
        return self.tables.get((family, name))

    def _finish(self) -> RulesetValues:
        self.ruleset.objects = self.objects  # NULL would become the default
        for table in self.numbered:
            table.values.objects = table.objects or None
        if is_loadable({kind: body} for _, kind, body in self.entries):
            order = [self.queues[index] for index, _, _ in self.entries]
            usual = partial(usual_order, self.ruleset)
            self.ruleset.layout = entry_order.describe(order, usual)
        return self.ruleset


def _others(body: Entry, *covered: str) -> Entry | None:
    """Return the fields that no column covers, without the handle (nft assigns it)."""
    extra = {
        key: value
        for key, value in body.items()
        if key != "handle" and key not in covered
    }
    return extra or None
