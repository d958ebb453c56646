"""Responses by request key: a repeated request gets its first response again."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.sql import run
from draftedit.engine.schema.tables import Tables
from draftedit.engine.values.codecs import UTC


@dataclass(frozen=True)
class Stored:
    """A stored response; its digest distinguishes a repetition from another request."""

    digest: str
    status: int
    answer: str


def find(dbsession: Session, tables: Tables, owner: str, key: str) -> Stored | None:
    """Return the response given to the request key `key` of `owner`, if any."""
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
    """Store a response, in the transaction of the action itself.

    Of two concurrent requests with one key, the primary key refuses the second, which
    is retried and then finds the response.
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
