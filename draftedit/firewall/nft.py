"""Parse and render nft's JSON listings without loss.

`parse` turns the output of `nft -j list ruleset` into plain values, `render` turns them
back: equal JSON but for the handles of tables, chains and rules, which the kernel
assigns when it loads a ruleset. Disabled rules are left out, because a listing of nft
has none.
"""

from typing import Any

from draftedit.firewall import entry_order
from draftedit.firewall.parsing import Parser
from draftedit.firewall.reading import load
from draftedit.firewall.rendering import extra_of, usual_order
from draftedit.firewall.ruleset_values import RulesetValues

__all__ = ["load", "parse", "render"]


def parse(listing: Any) -> RulesetValues:
    """Parse a listing; raise BadListing if it is not one."""
    return Parser(listing).parse()


def render(ruleset: RulesetValues) -> dict[str, Any]:
    """Render a listing; raise BadValue if a value cannot be expressed."""
    entries = entry_order.arrange(usual_order(ruleset), ruleset.layout)
    return extra_of(ruleset.extra, "the ruleset") | {"nftables": entries}
