"""The benchmark runs, everything once and tiny, and compares what is comparable."""

import csv
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from benchmarks import __main__ as command
from benchmarks import counting, databases, processes, report
from benchmarks.client import Failed
from benchmarks.place import places
from benchmarks.plan import TINY
from benchmarks.player import Player, set_of
from benchmarks.stories import MEASURES, first_page, middle_page

pytestmark = pytest.mark.slow


def test_every_measure_is_in_the_table_and_the_pictures(tmp_path):
    command.run(TINY, ["sqlite"], tmp_path)
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measured = {row["measure"] for row in rows}
    possible = {one.name for one in MEASURES if one.smallest <= TINY.sizes[-1]}
    assert measured >= possible | {"purge of a draft", "set, rows touched"}
    assert {row["system"] for row in rows} == set(report.NAMES)
    assert {row["clients"] for row in rows} == {"1", str(TINY.crowd)}
    assert "| set | draftedit | 30 |" in (tmp_path / "table.md").read_text("utf-8")
    for picture in tmp_path.glob("*.svg"):
        ElementTree.parse(picture)  # noqa: S314 — our own
    assert (tmp_path / "sqlite-set.svg").is_file()


def test_processes_that_share_a_port_answer_everybody(tmp_path):
    plan = replace(TINY, processes=(2,))
    with databases.server("postgresql", tmp_path) as address:
        found = processes.measure_processes(address, tmp_path, plan)
    assert [one.measure for one in found] == [*processes.STORIES]
    assert {(one.processes, one.clients, one.errors) for one in found} == {(2, 2, 0)}
    for one in found:
        assert f"| {one.measure} | 2 | 2 | 1.00 |" in processes.table(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("places")
    with (
        databases.server("sqlite", folder) as address,
        places(TINY, "sqlite", address, folder) as made,
    ):
        yield made


def test_the_smallest_pages_are_as_long_on_every_object(made):
    for place in made:
        player = Player(place, "draftedit")
        for story in (first_page(5), middle_page(5)):
            assert len(next(story(player)).data["items"]) == 5
        player.close()


@pytest.fixture
def player(made, request):
    player = Player(made[-1], request.param)
    yield player
    player.close()


BY_HAND = pytest.mark.parametrize("player", ["raw", "core"], indirect=True)


def rule(player, draft, key):
    found = player.api.call("GET", f"{draft.path}/rows/rule/{key}").data
    return found["comment"], found["_state"]


@BY_HAND
def test_what_is_set_by_hand_draftedit_can_undo_and_redo(player):
    draft, (key, *_) = player.open(), player.ten
    before = rule(player, draft, key)
    first, second = draft.set(key), draft.set(key)
    assert rule(player, draft, key) == (second.data["rows"][0]["comment"], "changed")
    call = player.api.call
    undone = call("POST", f"{draft.path}/undo", {"count": 2}, draft.version).data
    assert (undone["redo"], rule(player, draft, key)) == (2, before)
    call("POST", f"{draft.path}/redo", {}, undone["version"])
    assert rule(player, draft, key) == (first.data["rows"][0]["comment"], "changed")


def test_rows_touched_by_the_harness_are_as_set_leaves_them(made):
    player = Player(made[-1], "draftedit")
    one, other = player.open(), player.open()
    one.set(player.ten[0])
    other.touch(player.ten[:1])
    [set_by_us], [touched] = (
        player.api.call("GET", f"{draft.path}/changes").data["items"]
        for draft in (one, other)
    )
    assert touched["fields"].keys() == set_by_us["fields"].keys() == {"comment"}
    before = set_by_us["fields"]["comment"]["base"]
    assert touched["fields"]["comment"]["base"] == before
    player.close()


@BY_HAND
def test_what_is_saved_by_hand_is_live_and_in_history(player):
    draft, keys = player.open(), player.ten[:3]
    draft.touch(keys)
    saved = draft.post("save").data
    path = f"/objects/ruleset/{player.thing.ruleset}"
    changes = f"{path}/revisions/{saved['revision']}/changes"
    found = player.api.call("GET", changes).data["items"]
    assert {one["id"][0]: set(one["fields"]) for one in found} == {
        key: {"comment"} for key in keys
    }
    assert player.api.call("GET", path).data["revision"] == saved["revision"]


@BY_HAND
def test_the_floor_answers_a_repeated_request_and_refuses_a_stale_one(player):
    draft = player.open()
    operation, call = set_of(player.ten[0]), player.acting.call
    path = f"{draft.path}/operations"
    first = call(
        "POST", path, operation, draft.version, key=f"once by {player.system}"
    ).data
    assert (
        call(
            "POST", path, operation, draft.version, key=f"once by {player.system}"
        ).data
        == first
    )
    with pytest.raises(Failed, match="412"):
        call("POST", path, operation, draft.version)


def test_what_a_counter_in_every_save_costs_is_in_a_table():
    found = counting.measure("sqlite", savers=(2,), seconds=0.1)
    assert {(one.savers, one.way) for one in found} == {(2, w) for w in counting.WAYS}
    assert all(one.per_second > 0 for one in found)
    short, long = counting.table(found).splitlines()[2:]
    assert short.startswith("| SQLite | 0.0 s longer | 2 | ")
    assert long.startswith("| SQLite | 0.2 s longer | 2 | ")
