"""A result is wanted, worked out, kept with its revision, and never said of another."""

import datetime
from dataclasses import replace

import pytest
import sqlalchemy as sa

from draftedit import Delete, Drafts
from draftedit.engine.base.errors import BadModel, Unknown
from draftedit.engine.base.texts import template_of
from draftedit.engine.schema.task import Finding, TaskKey
from draftedit.engine.store import draft_records
from draftedit.engine.tasks import lease, revision_reader, stored_findings
from draftedit.firewall.nft_types import _
from draftedit.service import task_results, task_runner
from tests.hosts import shop

TABLES = shop.drafts.tables


def test_what_nobody_asked_for_is_not_there(desk):
    found = desk.result()
    assert (found.name, found.label, found.state) == ("scarce", "Scarce goods", "none")
    assert not found.is_under_way
    assert found.seen_at is None


def test_a_result_is_wanted_then_kept_with_its_revision(desk):
    place = desk.want()
    queued = desk.result()
    assert (queued.state, queued.wanted_by) == ("queued", "ada")
    assert queued.is_under_way

    assert desk.work(place) == task_runner.KEPT

    found = desk.result()
    assert (found.state, found.revision, found.live) == ("done", 0, 0)
    assert found.is_current
    assert [one.message for one in found.findings] == [
        "tea is scarce",
        "coffee is scarce",
        "milk is scarce",
    ]
    assert found.findings[0].key == (desk.goods.lines[0],)
    assert found.wanted_at is None


def test_asking_again_for_what_is_wanted_changes_nothing(desk):
    desk.want()
    first = desk.result().wanted_at
    desk.want(by="bob")
    assert (desk.result().wanted_at, desk.result().wanted_by) == (first, "ada")


def test_nobody_works_on_what_is_not_wanted(desk):
    place = desk.want()
    assert desk.work(place) == task_runner.KEPT
    assert desk.work(place) == task_runner.TAKEN
    assert desk.work(replace(place, task="other")) == task_runner.TAKEN
    assert desk.work(replace(place, target="other")) == task_runner.TAKEN


def test_after_a_save_it_is_a_result_of_the_older_revision(desk):
    desk.work()
    assert desk.save(amount=1) == 1

    found = desk.result()
    assert (found.state, found.revision, found.live) == ("stale", 0, 1)
    assert not found.is_current
    assert len(found.findings) == 3

    assert desk.work() == task_runner.KEPT
    assert (desk.result().revision, desk.result().count) == (1, 2)


def test_plain_sql_makes_no_revision_and_a_result_does_not_notice_it(desk, dbsession):
    desk.work()
    dbsession.execute(sa.update(shop.Line).values(amount=1))
    assert desk.result().is_current


def test_what_is_saved_while_a_task_works_is_not_overwritten_and_it_runs_again(
    desk, register
):
    def saves_meanwhile(order):
        rows = order.rows("line")
        first = next(rows)
        if order.revision == 0:
            desk.save(amount=1, product="cocoa")
        rest = [first, *rows]
        yield Finding("seen", ", ".join(str(one.values["product"]) for one in rest))

    register(saves_meanwhile)
    place = desk.want()

    assert desk.work(place) == task_runner.STALE
    assert desk.result().state == "queued"
    assert desk.result().revision is None

    assert desk.work(place) == task_runner.KEPT
    found = desk.result()
    assert (found.revision, found.findings[0].message) == (1, "cocoa, coffee, milk")


def test_a_task_reads_one_revision_whatever_is_saved_meanwhile(desk, register):
    seen = []

    def reads_late(order):
        desk.save(amount=1, product="cocoa")
        seen.append([one.values["product"] for one in order.rows("line")])
        seen.append([one.key for one in order.rows("note", desk.goods.first)])
        return ()

    register(reads_late)
    assert desk.work() == task_runner.STALE
    assert seen[0] == ["tea", "coffee", "milk"]
    assert len(seen[1]) == 2


def test_more_rows_than_a_page_has_are_read_page_by_page(desk, register, monkeypatch):
    monkeypatch.setattr(revision_reader, "PAGE", 2)
    seen = []

    def reads(order):
        seen.extend(one.values["product"] for one in order.rows("line"))
        return ()

    register(reads)
    assert desk.work() == task_runner.KEPT
    assert seen == ["tea", "coffee", "milk"]


def test_a_run_that_has_become_pointless_ends_at_its_next_report(desk, register):
    def goes_on(order):
        desk.save(product="cocoa")
        order.progress(1)
        raise AssertionError("the run went on")

    register(goes_on)
    assert desk.work() == task_runner.STALE


def test_progress_is_told_to_others_and_now_and_then_only(desk, register):
    told = []

    def slow(order):
        for number in range(1000):
            order.progress(number, 1000)
        told.append(desk.result())
        return ()

    register(slow)
    shown = []
    desk.options["progress"] = lambda place, done, total: shown.append((done, total))
    assert desk.work() == task_runner.KEPT
    assert (told[0].state, told[0].done, told[0].total) == ("running", 0, 1000)
    assert shown == [(0, 1000)]


def test_a_worker_that_was_killed_is_followed_by_another(desk, dbsession):
    place = desk.want()
    taken = lease.claim(dbsession, TABLES, place, seconds=30)
    assert desk.result().state == "running"
    assert task_results.waiting(shop.drafts, dbsession) == []
    assert desk.work(place) == task_runner.TAKEN

    over = draft_records.now() - datetime.timedelta(seconds=1)
    dbsession.execute(sa.update(TABLES.task_result).values(free_at=over))

    assert desk.result().state == "queued"
    assert task_results.waiting(shop.drafts, dbsession) == [place]
    assert desk.work(place) == task_runner.KEPT
    # Should the first be alive after all, it has nothing to say any more.
    assert not lease.keep(dbsession, TABLES, taken, stored_findings.write(()))
    assert not lease.renew(dbsession, TABLES, taken, 30, 1, 2)
    assert desk.result().count == 3


