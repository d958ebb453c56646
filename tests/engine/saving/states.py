"""Random states of an object, and the operations that lead from one to another.

A state is a plain tree of rows that knows nothing of drafts: `Pair.before` is put into
the tables, `after` is what must be there when the difference has been saved.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Delete, EditSession, Insert, Move, Set
from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.values.order_key import spread

Maker = Callable[[random.Random], Any]
Values = Mapping[str, Any]
Rule = Callable[[Values, Values], bool]
CHANGES = 12


@dataclass(frozen=True)
class Model:
    """How rows of a target are made up: a value for each column worth changing.

    `links` are the values an association row may point to outside, by table. `rules`
    tell, by table and columns, whether two rows cannot both be there below one
    parent; the columns of such a rule are exchanged together. `hide` puts rows beside
    an object that are in its tables, and no part of it.
    """

    target: Target
    values: Mapping[str, Mapping[str, Maker]]
    links: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[tuple[str, ...], Rule]] = field(default_factory=dict)
    hide: Callable[[Session, Any], None] = lambda _dbsession, _root: None

    def references(self, part: Part) -> dict[str, str]:
        """Return the columns that refer to rows of the object itself, and where."""
        return {
            name: str(f.references)
            for name, f in part.fields.items()
            if f.references in self.target.tables and f.role == "value"
        }


@dataclass
class Record:
    """One row: references hold the number of the other row, not its key."""

    table: str
    parent: int | None
    values: dict[str, Any]


class State:
    """An object: its rows by number, siblings in the order of `rows`."""

    def __init__(self, model: Model, dice: random.Random) -> None:
        self.model = model
        self.dice = dice
        self.rows: dict[int, Record] = {}
        self.counter = 0

    def part(self, number: int) -> Part:
        return self.model.target.tables[self.rows[number].table]

    def of(self, table: str) -> list[int]:
        return [number for number, row in self.rows.items() if row.table == table]

    def children(self, table: str, parent: int) -> list[int]:
        return [n for n in self.of(table) if self.rows[n].parent == parent]

    def add(self, table: str, parent: int | None) -> None:
        """Add a row of made-up values, unless its own unique ones are taken."""
        makers = self.model.values.get(table, {})
        values = {name: make(self.dice) for name, make in makers.items()}
        if table in self.model.links:
            outside = self.model.target.tables[table].key[-1]
            values[outside] = self.dice.choice(self.model.links[table])
        self.counter += 1
        self.rows[self.counter] = Record(table, parent, values)
        if self.clash(self.counter) is not None:
            del self.rows[self.counter]

    def delete(self, number: int) -> None:
        """Delete a row with all below it."""
        for below in [n for n, row in self.rows.items() if row.parent == number]:
            self.delete(below)
        del self.rows[number]

    def clash(self, number: int) -> int | None:
        """Return another row that has the same value under some unique key."""
        mine, part = self.rows[number], self.part(number)
        for unique in (part.key, *part.uniques):
            ours = self._unique_values(part, mine, unique)
            for other in self.of(part.name):
                theirs = self._unique_values(part, self.rows[other], unique)
                if other != number and ours is not None and ours == theirs:
                    return other
        return next(self._clashing(number), None)

    def _clashing(self, number: int) -> Iterator[int]:
        """Yield other rows that some rule of the model keeps a row from."""
        mine = self.rows[number]
        siblings = [
            other
            for other in self.of(mine.table)
            if other != number and self.rows[other].parent == mine.parent
        ]
        for rule in self.model.rules.get(mine.table, {}).values():
            for other in siblings:
                if rule(mine.values, self.rows[other].values):
                    yield other

    def _unique_values(
        self, part: Part, row: Record, unique: tuple[str, ...]
    ) -> tuple[Any, ...] | None:
        values = tuple(
            row.parent
            if name in part.parent_fields
            else row.values.get(name, part.fixed.get(name))
            for name in unique
        )
        return None if None in values else values

    def tidy(self) -> None:
        """Let no reference dangle."""
        for number, row in self.rows.items():
            for name, table in self.model.references(self.part(number)).items():
                if row.values.get(name) not in self.of(table):
                    row.values[name] = None


def random_state(model: Model, dice: random.Random) -> State:
    """Make an object of a few rows in each table, with references among them."""
    state = State(model, dice)
    for name, part in model.target.tables.items():
        for parent in state.of(part.parent) if part.parent else [None]:
            for _ in range(1 if parent is None else dice.randint(0, 4)):
                state.add(name, parent)
    for _ in range(6):
        refer(state)
    return state


def changed(state: State) -> State:
    """Return another state of the same object."""
    after = copy(state)
    after.rows = deepcopy(state.rows)
    for _ in range(after.dice.randint(1, CHANGES)):
        after.dice.choice(MUTATIONS)(after)
    after.tidy()
    return after


def rotate(state: State) -> None:
    """Let rows exchange the values of columns that are unique, in a circle."""
    exchanged = _exchanged(state.model)
    if not exchanged:
        return
    part = state.dice.choice(list(exchanged))
    columns = state.dice.choice(exchanged[part])
    rows = state.of(part.name)
    if rows and state.dice.random() < 0.5:  # siblings, which are likelier to meet
        parent = state.rows[state.dice.choice(rows)].parent
        rows = [number for number in rows if state.rows[number].parent == parent]
    chosen = state.dice.sample(rows, min(len(rows), state.dice.randint(2, 4)))
    before = {number: dict(state.rows[number].values) for number in chosen}
    for number, giver in zip(chosen, chosen[1:] + chosen[:1], strict=True):
        for column in columns:
            state.rows[number].values[column] = before[giver][column]
    if any(state.clash(number) is not None for number in chosen):
        for number, values in before.items():
            state.rows[number].values.update(values)


def _exchanged(model: Model) -> dict[Part, list[tuple[str, ...]]]:
    """Return the columns that rows exchange: those of each unique key, or rule."""
    found: dict[Part, list[tuple[str, ...]]] = {}
    for part in model.target.tables.values():
        made = model.values.get(part.name, {})
        groups = [(n,) for key in sorted(part.uniques) for n in key if n in made]
        groups += model.rules.get(part.name, {})
        if groups:
            found[part] = groups
    return found


def exchange(state: State) -> None:
    """Let two siblings exchange the unlike values that they have under one key."""
    keys = _exchanged(state.model)
    found = {
        (part.name, columns): pairs
        for part, groups in keys.items()
        for columns in groups
        if (pairs := _unlike_siblings(state, part, columns))
    }
    if found:  # of each key as often as of another, however many rows it has
        _, columns = key = state.dice.choice(list(found))
        one, other = (state.rows[n].values for n in state.dice.choice(found[key]))
        for name in columns:
            one[name], other[name] = other[name], one[name]


def _unlike_siblings(
    state: State, part: Part, columns: tuple[str, ...]
) -> list[tuple[int, int]]:
    """Return siblings that may exchange the values of these columns, and unlike."""
    siblings = (
        (one, other)
        for one, other in combinations(state.of(part.name), 2)
        if state.rows[one].parent == state.rows[other].parent
    )
    return [pair for pair in siblings if _may_exchange(state, *pair, columns)]


def _may_exchange(state: State, one: int, other: int, columns: tuple[str, ...]) -> bool:
    """Tell whether two rows differ there, and clash with no row if they exchange."""
    rows = state.rows[one], state.rows[other]
    before = [dict(row.values) for row in rows]
    if all(before[0].get(name) == before[1].get(name) for name in columns):
        return False
    for row, values in zip(rows, reversed(before), strict=True):
        row.values.update({name: values[name] for name in columns})
    clashes = [state.clash(number) for number in (one, other)]
    for row, values in zip(rows, before, strict=True):
        row.values.update(values)
    return clashes == [None, None]


def remake(state: State) -> None:
    """Delete a row, and create another under the same unique values."""
    number = _any(state)
    if number is not None:
        old = state.rows[number]
        state.delete(number)
        state.counter += 1
        state.rows[state.counter] = Record(old.table, old.parent, dict(old.values))
        redirect(state, number, state.counter)


def take_over(state: State) -> None:
    """Make a new parent, move the children there, delete the old; the name stays."""
    number = _any(state)
    if number is None:
        return
    old = state.rows[number]
    state.counter += 1
    new = state.counter
    state.rows[new] = Record(old.table, old.parent, dict(old.values))
    for child, row in list(state.rows.items()):
        if row.parent == number and can_move(state, child):
            row.parent = new
    state.delete(number)
    redirect(state, number, new)


def redirect(state: State, old: int, new: int) -> None:
    """Let what referred to one row refer to another."""
    for number, row in state.rows.items():
        for name in state.model.references(state.part(number)):
            if row.values.get(name) == old:
                row.values[name] = new


def move(state: State) -> None:
    """Move a row to another parent; what stands in its way there is deleted."""
    movable = [n for n in state.rows if can_move(state, n)]
    if not movable:
        return
    number = state.dice.choice(movable)
    row, part = state.rows[number], state.part(number)
    row.parent = state.dice.choice(state.of(str(part.parent)))
    if (other := state.clash(number)) is not None:
        state.delete(other)


def can_move(state: State, number: int) -> bool:
    """Tell whether a row may get another parent, or another place."""
    part = state.part(number)
    moves = part.order is not None or state.model.target.has_other_parents(part)
    return moves and not set(part.parent_fields) & set(part.key)


def shuffle(state: State) -> None:
    """Change the order of all siblings."""
    numbers = list(state.rows)
    state.dice.shuffle(numbers)
    state.rows = {number: state.rows[number] for number in numbers}


def refer(state: State, number: int | None = None) -> None:
    """Let a row refer to another, perhaps back."""
    number = number or state.dice.choice(list(state.rows))
    references = state.model.references(state.part(number))
    for name, table in references.items():
        others = [*state.of(table), None]
        state.rows[number].values[name] = state.dice.choice(others)


def change(state: State) -> None:
    """Give a row new values, where they are free."""
    number = state.dice.choice(list(state.rows))
    row, part = state.rows[number], state.part(number)
    before = dict(row.values)
    for name, make in state.model.values.get(row.table, {}).items():
        if name not in part.key:
            row.values[name] = make(state.dice)
    if state.clash(number) is not None:
        row.values = before


def drop(state: State) -> None:
    """Delete a row with all below it."""
    number = _any(state)
    if number is not None:
        state.delete(number)


def add(state: State) -> None:
    """Add a row somewhere, with some below it."""
    for part in list(state.model.target.tables.values())[1:]:
        parents = state.of(str(part.parent))
        if parents and state.dice.random() < 0.5:
            state.add(part.name, state.dice.choice(parents))
    refer(state, max(state.rows))


# Exchanges more often: some keys have few values, which few siblings can exchange.
MUTATIONS = (
    rotate,
    exchange,
    exchange,
    exchange,
    remake,
    take_over,
    move,
    shuffle,
    refer,
    change,
    drop,
    add,
)


def _any(state: State) -> int | None:
    """Choose a row that is not the root."""
    numbers = [n for n, row in state.rows.items() if row.parent is not None]
    return state.dice.choice(numbers) if numbers else None


# From a state to the tables, and by operations to the next


def put(dbsession: Session, state: State) -> dict[int, Any]:
    """Insert the state's rows; return their keys by number."""
    keys: dict[int, Any] = {}
    target = state.model.target
    for name in target.insert_order:
        part = target.tables[name]
        for number in state.of(name):
            row = state.rows[number]
            values = _columns(state, part, row, keys, placed=True)
            result = dbsession.connection().execute(sa.insert(part.live).values(values))
            keys[number] = _key(part, values, result)
    for number, row in state.rows.items():
        part = state.part(number)
        names = state.model.references(part)
        refs = {n: keys[row.values[n]][0] for n in names if row.values.get(n)}
        if refs:
            statement = sa.update(part.live).where(_is_row(part, keys[number]))
            dbsession.execute(statement.values(refs))
    return keys


