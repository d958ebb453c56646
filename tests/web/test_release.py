"""Slow work is done outside the transaction, unless that is to be undone."""

import pytest
import transaction
import zope.sqlalchemy
from pyramid.testing import DummyRequest

from draftedit.firewall.models import Tag
from draftedit.web.release import released
from tests.databases import on_one_database

pytestmark = on_one_database


@pytest.fixture
def request_(dbsession_factory):
    """Return a request with a transaction, in which a tag was written."""
    request = DummyRequest()
    request.tm = transaction.TransactionManager(explicit=True)
    request.tm.begin()
    request.dbsession = dbsession_factory()
    zope.sqlalchemy.register(request.dbsession, transaction_manager=request.tm)
    request.tag = Tag(name="urgent")
    request.dbsession.add(request.tag)
    request.dbsession.flush()
    yield request
    request.tm.abort()


def test_what_was_written_is_committed_before_the_work(request_):
    begun = request_.tm.get()

    with released(request_):
        assert begun.status == "Committed"

    assert request_.tm.get() is not begun
    assert request_.tag in request_.dbsession


def test_after_work_that_fails_there_is_a_transaction_again(request_):
    with pytest.raises(ZeroDivisionError), released(request_):
        raise ZeroDivisionError

    assert request_.tag.name == "urgent"


def test_what_the_caller_is_going_to_undo_stays_as_it_is(request_):
    begun = request_.tm.get()
    begun.doom()

    with released(request_):
        assert request_.tm.get() is begun

    assert request_.tm.isDoomed()
    request_.tm.abort()
    request_.tm.begin()
    assert request_.dbsession.query(Tag).filter_by(name="urgent").count() == 0
