import pytest
from guestbook import Guest
from sqlalchemy.exc import IntegrityError


def test_nobody_has_signed(testapp):
    assert testapp.get("/").json == []


def test_guests_sign_one_after_the_other(testapp):
    testapp.post("/", {"name": "Ada"}, status=303)
    testapp.post("/", {"name": "Bob"}, status=303)
    assert testapp.get("/").json == ["Ada", "Bob"]


def test_nobody_signs_on_a_full_page(testapp):
    testapp.post("/", {"name": "Ada"})
    testapp.post("/", {"name": "Bob"})
    testapp.post("/", {"name": "Eve"}, status=409)
    assert testapp.get("/").json == ["Ada", "Bob"]


def test_nobody_signs_twice(testapp):
    testapp.post("/", {"name": "Ada"})
    with pytest.raises(IntegrityError):
        testapp.post("/", {"name": "Ada"})
    testapp.post("/", {"name": "Bob"})
    assert testapp.get("/").json == ["Ada", "Bob"]


def test_a_request_sees_what_the_test_has_written(testapp, dbsession):
    dbsession.add(Guest(name="Ada"))
    dbsession.flush()
    assert testapp.get("/").json == ["Ada"]


def test_the_test_sees_what_a_request_has_written(testapp, dbsession):
    testapp.post("/", {"name": "Ada"})
    assert dbsession.query(Guest).one().name == "Ada"
