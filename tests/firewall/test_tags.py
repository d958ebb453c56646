"""A tag that rules have is not deleted below them: the refusal names the rules."""

import pytest
import sqlalchemy as sa

from draftedit import Delete
from draftedit.engine.base.errors import Refused
from draftedit.engine.base.keys import to_path
from draftedit.firewall import drafts
from draftedit.firewall.models import Rule, Tag, rule_tag
from tests.web.api.conftest import make_example, token_for
from tests.web.api.program import Program


@pytest.fixture
def used(dbsession_factory):
    """Make a tag that a rule of each of two rulesets has; return it and the rules."""
    with dbsession_factory.begin() as dbsession:
        examples = [make_example(dbsession, name) for name in ("office", "branch")]
        tag = dbsession.get(Tag, examples[0].tag)
        rules = [dbsession.get(Rule, one.rules[0]) for one in examples]
        for rule in rules:
            rule.tags.append(tag)
        return tag.id, [rule.id for rule in rules]


def message(tag, rules):
    links = ", ".join(to_path((rule, tag)) for rule in sorted(rules))
    return (
        "The row is deleted, but something outside this object refers to it:"
        f" rule_tag, {len(rules)} rows ({links})."
    )


def test_check_and_save_name_the_rules_that_have_it(dbsession, used):
    tag, rules = used
    edit = drafts.open(dbsession, Tag, tag, owner="ada")
    edit.apply(Delete("tag", edit.root))

    [problem] = edit.check().problems
    with pytest.raises(Refused) as refusal:
        edit.save()

    assert (problem.table, problem.key) == ("tag", edit.root)
    assert problem.message == message(tag, rules)
    assert refusal.value.problems == (problem,)
    assert dbsession.get(Tag, tag) is not None


def test_a_program_is_told_by_check_and_save(testapp, dbsession_factory, used):
    tag, rules = used
    with dbsession_factory.begin() as dbsession:
        ann = Program(testapp, token_for(dbsession, "ann"))
    draft = ann.open("tag", tag)
    draft.do("operations", {"op": "delete", "table": "tag", "id": [tag]})

    checked = draft.do("check").json
    refused = draft.do("save", status=422).json

    assert [one["message"] for one in checked["problems"]] == [message(tag, rules)]
    assert [one["message"] for one in refused["problems"]] == [message(tag, rules)]


def test_a_tag_that_no_rule_has_any_more_is_deleted(dbsession, used):
    tag, _ = used
    dbsession.execute(sa.delete(rule_tag))
    edit = drafts.open(dbsession, Tag, tag, owner="ada")
    edit.apply(Delete("tag", edit.root))
    edit.save()
    dbsession.expire_all()
    assert dbsession.get(Tag, tag) is None