def remove(dbsession: Session, state: State, keys: Mapping[int, Any]) -> None:
    """Delete the rows that `put` has inserted."""
    target = state.model.target
    for part in target.tables.values():
        names = state.model.references(part)
        for number in state.of(part.name) if names else ():
            emptied = sa.update(part.live).where(_is_row(part, keys[number]))
            dbsession.execute(emptied.values(dict.fromkeys(names)))
    for name in reversed(target.insert_order):
        part = target.tables[name]
        for number in state.of(name):
            dbsession.execute(sa.delete(part.live).where(_is_row(part, keys[number])))


def _is_row(part: Part, key: Any) -> sa.ColumnElement[bool]:
    pairs = zip(part.live.primary_key, _decoded(part, key), strict=True)
    return sa.and_(*(column == value for column, value in pairs))


def _key(part: Part, values: Mapping[str, Any], result: Any) -> tuple[Any, ...]:
    made = dict(zip(part.key, result.inserted_primary_key or (), strict=False))
    return tuple(
        part.fields[name].codec.encode(values.get(name, made.get(name)))
        for name in part.key
    )


def _decoded(part: Part, key: Any) -> list[Any]:
    return list(part.decode(dict(zip(part.key, key, strict=True))).values())


def _columns(
    state: State, part: Part, row: Record, keys: Mapping[int, Any], placed: bool
) -> dict[str, Any]:
    """Return the decoded columns of a row, references to other rows aside."""
    references = state.model.references(part)
    values = {n: v for n, v in row.values.items() if n not in references}
    if row.parent is not None:
        values |= dict(zip(part.parent_fields, keys[row.parent], strict=True))
        siblings = state.children(row.table, row.parent)
        if part.order is not None and placed:
            number = next(n for n in siblings if state.rows[n] is row)
            place = spread(len(siblings))[siblings.index(number)]
            values[part.order] = place
    # What a relationship demands an insert of the draft sets by itself.
    return part.decode(values | part.fixed)


