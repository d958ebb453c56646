import pytest
from guestbook import Guest
from sqlalchemy.exc import IntegrityError


def test_it_is_empty(dbsession):
    assert dbsession.query(Guest).count() == 0


def test_a_guest_signs(testapp, dbsession):
    assert testapp.post("/", {"name": "Ada"}).text == "1"
    assert testapp.post("/", {"name": "Bob"}).text == "2"
    assert dbsession.query(Guest).filter_by(name="Ada").one()


def test_what_the_test_has_written_is_seen(testapp, dbsession):
    dbsession.add(Guest(name="Ada"))
    dbsession.flush()
    assert testapp.post("/", {"name": "Bob"}).text == "2"


def test_a_request_that_fails_leaves_nothing(testapp, dbsession):
    testapp.post("/", {"name": "Ada"})
    with pytest.raises(ValueError, match="after it was written"):
        testapp.post("/", {"name": "nobody"})
    with pytest.raises(IntegrityError):
        testapp.post("/", {"name": "Ada"})
    assert [guest.name for guest in dbsession.query(Guest)] == ["Ada"]


def test_the_same_guest_signs_in_another_test(testapp):
    assert testapp.post("/", {"name": "Ada"}).text == "1"
