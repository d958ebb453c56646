"""Conflicts on their page: what is asked, what is kept, what cannot be chosen."""

import hypothesis
import hypothesis.strategies as st
import pytest
import sqlalchemy as sa

from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import edit_above, row_form, touch
from tests.web.pages.test_fuzz import TEXTS
from tests.web.pages.test_growth import grow, statements  # noqa: F401 — a fixture
from tests.web.pages.test_markup import check, check_strictness

# What conflicts are, and what choices do, is shown on every database without pages.
pytestmark = on_one_database

NEW = "v.chain/-1/name"


@pytest.fixture
def bob(person, example):
    """Return `bob(*steps)`: another user opens a draft, does these, and saves."""

    def bob(*steps, name="bob"):
        other = person(name).go(f"/objects/ruleset/{example.ruleset}")
        other.press("Edit in a draft")
        for step in steps:
            other.click("inet filter", inside=".tree").click("input", inside=".tree")
            step(other)
        other.click("Review and save …").press(other.buttons("Save as")[0])
        return other

    return bob


def set_rule(index=0, **values):
    fields = {f"v__{name}": value for name, value in values.items()}
    return lambda person: row_form(person, index).press("Apply", **fields)


def go_to_conflicts(person):
    return person.go(f"{draft_of(person)}/conflicts")


def draft_of(person):
    return person.page.forms["bring-in"].action.rsplit("/", 1)[0]


@pytest.fixture
def torn(editor, bob):
    """Return ann at two conflicts in the first rule and one in the second."""
    start = editor.path
    set_rule(0, comment="mine", protocol="udp")(editor)
    set_rule(1, comment="mine")(editor)
    bob(set_rule(0, comment="theirs", protocol="tcp"), set_rule(1, comment="theirs"))
    return go_to_conflicts(editor.go(start))


def form_of(person):
    return person.page.forms["rebase"]


def takes(person):
    return [name for name in form_of(person).fields if (name or "").startswith("take.")]


def test_the_page_keeps_the_promises_of_every_page(torn):
    for _ in range(2):
        check("conflicts", torn.soup())
        check_strictness("conflicts", torn.soup())
        assert torn.page.headers["Cache-Control"] == "no-store"
        torn.submit(form_of(torn), 409)
    assert torn.words("title")[0].startswith("Error:")
    assert len(torn.soup().select(".errors a")) == 3


def test_a_whole_row_can_be_decided_at_once(torn, example):
    web, mail, _ssh = example.rules
    row = f"row.rule/{web}"
    assert [n for n in form_of(torn).fields if (n or "").startswith("row.")] == [row]
    torn.submit(form_of(torn), 409, **{row: "live"})
    assert form_of(torn)[row].value == "live"
    assert len(torn.words(".conflict.wrong")) == 1
    comment = f"take.rule/{web}/comment"
    torn.submit(
        form_of(torn), **{comment: "draft", f"take.rule/{mail}/comment": "base"}
    )
    torn.click("inet filter", inside=".tree").click("input", inside=".tree")
    assert {"mine", "tcp"} <= set(torn.table()[0])
    assert "mail" in torn.table()[1]


def test_all_that_is_undecided_is_decided_at_once_and_undone(torn):
    torn.submit(form_of(torn), all="live")
    assert torn.words(".notice.good") == ["Came in: revision 1 by bob."]
    torn.press("Undo all")
    assert torn.words(".came") == []


def test_what_is_live_moves_on_while_one_decides(torn, bob):
    first, *_ = takes(torn)
    form = form_of(torn)
    bob(set_rule(0, comment="once more"))
    torn.submit(form, 409, all="live", **{first: "draft"})
    assert "has changed since this page was shown" in torn.words(".notice.bad")[0]
    assert "once more" in torn.words(".side .shown")
    assert form_of(torn)[first].value == "draft"
    assert form_of(torn)["all"].value == "live"
    torn.submit(form_of(torn))
    assert torn.words(".notice.good") == ["Came in: revisions 1 and 2 by bob."]


def test_conflicts_that_are_gone_meanwhile_are_not_decided_blindly(torn, bob):
    form = form_of(torn)
    back = {"v__comment": "web", "v__protocol": "", "null__protocol": True}
    bob(
        lambda other: row_form(other).press("Apply", **back),
        set_rule(1, comment="mail"),
    )
    torn.submit(form, 409, all="live")
    assert torn.words(".empty strong") == ["There are no conflicts."]
    assert "has changed since this page was shown" in torn.words(".notice.bad")[0]
    torn.submit(form_of(torn))


