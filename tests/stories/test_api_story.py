"""The whole loop over the API alone, on a real ruleset and three databases."""

import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from draftedit.firewall.importing import import_listing
from tests.stories.story import ALL_KINDS, LENGTH, Story
from tests.web.api.conftest import token_for
from tests.web.api.program import Program

OURS = Path(__file__).parent.parent / "firewall" / "listings"


def listing(name: str) -> dict:
    """Return a real listing where the environment has one, else one of ours."""
    data = os.environ.get("DRAFTEDIT_DATA")
    if data:
        return json.loads((Path(data) / "nft" / f"{name}.json").read_text())
    return json.loads(next(iter(sorted(OURS.glob("*.json")))).read_text())


@pytest.fixture
def program(dbsession_factory, new_testapp):
    with dbsession_factory.begin() as dbsession:
        token = token_for(dbsession, "ada")
    return Program(new_testapp(), token)


def test_a_real_ruleset_is_edited_at_random_undone_redone_and_saved(
    dbsession_factory, program, dice, connection, rounds
):
    with dbsession_factory.begin() as dbsession:
        ruleset = import_listing(dbsession, listing("docker-host"), "docker").id
        other = import_listing(dbsession, listing("workstation"), "other").id
    stranger = Story(program, "ruleset", other, dice)
    untouched = stranger.live()
    story = Story(program, "ruleset", ruleset, dice)

    saved = story.tell(min(rounds(LENGTH), LENGTH))

    assert saved["revision"] == 1
    assert set(story.made) == ALL_KINDS
    assert stranger.live() == untouched
    replaced = connection.execute(
        sa.text(
            "SELECT id, revision, replaced_at FROM rule_history WHERE root = :root"
        ),
        {"root": str(ruleset)},
    ).all()
    assert replaced
    assert {row.revision for row in replaced} == {1}
    assert all(row.replaced_at for row in replaced)
