"""Another connection that writes by plain SQL between the statements of a save."""

import contextlib
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from draftedit import Delete, Insert, Move, Set
from draftedit.app.models import WRITES
from draftedit.engine.base.errors import Conflicts, Refused
from draftedit.engine.values.order_key import spread
from draftedit.web.retry import is_retryable
from tests.databases import Database
from tests.hosts import knot
from tests.hosts.knot import Badge, Box, Item, Mark, Plan, item_badge

TARGET = knot.drafts.targets["plan"]
PLAN, BOX = Plan.__table__, Box.__table__
ITEM, MARK = Item.__table__, Mark.__table__
LIVE = [Badge.__table__, PLAN, BOX, ITEM, MARK, item_badge]
OF_ITEMS = {"item": "id", "mark": "item_id", "item_badge": "item_id"}
NEW, NEW_CODE, TAKEN = ("item", "new"), 500, 501
THEIRS = 900  # a key that nobody else takes

Rows = dict[tuple[str, tuple], dict]


class Scene:
    """A plan, and a draft that changes something of every kind in it.

    Boxes a (items u, v, w), b (x, y), c (z) and the empty d; each item has a mark
    "old", and w the badge red.
    """

    def __init__(self, engine: sa.Engine, moved: bool) -> None:
        self.engine = engine
        with Session(engine) as dbsession:
            self._fill(dbsession)
            self.draft = self._edit(dbsession)
            if moved:
                other = knot.drafts.open(dbsession, Plan, self.plan, owner="bob")
                other.apply(Set("item", self.keys["y"], nick="bob"))
                other.apply(Delete("mark", (*self.keys["u"], "old")))
                other.apply(Insert("box", {"name": "bobs"}, (self.plan,)))
                other.save()
            dbsession.commit()

    def _fill(self, dbsession: Session) -> None:
        dbsession.add_all([red := Badge(code="red"), Badge(code="blue")])
        plan, self.keys = Plan(name="plan"), {}
        boxes = {"a": "uvw", "b": "xy", "c": "z", "d": ""}
        for place, (name, items) in zip(spread(4), boxes.items(), strict=True):
            box = Box(name=name, place=place)
            plan.boxes.append(box)
            for at, called in zip(spread(len(items)), items, strict=True):
                code = ord(called)
                serial = uuid.UUID(int=code)
                item = Item(name=called, place=at, code=code, serial=serial)
                item.marks = [Mark(word="old", weight=1)]
                item.badges = [red] if called == "w" else []
                box.items.append(item)
        dbsession.add(plan)
        dbsession.commit()
        self.plan = plan.id
        self.keys = {one.name: (one.id,) for box in plan.boxes for one in box.items}
        self.keys |= {box.name: (box.id,) for box in plan.boxes}

    def _edit(self, dbsession: Session) -> int:
        """Set, move, swap (which parks), delete with a subtree, insert, and link."""
        edit = knot.drafts.open(dbsession, Plan, self.plan, owner="ada")
        keys = self.keys
        edit.apply(Set("plan", (self.plan,), name="adas"))
        edit.apply(Set("item", keys["u"], nick="adas"))
        edit.apply(Move("item", keys["v"], keys["d"]))
        edit.apply(Set("item", keys["x"], code=0))
        edit.apply(Set("item", keys["y"], code=ord("x")))
        edit.apply(Set("item", keys["x"], code=ord("y")))
        edit.apply(Set("mark", (*keys["x"], "old"), weight=2))
        edit.apply(Delete("item", keys["w"]))
        edit.apply(Delete("box", keys["c"]))
        values = {"name": "new", "code": NEW_CODE, "serial": str(uuid.UUID(int=1))}
        new = edit.apply(Insert("item", values, keys["a"])).rows[-1].key
        edit.apply(Insert("mark", {"word": "new"}, new))
        edit.apply(Insert("item_badge", {"badge_code": "blue"}, new))
        edit.apply(Insert("item_badge", {"badge_code": "blue"}, keys["u"]))
        edit.apply(Set("box", keys["a"], next_id=keys["d"][0]))
        return edit.info.key

    def meddlings(self) -> dict[str, "Meddling"]:
        """Return what another may write meanwhile, and what is to become of it."""
        a, c, d, u, v, w, x, z = (self.keys[name][0] for name in "acduvwxz")

        def item(key, **values):
            return sa.update(ITEM).where(ITEM.c.id == key).values(values)

        def new_item(box, code):
            values = {"id": THEIRS, "box_id": box, "name": "theirs", "code": code}
            values |= {"place": spread(1)[0], "serial": uuid.UUID(int=THEIRS)}
            return sa.insert(ITEM).values(values)

        def no(table, key, value):
            return sa.delete(table).where(table.c[key] == value)

        return {
            "a field that is written": refuses(item(u, nick="theirs")),
            "another field of the row": is_kept(item(u, name="theirs")),
            "another field of a row that is moved": is_kept(item(v, name="theirs")),
            "another field of a row that is parked": is_kept(item(x, nick="theirs")),
            "the place of a row that is moved": refuses(item(v, box_id=c)),
            "a field of the root": refuses(sa.update(PLAN).values(name="theirs")),
            "a field of a row that is deleted": refuses(
                sa.update(BOX).where(BOX.c.id == c).values(name="theirs")
            ),
            "a field below a row that is deleted": is_taken_along(
                item(z, nick="theirs")
            ),
            "a row below one that is deleted": is_taken_along(new_item(c, TAKEN)),
            "a row two levels below one that is deleted": is_taken_along(
                sa.insert(MARK).values(item_id=z, word="theirs")
            ),
            "a link of a row that is deleted": is_taken_along(
                sa.insert(item_badge).values(item_id=w, badge_code="blue")
            ),
            "a row with the value that another is given": refuses(
                new_item(a, NEW_CODE)
            ),
            "no row where one is changed": refuses(no(MARK, "item_id", x)),
            "no row where one is deleted": is_kept(
                no(MARK, "item_id", w), no(item_badge, "item_id", w), no(ITEM, "id", w)
            ),
            "no row where another is to hang": refuses(no(BOX, "id", d)),
            "no row where another is to refer to": refuses(
                no(Badge.__table__, "code", "blue")
            ),
        }

    def save(self, dbsession: Session):
        """Save the draft; the caller rolls back."""
        edit = knot.drafts.resume(dbsession, self.draft, owner="ada", lock=True)
        return edit.save()


