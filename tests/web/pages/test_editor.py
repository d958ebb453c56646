"""The editor: where one is, what is shown of it, and what was done."""

import pytest
import sqlalchemy as sa

from draftedit.engine.base.errors import Problem
from draftedit.engine.values.order_key import MAX_LENGTH, spread
from draftedit.firewall.models import Chain, NftTable, Rule, Tag
from draftedit.service.session import EditSession
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import edit_above, row_form, touch

pytestmark = on_one_database


@pytest.fixture
def many_rules(dbsession_factory, example):
    """Give the second chain more rows than a page shows."""
    with dbsession_factory.begin() as dbsession:
        dbsession.add_all(
            Rule(chain_id=example.output, place=place, comment=f"rule {number}")
            for number, place in enumerate(spread(120))
        )


def comments(person):
    return [row[1] for row in person.table()]


def test_pages_of_rows_follow_each_other(editor, many_rules):
    editor.click("output", inside=".tree")
    assert len(editor.table()) == 50
    editor.click("Next page")
    assert editor.table()[0][1] == "rule 50"
    editor.click("Next page")
    assert len(editor.table()) == 20
    assert editor.links("Next page") == []
    editor.click("First page")
    assert editor.table()[0][1] == "rule 0"


def test_a_form_leads_back_to_the_page_it_came_from(editor, many_rules):
    editor.click("output", inside=".tree").click("Next page")
    here = editor.path
    row_form(editor).press("Apply", v__comment="changed")
    assert editor.path == here


def test_a_new_row_is_shown_where_it_stands(editor, many_rules):
    editor.click("output", inside=".tree").click("New rule")
    editor.press("Add", v__comment="the last one")
    assert editor.table()[-1][1] == "the last one"
    assert editor.path.endswith("around=-1")


def test_search_and_changed_only_are_one_filter(editor, many_rules):
    editor.click("output", inside=".tree")
    form = editor.page.forms[next(iter(_search_forms(editor)))]
    editor.submit(form, status=200, q="RULE 11")
    assert comments(editor) == ["rule 11", *(f"rule {n}" for n in range(110, 120))]
    form = editor.page.forms[next(iter(_search_forms(editor)))]
    form["filter"].checked = True
    editor.submit(form, status=200, q="")
    assert "This draft changes no rules here." in editor.words(".empty p")
    editor.submit(form, status=200, q="nonsense")
    assert any("nonsense" in text for text in editor.words(".empty p"))


def _search_forms(person):
    for index, form in enumerate(person.soup().find_all("form")):
        if form.get("role") == "search":
            yield index


def test_the_tree_is_bounded_and_shows_where_one_is(editor, many_chains, example):
    start = editor.path.partition("?")[0]
    editor.go(f"{start}?part=chain&parent={example.table}")
    assert len(editor.words(".tree .row")) == 21  # the table and a page of chains
    editor.click("all of them …", inside=".tree")
    editor.click("zone-40", inside="tbody")
    assert editor.words(".tree [aria-current]") == ["zone-40"]
    assert len(editor.words(".tree .row")) == 21


def test_columns_that_say_nothing_are_left_out(editor):
    assert editor.words("thead th")[:3] == ["Rule", "Comment", "Enabled"]
    assert "Protocol" in editor.words(".left-out")[0]
    editor.click("New rule").press("Add", v__comment="x", v__action="drop")
    assert "Action" in editor.words("thead th")
    editor.click("Protocol", inside=".left-out")
    assert "Protocol" in editor.words("thead th")


def test_names_come_from_unique_columns(editor, example, dbsession_factory):
    with dbsession_factory.begin() as dbsession:
        dbsession.add(NftTable(ruleset_id=example.ruleset, family="ip", name="filter"))
    editor.click("office", inside=".crumbs")
    assert editor.words("tbody th") == ["inet filter", "ip filter"]


def test_a_reference_is_shown_by_name_and_told_in_the_journal(editor, example):
    row_form(editor)
    editor.press("Apply", v__jump_id=_option(editor, "output"))
    assert "output" in editor.table()[0]
    told = editor.words(".journal .what")[0]
    named = f"Rule {example.rules[0]} “web” in input"
    assert told == f"{named}: jump to none becomes output"


def _option(editor, label):
    option = next(
        o for o in editor.soup().select("#f-jump_id option") if o.get_text() == label
    )
    return option["value"]


def test_rows_of_the_same_name_are_told_apart_in_choices(
    editor, example, dbsession_factory
):
    with dbsession_factory.begin() as dbsession:
        other = NftTable(ruleset_id=example.ruleset, family="ip", name="nat")
        other.chains = [Chain(name="output", place=spread(1)[0])]
        dbsession.add(other)
    row_form(editor)
    labels = editor.words("#f-jump_id option")
    assert labels[:2] == ["none", "input"]
    assert labels[2:] == ["Chain output in inet filter", "Chain output in ip nat"]


