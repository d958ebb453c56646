"""Notes from nft about a draft, beside the problems of a check; they stop nothing."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from draftedit.engine.draft.checks import DraftReader, DraftRow
from draftedit.engine.draft.notes import Ask, Note
from draftedit.firewall import nft, nft_program
from draftedit.firewall.drafted import DraftedRuleset, RulesetTooLarge
from draftedit.firewall.errors import BadValue
from draftedit.firewall.nft_types import _
from draftedit.firewall.unreadable import WHY, unreadable

ROWS = 5_000  # most tables, chains and rules that are read for one answer

_PLACE = re.compile(r"^\S*internal:[\d:-]+:? (?:Error: )?")
_INDEX = re.compile(r"Parsing command array at index (\d+) failed")
_INSIDE = re.compile(r"Parsing \w+ array at index \d+ failed")


def nft_notes(draft: DraftReader) -> Iterator[Note | Ask]:
    """Ask nft whether it would load the ruleset, if nft is installed."""
    if not list(draft.rows("ruleset")) or not nft_program.is_installed():
        return
    try:
        drafted = DraftedRuleset(draft, ROWS)
        listing = nft.render(drafted.values)
    except RulesetTooLarge:
        text = _("nft was not asked: more than ${n} rows.", mapping={"n": ROWS})
        yield Note(text)
    except BadValue as error:
        yield Note(_("nft cannot be asked: ${why}", mapping={"why": str(error)}))
    else:
        yield partial(_asked, drafted, listing)


def _asked(drafted: DraftedRuleset, listing: dict[str, Any]) -> Iterator[Note]:
    if not nft_program.is_there():
        return
    if found := unreadable(listing):
        for reason, indexes in found.items():
            text = _(WHY[reason], mapping={"n": len(indexes)})
            yield _note(text, _row_of(drafted, listing, indexes[0]))
        return
    try:
        until = nft_program.deadline()
        complaints = nft_program.complaints(listing, until)
        if not complaints:
            yield Note(_("nft would load this ruleset."))
        for line, index in _with_places(listing, complaints, until):
            row = _row_of(drafted, listing, index)
            text = _(
                "nft, in a network without interfaces, says: ${what}",
                mapping={"what": line},
            )
            yield _note(text, row)
    except nft_program.Unanswered:
        yield Note(_("nft was asked, but did not answer in time."))


def _note(text: str, row: DraftRow | None) -> Note:
    return Note(text, row.table, row.key) if row else Note(text)


def _with_places(
    listing: dict[str, Any], complaints: list[str], until: float
) -> Iterator[tuple[str, int]]:
    """Yield nft's complaints, each with the index of the entry that it is about."""
    lines = dict.fromkeys(_PLACE.sub("", line) for line in complaints)
    # A syntax error ends the output: its last line has the place, its first the reason.
    for line in lines:
        if found := _INDEX.search(line):
            first = next((one for one in lines if not _INSIDE.search(one)), line)
            yield first, int(found[1])
            return
    for line in lines:
        yield line, _first_refused(listing, line, until)


def _first_refused(listing: dict[str, Any], line: str, until: float) -> int:
    """Find the entry that nft complains about, as the kernel's refusals name none.

    Bisects: the shortest beginning of the listing with the same complaint.
    """
    entries = listing["nftables"]
    fine, refused = 0, len(entries)
    while refused - fine > 1:
        middle = (fine + refused) // 2
        complaints = nft_program.complaints(
            listing | {"nftables": entries[:middle]}, until
        )
        if any(_PLACE.sub("", one) == line for one in complaints):
            refused = middle
        else:
            fine = middle
    return refused - 1


def _row_of(
    drafted: DraftedRuleset, listing: dict[str, Any], index: int
) -> DraftRow | None:
    """Return the row that an entry of the listing was made from, if there is one."""
    entries = listing["nftables"]
    [(kind, body)] = entries[index].items() if index < len(entries) else [("", {})]
    if kind == "rule":
        before = [entry["rule"] for entry in entries[:index] if "rule" in entry]
        place = sum(1 for one in before if _chain_of(one) == _chain_of(body))
        return drafted.rule(*_chain_of(body), place)
    if kind == "chain":
        return drafted.chain(body.get("family"), body.get("table"), body.get("name"))
    return None


def _chain_of(rule: dict[str, Any]) -> tuple[Any, Any, Any]:
    return rule.get("family"), rule.get("table"), rule.get("chain")
