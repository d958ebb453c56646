"""Long check of a whole ruleset: rules that can never match and unreachable chains.

It reports only what is certain, from the statements that nft would be given: if it does
not know a statement, it reports nothing that depends on it. A problem that it does not
find may still exist.
"""

from draftedit.firewall.depth.depth_task import in_depth

__all__ = ["in_depth"]