def test_a_choice_about_no_conflict_is_not_made(torn):
    form = form_of(torn)
    fields = dict(form.submit_fields()) | {
        "all": "live",
        "take.rule/9/comment": "draft",
    }
    torn.browser.post(form.action, fields, status=409)


def test_a_stale_page_keeps_the_choices(torn, person):
    other = person("ann").go(torn.path)
    first, *_ = takes(other)
    draft = torn.path.rsplit("/", 1)[0]
    torn.go(draft)
    torn.press(torn.buttons("Undo")[0])
    other.submit(form_of(other), 412, **{first: "live"})
    assert "changed in the meantime" in other.words(".notice.bad")[0]
    assert form_of(other)[first].value == "live"


def test_a_closed_draft_is_shown(torn, person):
    page = torn.path
    other = person("ann").go(page)
    torn.go(page.rsplit("/", 1)[0]).press("Cancel draft")
    other.submit(form_of(other), 409)
    assert "closed" in other.words(".notice.bad")[0]
    answer = other.browser.get(page, status=303)
    assert answer.location.endswith(page.rsplit("/", 1)[0])


def test_the_address_of_a_rebase_leads_to_the_page_that_asks(torn):
    path = torn.path.replace("/conflicts", "/rebase")
    answer = torn.browser.get(path, status=303)
    assert answer.location.endswith(torn.path)


class TestValuesOfOnesOwn:
    def decide(self, torn, name, status, **fields):
        names = takes(torn)
        take = f"take.{name}"
        assert take in names
        return torn.submit(
            form_of(torn), status, all="live", **{take: "value"} | fields
        )

    def test_one_that_cannot_be_read_is_kept_with_the_reason(
        self, editor, bob, example
    ):
        start = editor.path
        name = f"chain/{example.input}/priority"
        edit_above(editor).press("Apply", v__priority="1")
        base = {"v__type": "filter", "v__hook": "input", "v__priority": "2"}
        bob(lambda other: edit_above(other).press("Apply", **base))
        go_to_conflicts(editor.go(start))
        self.decide(editor, name, 422, **{f"v.{name}": "soon"})
        assert form_of(editor)[f"v.{name}"].value == "soon"
        [told] = editor.words(".errors li")
        assert told.endswith("Priority: This is not a whole number.")
        link = editor.soup().select_one(".errors a")["href"]
        assert editor.soup().select_one(link)["type"] == "radio"
        self.decide(editor, name, 303, **{f"v.{name}": "7"})
        editor.go(start)
        assert "7 before: 2" in editor.words(".center .facts dd")

    def test_nothing_is_a_value(self, torn, example):
        name = f"rule/{example.rules[0]}/comment"
        form = form_of(torn)
        form[f"null.{name}"] = True
        self.decide(torn, name, 303, **{f"v.{name}": ""})

    def test_as_it_is_in_the_draft_is_a_value(self, torn, example):
        self.decide(torn, f"rule/{example.rules[0]}/comment", 303)
        torn.click("inet filter", inside=".tree").click("input", inside=".tree")
        assert "mine" in torn.table()[0]

    def test_a_reference_to_one_of_many_is_looked_for(
        self, editor, bob, example, many_chains
    ):
        start = editor.path
        row_form(editor).press("Apply", q__jump_id="zone-7")
        bob(lambda other: row_form(other).press("Apply", q__jump_id="zone-8"))
        go_to_conflicts(editor.go(start))
        assert editor.words(".side .shown") == ["none", "zone-7", "zone-8"]
        name = f"rule/{example.rules[0]}/jump_id"
        self.decide(editor, name, 422, **{f"q.{name}": "zone-1"[:5]})
        assert "zone-13" in editor.words(".options label")
        self.decide(editor, name, 303, **{f"q.{name}": "zone-13"})
        editor.click("inet filter", inside=".tree").click("input", inside=".tree")
        assert any("zone-13" in cell for cell in editor.table()[0])

    def test_a_unique_one_that_is_taken_names_the_other(self, editor, bob):
        def add(person):
            person.click("inet filter", inside=".crumbs").click("New chain")
            person.press("Add", v__name="zone")

        start = editor.path
        add(editor)
        bob(add)
        go_to_conflicts(editor.go(start))
        assert editor.words(".conflict .help")[0] == (
            "Others gave the same value to Chain zone in inet filter."
        )
        editor.submit(form_of(editor), **{"take.chain/-1/name": "value", NEW: "area"})
        editor.click("inet filter", inside=".tree")
        assert [row[0] for row in editor.table()][-1] == "area"


