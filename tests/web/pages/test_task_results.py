"""A long check is asked for by a button, and its result never shown as a newer one."""

import contextlib
import datetime

import pytest
import sqlalchemy as sa

from draftedit import firewall
from draftedit.engine.schema.task import Finding, TaskKey
from draftedit.engine.store import draft_records
from draftedit.engine.tasks import lease, stored_findings
from draftedit.firewall.models import Ruleset
from draftedit.service import task_results, task_runner
from tests.databases import on_one_database
from tests.web.pages.test_form_errors import row_form

pytestmark = on_one_database

TABLE = firewall.drafts.tables.task_result


@pytest.fixture
def woken(app):
    """Return the places that workers were woken for."""
    places = []
    app.registry["draftedit.wake"] = lambda *place: places.append(place)
    yield places
    del app.registry["draftedit.wake"]


@pytest.fixture
def check(dbsession_factory, example):
    """Return what a worker would do now."""

    def check():
        place = TaskKey("ruleset", str(example.ruleset), "in_depth")
        at = task_runner.RunnerConfig(
            firewall.drafts, dbsession_factory.begin, dbsession_factory.begin
        )
        return task_runner.work(at, place)

    return check


@pytest.fixture
def live(ann, example):
    return ann.go(f"/objects/ruleset/{example.ruleset}")


def store(dbsession_factory, **values):
    with dbsession_factory.begin() as dbsession:
        dbsession.execute(sa.update(TABLE).values(values))


def test_a_check_is_asked_for_run_and_shown_with_links(live, check, example, woken):
    live.press("Check in depth")
    assert live.path.endswith("/results")
    assert live.words(".notice.good") == [
        "It will be looked at; this page says how far it is."
    ]
    said = live.words(".card p")[0]
    assert said.startswith("Queued for ann since")
    assert said.endswith("no worker has been seen yet.")
    assert woken == [("ruleset", str(example.ruleset), "in_depth")]

    assert check() == task_runner.KEPT
    live.click("Look again")

    assert live.words(".card p")[0].startswith("Of revision 0, which is saved now.")
    found = live.words(".found li")
    assert sum("says the same as an earlier rule" in one for one in found) == 2
    assert sum("No rule leads to this chain" in one for one in found) == 2
    link = live.soup().select_one(".found a")["href"]
    assert f"/objects/ruleset/{example.ruleset}/rows/" in link
    live.go(link)


def test_after_a_save_it_says_of_which_revision_it_is(live, check, example):
    live.press("Check in depth")
    check()
    live.go(f"/objects/ruleset/{example.ruleset}").press("Edit in a draft")
    live.click("inet filter", inside=".tree").click("input", inside=".tree")
    row_form(live).press("Apply", v__comment="other")
    live.go(f"{live.path.partition('?')[0]}/changes").press("Save as revision 1")

    assert any(
        "As of revision 0; live is at 1." in one for one in live.words(".notice p")
    )


def test_where_a_run_is_can_be_read(live, dbsession_factory, example):
    live.press("Check in depth")
    place = TaskKey("ruleset", str(example.ruleset), "in_depth")
    with dbsession_factory.begin() as dbsession:
        lease.claim(dbsession, firewall.drafts.tables, place, 30)
    store(dbsession_factory, done=3, total=10)
    live.click("Look again")
    assert live.words(".card p")[0].startswith("Running: 3 of 10.")
    assert live.soup().select_one("progress")["value"] == "3"
    assert live.soup().select_one("[data-again]")
    assert live.soup().select_one("form[id=ask-in_depth] button").has_attr("disabled")
    store(dbsession_factory, total=None)
    live.click("Look again")
    assert live.words(".card p")[0] == "Running: 3 looked at."


