"""Databases where commits are real, and a Redis where the environment names one."""

import os
import secrets

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.app.models import WRITES
from draftedit.throttling import Throttle
from tests.databases import REQUIRED, create_tables
from tests.hosts import shop
from tests.hosts.selling import Shop

REDIS = "DRAFTEDIT_TEST_REDIS_URL"


@pytest.fixture
def redis_url():
    """Return where a Redis is, or skip the test."""
    url = os.environ.get(REDIS)
    if not url:
        if "redis" in os.environ.get(REQUIRED, ""):
            pytest.fail(f"no Redis: set {REDIS}, as {REQUIRED} demands it")
        pytest.skip(f"no Redis: set {REDIS}")  # because no address is ever guessed
    return url


@pytest.fixture
def prefix(redis_url):
    """Return a prefix of the test's own, whose keys are deleted in the end."""
    redis = pytest.importorskip("redis")  # because it comes with an extra only
    prefix = f"draftedit_test_{secrets.token_hex(6)}"
    yield prefix
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


@pytest.fixture
def bind(empty_database):
    """Make the shop's tables; return an engine whose transactions write."""
    create_tables(empty_database.engine, shop.Base.metadata, shop.drafts.metadata)
    return empty_database.engine.execution_options(**{WRITES: True})


@pytest.fixture
def goods(bind):
    """Put two orders into the shop."""
    with Session(bind) as dbsession:
        return Shop(dbsession)


class Users:
    """Says who is writing; `limit` is that of everybody but `free`."""

    def __init__(self, limit):
        self.name, self.limit = "ada", limit

    def __call__(self):
        return None if self.name is None else (self.name, self.limit)


@pytest.fixture
def throttled(bind, goods):
    """Return `throttled(limit, target=None)`: watch, and say who writes."""

    def throttled(limit, target=None):
        users = Users(limit)
        Throttle("memory://").watch(bind if target is None else target, users)
        return users

    return throttled


@pytest.fixture
def orders(bind):
    """Return what counts the stored orders, the two of the shop aside."""

    def orders():
        with bind.connect() as connection:
            wanted = sa.select(sa.func.count()).select_from(shop.Order)
            return connection.scalar(wanted) - 2

    return orders