class Steps:
    """Leads an open draft from one state to another, by operations."""

    def __init__(
        self, edit: EditSession, before: State, after: State, keys: dict[int, Any]
    ) -> None:
        self.edit = edit
        self.before = before
        self.after = after
        self.keys = dict(keys)

    def take(self) -> None:
        """Apply the difference: links last, as both their ends must be there."""
        links = {p.name for p in self.after.model.target.tables.values() if p.is_link}
        self._insert(skip=links)
        self._arrange()
        self._set()
        self._delete(skip=links)
        self._relink(links)

    def _new(self, table: str) -> list[int]:
        return [n for n in self.after.of(table) if n not in self.before.rows]

    def _insert(self, skip: set[str]) -> None:
        # A natural key is free only when the row that has it is gone.
        for name, part in self.after.model.target.tables.items():
            if name in skip:
                continue
            if part.generated_key is None and part.parent is not None:
                self._delete_of(name)
            for number in self._new(name):
                self._insert_one(part, number)

    def _insert_one(self, part: Part, number: int) -> None:
        row = self.after.rows[number]
        references = self.after.model.references(part)
        values = {n: v for n, v in row.values.items() if n not in references}
        parent = self.keys[row.parent or 0]
        done = self.edit.apply(Insert(part.name, values, parent))
        self.keys[number] = done.rows[-1].key

    def _arrange(self) -> None:
        for name, part in self.after.model.target.tables.items():
            if part.order is None:
                self._put_below(part)
                continue
            for parent in self.after.of(str(part.parent)):
                last = None
                for number in self.after.children(name, parent):
                    self._move(name, number, parent, last)
                    last = number

    def _put_below(self, part: Part) -> None:
        """Give the rows of a part without order their parents."""
        if not self.after.model.target.has_other_parents(part):
            return
        for parent in self.after.of(str(part.parent)):
            for number in self.after.children(part.name, parent):
                self.edit.apply(Move(part.name, self.keys[number], self.keys[parent]))

    def _move(self, table: str, number: int, parent: int, last: int | None) -> None:
        after = None if last is None else self.keys[last]
        self.edit.apply(Move(table, self.keys[number], self.keys[parent], after))

    def _set(self) -> None:
        for number, row in self.after.rows.items():
            part = self.after.part(number)
            values = {
                name: self._value(part, name, value)
                for name, value in row.values.items()
                if part.fields[name].settable
            }
            if values:
                self.edit.apply(Set(part.name, self.keys[number], values))

    def _value(self, part: Part, name: str, value: Any) -> Any:
        if name not in self.after.model.references(part) or value is None:
            return value
        return self.keys[value][0]

    def _delete(self, skip: set[str]) -> None:
        for name in self.after.model.target.tables:
            if name not in skip:
                self._delete_of(name)

    def _delete_of(self, name: str) -> None:
        """Delete what is not there any more, unless it goes with its parent."""
        for number in self.before.of(name):
            gone = number not in self.after.rows
            parent = self.before.rows[number].parent
            stays = parent in self.after.rows
            if gone and stays and not self._is_gone(number):
                self.edit.apply(Delete(name, self.keys[number]))

    def _is_gone(self, number: int) -> bool:
        row = self.edit.row(self.before.rows[number].table, self.keys[number])
        return row.state == "gone" or not self.edit.in_sight(row) or self._kept(number)

    def _kept(self, number: int) -> bool:
        """Tell whether another row has been created under the same (natural) key."""
        table = self.before.rows[number].table
        key = self.keys[number]
        return any(self.keys.get(n) == key for n in self._new(table))

    def _relink(self, links: set[str]) -> None:
        for name in links:
            part = self.after.model.target.tables[name]
            self._delete_of(name)
            for number in self._new(name):
                self._insert_one(part, number)


