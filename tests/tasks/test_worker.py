"""The worker ends when it is told to, and with whom it was started: no orphan."""

import shutil
import signal
import subprocess
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import firewall
from draftedit.app.models import make_engine, migration
from draftedit.app.task_queue import own_queue
from draftedit.cli import worker as command
from draftedit.cli.sweeping import Sweeper
from draftedit.firewall.models import Ruleset
from draftedit.service import task_results, task_runner
from tests.architecture.modules import ROOT
from tests.tasks.processes import BIN, is_alive, site, wait_until


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    path = tmp_path_factory.mktemp("migrated") / "here.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    migration.upgrade(engine)
    with Session(engine) as dbsession, dbsession.begin():
        dbsession.add(Ruleset(name="it"))
    engine.dispose()
    return path


@pytest.fixture
def here(migrated, tmp_path):
    """Return a site on a database with one object."""
    shutil.copy(migrated, tmp_path / "here.sqlite")
    with site(tmp_path, f"sqlite:///{tmp_path / 'here.sqlite'}") as made:
        yield made


@pytest.fixture
def engine(here):
    engine = make_engine(here.url)
    yield engine
    engine.dispose()


def want(engine):
    with Session(engine) as dbsession, dbsession.begin():
        return task_results.want(
            firewall.drafts, dbsession, Ruleset, 1, "in_depth", by="ada"
        )


def state(engine):
    with Session(engine) as dbsession:
        [one] = task_results.listing(firewall.drafts, dbsession, Ruleset, 1)
        return one.state


def test_once_runs_what_is_wanted_and_ends(here, engine):
    want(engine)
    done = subprocess.run(
        [BIN / "draftedit", "worker", here.ini, "--once"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("in_depth of ruleset 1: kept after ")
    assert state(engine) == "done"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_worker_finds_what_nobody_told_of_and_ends_when_told(here, engine, number):
    want(engine)  # and no hint: as after a crash between the commit and the queue
    here.start("worker")
    wait_until(lambda: state(engine) == "done", "the worker has found it")
    here.running["worker"].send_signal(number)
    assert here.running["worker"].wait(timeout=30) == 0
    assert here.log("worker").read_text().splitlines()[-1] == "Ending"


def test_a_worker_ends_with_the_server_it_was_started_beside(here):
    # As `make run` does it: what becomes the server is the worker's parent.
    line = '"$0" worker "$1" --with-parent & exec sleep 60'
    shell = subprocess.Popen(
        ["/bin/sh", "-c", line, BIN / "draftedit", here.ini], stdout=subprocess.PIPE
    )
    try:
        assert shell.stdout.readline().startswith(b"Waiting for tasks")
        [child] = children(shell.pid)
        shell.kill()  # by whatever way it ends
        wait_until(lambda: not is_alive(child), "the worker has ended")
    finally:
        shell.kill()
        shell.wait()
        shell.stdout.close()


def children(pid):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)],  # noqa: S607 — ps, wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(one) for one in found.stdout.split()]


def test_make_run_starts_it_so():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = text.split("\nrun: ")[1].split("\n\n")[0]
    assert "draftedit worker development.ini --with-parent & \\\n\t  exec " in recipe


class Desk:
    """A sweeper with a queue inside this process, on the database of one test."""

    def __init__(self, engine, every=0.0):
        self.engine = engine
        self.queue = own_queue()
        at = task_runner.RunnerConfig(firewall.drafts, self.session, self.session)
        self.sweeper = Sweeper(at, self.queue, "one", every)

    def session(self):
        return self.opened(self.engine)

    class opened(Session):  # noqa: N801 — stands for a function
        def __exit__(self, *failure):
            self.commit() if failure[0] is None else self.rollback()
            self.close()


def test_what_waits_is_put_into_the_queue_once(engine):
    desk = Desk(engine)
    want(engine)
    desk.sweeper.look()
    desk.sweeper.look()
    assert desk.queue.huey.pending_count() == 1
    with Session(engine) as dbsession:
        seen = firewall.drafts.tables.task_worker
        assert dbsession.scalars(sa.select(seen.c.name)).all() == ["one"]


def test_it_looks_only_when_it_is_time(engine):
    desk = Desk(engine, every=1000)
    desk.sweeper.look()
    want(engine)
    desk.sweeper.look()
    assert desk.queue.is_empty()


def test_a_database_that_is_away_does_not_end_a_worker(engine, caplog):
    desk = Desk(make_engine("sqlite:////nowhere/at/all.sqlite"))
    desk.sweeper.look()
    assert "unable to open database file" in caplog.text


def test_progress_is_a_line_now_and_then(capsys, monkeypatch):
    place = task_runner.TaskKey("order", "7", "stock")
    lines, clock = command._Lines(), iter([0.0, 1.0, 6.0, 6.0, 20.0, 20.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    for done, total in ((0, 100), (10, 100), (60, 100), (90, None)):
        lines(place, done, total)
    assert capsys.readouterr().out.splitlines() == [
        "stock of order 7: 60 of 100 rows",
        "stock of order 7: 90 rows",
    ]
