"""The sample is a ruleset of ours, with a few tags."""

import json

import sqlalchemy as sa

from draftedit.firewall import export_ruleset, seed
from draftedit.firewall.models import Rule, Ruleset, Tag
from tests.firewall.listings import SAMPLE, comparable


def test_the_sample_is_seeded_with_its_tags(dbsession):
    assert seed(dbsession)

    after = export_ruleset(dbsession, "web-gateway")
    assert comparable(after) == comparable(json.loads(SAMPLE.read_text()))
    tagged = {
        tag: dbsession.scalars(
            sa.select(Rule.comment).where(Rule.tags.any(Tag.name == tag))
        ).all()
        for tag in dbsession.scalars(sa.select(Tag.name))
    }
    assert set(tagged) == {"public", "office", "management"}
    assert all(tagged.values())
    assert "the web server's front door" in tagged["public"]


def test_seeding_again_changes_nothing(dbsession):
    seed(dbsession)

    assert not seed(dbsession)

    assert dbsession.scalar(sa.select(sa.func.count()).select_from(Ruleset)) == 1


def test_tags_that_are_there_are_used(dbsession):
    dbsession.add(Tag(name="public"))
    dbsession.flush()

    seed(dbsession)

    names = dbsession.scalars(sa.select(Tag.name)).all()
    assert sorted(names) == ["management", "office", "public"]
