"""The shop numbers its orders without a gap, in requests of which some fail."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
import webtest
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPConflict
from sqlalchemy.orm import Session

from draftedit.counter import Counters
from draftedit.testing.race import every_order
from tests.hosts import shop

METADATA = sa.MetaData()
COUNTERS = Counters(METADATA, "number_of_shop")
# What begins a step; on SQLite a request that writes begins with BEGIN IMMEDIATE.
AT = "number_of_shop|^BEGIN IMMEDIATE"


def order(request):
    """Make an order under the next number; asked to, fail after that."""
    number = f"A{COUNTERS.next(request.dbsession, 'order')}"
    request.dbsession.add(shop.Order(number=number))
    request.dbsession.flush()  # so that a request that fails has written both
    if "fail" in request.params:
        raise HTTPConflict
    return number


@pytest.fixture
def engine(fresh_database):
    return fresh_database(shop.Base.metadata, METADATA).engine


@pytest.fixture
def application(engine) -> Callable[..., Any]:
    with Configurator(settings={"dbengine": engine}) as config:
        config.include("draftedit.app.models")
        config.include("draftedit.web.retry")
        config.add_route("order", "/order")
        config.add_view(order, route_name="order", renderer="string")
        return config.make_wsgi_app()


def post(application, **params):
    return webtest.TestApp(application).post("/order", params, status="*").text


def put_back(engine):
    with engine.begin() as connection:
        connection.execute(sa.delete(COUNTERS.table))
        connection.execute(sa.delete(shop.Order))


def numbers(engine):
    with Session(engine) as dbsession:
        return sorted(dbsession.scalars(sa.select(shop.Order.number)))


def test_a_request_that_fails_takes_no_number(engine, application):
    put_back(engine)
    assert post(application) == "A1"
    assert "Conflict" in post(application, fail="yes")
    assert post(application) == "A2"
    assert numbers(engine) == ["A1", "A2"]


def test_requests_at_once_number_their_orders_in_a_row_in_every_order(
    engine, application
):
    actors = [partial(post, application)] * 2
    runs = 0
    for run in every_order(engine, actors, at=AT, reset=lambda: put_back(engine)):
        assert sorted(run.returned) == numbers(engine) == ["A1", "A2"], str(run)
        runs += 1
    assert runs >= 4