def test_a_row_moves_to_another_parent(editor):
    row_form(editor)
    form = next(f for f in editor.page.forms.values() if "to" in f.fields)
    target = next(o[0] for o in form["to"].options if "output" in o[2])
    editor.submit(form, status=200, to=target)
    editor.submit(editor.page.forms["move-form"])
    assert [row[1] for row in editor.table()] == ["mail", "ssh"]
    assert " “web” to chain output" in editor.words(".journal .what")[0]
    editor.click("output", inside=".tree")
    assert editor.words("tr .state") == ["moved"]
    editor.click("Review and save …")
    assert editor.words(".change .before, .change .after") == ["input", "output"]


def test_the_tree_offers_the_parents_that_rows_can_be_moved_to(
    editor, example, dbsession_factory
):
    with dbsession_factory.begin() as dbsession:
        dbsession.add(NftTable(ruleset_id=example.ruleset, family="ip", name="nat"))

    assert _offered(editor) == ["chain output"]  # where they are already is no other
    start = editor.path.partition("?")[0]
    editor.go(f"{start}?part=chain&parent={example.table}")
    assert _offered(editor) == ["table ip nat"]
    editor.click("Tables", inside=".tree")
    assert _offered(editor) == []  # they have no order

    live = f"/objects/ruleset/{example.ruleset}"
    editor.go(f"{live}?part=rule&parent={example.input}")
    assert _offered(editor) == []
    assert not editor.soup().select("[data-moves], [data-handle]")


def test_nothing_can_be_moved_in_a_draft_that_is_closed(editor):
    here = editor.path
    assert editor.soup().select("table[data-moves] [data-handle]")
    editor.press("Cancel draft").go(here)
    assert _offered(editor) == []
    assert not editor.soup().select("[data-moves], [data-handle]")


def _offered(editor):
    return [one["data-told"] for one in editor.soup().select(".tree [data-id]")]


def test_rows_that_have_no_order_are_not_moved(editor):
    editor.click("office", inside=".crumbs")
    assert editor.soup().select("table[data-table]:not([data-moves])")
    assert not editor.soup().select("[data-handle]")


def test_a_page_says_that_rows_stand_before_it(editor, many_rules):
    editor.click("output", inside=".tree")
    assert not editor.soup().select("tbody[data-begun]")
    editor.click("Next page")
    assert editor.soup().select("tbody[data-begun]")


def test_places_among_many_are_searched(editor, many_rules):
    editor.click("output", inside=".tree")
    row_form(editor)
    form = next(f for f in editor.page.forms.values() if "sq" in f.fields)
    editor.submit(form, status=200, sq="rule 119")
    form = editor.page.forms["move-form"]
    after = [o[0] for o in form["after"].options if "rule 119" in o[2]]
    editor.submit(form, after=after[0])
    editor.click("Next page").click("Next page")
    assert editor.table()[-1][1] == "rule 0"


def test_one_is_added_after_another(editor):
    row_form(editor).click("Add one after this").press("Add", v__comment="between")
    assert comments(editor) == ["web", "between", "mail", "ssh"]


def test_the_journal_is_bounded_and_goes_back(editor):
    for number in range(17):
        touch(editor, f"step {number}")
    assert len(editor.words(".journal li")) == 15
    editor.click("Earlier steps")
    assert editor.words(".journal .what")[-1] == "Opened on revision 0"
    editor.press("Undo to here")
    assert "step 1" in editor.table()[0][1]
    assert editor.buttons("Redo: ")


def test_undo_tells_what_it_will_undo_even_far_from_it(editor):
    for number in range(20):
        touch(editor, f"step {number}")
    editor.press("Undo all")
    assert editor.buttons("Undo: ") == []
    assert editor.buttons("Redo: ")[0].startswith("Redo: Rule ")


def test_misfits_are_named_and_block_saving_but_not_reading(editor, monkeypatch):
    touch(editor)
    problem = Problem("“old” no longer fits.", table="rule", key=(0,), field="comment")
    gone = Problem("There is no more.", table="gone", key=(1,), field="x")
    monkeypatch.setattr(EditSession, "misfits", lambda self: [problem, gone])
    editor.go(editor.path)
    notice = editor.words(".notice.bad")[0]
    assert "“old” no longer fits." in notice
    assert "Rule 0" in notice
    editor.click("Review and save …")
    form = editor.page.forms["save-form"]
    editor.submit(form, status=409)
    answer = editor.browser.get(editor.links("Keep the draft as JSON")[0])
    assert answer.json["changes"]
    editor.press("Cancel draft")
    assert editor.words("h1") == ["My drafts"]


def test_an_object_without_parts_has_its_values_alone(ann, example):
    ann.go(f"/objects/tag/{example.tag}").press("Edit in a draft")
    assert ann.words(".tree") == []
    edit_above(ann).press("Apply", v__name="renamed")
    assert ann.words("h1") == ["renamed"]