def test_a_run_whose_lease_was_lost_ends_and_leaves_the_other_alone(desk, register):
    def robbed(order):
        values = {"lease": "another's", "done": 7}
        desk.dbsession.execute(sa.update(TABLES.task_result).values(values))
        order.progress(1)
        raise AssertionError("the run went on")

    register(robbed)
    assert desk.work() == task_runner.TAKEN
    assert (desk.result().state, desk.result().done) == ("running", 7)


def test_a_worker_that_is_to_stop_lets_go_at_once(desk, dbsession):
    place = desk.want()
    assert desk.work(place, is_stopping=lambda: True) == task_runner.STOPPED
    assert task_results.waiting(shop.drafts, dbsession) == [place]


def test_a_task_that_fails_is_tried_three_times_and_says_so(desk, register, caplog):
    def broken(order):
        raise ZeroDivisionError

    register(broken)
    place = desk.want()
    for _attempt in range(lease.ATTEMPTS):
        desk.dbsession.execute(sa.update(TABLES.task_result).values(free_at=None))
        assert desk.result().state == "queued"
        assert desk.work(place) == task_runner.FAILED
        # Not at once: what failed may need a while.
        assert desk.work(place) == task_runner.TAKEN
    assert desk.result().state == "failed"
    assert len(caplog.records) == lease.ATTEMPTS

    register(lambda order: ())
    assert desk.work(desk.want()) == task_runner.KEPT
    assert desk.result().state == "done"


def test_a_failure_leaves_what_was_found_before(desk, register):
    desk.work()

    def broken(order):
        raise ZeroDivisionError

    register(broken)
    assert desk.work() == task_runner.FAILED
    assert desk.result().count == 3


def test_of_a_deleted_object_nothing_is_wanted(desk, dbsession):
    place = desk.want()
    edit = shop.drafts.open(dbsession, shop.Order, desk.goods.first, owner="bob")
    edit.apply(Delete("purchase", desk.goods.first))
    edit.save()

    assert desk.work(place) == task_runner.GONE
    assert desk.work(place) == task_runner.TAKEN
    assert desk.result().state == "none"
    with pytest.raises(Unknown):
        desk.want()


def test_what_is_not_there_cannot_be_wanted(desk, dbsession):
    with pytest.raises(Unknown, match="task"):
        task_results.want(
            shop.drafts, dbsession, shop.Order, desk.goods.first, "other", by="ada"
        )
    with pytest.raises(Unknown):
        desk.want(key="00000000-0000-0000-0000-000000000000")


def test_an_object_without_tasks_has_no_results(desk, dbsession, monkeypatch):
    target = replace(shop.drafts.targets["purchase"], tasks={})
    monkeypatch.setitem(shop.drafts.targets, "purchase", target)
    assert (
        task_results.listing(shop.drafts, dbsession, shop.Order, desk.goods.first) == []
    )


def test_many_findings_are_counted_and_the_first_kept():
    many = (Finding("many", str(number)) for number in range(stored_findings.MOST + 5))
    count, kept = stored_findings.read(stored_findings.write(many))
    assert (count, len(kept)) == (stored_findings.MOST + 5, stored_findings.MOST)


def test_findings_can_be_translated_when_they_are_shown():
    message = _("${n} rows", default="${n} of them", mapping={"n": 3})
    [read] = stored_findings.read(
        stored_findings.write([Finding("x", message, "line", (1,), (2,))])
    )[1]
    assert read == Finding("x", message, "line", (1,), (2,))
    assert read.message == "3 of them"
    template = template_of(read.message)
    assert (template, template.domain, template.mapping) == (
        "${n} rows",
        "draftedit",
        {"n": "3"},
    )


def test_workers_are_seen(desk, dbsession):
    old = draft_records.now() - datetime.timedelta(days=2)
    dbsession.execute(sa.insert(TABLES.task_worker), {"name": "gone", "seen_at": old})
    assert desk.result().seen_at == old
    task_results.beat(shop.drafts, dbsession, "one")
    first = desk.result().seen_at
    task_results.beat(shop.drafts, dbsession, "one")
    assert old < first < desk.result().seen_at
    assert dbsession.scalar(sa.select(sa.func.count(TABLES.task_worker.c.name))) == 1


def test_a_host_may_hold_the_revision_while_it_writes_a_column_of_its_own(
    desk, dbsession
):
    first = (shop.drafts, dbsession, shop.Order, desk.goods.first)
    assert task_results.hold(*first) == 0
    desk.save(product="cocoa")
    assert task_results.hold(*first) == 1
    assert task_results.revision(*first) == 1


def test_tasks_are_registered_once_by_name():
    drafts = Drafts(sa.MetaData())
    drafts.targets["purchase"] = shop.drafts.targets["purchase"]
    # A fresh dict: what is registered here is not the shop's.

    @drafts.task("purchase", label="One")
    def one(order):
        return ()

    assert drafts.targets["purchase"].tasks["one"].label == "One"
    with pytest.raises(BadModel, match="a task 'one' already"):
        drafts.task("purchase", label="Two")(one)
    with pytest.raises(Unknown):
        drafts.task("elsewhere", label="x")(one)


def test_the_place_says_which_row_it_is():
    place = TaskKey("purchase", "1", "scarce")
    assert place.values() == {"target": "purchase", "root": "1", "task": "scarce"}
