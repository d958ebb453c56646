"""kill -9 at any point: no result shown as newer than it is, and no edit lost.

Under a program that saves and asks for checks, and one that reads, the web process and
the worker are killed at random points and started again. Every save changes which rule
the last one repeats, so that the right result of each revision is known beforehand.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from draftedit.app import accounts
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from tests.tasks.processes import Insisting, Site, site, wait_until

pytestmark = pytest.mark.slow

RULES = 1500
MOST = {"sqlite": 200, "postgresql": 30, "mariadb": 30}
READY = 0.75  # how many of the kills wait until the process is at work


@dataclass
class Story:
    """What is known from outside: what was saved, and what must be found of it."""

    site: Site
    call: Insisting
    ruleset: int
    rules: list[int]
    dice: random.Random
    expected: dict[int, int] = field(default_factory=dict)
    acknowledged: int = 0
    current: int = 0  # answers with a result said to be of now
    older: int = 0  # with one said to be of an older revision
    ending: threading.Event = field(default_factory=threading.Event)
    failures: list[BaseException] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/objects/ruleset/{self.ruleset}"

    def save_and_ask(self) -> None:
        """Let the last rule repeat another one, and ask for a check of that."""
        port = self.dice.randrange(1, RULES)
        _, draft = self.done(
            "POST", "/drafts", {"target": "ruleset", "id": self.ruleset}, status=201
        )
        set_ = {"op": "set", "table": "rule", "id": [self.rules[-1]]}
        set_["values"] = {"destination_ports": str(port)}
        path = f"/drafts/{draft['key']}"
        version = f'"{draft["version"]}"'
        _, outcome = self.done("POST", f"{path}/operations", set_, If_Match=version)
        following = self.acknowledged + 1
        self.expected[following] = port
        version = f'"{outcome["version"]}"'
        status, saved = self.call("POST", f"{path}/save", {}, If_Match=version)
        if status == 422:  # it repeats that rule already: there is nothing to save
            assert self.expected[following] == self.expected.get(self.acknowledged)
            del self.expected[following]
            return
        # Neither lost nor done twice, however often the request had to be sent.
        assert (status, saved["revision"]) == (200, following), saved
        self.acknowledged = following
        self.done("POST", f"{self.path}/results", {"task": "in_depth"}, status=202)
        # Some checks are in time, others are overtaken by the next save.
        time.sleep(self.dice.uniform(0, 2))

    def read(self) -> Any:
        """Read the result, and hold it against what was saved."""
        before = self.acknowledged
        _, answer = self.done("GET", f"{self.path}/results")
        [one] = answer["items"]
        assert one["live"] >= before, one
        assert one["current"] == (one["revision"] == one["live"]), one
        if one["revision"] is not None:
            assert one["revision"] <= one["live"]
            wanted = self.rules[self.expected[one["revision"]] - 1]
            found = [(f["kind"], f["id"], f["other"]) for f in one["findings"]]
            assert found == [("duplicate", [self.rules[-1]], [wanted])], one
            self.current += one["current"]
            self.older += not one["current"]
        return one

    def done(self, *args: Any, status: int = 200, **more: str) -> tuple[int, Any]:
        given, answer = self.call(*args, **more)
        assert given == status, (args, given, answer)
        return given, answer

    def keep(self, act: Any) -> threading.Thread:
        """Do it again and again beside, until the end."""

        def again() -> None:
            try:
                while not self.ending.is_set():
                    act()
                    time.sleep(0.05)
            except BaseException as failure:  # because a thread's would be lost
                self.failures.append(failure)

        thread = threading.Thread(target=again)
        thread.start()
        return thread


@pytest.fixture
def story(race_database, tmp_path, dice):
    with Session(race_database.engine) as dbsession, dbsession.begin():
        user = accounts.create(dbsession, "ada", "editor", "a password of the tests")
        token = accounts.new_token(dbsession, user, "tests")[1]
        rules = [
            Rule(
                place=place,
                protocol="tcp",
                destination_ports=str(min(number, RULES)),
                action="accept",
            )
            for number, place in enumerate(spread(RULES + 1), 1)
        ]
        chain = Chain(
            name="input", place=spread(1)[0], type="filter", hook="input", priority=0
        )
        chain.rules = rules
        ruleset = Ruleset(
            name="it", tables=[NftTable(family="inet", name="t", chains=[chain])]
        )
        dbsession.add(ruleset)
        dbsession.flush()
        key, keys = ruleset.id, [rule.id for rule in rules]
    with site(tmp_path, race_database.url) as made:
        story = Story(made, Insisting(made, token), key, keys, dice)
        story.expected[0] = RULES
        yield story


def test_killed_at_any_point_nothing_stale_is_current_and_no_edit_is_lost(
    story, rounds, backend, capsys
):
    for name in ("web", "worker"):
        story.site.start(name)
    for name in ("web", "worker"):
        wait_until(lambda name=name: story.site.is_ready(name), f"{name} is ready")
    threads = [story.keep(story.save_and_ask), story.keep(story.read)]
    kills = {"web": 0, "worker": 0}
    try:
        for _round in range(min(rounds(4), MOST[backend])):
            kill_one(story, kills)
    finally:
        story.ending.set()
        for thread in threads:
            thread.join()
    assert not story.failures, story.failures[0]

    # What was asked for last is found and done, whoever was killed at it.
    story.done("POST", f"{story.path}/results", {"task": "in_depth"}, status=202)
    wait_until(lambda: story.read()["current"], "the last revision is checked")
    last = story.acknowledged
    assert story.read()["live"] == last > 0
    for revision in range(last + 1):
        path = f"{story.path}/rows/rule/{story.rules[-1]}?revision={revision}"
        _, row = story.done("GET", path)
        assert row["destination_ports"] == str(story.expected[revision])
    with capsys.disabled():
        print(
            f"\n{backend}: killed {kills}, {last} saves, read {story.current} results"
            f" of now and {story.older} of older revisions"
        )


def kill_one(story: Story, kills: dict[str, int]) -> None:
    name = story.dice.choice(["web", "worker"])
    if story.dice.random() < READY:
        wait_until(
            lambda: story.site.is_ready(name) or story.failures, f"{name} is ready"
        )
    time.sleep(story.dice.uniform(0, 0.8))
    story.site.kill(name)
    kills[name] += 1
    story.site.start(name)
