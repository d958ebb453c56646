"""Answers by request key: a request that comes again gets its first answer again."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.core import run
from draftedit.engine.tables import Tables
from draftedit.engine.values import UTC


@dataclass(frozen=True)
class Stored:
    """The answer to a request: its digest tells a repetition from another request."""

    digest: str
    status: int
    answer: str


def find(dbsession: Session, tables: Tables, owner: str, key: str) -> Stored | None:
    """Return the answer given to the request key `key` of `owner`, if any."""
    where = {"owner": owner, "key": key}
    found = run(dbsession, _find_statement(tables), where).one_or_none()
    return found and Stored(found.digest, found.status, found.answer)


@cache
def _find_statement(tables: Tables) -> sa.Select[Any]:
    request = tables.request.c
    return sa.select(request.digest, request.status, request.answer).where(
        request.owner == sa.bindparam("owner"), request.key == sa.bindparam("key")
    )


@cache
def _store_statement(tables: Tables) -> sa.Insert:
    return sa.insert(tables.request)


def store(
    dbsession: Session,
    tables: Tables,
    owner: str,
    key: str,
    stored: Stored,
    draft: int | None,
) -> None:
    """Keep an answer, in the transaction of the action itself.

    Two requests with one key at once: the primary key refuses the second, which is
    tried again and then finds the answer.
    """
    run(
        dbsession,
        _store_statement(tables),
        {
            "owner": owner,
            "key": key,
            "digest": stored.digest,
            "status": stored.status,
            "answer": stored.answer,
            "draft": draft,
            "at": datetime.datetime.now(UTC),
        },
    )
