"""nft's JSON language, read and written: what goes in comes out.

`parse` takes what `nft -j list ruleset` prints apart into plain values, `render`
puts it together again: equal JSON but for the handles of tables, chains and rules,
which the kernel gives anew when it loads a ruleset. Rules that are not enabled are
left out, as a listing of nft never has any.
"""

from typing import Any

from draftedit.firewall import layout
from draftedit.firewall.parsing import Parser
from draftedit.firewall.reading import load
from draftedit.firewall.rendering import extra_of, usual_order
from draftedit.firewall.tree import RulesetValues

__all__ = ["load", "parse", "render"]


def parse(listing: Any) -> RulesetValues:
    """Take a listing apart, or raise BadListing."""
    return Parser(listing).parse()


def render(ruleset: RulesetValues) -> dict[str, Any]:
    """Put a listing together, or raise BadValue."""
    entries = layout.arrange(usual_order(ruleset), ruleset.layout)
    return extra_of(ruleset.extra, "the ruleset") | {"nftables": entries}