def test_a_place_that_is_none_is_refused(editor, bob, example):
    start, ssh = editor.path, example.rules[2]

    def move(person, after):
        row_form(person, 2)
        person.submit(person.page.forms["move-form"], after=after)

    move(editor, "")
    bob(lambda other: move(other, str(example.rules[0])))
    go_to_conflicts(editor.go(start))
    [take] = takes(editor)
    assert take == f"take.rule/{ssh}/place"
    form = form_of(editor)
    for place in ("999999", "one", "~9"):
        form["v." + take.removeprefix("take.")].force_value(place)
        editor.submit(form, 422, **{take: "value"})
        assert len(editor.words(".errors li")) == 1
        form = form_of(editor)
    editor.submit(form_of(editor), **{take: "value"})
    editor.go(start)
    assert editor.table()[0][1] == "ssh"


def test_rows_that_only_others_have_are_named_and_shown(editor, bob, example):
    start = editor.path.partition("?")[0]
    where = f"{start}?part=chain&parent={example.table}"
    editor.go(where).press(editor.buttons("Delete ")[0])
    bob(lambda other: other.click("New rule").press("Add", v__comment="<b>new</b>"))
    go_to_conflicts(editor.go(where))
    assert "“<b>new</b>” in input" in editor.words("h2")[0]
    assert editor.soup().select("h2 a") == []
    assert "(not there)" in editor.words(".sides-table td")
    editor.submit(form_of(editor), all="draft")


def test_a_step_that_no_longer_applies_is_said_when_it_is_redone(editor, bob):
    start = editor.path
    touch(editor)
    editor.press(editor.buttons("Undo")[0])
    bob(lambda other: other.press(other.buttons("Delete ")[0]))
    editor.go(start).press("Bring in")
    editor.press(editor.buttons("Redo")[0], status=422)
    [told] = editor.words(".errors li")
    assert "no longer applies to the newer revision" in told


def test_a_step_that_others_have_taken_too_is_redone_where_one_is(editor, bob):
    start = editor.path
    touch(editor, "the same")
    editor.press(editor.buttons("Undo")[0])
    bob(set_rule(0, comment="the same"))
    editor.go(start).press("Bring in")
    here = editor.path

    editor.press(editor.buttons("Redo")[0])

    assert editor.path == here
    assert editor.buttons("Redo") == []


def test_much_that_is_dropped_is_told_in_short(editor, bob, example):
    start = editor.path
    long = "ü" * 250
    for index in range(3):
        set_rule(index, comment=f"{index}{long}")(editor)
        set_rule(index, protocol="udp", comment=f"{index}{long}")(editor)
    for index in range(3):
        bob(set_rule(index, comment=f"{index}{long}", protocol="udp"), name=f"b{index}")
    editor.go(start).press("Bring in")
    [told] = editor.words(".notice.warn")
    assert told.startswith("Steps that could not be done again: Rule")
    assert " more." in told
    assert editor.words(".notice.good") == [
        "Came in: revision 1 by b0; revision 2 by b1; revision 3 by b2."
    ]


def test_revisions_of_one_person_are_told_from_the_first_to_the_last(editor, bob):
    start = editor.path
    touch(editor)
    for number in range(3):
        bob(set_rule(1, comment=str(number)))

    editor.go(start).press("Bring in")

    assert editor.words(".notice.good") == ["Came in: revisions 1 to 3 by bob."]


def test_many_who_saved_are_told_in_short(editor, bob):
    start = editor.path
    touch(editor)
    for number in range(8):
        bob(set_rule(1, comment=str(number)), name=("eve", "bob")[number % 2])
    bob(set_rule(1, comment="last"))
    bob(set_rule(1, comment="very last"))
    editor.go(start)
    assert len(editor.words(".came li")) == 4
    editor.press("Bring in")
    assert editor.words(".notice.good")[0].endswith("… up to revision 10.")