@dataclass(frozen=True)
class Meddling:
    """What another writes in one transaction, and what becomes of that and the save.

    "kept": both are live. "refused": the save was, and nothing of it is there. "taken
    along": deleted with what it is below, and to be read in history.
    """

    becomes: str
    statements: tuple[sa.Executable, ...]


def is_kept(*statements: sa.Executable) -> Meddling:
    return Meddling("kept", statements)


def refuses(*statements: sa.Executable) -> Meddling:
    return Meddling("refused", statements)


def is_taken_along(*statements: sa.Executable) -> Meddling:
    return Meddling("taken along", statements)


# What is in the tables


def snapshot(connection: sa.Connection) -> Rows:
    """Return the live rows by table and key.

    The draft's new item has the key 0, and no place: that is among those it finds.
    """
    found: Rows = {}
    for table in LIVE:
        for record in connection.execute(sa.select(table)).mappings():
            key = tuple(record[column.name] for column in table.primary_key)
            found[table.name, key] = dict(record)
    [new] = [k[0] for (t, k), r in found.items() if (t, r.get("name")) == NEW] or [None]
    return {
        (t, _key(t, key, new)): _row(t, row, new) for (t, key), row in found.items()
    }


def _key(table: str, key: tuple, new: int | None) -> tuple:
    is_new = table in OF_ITEMS and new is not None and key[0] == new
    return (0, *key[1:]) if is_new else key


def _row(table: str, row: dict, new: int | None) -> dict:
    name = OF_ITEMS.get(table)
    if name is None or new is None or row[name] != new:
        return row
    return row | {name: 0} | ({"place": None} if "place" in row else {})


def restore(connection: sa.Connection, wanted: Rows) -> None:
    """Bring the tables back to a snapshot."""
    now = snapshot(connection)
    for table in reversed(LIVE):
        for place in now.keys() - wanted.keys():
            if place[0] == table.name:
                connection.execute(sa.delete(table).where(_is(table, place[1])))
    for table in LIVE:
        for place, row in wanted.items():
            if place[0] != table.name or now.get(place) == row:
                continue
            write = sa.update(table).where(_is(table, place[1]))
            write = write if place in now else sa.insert(table)
            connection.execute(write.values(row))


def _is(table: sa.Table, key: tuple) -> sa.ColumnElement[bool]:
    columns = table.primary_key.columns
    return sa.and_(*(c == v for c, v in zip(columns, key, strict=True)))


@dataclass(frozen=True)
class Effect:
    """What a meddling changes: whole new rows, changed fields, deleted rows (None)."""

    rows: dict[tuple[str, tuple], dict | None]

    @classmethod
    def between(cls, before: Rows, after: Rows) -> "Effect":
        """Compare two snapshots."""
        changed: dict = dict.fromkeys(before.keys() - after.keys())
        for place, row in after.items():
            old = before.get(place, {})
            fields = {n: v for n, v in row.items() if n not in old or old[n] != v}
            if fields:
                changed[place] = fields
        return cls(changed)

    def on(self, rows: Rows) -> Rows:
        """Return the rows with the effect on them, whoever wrote first."""
        found = dict(rows)
        for place, fields in self.rows.items():
            if fields is None:
                found.pop(place, None)
            else:
                found[place] = found.get(place, {}) | fields
        return found


