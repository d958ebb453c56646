"""The ruleset of a draft as plain values, as an export would have it after the save."""

from itertools import islice
from typing import Any

from draftedit.engine.draft.checks import DraftReader, DraftRow
from draftedit.firewall.ruleset_values import (
    RULE_COLUMNS,
    ChainValues,
    RulesetValues,
    RuleValues,
    TableValues,
)


class RulesetTooLarge(Exception):
    """The ruleset has more rows than the limit."""


class DraftedRuleset:
    """The values of a draft's ruleset, and the rows they came from.

    `chains` and `rules` are the rows in export order.
    """

    def __init__(self, draft: DraftReader, most: int) -> None:
        """Read at most `most` rows; raise RulesetTooLarge if there are more."""
        self._draft = draft
        self._left = most
        [root] = draft.rows("ruleset")
        self.tables = self._below("nft_table", root)
        self.chains = [c for table in self.tables for c in self._below("chain", table)]
        self._names = {chain.key[0]: chain.values["name"] for chain in self.chains}
        self.rules = [r for chain in self.chains for r in self._below("rule", chain)]
        self.values = self._ruleset(root)

    def chain(self, family: str, table: str, name: str) -> DraftRow | None:
        """Return the chain of that name."""
        tables = {
            row.key[0]
            for row in self.tables
            if (row.values["family"], row.values["name"]) == (family, table)
        }
        return next(
            (
                row
                for row in self.chains
                if row.values["name"] == name and row.values["nft_table_id"] in tables
            ),
            None,
        )

    def rule(self, family: str, table: str, name: str, place: int) -> DraftRow | None:
        """Return the rule at a place among a chain's enabled rules, counted from 0."""
        chain = self.chain(family, table, name)
        rules = (
            row
            for row in self.rules
            if chain is not None
            and row.values["chain_id"] == chain.key[0]
            and row.values["enabled"]
        )
        return next(islice(rules, place, None), None)

    def _below(self, table: str, parent: DraftRow) -> list[DraftRow]:
        rows = list(islice(self._draft.rows(table, parent.key), self._left + 1))
        self._left -= len(rows)
        if self._left < 0:
            raise RulesetTooLarge
        return rows

    def _ruleset(self, root: DraftRow) -> RulesetValues:
        tables = {row.key[0]: _table(row) for row in self.tables}
        chains = {row.key[0]: _chain(row) for row in self.chains}
        for row in self.chains:
            tables[row.values["nft_table_id"]].chains.append(chains[row.key[0]])
        for row in self.rules:
            chains[row.values["chain_id"]].rules.append(self._rule(row))
        values = root.values
        return RulesetValues(
            values["objects"], values["extra"], values["layout"], [*tables.values()]
        )

    def _rule(self, row: DraftRow) -> RuleValues:
        rule = RuleValues(**{name: row.values[name] for name in RULE_COLUMNS})
        rule.jump = self._names.get(row.values["jump_id"])
        return rule


def _table(row: DraftRow) -> TableValues:
    return TableValues(*_picked(row, "family", "name", "objects", "extra"))


def _chain(row: DraftRow) -> ChainValues:
    names = ("name", "type", "hook", "priority", "policy", "extra")
    return ChainValues(*_picked(row, *names))


def _picked(row: DraftRow, *names: str) -> list[Any]:
    return [row.values[name] for name in names]