class TestBehindOurBack:
    """Plain SQL leaves no revision; nobody is known, and nothing breaks."""

    def test_a_field(self, editor, dbsession_factory):
        start = editor.path
        touch(editor)
        with dbsession_factory.begin() as dbsession:
            dbsession.execute(sa.update(Rule).values(comment="theirs"))
        editor.go(f"{start.partition('?')[0]}/changes")
        assert "live now: theirs" in " ".join(editor.words("td.now"))
        editor.press("Save as revision 1", status=409).click("Decide …")
        assert editor.words(".title .soft") == ["changed outside of drafts"]
        editor.submit(form_of(editor), all="live")
        assert editor.words(".notice.good") == [
            "The draft stands on what is saved now."
        ]

    @pytest.mark.parametrize("take", ["draft", "base", "live"])
    def test_the_whole_object(self, editor, dbsession_factory, take):
        start = editor.path.partition("?")[0]
        row_form(editor)
        row = editor.path
        editor.press("Apply", v__comment="mine")
        with dbsession_factory.begin() as dbsession:
            dbsession.execute(sa.update(Rule).values(jump_id=None))
            for model in (Rule, Chain, NftTable, Ruleset):
                dbsession.execute(sa.delete(model))
        editor.browser.get(row, status=404)  # nothing is left of it but the change
        for page in (start, f"{start}/changes", f"{start}/conflicts"):
            editor.go(page)
        assert editor.words(".conflict .help") == ["Others deleted the whole object."]
        editor.submit(form_of(editor), **{takes(editor)[0]: take})
        assert editor.words(".notice.warn")[0].startswith(
            "Steps that could not be done again: Rule"
        )
        for page in (f"{start}/changes", f"{start}/conflicts", start):
            editor.go(page)
        left = ["Nothing is left of this draft."] if take == "live" else []
        assert editor.words(".empty strong") == left


def test_what_is_live_now_stands_beside_what_would_be_saved(editor, bob, example):
    start = editor.path.partition("?")[0]
    set_rule(0, comment="mine")(editor)
    editor.press(editor.buttons("Delete ")[1])
    editor.press(editor.buttons("Delete ")[1])
    bob(
        set_rule(0, comment="theirs"),
        set_rule(1, comment="theirs"),
        lambda other: other.press(other.buttons("Delete ")[2]),
    )
    editor.go(f"{start}/changes")
    assert editor.words("td.now") == ["live now: theirs"]
    assert editor.words(".lost") == [
        "changed by others: Comment theirs",
        "deleted by others",
    ]


def test_what_a_page_costs_does_not_grow_with_what_others_saved(
    editor,
    bob,
    statements,  # noqa: F811 — the imported fixture
    example,
):
    start = editor.path
    touch(editor)
    alone = statements(editor, start)
    bob(set_rule(1, comment="once"))
    behind = statements(editor, start)
    for number in range(3):
        bob(set_rule(1, comment=str(number)), set_rule(2, comment=str(number)))
    assert statements(editor, start) == behind
    # Which revisions came in, and whether the object is still there.
    assert behind <= alone + 2


def test_what_the_page_costs_grows_with_the_conflicts_alone(
    editor,
    bob,
    statements,  # noqa: F811 — the imported fixture
    example,
    dbsession_factory,
):
    start = editor.path
    touch(editor)
    bob(set_rule(0, comment="theirs"))
    page = f"{start.partition('?')[0]}/conflicts"
    one = statements(editor, page)
    grow(dbsession_factory, example, 200)
    assert statements(editor, page) == one


@hypothesis.given(
    fields=st.dictionaries(
        st.sampled_from(["all", "seen", "back", "key", "version"])
        | st.builds(
            "{}{}".format,
            st.sampled_from(["take.", "v.", "null.", "q.", "row."]),
            st.sampled_from(["web", "web/comment", "web/protocol", "web/place", "x/1"])
            | TEXTS,
        ),
        st.sampled_from(["base", "draft", "live", "value"]) | TEXTS,
        max_size=5,
    )
)
def test_any_form_is_carried_out_or_shown_again(torn, example, fields):
    draft = torn.path.rsplit("/", 1)[0] if "/conflicts" in torn.path else torn.path
    web = f"rule/{example.rules[0]}"
    page = torn.browser.get(f"{draft}/conflicts")
    given = {
        name: page.forms["rebase"][name].value for name in ("csrf_token", "version")
    }
    given |= {name.replace("web", web): value for name, value in fields.items()}
    answer = torn.browser.post(f"{draft}/rebase", given, status="*")
    assert answer.status_int in (303, 400, 409, 412, 422, 428), given


