"""Check that the keys a revert writes to still belong to the revision's rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.operations import Recreate
from draftedit.engine.reading.history import Difference
from draftedit.engine.reading.lifetimes import Lifetime, follow
from draftedit.engine.reading.live import chunks, encoded_key, has_key
from draftedit.engine.reading.revisions_since import events
from draftedit.engine.reading.rows import Row
from draftedit.engine.reading.view import View
from draftedit.engine.schema.model import Part, Target
from draftedit.engine.values.codecs import same


class Lives:
    """What happened to the rows of a revision since."""

    def __init__(self, now: View, revision: int) -> None:
        """Read what the revisions since then inserted and deleted."""
        self.today = now.as_of or 0
        between = revision, self.today
        self._found = {
            (part.name, key): follow(revision, some)
            for part in now.target.tables.values()
            for key, some in events(now.dbsession, part, now.root, *between).items()
        }

    def of(self, row: Row) -> Lifetime:
        """Follow a row of that revision."""
        return self._found.get((row.table, row.key), Lifetime())

    def again(self, row: Row) -> Recreate:
        """Return the operation that restores a row of that revision."""
        last = self.of(row).last
        # If history has no record, plain SQL has deleted it at an unknown time.
        return Recreate(row.table, row.values, self.today if last is None else last)

    def is_another(self, one: Difference) -> bool:
        """Return whether a row is another than the present one of its key."""
        if one.before is None or one.after is None:
            return False
        if same(one.before.values, one.after.values):
            return False
        return self.of(one.after).last is not None


@dataclass(frozen=True)
class Endings:
    """The ends of the objects that have had one key.

    `revisions` deleted the object; `others` is the last revision of an object other
    than the present one, -1 if there was none.
    """

    revisions: frozenset[int]
    others: int


def endings(dbsession: Session, target: Target, root: Key, current: int) -> Endings:
    """Return the ends of objects of this key, of `current` revisions."""
    here = events(dbsession, target.root, root, 0, current).get(root, [])
    deleted = [(one.revision, here[at:]) for at, one in enumerate(here) if one.gone]
    lives = (follow(number - 1, later) for number, later in deleted)
    ends = [one.last for one in lives if one.last is not None]
    return Endings(frozenset(number for number, _ in deleted), max(ends, default=-1))


def refuse_another_object(now: View, then: View, lives: Lives) -> None:
    """Refuse a revision of another object, deleted since, with the same key."""
    here, was = (view.find(view.target.name, view.root) for view in (now, then))
    last = None if here is None or was is None else lives.of(was).last
    if last is not None:
        title = now.target.title
        message = say(
            "key-belongs-to-another-object",
            revision=then.as_of,
            title=title,
            deleted_by=last + 1,
            same_title=title,
        )
        raise Refused(Problem(message, table=now.target.name, key=now.root))


def refuse_taken(now: View, found: Sequence[Difference], lives: Lives) -> None:
    """Raise Refused, naming the rows whose keys are used by others now.

    The object's own rows that a draft has created are removed by the revert; rows made
    by plain SQL are in no revision, and stay.
    """
    back = [one for one in found if one.before is None and one.after is not None]
    hidden = _out_of_sight(now, back)
    problems = [
        Problem(
            say("key-in-use", title=one.part.title),
            table=one.part.name,
            key=one.key,
        )
        for one in back
        if (one.part.name, one.key) in hidden
        or now.find(one.part.name, one.key) is not None
    ]
    problems += [
        Problem(
            say("key-belongs-to-another-row", title=one.part.title),
            table=one.part.name,
            key=one.key,
        )
        for one in found
        if one.after is not None
        and lives.is_another(one)
        and not lives.of(one.after).is_replaced
    ]
    if problems:
        raise Refused(*problems)


def _out_of_sight(now: View, back: Sequence[Difference]) -> set[tuple[str, Key]]:
    """Return those that are live now, but hidden by a relationship's condition."""
    wanted: dict[Part, list[Key]] = {}
    for one in back:
        if one.part.demands(one.part.live.c):
            wanted.setdefault(one.part, []).append(one.key)
    return {
        (part.name, encoded_key(part, record))
        for part, keys in wanted.items()
        for chunk in chunks(keys)
        for record in now.dbsession.execute(
            sa.select(*(part.fields[name].read() for name in part.key)).where(
                has_key(part, chunk)
            )
        )
    }
