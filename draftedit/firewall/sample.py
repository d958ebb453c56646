"""A sample ruleset to begin with: a small web gateway, with tags on its rules."""

from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.firewall import nft
from draftedit.firewall.importing import import_listing
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset, Tag

NAME = "web-gateway"

# A tag is put on every rule with one of these words in its comment.
_TAGS = {
    "public": ("web server", "HTTP/3"),
    "office": ("office",),
    "management": ("admins", "tries", "monitor"),
}


def seed(dbsession: Session) -> bool:
    """Import the sample and link its tags; return False if it is there already."""
    if dbsession.scalar(sa.select(Ruleset.id).where(Ruleset.name == NAME)):
        return False
    listing = nft.load(files(__package__).joinpath("sample.json").read_bytes())
    ruleset = import_listing(dbsession, listing, NAME)
    rules = _commented_rules(dbsession, ruleset)
    for name, words in _TAGS.items():
        tag = _tag(dbsession, name)
        for rule in rules:
            if any(word in str(rule.comment) for word in words):
                rule.tags.append(tag)
    dbsession.flush()
    return True


def _commented_rules(dbsession: Session, ruleset: Ruleset) -> list[Rule]:
    chains = (
        sa.select(Chain.id)
        .join(NftTable, NftTable.id == Chain.nft_table_id)
        .where(NftTable.ruleset_id == ruleset.id)
    )
    statement = sa.select(Rule).where(
        Rule.chain_id.in_(chains), Rule.comment.is_not(None)
    )
    return list(dbsession.scalars(statement.order_by(Rule.id)))


def _tag(dbsession: Session, name: str) -> Tag:
    tag = dbsession.scalar(sa.select(Tag).where(Tag.name == name))
    if tag is None:
        tag = Tag(name=name)
        dbsession.add(tag)
    return tag
