"""What nft thinks of a draft: told beside the problems of a check, stopping nothing."""

import re
from collections.abc import Iterator
from typing import Any

from draftedit.engine.checks import DraftReader, DraftRow, Note
from draftedit.firewall import nft, program
from draftedit.firewall.columns import _
from draftedit.firewall.drafted import DraftedRuleset, TooLarge
from draftedit.firewall.errors import BadValue

ROWS = 5_000  # tables, chains and rules that are read for one answer

_PLACE = re.compile(r"^\S*internal:[\d:-]+:? (?:Error: )?")
_INDEX = re.compile(r"Parsing command array at index (\d+) failed")
_INSIDE = re.compile(r"Parsing \w+ array at index \d+ failed")


def what_nft_says(draft: DraftReader) -> Iterator[Note]:
    """Ask nft whether it would load the ruleset, where there is an nft to ask."""
    if not list(draft.rows("ruleset")) or not program.is_there():
        return
    try:
        drafted = DraftedRuleset(draft, ROWS)
        listing = nft.render(drafted.values)
    except TooLarge:
        text = _("nft was not asked: more than ${n} rows.", mapping={"n": ROWS})
        yield Note(text)
    except BadValue as error:
        yield Note(_("nft cannot be asked: ${why}", mapping={"why": str(error)}))
    else:
        yield from _asked(drafted, listing)


def _asked(drafted: DraftedRuleset, listing: dict[str, Any]) -> Iterator[Note]:
    if any(_is_of_iptables(entry) for entry in listing["nftables"]):
        yield Note(
            _(
                "nft was not asked: it lists rules that iptables has made (xt), but"
                " cannot read them back."
            )
        )
        return
    try:
        until = program.deadline()
        said = program.complaints(listing, until)
        if not said:
            yield Note(_("nft would load this ruleset."))
        for line, index in _with_places(listing, said, until):
            row = _row_of(drafted, listing, index)
            text = _(
                "nft, in a network without interfaces, says: ${what}",
                mapping={"what": line},
            )
            yield Note(text, row.table, row.key) if row else Note(text)
    except program.Unanswered:
        yield Note(_("nft was asked, but did not answer in time."))


def _is_of_iptables(entry: dict[str, Any]) -> bool:
    match entry:
        case {"rule": {"expr": [*statements]}}:
            return any(type(one) is dict and "xt" in one for one in statements)
    return False


def _with_places(
    listing: dict[str, Any], said: list[str], until: float
) -> Iterator[tuple[str, int]]:
    """Yield what nft says, and the entry of the listing that it is about."""
    lines = dict.fromkeys(_PLACE.sub("", line) for line in said)
    # What it cannot read ends it: the last line has the place, the first the reason.
    for line in lines:
        if found := _INDEX.search(line):
            first = next((one for one in lines if not _INSIDE.search(one)), line)
            yield first, int(found[1])
            return
    for line in lines:
        yield line, _first_refused(listing, line, until)


def _first_refused(listing: dict[str, Any], line: str, until: float) -> int:
    """Find the entry that nft says this about: of what the kernel refuses it is silent.

    By halves: the shortest beginning of the listing of which it says the same.
    """
    entries = listing["nftables"]
    fine, refused = 0, len(entries)
    while refused - fine > 1:
        middle = (fine + refused) // 2
        said = program.complaints(listing | {"nftables": entries[:middle]}, until)
        if any(_PLACE.sub("", one) == line for one in said):
            refused = middle
        else:
            fine = middle
    return refused - 1


def _row_of(
    drafted: DraftedRuleset, listing: dict[str, Any], index: int
) -> DraftRow | None:
    """Return the row that an entry of the listing was made of, if it is one."""
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
