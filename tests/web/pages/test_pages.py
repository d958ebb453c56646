"""The pages around the editor: objects, history, my drafts, statistics, problems."""

import datetime

import pytest
import sqlalchemy as sa

from draftedit import Set
from draftedit.engine.statistics.counting import Figure
from draftedit.engine.statistics.daily_counts import DayStatistics
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset, Tag
from draftedit.service.problem_types import KINDS
from tests.databases import on_one_database
from tests.functional.person import Person
from tests.web.api.conftest import make_example
from tests.web.pages.test_form_errors import touch

pytestmark = on_one_database


def cells(person):
    return [
        [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
        for row in person.soup().select("tbody tr")
    ]


class TestHome:
    def test_lists_the_objects_of_every_target(self, ann, example):
        ann.go("/")
        assert ann.words("h2") == ["Rulesets", "Tags"]
        assert ["office", "0", "–", "", ""] in cells(ann)

    def test_goes_on_with_what_was_open(self, editor):
        touch(editor).go("/")
        assert ann_row(editor, "office")[:3] == ["office", "Ruleset", "1"]
        editor.click("office")
        assert editor.path.startswith("/drafts/")

    def test_finds_objects_by_name(self, ann, example, dbsession_factory):
        with dbsession_factory.begin() as dbsession:
            dbsession.add_all([Ruleset(name="Über 100%"), Ruleset(name="under")])
        ann.go("/")
        form = find_forms(ann)[0]
        ann.submit(form, status=200, q="über 100%")
        assert ann.words("tbody th") == ["Über 100%"]
        ann.submit(find_forms(ann)[0], status=200, q="nothing")
        assert ann.words(".empty p") == ["Nothing found for “nothing”."]
        ann.click("All objects")
        assert "under" in ann.words("tbody th")

    def test_shows_some_and_pages_the_rest(self, ann, dbsession_factory):
        with dbsession_factory.begin() as dbsession:
            dbsession.add_all(Tag(name=f"t{number:02}") for number in range(75))
        ann.go("/")
        assert ann.words(".empty p") == ["There is nothing here yet."]
        assert len(ann.words("tbody th")) == 20
        ann.click("All of them …")
        ann.click("First page")
        assert len(ann.words("tbody th")) == 50
        ann.click("Next page")
        assert len(ann.words("tbody th")) == 25

    def test_readers_see_objects_and_cannot_edit(self, person, example):
        rob: Person = person("rob", "reader")
        rob.go("/")
        assert rob.buttons("New") == []
        assert rob.words("nav a") == ["Objects", "Statistics"]
        rob.click("office")
        assert rob.buttons("Edit") == []
        rob.browser.get("/drafts", status=403)


def ann_row(person, name):
    return next(row for row in cells(person) if row[0] == name)


def find_forms(person):
    return [
        person.page.forms[index]
        for index, form in enumerate(person.soup().find_all("form"))
        if form.get("role") == "search"
    ]


class TestObject:
    def test_shows_rows_by_parts_and_no_forms(self, ann, example):
        ann.go(f"/objects/ruleset/{example.ruleset}")
        ann.click("inet filter", inside="tbody").click("input", inside="tbody")
        assert [row[1] for row in ann.table()] == ["web", "mail", "ssh"]
        assert ann.words(".center form button") == ["Show"]

    def test_tells_editors_who_has_a_draft_but_not_what(self, editor, person, example):
        touch(editor, "a secret")
        bob = person("bob").go(f"/objects/ruleset/{example.ruleset}")
        assert "ann since" in bob.words(".company")[0]
        assert "(1 row)" in bob.words(".company")[0]
        assert "a secret" not in bob.page.text
        rob = person("rob", "reader").go(f"/objects/ruleset/{example.ruleset}")
        assert rob.words(".company") == []

    def test_is_found_or_not(self, ann, example):
        ann.browser.get("/objects/ruleset/999999", status=404)
        ann.browser.get("/objects/nonsense/1", status=404)
        ann.browser.get("/objects/ruleset/999999/history", status=404)

    def test_without_history_says_so(self, ann, example):
        ann.go(f"/objects/ruleset/{example.ruleset}/history")
        assert "revision 0" in ann.words(".empty p")[0]

    def test_history_is_paged(self, ann, example, dbsession_factory):
        for number in range(52):
            with dbsession_factory.begin() as dbsession:
                edit = drafts.open(dbsession, Ruleset, example.ruleset, owner="ann")
                edit.apply(Set("ruleset", example.ruleset, name=f"n{number}"))
                edit.save()
        ann.go(f"/objects/ruleset/{example.ruleset}").click("History")
        assert ann.words(".timeline strong")[0] == "Revision 52"
        ann.click("Next page")
        assert ann.words(".timeline strong") == [f"Revision {n}" for n in (2, 1, 0)]
        ann.click("First page")


class TestMyDrafts:
    def test_are_listed_by_state(self, editor):
        touch(editor).press("Cancel draft")
        assert ann_row(editor, "office")[2] == "cancelled"
        editor.click("Open")
        assert editor.words(".empty p") == ["None of your drafts is in this state."]
        editor.click("Cancelled")
        assert editor.words("tbody th") == ["office"]
        editor.go("/drafts?state=nonsense")
        assert editor.words("tbody th") == ["office"]

    def test_are_none_at_first(self, ann):
        ann.go("/drafts")
        assert "You have no drafts." in ann.words(".empty p")[0]

    def test_are_mine_alone(self, editor, person):
        assert person("bob").go("/drafts").words("tbody th") == []

    def test_are_paged(self, ann, example):
        for _each in range(52):
            ann.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
        ann.go("/drafts").click("Next page")
        assert len(ann.words("tbody th")) == 2
        ann.click("First page")


class TestStatistics:
    def test_are_none_at_first(self, ann):
        ann.go("/stats?days=all")
        assert ann.words(".empty p") == ["No draft has been opened yet."]

    def test_say_where_a_time_had_no_drafts(self, ann):
        ann.go("/stats")
        assert "in this time" in ann.words(".empty p")[0]

    def test_count_what_became_of_drafts(self, editor):
        touch(editor).press("Cancel draft")
        editor.go("/stats")
        assert ann_row(editor, "Rulesets")[1:7] == ["1", "0", "1", "0", "1", "0"]
        assert editor.soup().select_one(".chart rect.cancelled")
        said = editor.soup().select_one(".chart g title").get_text()
        assert said.endswith("1 opened, 0 saved, 1 cancelled, 0 abandoned")
        given_up = editor.soup().select_one("[aria-labelledby=given-up] tbody tr")
        assert [one.get_text() for one in given_up.select("th, .figure")] == [
            "Fields changed · Rules",
            "1",
            "0",
        ]

    def test_are_read_aloud_as_a_picture_with_a_title_and_a_description(self, editor):
        touch(editor).press("Cancel draft")
        soup = editor.go("/stats").soup()
        picture = soup.select_one("svg[role=img]")
        title, says = picture["aria-labelledby"].split()
        assert soup.find(id=title).get_text() == "Drafts by day"
        assert "table below" in soup.find(id=says).get_text()

    def test_can_be_downloaded(self, editor):
        touch(editor).press("Cancel draft")
        editor.go("/stats")
        browser = editor.browser
        answer = browser.get("/stats.csv?days=30")
        assert answer.content_type == "text/csv"
        head, day, *_rest = answer.text.splitlines()
        assert head.startswith("day,target,opened,saved,cancelled,abandoned")
        assert ",ruleset,1,0,1,0,1," in day
        assert "last,set rule,1" in browser.get("/stats.csv?details=1").text

    def test_know_a_few_lengths_of_time(self, ann):
        ann.browser.get("/stats?days=7", status=400)

    @pytest.mark.parametrize("count", [1, 400])
    def test_name_a_target_that_is_no_longer_there(
        self, ann, example, monkeypatch, count
    ):
        day = datetime.date(2024, 2, 29)
        figures = {
            Figure("cancelled", "last", f"{'k' * 100}{n} table"): 1 for n in range(20)
        } | {Figure("saved", "seconds", "61"): 1, Figure("saved", "kind", "odd"): 1}
        found = [
            DayStatistics(
                day - n * datetime.timedelta(days=1),
                "gone",
                *(2, 1, 0, 1, 3, 0, 0, 7200),
                figures=figures,
            )
            for n in range(count)
        ]
        drafts = ann.browser.app.registry["draftedit.drafts"]
        monkeypatch.setattr(
            drafts, "statistics", lambda dbsession, since: found, raising=False
        )
        ann.go("/stats?days=all")
        assert ann_row(ann, "gone")[-1] == "1 h"
        assert len(ann.soup().select(".chart g")) <= 62
        assert "10 others" in ann.words("[aria-labelledby=given-up] th")


@pytest.mark.parametrize("name", KINDS)
def test_every_problem_has_a_page(testapp, name):
    assert testapp.get(f"/problems/{name}").html.h1.get_text() == str(
        KINDS[name].title.interpolate()
    )


def test_an_unknown_problem_has_none(testapp):
    testapp.get("/problems/nonsense", status=404)


def test_strangers_are_asked_to_sign_in_and_come_back(testapp, login, example):
    login("ann")
    answer = testapp.get(f"/objects/ruleset/{example.ruleset}", status=303)
    assert f"next=%2Fobjects%2Fruleset%2F{example.ruleset}" in answer.location


def test_two_objects_do_not_mix(ann, example, dbsession_factory):
    with dbsession_factory.begin() as dbsession:
        other = make_example(dbsession, "home")
    path = f"/objects/ruleset/{example.ruleset}"
    ann.browser.get(f"{path}?part=rule&parent={other.input}", status=404)


def test_the_browser_remembers_where_one_was(editor, person):
    here = editor.path
    touch(editor).go("/").click("office")
    assert editor.path == here
    other = person("ann").go("/").click("office")
    assert other.path == here.partition("?")[0]


@pytest.mark.only_on("sqlite")
def test_a_value_that_cannot_be_read_is_told_and_its_table(
    editor, example, dbsession_factory
):
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.text("UPDATE ruleset SET objects = '{no'"))

    page = editor.browser.get(f"/objects/ruleset/{example.ruleset}", status=422)

    assert "A value in the table ruleset is not of its column" in page.text