class Meddler:
    """Tries to write at each statement of a save, and never waits for a lock."""

    def __init__(self, database: Database, scene: Scene) -> None:
        self.scene = scene
        self.engine = sa.create_engine(database.engine.url, poolclass=sa.StaticPool)
        self.no_waiting = NO_WAITING[database.backend]
        sa.event.listen(self.engine, "connect", self._never_wait)
        with self.engine.connect() as connection:
            self.before = snapshot(connection)
        with self.saving() as dbsession:
            scene.save(dbsession)
            self.wanted = snapshot(dbsession.connection())

    def _never_wait(self, connection, _record) -> None:
        cursor = connection.cursor()
        cursor.execute(self.no_waiting)
        cursor.close()
        connection.commit()

    @contextlib.contextmanager
    def saving(self, at_step=None) -> Iterator[Session]:
        """Give a session to save in; call `at_step` before each of its statements."""
        count = itertools.count()
        with self.scene.engine.execution_options(**{WRITES: True}).connect() as one:
            transaction = one.begin()
            if at_step is not None:
                sa.event.listen(
                    one, "before_cursor_execute", lambda *_: at_step(next(count))
                )
            with Session(one) as dbsession:
                yield dbsession
            transaction.rollback()

    def write(self, meddling: Meddling, commit: bool) -> bool:
        """Write in one transaction; tell whether the database let us."""
        with self.engine.connect() as connection:
            try:
                for statement in meddling.statements:
                    connection.execute(statement)
            except DBAPIError as error:
                if is_retryable(error) or isinstance(error, IntegrityError):
                    return False
                raise
            if commit:
                connection.commit()
        return True

    def allowed(self) -> dict[str, list[bool]]:
        """Tell of each meddling at which steps of a save it would be allowed.

        Nothing is committed, so that one save serves for all.
        """
        meddlings = self.scene.meddlings()
        found: dict[str, list[bool]] = {name: [] for name in meddlings}

        def at_step(_number):
            for name, meddling in meddlings.items():
                found[name].append(self.write(meddling, commit=False))

        with self.saving(at_step) as dbsession:
            self.scene.save(dbsession)
            at_step(None)  # and before the commit
        return found

    def effect(self, meddling: Meddling) -> Effect:
        """Tell what a meddling does where nobody saves."""
        with self.engine.connect() as connection:
            for statement in meddling.statements:
                connection.execute(statement)
            return Effect.between(self.before, snapshot(connection))

    def meddle(self, meddling: Meddling, step: int) -> str:
        """Write at one step of a save, and commit; tell what became of both.

        As `Meddling.becomes` has it, or what was lost.
        """
        effect, outcome = self.effect(meddling), ""

        def at_step(number):
            if number == step:
                assert self.write(meddling, commit=True)

        try:
            with self.saving(at_step) as dbsession:
                try:
                    saved = self.scene.save(dbsession)
                except (Conflicts, Refused):
                    outcome = "refused"
                else:
                    outcome = self._judge(
                        dbsession.connection(), effect, saved.revision
                    )
            with self.engine.connect() as connection:
                assert snapshot(connection) == effect.on(self.before)
        finally:
            with self.engine.begin() as connection:
                restore(connection, self.before)
        return outcome

    def _judge(self, connection, effect: Effect, revision: int) -> str:
        live = snapshot(connection)
        if live == effect.on(self.wanted):
            return "kept"
        lost = {p: f for p, f in effect.rows.items() if f and p not in live}
        rest = Effect({p: f for p, f in effect.rows.items() if p not in lost})
        if live != rest.on(self.wanted):
            return f"live has {Effect.between(rest.on(self.wanted), live)}"
        archived = [_archived(connection, p, f, revision) for p, f in lost.items()]
        return "taken along" if all(archived) else f"lost is {lost}"


def _archived(connection, place, fields: dict, revision: int) -> bool:
    """Tell whether history has what a row had when the save deleted it."""
    then = TARGET.tables[place[0]].history
    wanted = sa.select(then).where(then.c.revision == revision, _is_in(then, place))
    record = connection.execute(wanted).mappings().first()
    return (
        record is not None
        and not record["absent"]
        and all(str(record[name]) == str(value) for name, value in fields.items())
    )


def _is_in(then: sa.Table, place) -> sa.ColumnElement[bool]:
    names = TARGET.tables[place[0]].key
    return sa.and_(*(then.c[n] == v for n, v in zip(names, place[1], strict=True)))


NO_WAITING = {
    "sqlite": "PRAGMA busy_timeout = 0",
    "postgresql": "SET lock_timeout = '1ms'",
    "mariadb": "SET innodb_lock_wait_timeout = 0",
}
