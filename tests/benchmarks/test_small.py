"""The small benchmarks run, everything once and tiny."""

import pytest

from benchmarks import flushing, pages, putting_back


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    for module, name, value in (
        (flushing, "ROWS", 4),
        (flushing, "ROUNDS", 1),
        (flushing, "NOTHING", 1),
        (putting_back, "TESTS", 2),
        (putting_back, "ROUNDS", 1),
        (pages, "RULES", 60),
        (pages, "ROUNDS", 1),
    ):
        monkeypatch.setattr(module, name, value)


def test_flushes_are_measured(capsys):
    flushing.measure("sqlite")
    printed = capsys.readouterr().out
    assert "| sqlite | 1 | 1.00 |" in printed
    assert "| sqlite | one of nothing, 10 rows loaded |" in printed


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_way_puts_the_state_back(capsys, kind):
    putting_back.measure(kind)
    printed = capsys.readouterr().out
    for way in (*putting_back.EVERYWHERE, *putting_back.ELSEWHERE[kind]):
        assert f"| {kind} | {way} |" in printed


def test_the_pages_of_a_draft_stand_beside_those_of_the_live_object(capsys):
    pages.measure("sqlite")
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[2] for line in printed] == [
        "first page of the live object",
        "first page of the draft",
        "search of the live object",
        "search of the draft",
    ]
