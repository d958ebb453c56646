"""Detect entries that nft lists but cannot read back; they are kept and reported.

nft has no JSON for some statements (`update @m { ip saddr : 2 }` into a map, chains
within a rule): it lists them as a text, or leaves them out. It lists the statements of
iptables' own modules, too, and reads none of these.
"""

from typing import Any

from draftedit.firewall.nft_types import _
from draftedit.firewall.ruleset_values import Entry

# Messages about one row; the first of `n`.
WHY = {
    "xt": _(
        "nft was not asked: it lists rules that iptables has made (xt), but cannot"
        " read them back; there are ${n}, and this is the first."
    ),
    "text": _(
        "nft was not asked: it lists rules with statements in plain text, which it"
        " cannot read back; there are ${n}, and this is the first."
    ),
    "unlisted": _(
        "nft was not asked: it lists rules without saying what they do, which it cannot"
        " read back; there are ${n}, and this is the first."
    ),
}


def unreadable(listing: dict[str, Any]) -> dict[str, list[int]]:
    """Return the indexes of entries that nft would not read, by reason."""
    found: dict[str, list[int]] = {}
    for index, entry in enumerate(listing["nftables"]):
        reason = _reason(entry)
        if reason is not None:
            found.setdefault(reason, []).append(index)
    return found


def _reason(entry: Entry) -> str | None:
    match entry:
        case {"rule": {"expr": [*statements]}}:
            if any(isinstance(one, dict) and "xt" in one for one in statements):
                return "xt"
            return "text" if any(isinstance(one, str) for one in statements) else None
        case {"rule": dict() as body} if "expr" not in body:
            return "unlisted"
    return None
