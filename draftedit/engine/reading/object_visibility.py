"""Decide whether `visible=` shows an object, live or not."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.reading.statements import key_binds
from draftedit.engine.schema.model import Part, Target

_SEEN = "draftedit_seen"  # our own column beside the host's


def in_sight(
    dbsession: Session, target: Target, root: Key, draft: int | None = None
) -> bool:
    """Return whether the host's criterion shows the object `root` to this request.

    The live row decides. If there is none, the last row of the object in history
    decides, and then the row of `draft`. An unknown object is not visible. Runs no
    statement for a target without a criterion.
    """
    part = target.root
    if part.criterion is None:
        return True
    binds = key_binds(part, root)
    for statement in _statements(part, root, draft):
        seen = dbsession.scalar(statement, binds)
        if seen is not None:
            return bool(seen)
    return False


def _statements(part: Part, root: Key, draft: int | None) -> list[sa.Select[Any]]:
    """Return the statements that may find the object, in order of precedence."""
    then = part.history.c
    last = (
        _seen(part, then)
        .where(then.root == to_path(root), then.absent == sa.false())
        .order_by(then.revision.desc())
        .limit(1)
    )
    known = [_seen(part, part.live.c), last]
    if draft is not None:
        mine = part.draft.c.draft == draft
        known.append(_drafted(part).where(mine))
    return known


def _seen(part: Part, columns: Any) -> sa.Select[Any]:
    seen = sa.case((sa.and_(*part.demands(columns)), 1), else_=0)
    return _of_key(part, columns, seen)


def _drafted(part: Part) -> sa.Select[Any]:
    """Select from a draft's row; columns that the host fills at the save are NULL."""
    columns = part.draft.c
    hidden = sa.not_(sa.and_(*part.demands(columns)))
    return _of_key(part, columns, sa.case((hidden, 0), else_=1))


def _of_key(part: Part, columns: Any, seen: sa.Case[int]) -> sa.Select[Any]:
    return sa.select(seen.label(_SEEN)).where(
        *(
            columns[name]
            == sa.bindparam(f"key_{name}", type_=part.fields[name].codec.plain)
            for name in part.key
        )
    )
