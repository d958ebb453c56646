"""Bundled host: packet-filter rulesets, and their registration with the engine.

This is the composition root: delete this folder, its tests and the two lines of the
ready application that name it, and the rest works.
"""

from draftedit.app.models.meta import Base
from draftedit.firewall import checks, jumps, kept, notes
from draftedit.firewall.depth import in_depth
from draftedit.firewall.errors import BadListing, BadValue, NameRefused
from draftedit.firewall.exporting import export_ruleset
from draftedit.firewall.importing import analyze, import_listing
from draftedit.firewall.models import Chain, Rule, Ruleset, Tag
from draftedit.firewall.nft import load
from draftedit.firewall.nft_types import _
from draftedit.firewall.sample import seed
from draftedit.service.drafts import Drafts

__all__ = [
    "BadListing",
    "BadValue",
    "NameRefused",
    "analyze",
    "drafts",
    "export_ruleset",
    "import_listing",
    "load",
    "seed",
]

drafts = Drafts(Base.metadata, prefix="")  # the database is the application's own
drafts.target(
    Ruleset,
    label=Ruleset.name,
    order={Chain: Chain.place, Rule: Rule.place},
)
drafts.target(Tag, label=Tag.name)
for check in (
    checks.rule_values,
    checks.base_chains,
    kept.kept_values,
    jumps.same_table,
    jumps.no_loops,
):
    drafts.check(Ruleset)(check)
drafts.note(Ruleset)(notes.nft_notes)
drafts.task(Ruleset, label=_("Check in depth"))(in_depth)