def expected(
    after: State, keys: Mapping[int, Any], ids: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what must be live: by table and real key, the columns that are known."""
    real = {
        number: ids.get(row.table, {}).get(to_path(keys[number]), keys[number])
        for number, row in after.rows.items()
    }
    tables: dict[str, dict[Any, dict[str, Any]]] = {
        name: {} for name in after.model.target.tables
    }
    for number, row in after.rows.items():
        part = after.part(number)
        values = dict(row.values)
        for name in after.model.references(part):
            other = values.get(name)
            values[name] = None if other is None else real[other][0]
        if row.parent is not None:
            values |= dict(zip(part.parent_fields, real[row.parent], strict=True))
        tables[row.table][real[number]] = values
    return tables


def seen(
    live: Mapping[str, Mapping[Any, Mapping[str, Any]]],
    wanted: Mapping[str, Mapping[Any, Mapping[str, Any]]],
) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what is live, of the columns that are known."""
    return {
        table: {
            key: {name: row[name] for name in wanted[table].get(key, row)}
            for key, row in rows.items()
        }
        for table, rows in live.items()
    }


def order_of(state: State, keys: Mapping[int, Any]) -> list[Any]:
    """Return the keys of siblings in their order, of each ordered part and parent."""
    return [
        [keys[number] for number in state.children(part.name, parent)]
        for part in state.model.target.tables.values()
        if part.order is not None
        for parent in state.of(str(part.parent))
    ]