def test_a_worker_that_was_not_seen_for_long_is_missed(live, dbsession_factory):
    live.press("Check in depth")
    with dbsession_factory.begin() as dbsession:
        task_results.beat(firewall.drafts, dbsession, "one")
    live.click("Look again")
    assert "worker" not in live.words(".card p")[0]
    worker = firewall.drafts.tables.task_worker
    with dbsession_factory.begin() as dbsession:
        then = draft_records.now() - datetime.timedelta(minutes=1)
        dbsession.execute(sa.update(worker).values(seen_at=then))
    live.click("Look again")
    assert "no worker seen since" in live.words(".card p")[0]


def test_a_failure_is_told(live, dbsession_factory):
    live.press("Check in depth")
    store(dbsession_factory, wanted_at=None, failed_at=draft_records.now())
    live.click("Look again")
    assert live.words(".card p")[0].startswith("It could not be finished")


def test_many_findings_are_paged_and_those_of_lost_rows_have_no_link(
    live, dbsession_factory, example
):
    live.press("Check in depth")
    many = [
        Finding("shadowed", f"<b>{n}</b>", "rule", (example.rules[0],), (10**6,))
        for n in range(stored_findings.MOST + 1)
    ]
    store(
        dbsession_factory,
        wanted_at=None,
        revision=0,
        found=stored_findings.write(many),
        stored_at=draft_records.now(),
    )
    live.click("Look again")
    assert len(live.words(".found li")) == 50
    assert "<b>0</b>" in live.words(".found li")[0]
    assert "(Rule 1000000 (no longer there))" in live.words(".found li")[0]
    assert "The first 1000 are kept." in live.words(".card p")
    live.click("Next page")
    assert "<b>50</b>" in live.words(".found li")[0]
    live.click("First page")
    assert "<b>0</b>" in live.words(".found li")[0]


@pytest.mark.parametrize("query", ["task=in_depth&start=x", "start=-1", "start=²"])
def test_a_page_that_is_none_is_refused(live, example, query):
    path = f"/objects/ruleset/{example.ruleset}/results?{query}"
    live.browser.get(path, status=400)


def test_a_form_that_names_no_task_is_refused(live, example, woken):
    form = live.page.forms["ask-in_depth"]
    form["task"].force_value("other")
    live.browser.post(form.action, form.submit_fields(), status=400)
    assert woken == []


def test_readers_look_and_do_not_ask(person, example, new_testapp):
    rita = person("rita", "reader").go(f"/objects/ruleset/{example.ruleset}")
    assert not rita.soup().select("form[id=ask-in_depth]")
    rita.go(f"/objects/ruleset/{example.ruleset}/results")
    assert not rita.soup().select("form[id=ask-in_depth]")
    rita.browser.post(
        f"/objects/ruleset/{example.ruleset}/results", {"task": "in_depth"}, status=403
    )


def test_objects_without_tasks_say_so(ann, example):
    ann.go(f"/objects/tag/{example.tag}/results")
    assert ann.words(".empty p") == ["There are none for objects of this kind."]


def test_a_request_that_is_rolled_back_wakes_nobody(
    live, woken, app, monkeypatch, dbsession_factory
):
    def fails(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr("draftedit.web.pages.task_results.flash", fails)
    form = live.page.forms["ask-in_depth"]
    with contextlib.suppress(ZeroDivisionError):
        form.submit(expect_errors=True)
    assert woken == []
    with dbsession_factory() as dbsession:
        assert task_results.waiting(firewall.drafts, dbsession) == []


def test_a_queue_that_is_away_harms_no_request(
    live, app, caplog, dbsession_factory, example
):
    def away(*_place):
        raise ConnectionError

    app.registry["draftedit.wake"] = away
    try:
        live.press("Check in depth")
    finally:
        del app.registry["draftedit.wake"]
    assert "ConnectionError" in caplog.text
    with dbsession_factory() as dbsession:
        [place] = task_results.waiting(firewall.drafts, dbsession)
        assert place.root == str(example.ruleset)
        key = example.ruleset
        [one] = task_results.listing(firewall.drafts, dbsession, Ruleset, key)
        assert one.is_under_way
