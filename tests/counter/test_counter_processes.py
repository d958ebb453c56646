"""Many processes count in one SQLite file: no number twice, no gap."""

import pytest

from draftedit.app.models import make_engine
from tests.counter import counting
from tests.counter.counting_processes import Job, pool, run

pytestmark = pytest.mark.slow

PROCESSES = 8


def counted(tmp_path, times, right=True):
    """Let all processes count; return all numbers, and those of the tickets."""
    engine = make_engine(f"sqlite:///{tmp_path}/counted.sqlite")
    counting.Base.metadata.create_all(engine)
    if not right:
        counting.resetting(engine, 0, counting.Tally.__table__)()
    job = Job(str(engine.url), times, right)
    with pool(PROCESSES) as processes:
        numbers = [n for found in processes.map(run, [job] * PROCESSES) for n in found]
    tickets = counting.numbered(engine)
    engine.dispose()
    return sorted(numbers), tickets


def test_processes_at_once_take_each_number_once(tmp_path):
    numbers, tickets = counted(tmp_path, 20)
    assert numbers == tickets == list(range(1, PROCESSES * 20 + 1))


@pytest.mark.long
def test_eight_processes_take_a_thousand_numbers_each(tmp_path):
    numbers, tickets = counted(tmp_path, 1_000)
    assert numbers == tickets == list(range(1, PROCESSES * 1_000 + 1))


def test_without_the_lock_processes_take_a_number_twice_every_time(tmp_path):
    numbers, _ = counted(tmp_path, 2, right=False)
    # All of them have been given the first.
    assert numbers[:PROCESSES] == [1] * PROCESSES
