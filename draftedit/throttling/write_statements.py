"""Recognise statements that write rows by their text, such as INSERT and UPDATE."""

import re
from functools import lru_cache

WRITES = frozenset({"insert", "update", "delete", "replace", "merge"})
_MAIN = WRITES | {"select", "values", "table"}
LONGEST = 10_000  # characters inspected; the kind of a statement shows early

# What may precede the first word: blanks, comments, opening brackets.
_FIRST = re.compile(r"(?:[\s(]|--[^\n]*|\#[^\n]*|/\*.*?\*/)*(\w*)", re.DOTALL)
# Strings, quoted names and comments are skipped; what is left is words and signs.
_TOKENS = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$
    |(?P<word>\w+)|(?P<sign>[()])""",
    re.DOTALL | re.VERBOSE,
)


@lru_cache(maxsize=1000)
def writes(statement: str) -> bool:
    """Return whether a statement writes rows."""
    text = statement[:LONGEST]
    found = _FIRST.match(text)
    first = found[1].lower() if found else ""
    return first in WRITES or (first == "with" and _with_writes(text))


def _with_writes(text: str) -> bool:
    """Return whether a WITH writes, in its statement or a table expression."""
    depth, before = 0, ("", "")
    for token in _TOKENS.finditer(text):
        word = (token["word"] or token["sign"] or "").lower()
        if word in WRITES and before[1] == "(" and before[0] in ("as", "materialized"):
            return True
        if depth == 0 and word in _MAIN:
            return word in WRITES
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word:
            before = before[1], word
    return False
