"""A person on a small object of the ready application."""

import pytest

from draftedit import Set, firewall
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, Ruleset
from draftedit.service import task_results
from tests.functional.person import Person
from tests.web.api.conftest import Example, make_example
from tests.web.pages.test_form_errors import row_form, touch


@pytest.fixture
def example(dbsession_factory) -> Example:
    with dbsession_factory.begin() as dbsession:
        return make_example(dbsession)


@pytest.fixture
def person(login):
    """Return `person(name, role="editor")`: someone who has signed in."""
    return lambda name, role="editor": Person(login(name, role))


@pytest.fixture
def ann(person) -> Person:
    return person("ann")


@pytest.fixture
def editor(ann, example) -> Person:
    """Return ann in a new draft, at the three rows of `example`."""
    ann.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
    return ann.click("inet filter", inside=".tree").click("input", inside=".tree")


@pytest.fixture
def busy(editor, example, dbsession_factory) -> Person:
    """Leave a draft with changes of every kind, and one that conflicts."""
    touch(editor)
    with dbsession_factory.begin() as dbsession:
        task_results.want(
            firewall.drafts, dbsession, Ruleset, example.ruleset, "in_depth", by="bob"
        )
        other = firewall.drafts.open(dbsession, Ruleset, example.ruleset, owner="bob")
        other.apply(Set("rule", example.rules[0], comment="theirs"))
        other.save()
    editor.press(editor.buttons("Delete ")[1])
    editor.click("New rule").press("Add", v__comment="<b>ü</b> & \"'")
    form = row_form(editor).page.forms["link-rule_tag"]
    editor.submit(form, v__tag_id=form["v.tag_id"].options[1][0])
    return editor


@pytest.fixture
def many_chains(dbsession_factory, example) -> list[str]:
    """Give the object more rows than a form offers at once."""
    with dbsession_factory.begin() as dbsession:
        names = [f"zone-{number}" for number in range(60)]
        dbsession.add_all(
            Chain(nft_table_id=example.table, name=name, place=place)
            for name, place in zip(names, spread(60), strict=True)
        )
    return names