def test_places_that_are_not_there(editor, example):
    path = editor.path.partition("?")[0]
    for query, status in (
        ("part=nonsense", 404),
        ("part=rule_tag&parent=1", 404),
        ("part=rule&parent=999999", 404),
        ("part=rule", 404),
        ("part=rule&parent=~9", 404),
        (f"part=rule&parent={example.input}&after=nonsense", 400),
        (f"part=rule&parent={example.input}&around=999999", 404),
        ("journal=nonsense", 400),
    ):
        answer = editor.browser.get(f"{path}?{query}", status=status)
        assert answer.html.h1.get_text(), query
    for row in ("nonsense/1", "rule/999999", "rule/~9", "rule/x", "nonsense/new"):
        editor.browser.get(f"{path}/rows/{row}", status=404)
    editor.browser.get(f"{path}/rows/ruleset/new", status=404)
    editor.browser.get(f"{path}/rows/rule/new", status=404)


def test_a_row_is_found_without_knowing_its_parent(editor, example):
    path = editor.path.partition("?")[0]
    editor.go(f"{path}?part=rule&around={example.rules[1]}")
    assert comments(editor) == ["web", "mail", "ssh"]


def test_a_search_that_found_nothing_yet_goes_on(editor, many_rules, monkeypatch):
    monkeypatch.setattr("draftedit.engine.reading.view.SCANNED", 20)
    monkeypatch.setattr("draftedit.engine.reading.binds.SCANNED", 20)
    editor.click("output", inside=".tree")
    form = editor.page.forms[next(iter(_search_forms(editor)))]
    editor.submit(form, status=200, q="rule 11")
    assert comments(editor) == ["rule 11"]
    editor.click("Search on")
    assert "so far" in editor.words(".empty p")[0]


def test_a_parent_to_move_to_that_is_not_there_is_not_taken(editor):
    row_form(editor)
    path = editor.path.partition("?")[0]
    editor.go(f"{path}?to=999999")
    form = next(f for f in editor.page.forms.values() if "to" in f.fields)
    assert "input" in form["to"].options[0][2]


def test_a_search_does_not_hurt_where_there_is_nothing_to_choose(editor):
    form = row_form(editor).page.forms["row"]
    fields = {name: form[name].value for name in ("csrf_token", "version")}
    fields |= {"op": "set", "table": "rule", "id": form["id"].value}
    fields |= {"q.comment": "x", "v.comment": "y"}
    editor.browser.post(form.action, fields, status=303)


def test_a_changed_name_shows_what_it_was(editor):
    edit_above(editor).press("Apply", v__name="renamed")
    editor.click("inet filter", inside=".crumbs")
    assert editor.words("tr.changed th .was del") == ["input"]
    assert "renamed" in editor.words("tr.changed th")[0]


def test_a_refusal_on_a_page_that_is_not_there_shows_the_first(editor):
    form = editor.page.forms["cancel"]
    fields = {name: form[name].value for name in ("csrf_token", "version")}
    path = editor.path.partition("?")[0]
    for back in (f"{path}?part=nonsense", f"{path}?after=x", f"{path}?parent=~9"):
        answer = editor.browser.post(
            f"{path}/redo", fields | {"back": back}, status=409
        )
        assert answer.html.h1.get_text() == "office"


def test_a_closed_draft_that_deleted_its_object_leads_to_the_history(editor):
    start = editor.path
    editor.click("office", inside=".crumbs")
    edit_above(editor).submit(editor.page.forms["delete-form"])
    editor.click("Review and save …").press("Save as revision 1")
    editor.go(start).click("What is saved now")
    assert editor.words(".notice.warn") == [
        "This object was deleted. Its history stays."
        " Revert to a revision that had it, and it comes back."
    ]


def test_rows_added_at_one_place_are_shown_where_they_stand(editor, example):
    path = editor.path.partition("?")[0]
    query = f"parent={example.input}&after={example.rules[0]}"
    for number in range(3):
        editor.go(f"{path}/rows/rule/new?{query}").press("Add", v__comment=str(number))
    assert comments(editor) == ["web", "2", "1", "0", "mail", "ssh"]


def test_what_is_gone_from_elsewhere_is_called_by_its_key(
    editor, example, dbsession_factory
):
    row_form(editor)
    form = editor.page.forms["link-rule_tag"]
    editor.submit(form, v__tag_id=str(example.tag)).click("Back to the rows")
    assert editor.words("tr .chips .value") == ["tag of office"]
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.delete(Tag))

    editor.go(editor.path)

    assert editor.words("tr .chips .value") == [str(example.tag)]


def test_a_new_row_that_others_make_room_for_is_shown_where_it_stands(
    editor, example, dbsession_factory
):
    first, second, _ = example.rules
    with dbsession_factory.begin() as dbsession:
        low = dbsession.get_one(Rule, first)
        # No key of the longest length fits between these two.
        end = low.place + "1".rjust(MAX_LENGTH - len(low.place), "0")
        dbsession.get_one(Rule, second).place = end
    path = editor.path.partition("?")[0]
    query = f"parent={example.input}&after={first}"

    editor.go(f"{path}/rows/rule/new?{query}").press("Add", v__comment="new")

    assert editor.path.endswith("around=-1")
    assert comments(editor) == ["web", "new", "mail", "ssh"]