def test_places_are_offered_among_what_is_there_still(editor, bob, example):
    start = editor.path
    row_form(editor, 0)
    editor.submit(editor.page.forms["move-form"], after=str(example.rules[1]))
    bob(lambda other: other.press(other.buttons("Delete ")[1]))
    go_to_conflicts(editor.go(start))
    assert "What you put it after is gone" in editor.words(".conflict .help")[0]
    offered = [text for _, _, text in form_of(editor)[f"v.{row_of(editor)}"].options]
    assert len(offered) == 2
    assert offered[0] == "first"
    assert "ssh" in offered[1]


def row_of(person):
    return takes(person)[0].removeprefix("take.")


def test_many_conflicts_are_one_page(editor, bob, example, dbsession_factory):
    start = editor.path.partition("?")[0]
    with dbsession_factory.begin() as dbsession:
        dbsession.add_all(
            Rule(chain_id=example.output, place=place, comment="x")
            for place in spread(30)
        )
    editor.click("output", inside=".tree")
    here = editor.path
    for index in range(12):
        row_form(editor.go(here), index).press("Apply", v__comment="mine")
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.update(Rule).values(comment="theirs"))
    editor.go(f"{start}/changes").press("Save as revision 1", status=409)
    assert editor.words(".notice.bad li")[-1] == "And 2 more."
    editor.click("Decide …").submit(form_of(editor), 409)
    assert len(editor.words(".errors li")) == 12
    editor.submit(form_of(editor), all="draft")


class TestPreview:
    """The result is seen before it is stored, without JavaScript, too."""

    def preview(self, torn, status=200, **fields):
        form = form_of(torn)
        for name, value in fields.items():
            form[name] = value
        torn.page = torn.browser.post(
            form.action.replace("/rebase", "/preview"),
            form.submit_fields(),
            status=status,
        )
        return torn

    def test_what_would_differ_from_live_is_shown_and_nothing_stored(
        self, torn, example
    ):
        web, mail, _ssh = example.rules
        mine = f"take.rule/{web}/comment"
        self.preview(torn, all="live", **{mine: "draft"})
        assert torn.words(".preview .diff tbody tr > *") == [
            "Comment",
            "theirs",
            "mine",
        ]
        assert torn.words(".preview .theirs strong") == [
            f"Rule {mail} “theirs” in input"
        ]
        check("preview", torn.soup())
        check_strictness("preview", torn.soup())
        assert torn.page.headers["Cache-Control"] == "no-store"
        assert form_of(torn)[mine].value == "draft"
        assert form_of(torn)["all"].value == "live"

        torn.go(torn.path.replace("/preview", ""))
        assert torn.words(".pill.draft") == ["Draft of revision 0"]

    def test_what_is_shown_is_what_comes(self, torn, example):
        path = torn.path
        self.preview(torn, all="draft")
        shown = torn.words(".preview .diff tbody tr > *")
        torn.submit(form_of(torn))
        torn.go(path.replace("/conflicts", "/changes"))
        assert torn.words(".diff tbody tr > *") == shown

    def test_all_theirs_leaves_nothing(self, torn):
        self.preview(torn, all="live")
        assert "would change nothing any more" in torn.words(".preview")[0]

    def test_what_is_undecided_is_asked_for(self, torn):
        self.preview(torn, 409)
        assert torn.words("title")[0].startswith("Error:")
        assert len(torn.words(".errors li")) == 3
        assert torn.words(".preview") == []

    def test_steps_that_would_be_lost_are_told(self, torn, bob):
        start = torn.path
        bob(lambda other: other.press(other.buttons("Delete ")[0]))
        self.preview(torn.go(start), all="live")
        [told] = torn.words(".preview .notice.warn")
        assert told.startswith("Steps that could not be done again: Rule")

    def test_its_address_leads_to_the_page_that_asks(self, torn):
        path = torn.path.replace("/conflicts", "/preview")
        assert torn.browser.get(path, status=303).location.endswith(torn.path)
