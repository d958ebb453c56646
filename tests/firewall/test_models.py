"""The models say what the engine and the forms need to know."""

import warnings

import pytest
import sqlalchemy as sa

from draftedit.app.models.meta import Base
from draftedit.firewall import drafts
from draftedit.firewall.models import Chain, Rule, Ruleset, Tag
from draftedit.service.drafts import Drafts


def test_rulesets_and_tags_are_targets():
    assert {name: list(one.tables) for name, one in drafts.targets.items()} == {
        "ruleset": ["ruleset", "nft_table", "chain", "rule", "rule_tag"],
        "tag": ["tag"],
    }


def test_no_index_is_missing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = Drafts(Base.metadata)
        again.target(
            Ruleset,
            label=Ruleset.name,
            order={Chain: Chain.place, Rule: Rule.place},
        )
        again.target(Tag, label=Tag.name)


@pytest.mark.parametrize("part", ["nft_table", "chain", "rule"])
def test_a_page_is_a_range_of_an_index(part):
    found = drafts.targets["ruleset"].tables[part]
    order = [found.order] if found.order else []
    wanted = [*found.parent_fields, *order, *found.key]

    indexes = [
        [column.name for column in index.columns] for index in found.live.indexes
    ]

    assert wanted in indexes


def test_every_foreign_key_has_an_index():
    for part in drafts.targets["ruleset"].tables.values():
        keys = [
            part.live.primary_key.columns,
            *(index.columns for index in part.live.indexes),
            *(
                one.columns
                for one in part.live.constraints
                if isinstance(one, sa.UniqueConstraint)
            ),
        ]
        first = {next(iter(columns)).name for columns in keys}
        assert {key.parent.name for key in part.live.foreign_keys} <= first


def test_every_field_that_is_filled_by_hand_has_a_label_and_a_help():
    for target in drafts.targets.values():
        for part in target.tables.values():
            for field in part.fields.values():
                if field.settable:
                    assert field.column.info["label"]
                    assert field.help


def test_the_layout_is_not_for_editing():
    assert drafts.targets["ruleset"].root.fields["layout"].read_only
