"""Effects of a save outside its object: reported, refused or consented to."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from draftedit.engine.base.errors import Consequence, Key, NeedsConsent, Refused
from draftedit.engine.base.keys import to_path
from draftedit.engine.outside import unseen
from draftedit.engine.outside.consequences import consent_to, consequences
from draftedit.engine.outside.others import rows_of_others
from draftedit.engine.outside.search import find
from draftedit.engine.reading.lifetimes import NEVER
from draftedit.engine.saving import cascades, outside_restore
from draftedit.engine.saving.save_run import Cursor, SaveRun
from draftedit.engine.schema.model import Part


def look_outside(work: SaveRun, accept: str | None) -> None:
    """Find the rows outside the object that the deletes of a save change.

    Raises Refused if they belong to another object, NeedsConsent if they cannot be kept
    and there is no consent. Runs no statement for a save that deletes nothing.
    """
    doomed = deleted_by(work)
    if not any(doomed.values()):
        return
    affected = find(work.dbsession, work.target, doomed)
    problems = rows_of_others(work.dbsession, work.target, affected, doomed)
    if problems:
        raise Refused(*problems)
    consent = consent_to(affected)
    if consent is not None and accept not in (consent, None):
        raise NeedsConsent(consequences(affected), consent, bool(accept))
    work.affected = affected


def deleted_by(work: SaveRun) -> dict[str, list[Key]]:
    """Return the keys of all rows that the save deletes, by table.

    A changed link is deleted and inserted again.
    """
    deleted = dict(work.doomed)
    for name, part in work.target.tables.items():
        if part.is_link:
            changed = (row.key for row in work.plan.changed[name])
            deleted[name] = [*dict.fromkeys([*deleted[name], *changed])]
    return deleted


def take_along(work: SaveRun, part: str) -> None:
    """Change the rows that refer to the rows of a part, before these are deleted."""
    rows = work.affected.rows if work.affected is not None else []
    cause = next((one.cause for one in rows if one.cause[0] == part), None)
    if work.affected is not None and cause is not None:
        work.at = Cursor(*cause, deleting=True)
        cascades.take_along(work.dbsession, work.affected, part)


@contextmanager
def refusing_unseen(work: SaveRun, part: Part, keys: Collection[Key]) -> Iterator[None]:
    """Raise Refused if the delete of these rows changes rows hidden from the session.

    Visible rows that refer to them were changed by `take_along`.
    """
    if work.affected is None:
        yield
        return
    graph, count = work.affected.graph, len(keys)
    with unseen.refusing_unseen(
        work.dbsession, graph, part.live, part.name, keys, count
    ):
        yield


def keep_outside(work: SaveRun) -> None:
    """Keep in history what was changed outside."""
    work.at = Cursor()
    if work.affected is not None and work.affected.rows:
        cascades.keep(work.dbsession, work.tables, work.affected, work.revision)


def bring_back(work: SaveRun) -> None:
    """Restore rows outside with restored rows of the object (`outside_restore`)."""
    causes = {
        (name, to_path(part.key_of(row.values))): row.restores + 1
        for name, part in work.target.tables.items()
        for row in (*work.plan.new[name], *work.plan.changed[name])
        if row.restores is not None and row.restores != NEVER
    }
    if causes:
        work.returned = outside_restore.bring_back(
            work.dbsession, work.target, work.tables, work.revision, causes
        )


def consequences_of(work: SaveRun) -> list[Consequence]:
    """Return the effects of the save outside the object."""
    taken = [] if work.affected is None else consequences(work.affected)
    return [*taken, *work.returned]


def consent(work: SaveRun) -> str | None:
    """Return the consent to the rows that are lost outside, if any are."""
    return None if work.affected is None else consent_to(work.affected)
