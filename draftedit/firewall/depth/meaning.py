"""Summarise a rule for the rules after it: which packets it decides, and how."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.engine.values.codecs import canonical
from draftedit.firewall.depth.matching import conditions, is_steady, spelled
from draftedit.firewall.depth.operands import Operands, are_apart, are_within
from draftedit.firewall.rule_statements import render
from draftedit.firewall.ruleset_values import RuleValues
from draftedit.firewall.slots import BadColumn

# The families for which we know what nft adds to a rule by itself.
FAMILIES = ("ip", "ip6", "inet")

_NAME = re.compile(r"""[^\s{}(),;:'"]+""")
_NEVER_STOPS = frozenset({"counter", "log"})
# A packet that passes these statements is unchanged.
_LEAVES_ALONE = frozenset(
    {
        *_NEVER_STOPS,
        *("match", "limit", "quota", "accept", "drop", "reject", "return", "continue"),
        *("jump", "goto", "queue", "snat", "dnat", "masquerade", "redirect"),
    }
)
_DECIDES = frozenset({"accept", "drop", "return"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """One rule, as far as it is certain.

    `demands`: the values that every packet it acts on has, by selector. `asked`: its
    other matches, verbatim. `decides`: the fate of every packet with all of these; None
    if it is not certain. `leaves_alone`: a packet that goes on is unchanged.
    `fingerprint`: the whole rule serialised, to find duplicates; `names`: every text in
    it, None if nft did not list its statements.
    """

    key: Key
    demands: Mapping[str, tuple[Operands, ...]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    decides: str | None = None
    leaves_alone: bool = False
    goes_to: frozenset[str] = frozenset()
    fingerprint: str | None = None
    names: frozenset[str] | None = frozenset()

    @property
    def is_impossible(self) -> bool:
        """Return whether its own matches exclude each other."""
        return any(
            are_apart(one, other)
            for several in self.demands.values()
            for place, one in enumerate(several)
            for other in several[place + 1 :]
        )

    def covers(self, other: "Meaning") -> bool:
        """Return whether it acts on every packet that the other could act on."""
        return self.asked <= other.asked and all(
            any(are_within(its, mine) for its in other.demands.get(selector, ()))
            for selector, several in self.demands.items()
            for mine in several
        )


def meaning_of(key: Key, rule: RuleValues, family: str) -> Meaning:
    """Return what is certain of a rule."""
    try:
        statements = render(rule, family)
    except BadColumn:
        # nft has no such rule; nothing after it is certain either.
        texts = frozenset(_texts([rule.statements, rule.jump]))
        return Meaning(key, names=texts.union(*map(_words, texts)))
    if statements is None:
        return Meaning(key, names=None)
    in_words = (one for one in statements if isinstance(one, str))
    names = frozenset(_texts(statements)).union(*map(_words, in_words))
    fingerprint = None if rule.extra or not statements else _fingerprint(statements)
    if family not in FAMILIES:
        return Meaning(key, fingerprint=fingerprint, names=names)
    demands, asked, is_whole = _matched(statements, family)
    return Meaning(
        key=key,
        demands=demands,
        asked=asked,
        decides=_decision(statements) if is_whole and not rule.extra else None,
        leaves_alone=all(_word(one) in _LEAVES_ALONE for one in statements),
        goes_to=frozenset(_targets(statements)),
        fingerprint=fingerprint,
        names=names,
    )


def texts_in(*data: Any) -> frozenset[str]:
    """Return every text within JSON values, including every name in them."""
    return frozenset(_texts(data))


def _matched(
    statements: list[Any], family: str
) -> tuple[dict[str, tuple[Operands, ...]], frozenset[str], bool]:
    """Collect the matches before the first statement that may change or end the packet.

    Also return whether these matches alone decide if the rule acts.
    """
    demands: dict[str, tuple[Operands, ...]] = {}
    asked: set[str] = set()
    is_whole = True
    for statement in statements:
        word = _word(statement)
        if word == "match":
            match = statement["match"]
            found = list(conditions(match, family))
            for selector, passing in found:
                known = demands.get(selector, ())
                demands[selector] = known if passing in known else (*known, passing)
            if not found and is_steady(match):
                asked.add(spelled(match))
            elif not found:
                is_whole = False
        elif word not in _NEVER_STOPS:
            # The last statement is the action of the rule; an earlier one may stop the
            # rule.
            return demands, frozenset(asked), is_whole and statement is statements[-1]
    return demands, frozenset(asked), is_whole


def _decision(statements: list[Any]) -> str | None:
    match statements:
        case [*_, ({"reject": None} | {"goto": {"target": str()}}) as last]:
            return canonical(last)
        case [*_, dict() as last] if len(last) == 1:
            [(word, parameters)] = last.items()
            return canonical(last) if word in _DECIDES and parameters is None else None
    return None


def _word(statement: Any) -> str | None:
    """Return the kind of a statement, or None if it has none."""
    if not isinstance(statement, dict) or len(statement) != 1:
        return None
    return str(next(iter(statement)))


def _targets(statements: Iterable[Any]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case {"jump": {"target": str(name)}} | {"goto": {"target": str(name)}}:
                yield name


def _words(text: str) -> list[str]:
    """Return the words of an nft text, any of which may be a name."""
    return _NAME.findall(text)


def _fingerprint(statements: list[Any]) -> str:
    """Serialise a rule without the values of its counters."""
    return canonical(
        [
            {"counter": None}
            if _word(one) == "counter" and isinstance(one["counter"], dict)
            else one
            for one in statements
        ]
    )


def _texts(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from _texts(value)
            yield from data
        case list() | tuple():
            for value in data:
                yield from _texts(value)
