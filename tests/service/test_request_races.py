"""Two requests under one key: the second is repeated, whatever its table is called."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from draftedit import Drafts, is_retryable
from draftedit.engine.store import request_keys
from draftedit.engine.store.request_keys import Stored


class Base(DeclarativeBase):
    pass


# A table of the host's own, which is about requests, too.
LEAVE = sa.Table(
    "leave_request",
    Base.metadata,
    sa.Column("owner", sa.String(20), primary_key=True),
    sa.Column("key", sa.String(20), primary_key=True),
)
DRAFTS = {prefix: Drafts(Base.metadata, prefix=prefix) for prefix in ("", "our_")}


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, *(one.metadata for one in DRAFTS.values()))


@pytest.mark.parametrize("prefix", DRAFTS)
def test_the_second_of_one_key_is_to_be_repeated(dbsession, prefix):
    given = "ada", "a key", Stored("digest", 200, "{}"), None
    request_keys.store(dbsession, DRAFTS[prefix].tables, *given)

    with pytest.raises(IntegrityError) as error, dbsession.begin_nested():
        request_keys.store(dbsession, DRAFTS[prefix].tables, *given)

    assert is_retryable(error.value)


def test_a_row_of_a_host_that_exists_is_not(dbsession):
    leave = sa.insert(LEAVE).values(owner="ada", key="a key")
    dbsession.execute(leave)

    with pytest.raises(IntegrityError) as error, dbsession.begin_nested():
        dbsession.execute(leave)

    assert not is_retryable(error.value)
