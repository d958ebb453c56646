"""A long task of the shop, and a worker that runs it inside the test's transaction."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from draftedit import Set
from draftedit.engine.schema.task import Finding, Task, TaskKey
from draftedit.engine.tasks.revision_reader import RevisionReader
from draftedit.service import task_results, task_runner
from tests.hosts import shop
from tests.hosts.selling import Shop


def scarce(order: RevisionReader) -> Iterator[Finding]:
    """Find the lines of which more than one is wanted."""
    total = order.count("line")
    for done, line in enumerate(order.rows("line"), 1):
        order.progress(done, total)
        if line.values["amount"] > 1:
            yield line.finding("many", f"{line.values['product']} is scarce")


@dataclass
class Desk:
    """Asks for a task of the first order, runs it, looks at what is known of it."""

    dbsession: Session
    goods: Shop
    options: dict[str, Any] = field(default_factory=dict)

    def want(self, by: str = "ada", key: Any = None) -> TaskKey:
        key = self.goods.first if key is None else key
        return task_results.want(
            shop.drafts, self.dbsession, shop.Order, key, "scarce", by=by
        )

    def result(self) -> task_results.TaskResult:
        [found] = task_results.listing(
            shop.drafts, self.dbsession, shop.Order, self.goods.first
        )
        return found

    def work(self, place: TaskKey | None = None, **options: Any) -> str:
        config = task_runner.RunnerConfig(
            shop.drafts, self.session, self.session, **self.options | options
        )
        return task_runner.work(config, place or self.want())

    def save(self, **values: Any) -> int:
        """Change and save the first line, as somebody else; return the revision."""
        edit = shop.drafts.open(
            self.dbsession, shop.Order, self.goods.first, owner="bob"
        )
        edit.apply(Set("line", self.goods.lines[0], **values))
        revision: int = edit.save().revision
        return revision

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        yield self.dbsession


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return `register(run)`: make it the one task of the orders, called scarce."""

    def register(run: Any) -> None:
        target = shop.drafts.targets["purchase"]
        tasks = {"scarce": Task("scarce", "Scarce goods", run)}
        monkeypatch.setitem(
            shop.drafts.targets, "purchase", replace(target, tasks=tasks)
        )

    return register


@pytest.fixture
def desk(dbsession: Session, goods: Shop, register: Callable[..., None]) -> Desk:
    register(scarce)
    return Desk(dbsession, goods)
