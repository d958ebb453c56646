"""Somebody who edits a draft at random, and says what was done in plain words."""

import random

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.operations import LAST
from draftedit.engine.reading.rows import Row

TEXTS = (None, "", "x", "ä", "long " * 5)


class Actor:
    """Applies random operations to a draft of one of the oracle's hosts.

    `inside` keeps to what lies below one row, so that two of them are disjoint; `name`
    goes into unique values. `done` are the operations as they were carried out.
    """

    def __init__(self, host, edit, dice: random.Random, name: str, inside=None) -> None:
        self.host, self.edit, self.dice, self.name = host, edit, dice, name
        self.inside = inside
        self.counter = 0
        self.done = []
        self._seen: list[Row] | None = None  # read once between two operations

    def act(self, count: int) -> "Actor":
        """Do about so many things."""
        self._seen = None  # others may have saved, or the draft been undone, since
        for _ in range(count):
            kind = self.dice.choice(
                (self.set, self.set, self.insert, self.delete, self.move, self.batch)
            )
            self.apply(kind())
        return self

    def apply(self, operation) -> None:
        if operation is None:
            return
        self._seen = None
        try:
            outcome = self.edit.apply(operation)
        except Refused:
            return  # a batch whose parts get in one another's way
        if outcome.operation is not None:
            self.done.append(outcome.operation)

    def rows(self, table=None):
        """Return the rows in sight that may be acted on."""
        if self._seen is None:
            self._seen = list(self._read())
        return [row for row in self._seen if table in (None, row.table)]

    def _read(self):
        """Yield them, by one statement for each table: pages would run one a parent."""
        seen: dict[str, list[Row]] = {}
        top = self.inside or (self.edit.target.name, self.edit.root)
        inside = {top}
        for part in self.edit.target.tables.values():
            if part.parent is None:
                found = [self.edit.row(part.name, self.edit.root)]
            else:
                parents = [row.key for row in seen[part.parent]]
                found = self.edit.below(part.name, parents)
            seen[part.name] = [row for row in found if not row.gone]
            for row in seen[part.name]:
                if self._is_below(part, row, inside):
                    inside.add((row.table, row.key))
                    yield row

    def _is_below(self, part, row, inside) -> bool:
        if part.parent is None:
            return self.inside is None
        return (part.parent, part.parent_key_of(row.values)) in inside

    def _parents(self, part):
        if self.inside is not None and part.parent == self.inside[0]:
            return [self.inside[1]]
        return [row.key for row in self.rows(part.parent)]

    def _choose(self, found):
        return self.dice.choice(found) if found else None

    def set(self):
        rows = [row for row in self.rows() if row.table in self.host.settable]
        row = self._choose(rows)
        if row is None:
            return None
        fields = self.host.settable[row.table]
        name = self.dice.choice(sorted(fields))
        return Set(row.table, row.key, {name: self._value(fields[name], name)})

    def _value(self, kind, name):
        if isinstance(kind, tuple):
            return self.dice.choice(kind)
        if kind == "unique":
            self.counter += 1
            return f"{self.name}{self.counter}"
        if kind in self.edit.target.tables:
            return self._choose([None, *(row.key[0] for row in self.rows(kind))])
        if kind == "text":
            return self.dice.choice(TEXTS)
        if kind == "flag":
            return self.dice.choice((True, False))
        return self.dice.choice((0, 1, 3) if name == "amount" else (None, 0, 5))

    def insert(self):
        parts = [p for p in self.edit.target.tables.values() if p.parent is not None]
        part = self.dice.choice(parts)
        if self.inside is not None and part.name == self.inside[0]:
            return None
        parent = self._choose(self._parents(part))
        if parent is None:
            return None
        self.counter += 1
        number = f"{self.name}{self.counter}"
        values = self.host.values(part.name, number, self.dice.randrange(8))
        after = self._after(part, parent) if part.order else LAST
        return Insert(part.name, values, parent, after)

    def _after(self, part, parent):
        siblings = self.edit.page(part.name, parent=parent, limit=500).rows
        return self.dice.choice([None, LAST, *(row.key for row in siblings)])

    def delete(self):
        row = self._choose([row for row in self.rows() if row.key != self.edit.root])
        return None if row is None else Delete(row.table, row.key)

    def move(self):
        tables = self.edit.target.tables
        row = self._choose([row for row in self.rows() if self._moves(row)])
        if row is None:
            return None
        part = tables[row.table]
        if part.order is None:
            return Move(row.table, row.key, self._choose(self._parents(part)))
        parent = part.parent_key_of(row.values)
        if self.dice.random() < 0.4:
            parent = self._choose(self._parents(part)) or parent
        after = self._after(part, parent)
        if after == row.key:
            after = None
        return Move(row.table, row.key, parent, after)

    def _moves(self, row):
        part = self.edit.target.tables[row.table]
        return part.order is not None or self.edit.target.has_other_parents(part)

    def batch(self):
        made = [self.dice.choice((self.set, self.delete, self.move))() for _ in "abc"]
        operations = [one for one in made if one is not None]
        return Batch(operations, label="several") if operations else None
