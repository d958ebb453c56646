"""The order in which nft can load a listing: nothing before what it names.

An element of a map may name chains, counters and other objects; a rule may name all of
these, sets and maps. The kernel requires it, as it reads a listing from its beginning.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from draftedit.engine.values.codecs import canonical
from draftedit.firewall.ruleset_values import Entry
from draftedit.firewall.words import NAMED_OBJECTS

# Within a table, nothing names an entry of a later stage. Any other object of a table,
# sets and maps included, is between these; rules come last.
_STAGES = {
    "table": 0,
    **dict.fromkeys(("chain", *NAMED_OBJECTS), 1),
    "element": 3,
}
_BETWEEN = 2

_WORD = re.compile(r"""[^\s{}()\[\],;:"@\\]+""")


def stage_of(entry: Entry) -> int:
    """Return the stage of an entry within its table; it must not be a rule."""
    return next((_STAGES.get(kind, _BETWEEN) for kind in entry), _BETWEEN)


def is_loadable(entries: Iterable[Entry]) -> bool:
    """Return whether every entry of a table comes after all that it may name.

    An entry behind rules must not be named in them; otherwise the stages decide.
    """
    reached: dict[tuple[str, str], int] = {}
    rules: dict[tuple[str, str], _Rules] = defaultdict(_Rules)
    for entry in entries:
        table = _table_of(entry)
        if table is None:
            continue
        if "rule" in entry:
            rules[table].unread.append(entry)
            continue
        [body] = entry.values()
        stage = stage_of(entry)
        if stage < reached.get(table, 0) or rules[table].may_name(body.get("name")):
            return False
        reached[table] = stage
    return True


def _table_of(entry: Entry) -> tuple[str, str] | None:
    match entry:
        case {"table": {"family": str(family), "name": str(name)}}:
            return family, name
    match [*entry.values()]:
        case [{"family": str(family), "table": str(name)}]:
            return family, name
    return None


@dataclass(slots=True)
class _Rules:
    """The rules of one table so far; searched only if something comes behind them."""

    unread: list[Entry] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def may_name(self, name: object) -> bool:
        """Return whether one of the rules may name this."""
        for rule in self.unread:
            self.words.update(_WORD.findall(canonical(rule)))
        self.unread.clear()
        is_word = isinstance(name, str) and _WORD.fullmatch(name)
        return bool(self.words) and (not is_word or name in self.words)
