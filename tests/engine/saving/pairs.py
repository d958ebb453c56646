"""One pair of states: put the first into the tables, save the difference, look."""

import random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Drafts
from draftedit.engine.keys import to_path
from tests.engine.saving.looking import as_of, objects
from tests.engine.saving.states import (
    Model,
    State,
    Steps,
    changed,
    expected,
    order_of,
    put,
    random_state,
    seen,
)


class Pair:
    """Two random states of an object of `model`, the first in the tables."""

    def __init__(self, dbsession: Session, model: Model, dice: random.Random) -> None:
        self.dbsession = dbsession
        self.target = model.target
        self.before = random_state(model, dice)
        self.after: State = changed(self.before)
        self.keys = put(dbsession, self.before)
        (self.root,) = (self.keys[n] for n in self.before.of(self.target.name))
        self.live, self.others = objects(dbsession, self.target, self.root)

    def save(self, drafts: Drafts) -> None:
        """Lead a draft from the first state to the second, and save it."""
        edit = drafts.open(self.dbsession, self.target.name, self.root, owner="ada")
        self.steps = Steps(edit, self.before, self.after, self.keys)
        self.steps.take()
        self.changes = edit.changes()
        if self.changes:
            self.saved = edit.save()
        self.dbsession.expire_all()

    def check(self, drafts: Drafts) -> None:
        """Assert all that a save promises."""
        if self.changes:
            self._check_live()
            self._check_history(drafts)

    def _check_live(self) -> None:
        keys, ids = self.steps.keys, self.saved.ids
        live, others = objects(self.dbsession, self.target, self.root)
        wanted = expected(self.after, keys, ids)
        assert seen(live, wanted) == wanted
        assert others == self.others
        real = {
            number: ids.get(row.table, {}).get(to_path(keys[number]), keys[number])
            for number, row in self.after.rows.items()
        }
        assert self._order(live) == order_of(self.after, real)

    def _order(self, live: dict[str, Any]) -> list[Any]:
        """Return the siblings' keys as they stand, in the order of `order_of`."""
        found = []
        for part in self.target.tables.values():
            if part.order is None:
                continue
            for parent in self.after.of(str(part.parent)):
                key = self._real(parent)
                siblings = [
                    (row[part.order], own)
                    for own, row in live[part.name].items()
                    if part.parent_key_of(row) == key
                ]
                found.append([own for _, own in sorted(siblings)])
        return found

    def _real(self, number: int) -> Any:
        key, table = self.steps.keys[number], self.after.rows[number].table
        return self.saved.ids.get(table, {}).get(to_path(key), key)

    def _check_history(self, drafts: Drafts) -> None:
        assert as_of(self.dbsession, self.target, self.root, 0) == self.live
        one = drafts.tables.revision.c
        mine = (one.target == self.target.name, one.root == to_path(self.root))
        numbers = self.dbsession.scalars(sa.select(one.number).where(*mine)).all()
        assert numbers == [1]
