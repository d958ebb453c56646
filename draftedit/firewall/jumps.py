"""Validate jumps between chains: within one table, and without loops.

Changed jumps are followed backwards, from a chain to the rules that go there, so the
cost grows with the jumps on the way, not with the number of rules.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Problem
from draftedit.engine.draft.checks import DraftReader, DraftRow
from draftedit.firewall.nft_types import _
from draftedit.firewall.words import JUMPS

# The columns of a rule that decide whether it jumps, from where and to where.
_DECIDING = ("jump_id", "chain_id", "action", "enabled")


def same_table(draft: DraftReader) -> Iterator[Problem]:
    """Check that a rule goes to a chain of its own table."""
    chains = _Chains(draft)
    for rule in _rules_to_look_at(draft):
        target = rule.values["jump_id"]
        if target is None or chains.table(target) in (
            None,  # a missing chain is refused by the database
            chains.table(rule.values["chain_id"]),
        ):
            continue
        message = _(
            "The chain “${chain}” is in another table: a rule goes to chains of its"
            " own table only.",
            mapping={"chain": chains.name(target)},
        )
        yield rule.problem(message, "jump_id")


def _rules_to_look_at(draft: DraftReader) -> Iterator[DraftRow]:
    """Yield the changed rules, and the rules that go into or out of a moved chain."""
    found = {r.key: r for r in draft.changed("rule", "jump_id", "chain_id")}
    for chain in draft.changed("chain", "nft_table_id"):
        if chain.is_new:
            continue
        found |= {r.key: r for r in _to(draft, chain.key)}
        for other in draft.rows("chain", _former_table(draft, chain)):
            for rule in _to(draft, other.key):
                if rule.values["chain_id"] == chain.key[0]:
                    found[rule.key] = rule
    yield from found.values()


def _to(draft: DraftReader, chain: Any) -> Iterator[DraftRow]:
    return draft.referring("rule", "jump_id", chain)


def _former_table(draft: DraftReader, chain: DraftRow) -> Any:
    changes = (c for c in draft.changes if (c.table, c.key) == ("chain", chain.key))
    return next(changes).fields["nft_table_id"][0]


def no_loops(draft: DraftReader) -> Iterator[Problem]:
    """Check that no chain leads back to itself."""
    chains = _Chains(draft)
    for rule in draft.changed("rule", *_DECIDING):
        if not _jumps(rule):
            continue
        start, target = rule.values["chain_id"], rule.values["jump_id"]
        way = chains.way(target, start)
        if way:
            round_ = " → ".join(chains.name(one) for one in (start, *way))
            message = _(
                "This goes round in a circle: ${chains}.", mapping={"chains": round_}
            )
            yield rule.problem(message, "jump_id")


def _jumps(rule: DraftRow) -> bool:
    """Return whether a packet goes on in another chain by this rule."""
    values = rule.values
    # A target chain without an action can only mean a jump.
    goes = values["action"] is None or values["action"] in JUMPS
    return bool(values["enabled"] and goes and values["jump_id"] is not None)


@dataclass
class _Chains:
    """The chains on the way, each loaded once.

    `before`: the chains with a rule that goes to this one; `ahead`: for a chain, every
    chain before it with the next one on the way.
    """

    draft: DraftReader
    rows: dict[Any, DraftRow | None] = field(default_factory=dict)
    before: dict[Any, list[Any]] = field(default_factory=dict)
    ahead: dict[Any, dict[Any, Any]] = field(default_factory=dict)

    def row(self, chain: Any) -> DraftRow | None:
        if chain not in self.rows:
            self.rows[chain] = self.draft.row("chain", chain)
        return self.rows[chain]

    def table(self, chain: Any) -> Any:
        row = self.row(chain)
        return None if row is None else row.values["nft_table_id"]

    def name(self, chain: Any) -> str:
        row = self.row(chain)
        return str(chain if row is None else row.values["name"])

    def way(self, start: Any, end: Any) -> list[Any]:
        """Return the chains on the way from one to another by jumps; may be empty."""
        if end not in self.ahead:
            self.ahead[end] = self._walk_back(end)
        following = self.ahead[end]
        if start != end and start not in following:
            return []
        way = [start]
        while way[-1] != end:
            way.append(following[way[-1]])
        return way

    def _walk_back(self, end: Any) -> dict[Any, Any]:
        following: dict[Any, Any] = {}
        waiting = deque([end])
        while waiting:
            chain = waiting.popleft()
            for one in self._before(chain):
                if one != end and one not in following:
                    following[one] = chain
                    waiting.append(one)
        return following

    def _before(self, chain: Any) -> list[Any]:
        if chain not in self.before:
            rules = (rule for rule in _to(self.draft, chain) if _jumps(rule))
            self.before[chain] = list(
                dict.fromkeys(rule.values["chain_id"] for rule in rules)
            )
        return self.before[chain]
