"""One pair of states: put the first into the tables, save the difference, look.

What is there is what the host's own session shows; all other rows, hidden ones among
them, must stay as they are.
"""

import random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit import Drafts
from draftedit.engine.base.keys import to_path
from tests.engine.saving.looking import as_of
from tests.engine.saving.states import (
    Model,
    State,
    Steps,
    changed,
    expected,
    order_of,
    put,
    random_state,
    remove,
    seen,
)
from tests.engine.showing import Shown


class Pair:
    """Two random states of an object of `model`, the first in the tables."""

    def __init__(self, dbsession: Session, model: Model, dice: random.Random) -> None:
        self.dbsession = dbsession
        self.model = model
        self.target = model.target
        self.before = random_state(model, dice)
        self.after: State = changed(self.before)
        self.keys = put(dbsession, self.before)
        (self.root,) = (self.keys[n] for n in self.before.of(self.target.name))

    def is_accepted(self) -> bool:
        """Tell whether the database takes the second state: as plain SQL, and alone."""
        try:
            with self.dbsession.begin_nested() as savepoint:
                remove(self.dbsession, self.before, self.keys)
                put(self.dbsession, self.after)
                if self.dbsession.get_bind().dialect.name == "postgresql":
                    self.dbsession.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
                savepoint.rollback()
        except IntegrityError:
            return False
        return True

    def save(self, drafts: Drafts, *, hiding: bool = True) -> None:
        """Lead a draft from the first state to the second, and save it.

        `hiding`: with rows among them that the host hides.
        """
        if hiding:
            self.model.hide(self.dbsession, self.root)
        self.shown = self._shown()
        edit = drafts.open(self.dbsession, self.target.name, self.root, owner="ada")
        self.steps = Steps(edit, self.before, self.after, self.keys)
        self.steps.take()
        self.changes = edit.changes()
        if self.changes:
            self.saved = edit.save()
        self.dbsession.expire_all()

    def _shown(self) -> Shown:
        return Shown(self.dbsession, self.target, self.root)

    def check(self, drafts: Drafts) -> None:
        """Assert all that a save promises."""
        if self.changes:
            shown = self._shown()
            self._check_live(shown.mine)
            assert shown.others == self.shown.others
            assert shown.beside == self.shown.beside
            self._check_history(drafts, shown.mine)

    def _check_live(self, live: dict[str, Any]) -> None:
        keys, ids = self.steps.keys, self.saved.ids
        wanted = expected(self.after, keys, ids)
        assert seen(live, wanted) == wanted
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

    def _check_history(self, drafts: Drafts, live: dict[str, Any]) -> None:
        before = as_of(self.dbsession, self.target, self.root, 0, live)
        assert before == self.shown.mine
        one = drafts.tables.revision.c
        mine = (one.target == self.target.name, one.root == to_path(self.root))
        numbers = self.dbsession.scalars(sa.select(one.number).where(*mine)).all()
        assert numbers == [1]
