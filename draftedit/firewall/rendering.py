"""Render plain values as a listing of nft, with the entries in our order."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from draftedit.engine.base.texts import Text
from draftedit.firewall.entry_order import Placed, Queue
from draftedit.firewall.errors import BadValue
from draftedit.firewall.kept import wrong_objects
from draftedit.firewall.rule_statements import render
from draftedit.firewall.ruleset_values import (
    ChainValues,
    Entry,
    RulesetValues,
    RuleValues,
    TableValues,
)
from draftedit.firewall.slots import BadColumn
from draftedit.firewall.stages import stage_of


def usual_order(ruleset: RulesetValues) -> Iterator[Placed]:
    """Yield builders of the entries, in our order, with the queue each belongs to.

    Nothing precedes what it may name, so that nft can load it: chains come before the
    maps and rules that may jump to them, whatever was edited. This, and building an
    entry, raises BadValue.
    """
    for one in _objects(ruleset.objects, "the ruleset"):
        yield ("objects",), partial(dict, one)
    for number, table in enumerate(ruleset.tables):
        yield from _table_order(number, table)


def _table_order(number: int, table: TableValues) -> Iterator[Placed]:
    yield (number, "table"), partial(_table, table)
    objects = _objects(table.objects, _name_of_table(table))
    for chain in table.chains:
        yield (number, "chains"), partial(_chain, table, chain)
    for one in sorted(objects, key=stage_of):
        yield (number, "objects"), partial(dict, one)
    for place, chain in enumerate(table.chains):
        queue: Queue = (number, "rules", place)
        for index, rule in enumerate(chain.rules, 1):
            if rule.enabled:
                yield queue, partial(_rule, table, chain, index, rule)


def _name_of_table(table: TableValues) -> str:
    return f"table {table.family} {table.name}"


def name_of_rule(table: TableValues, chain: ChainValues, number: int) -> str:
    """Name a rule in words; `number` counts from 1."""
    return f"rule {number} of chain {chain.name} in {_name_of_table(table)}"


def _table(table: TableValues) -> Entry:
    own = {"family": table.family, "name": table.name}
    return {"table": own | extra_of(table.extra, _name_of_table(table)) | own}


def _chain(table: TableValues, chain: ChainValues) -> Entry:
    extra = extra_of(chain.extra, f"chain {chain.name} in {_name_of_table(table)}")
    own: Entry = {"family": table.family, "table": table.name, "name": chain.name}
    hooked = {
        "type": chain.type,
        "hook": chain.hook,
        "prio": chain.priority,
        "policy": chain.policy,
    }
    own |= {key: value for key, value in hooked.items() if value is not None}
    return {"chain": own | extra | own}


def _rule(
    table: TableValues, chain: ChainValues, number: int, rule: RuleValues
) -> Entry:
    where = name_of_rule(table, chain, number)
    own: Entry = {"family": table.family, "table": table.name, "chain": chain.name}
    if rule.comment:
        own["comment"] = rule.comment
    try:
        statements = render(rule, table.family)
    except BadColumn as error:
        raise BadValue(where, error.column, str(error)) from error
    body = own | extra_of(rule.extra, where) | own | {"expr": statements}
    if statements is None:
        del body["expr"]
    return {"rule": body}


def extra_of(extra: Any, where: str) -> Entry:
    """Return the fields that no column covers; raise BadValue if they are none."""
    if extra is None:
        return {}
    if not isinstance(extra, dict):
        raise BadValue(where, "extra", "this must be an object.")
    return extra


def _objects(objects: Any, where: str) -> list[Any]:
    if objects is None:
        return []
    if not isinstance(objects, list) or not all(
        isinstance(entry, dict) for entry in objects
    ):
        raise BadValue(where, "objects", "this must be a list of objects.")
    if wrong := wrong_objects(objects):
        raise BadValue(where, "objects", Text(wrong))
    return list(objects)
