"""The long check of a whole ruleset: what can never match, and what nobody reaches.

It claims only what is certain, from the statements that nft would be given: where it
does not know a statement, it says nothing that depends on it. What it does not find may
still be there.
"""

from draftedit.firewall.depth.task import in_depth

__all__ = ["in_depth"]
