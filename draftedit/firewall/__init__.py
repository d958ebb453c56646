"""The bundled host: packet-filter rulesets, and where they meet the engine.

This is the composition root: delete this folder, its tests and the two lines of the
ready application that name it, and the rest works.
"""

from draftedit.drafts import Drafts
from draftedit.firewall.models import Chain, Rule, Ruleset, Tag
from draftedit.models.meta import Base

drafts = Drafts(Base.metadata)
drafts.target(
    Ruleset,
    label=Ruleset.name,
    order={Chain: Chain.place, Rule: Rule.place},
)
drafts.target(Tag, label=Tag.name)
