"""Hints go through a queue that exists: with SQLite inside, or Redis behind it."""

import os
import secrets

import pytest

from draftedit.app import task_queue
from draftedit.app.task_queue import Queue, make_queue, own_queue, queue_of
from draftedit.settings import BadSettings
from draftedit.settings.table import TASK_LEASE

REDIS = "DRAFTEDIT_TEST_REDIS_URL"


@pytest.fixture(params=["sqlite", "redis", "memory"])
def queue(request, tmp_path):
    """Return a queue of this test's own, and what is left of it deleted."""
    if request.param == "memory":
        yield own_queue()
        return
    address = f"sqlite:///{tmp_path / 'queue.sqlite'}"
    if request.param == "redis":
        address = os.environ.get(REDIS, "")
        if not address:
            pytest.skip(f"no Redis: set {REDIS}")  # because none is ever guessed
    made = make_queue(address, f"draftedit_test_{secrets.token_hex(6)}")
    yield made
    made.huey.flush()
    made.huey.storage.close()


def take(queue):
    """Take one hint out and do what the worker does with it."""
    task = queue.huey.dequeue()
    if task is not None:
        queue.huey.execute(task)
    return task


def test_a_hint_comes_out_as_it_went_in_and_once(queue):
    woken = []
    queue.serve(lambda *place: woken.append(place))
    assert queue.is_empty()
    queue.wake("ruleset", "1", "in_depth")
    queue.wake("ruleset", "ü,~0", "in_depth")
    assert not queue.is_empty()
    assert take(queue)
    assert take(queue)
    assert woken == [("ruleset", "1", "in_depth"), ("ruleset", "ü,~0", "in_depth")]
    assert queue.is_empty()


def test_a_process_that_serves_nothing_lets_hints_be(queue):
    queue.wake("ruleset", "1", "in_depth")
    assert take(queue)
    assert queue.is_empty()


def test_what_is_in_the_queue_is_data_and_never_run(tmp_path):
    path = tmp_path / "queue.sqlite"
    queue = make_queue(f"sqlite:///{path}")
    queue.wake("ruleset", "1", "in_depth")
    [data] = queue.huey.storage.enqueued_items()
    assert bytes(data).startswith(b"[")
    queue.huey.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.")
    assert take(queue)
    with pytest.raises(ValueError, match="Expecting value"):
        take(queue)
    queue.huey.storage.close()


def test_the_ini_file_names_the_queue(tmp_path):
    assert queue_of({}) is None
    assert queue_of({"draftedit.queue": " "}) is None
    named = queue_of({"draftedit.queue": f"sqlite:///{tmp_path / 'q'}"})
    assert isinstance(named, Queue)
    named.huey.storage.close()


@pytest.mark.parametrize("address", ["amqp://user:secret@x", "nothing"])
def test_an_address_of_something_else_is_refused_in_one_line(address):
    with pytest.raises(BadSettings, match="neither sqlite:/// nor redis://") as refused:
        make_queue(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["redis://x:port/", "redis://x/?db=many"])
def test_an_address_that_cannot_be_read_is_refused_as_the_setting(address):
    with pytest.raises(BadSettings, match=r"^draftedit\.queue: "):
        make_queue(address)


def test_a_redis_without_its_library_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("huey.storage.Redis", None)
    with pytest.raises(BadSettings, match=r"draftedit\[redis\]"):
        make_queue("redis://127.0.0.1:1/")


def test_a_redis_that_does_not_answer_is_not_waited_for_for_ever():
    assert task_queue._patient("redis://x/1") == (
        "redis://x/1?socket_connect_timeout=2&socket_timeout=5"
    )
    assert task_queue._patient("redis://x/1?a=b").count("?") == 1
    own = "redis://x/1?socket_timeout=9"
    assert task_queue._patient(own) == own


@pytest.mark.parametrize(("text", "seconds"), [(None, 30.0), ("1.5", 1.5)])
def test_how_long_a_lease_is(text, seconds):
    assert TASK_LEASE.read({"draftedit.task_lease": text}) == seconds


@pytest.mark.parametrize("text", ["0", "-1", "soon", "4000", "nan"])
def test_a_lease_that_is_none_is_refused(text):
    with pytest.raises(BadSettings, match=r"draftedit\.task_lease"):
        TASK_LEASE.read({"draftedit.task_lease": text})
