"""The long task: read the rows in pages, table by table, and yield findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from draftedit.engine.schema.task import Finding
from draftedit.engine.tasks.revision_reader import RevisionReader, TaskRow
from draftedit.firewall.depth.covering import (
    CONTRADICTORY,
    DUPLICATE,
    INCOMPLETE,
    WIDE,
    Covered,
    covered,
)
from draftedit.firewall.depth.meaning import Meaning, meaning_of, texts_in
from draftedit.firewall.depth.reaching import links, pass_through, unreachable
from draftedit.firewall.nft_types import _
from draftedit.firewall.ruleset_values import RULE_COLUMNS, RuleValues

UNREACHABLE = "unreachable"

# The columns that make a base chain, as columns and as nft's fields.
_HOOKED = ("type", "hook", "priority")
_HOOKED_EXTRA = frozenset({"type", "hook", "prio"})


def in_depth(ruleset: RevisionReader) -> Iterator[Finding]:
    """Find rules that can never match, and chains that nothing reaches.

    Each rule is read twice: once for where it leads, once to compare it with those
    before.
    """
    progress = _Progress(ruleset)
    [root] = ruleset.rows("ruleset")
    outside = texts_in(root.values["objects"])
    chains = {
        table.key: list(ruleset.rows("chain", table.key))
        for table in ruleset.rows("nft_table")
    }
    names = {one.key[0]: one.values["name"] for of in chains.values() for one in of}
    for table in ruleset.rows("nft_table"):
        look = _TableCheck(ruleset, table, names, progress)
        yield from look.findings(chains[table.key], outside)


class _Progress:
    """Progress of the run: rules read so far, of twice as many as there are."""

    def __init__(self, ruleset: RevisionReader) -> None:
        self._ruleset = ruleset
        self._total = 2 * ruleset.count("rule")
        self._done = 0
        ruleset.progress(0, self._total)

    def step(self) -> None:
        self._done += 1
        self._ruleset.progress(min(self._done, self._total), self._total)


class _TableCheck:
    """The check of one table."""

    def __init__(
        self,
        ruleset: RevisionReader,
        table: TaskRow,
        names: Mapping[Any, str],
        progress: _Progress,
    ) -> None:
        self._ruleset, self._table = ruleset, table
        self._names, self._progress = names, progress

    def findings(
        self, chains: list[TaskRow], outside: frozenset[str]
    ) -> Iterator[Finding]:
        known = {
            one.values["name"]: links(one.key, _is_base(one), self._rules(one))
            for one in chains
        }
        named = outside | texts_in(self._table.values["objects"])
        lost = set(unreachable(known, named))
        quiet = pass_through(known)
        for chain in chains:
            if chain.key in lost:
                yield chain.finding(UNREACHABLE, _NOBODY)
            for one in covered(self._rules(chain), quiet):
                yield _finding(chain, one)

    def _rules(self, chain: TaskRow) -> Iterator[Meaning]:
        family = self._table.values["family"]
        for row in self._ruleset.rows("rule", chain.key):
            self._progress.step()
            if row.values["enabled"]:
                rule = RuleValues(**{name: row.values[name] for name in RULE_COLUMNS})
                rule.jump = self._names.get(row.values["jump_id"])
                yield meaning_of(row.key, rule, family)


def _is_base(chain: TaskRow) -> bool:
    extra = chain.values["extra"]
    return any(chain.values[name] is not None for name in _HOOKED) or bool(
        isinstance(extra, dict) and _HOOKED_EXTRA & extra.keys()
    )


_NOBODY = _("No rule leads to this chain from where packets come in.")
_SELF = _("The conditions of this rule exclude each other: it can never match.")
_SAME = _("This says the same as an earlier rule of its chain.")
_OPPOSITE = _(
    "This contradicts an earlier rule about the same packets, which decides them in"
    " another way: it can never match."
)
_SHADOWED = _("This can never match: an earlier rule decides all of its packets.")
_SHADOWED_OTHERWISE = _(
    "This can never match: an earlier rule decides all of its packets, in another way."
)
_INCOMPLETE = _(
    "The rules of this chain were compared with the first ${n} only that have ranges or"
    " lists: there may be more to find.",
    mapping={"n": WIDE},
)


def _finding(chain: TaskRow, one: Covered) -> Finding:
    if one.kind == INCOMPLETE or one.key is None:
        return chain.finding(INCOMPLETE, _INCOMPLETE)
    return Finding(one.kind, _words(one), "rule", one.key, one.other)


def _words(one: Covered) -> str:
    if one.kind == DUPLICATE:
        return _SAME
    if one.kind == CONTRADICTORY:
        return _OPPOSITE if one.other else _SELF
    return _SHADOWED_OTHERWISE if one.differs else _SHADOWED
