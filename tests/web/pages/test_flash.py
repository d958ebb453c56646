"""What is said on the next page has room in a cookie, however much was said."""

import pytest
from pyramid.config import Configurator
from pyramid.response import Response
from webtest import TestApp, TestRequest

from draftedit.app.security import session_factory
from draftedit.web.pages.flash import LEFT_OUT, WARNINGS, flash, pop, warn
from draftedit.web.pages.redirects import LONGEST_PLACE, remember_place

LONG = "Ж" * 5000  # six bytes each, as a cookie has them


def say(request):
    speak = warn if "warn" in request.GET else flash
    for text in request.GET.getall("text"):
        speak(request, text)
    request.session["place"] = "x" * LONGEST_PLACE
    return Response("said")


def hear(request):
    return Response(json={"good": pop(request), "bad": pop(request, WARNINGS)})


def stay(request):
    remember_place(request)
    return Response("here")


@pytest.fixture
def browser():
    with Configurator() as config:
        config.set_session_factory(session_factory({"draftedit.secret": "s" * 40}))
        for view in (say, hear, stay):
            config.add_route(view.__name__, f"/{view.__name__}")
            config.add_view(view, route_name=view.__name__)
        return TestApp(config.make_wsgi_app())


def test_a_few_messages_are_told_once_in_their_order(browser):
    browser.get("/say", [("text", "one"), ("text", "two")])
    browser.get("/say", [("warn", ""), ("text", "three")])
    assert browser.get("/hear").json == {"good": ["one", "two"], "bad": ["three"]}
    assert browser.get("/hear").json == {"good": [], "bad": []}


def test_what_is_said_again_is_told_once(browser):
    browser.get("/say", [("text", "one"), ("text", "two"), ("text", "one")])
    assert browser.get("/hear").json["good"] == ["two", "one"]


def test_of_messages_that_pile_up_the_newest_are_told_and_that_others_were(browser):
    for number in range(100):
        browser.get("/say", {"text": f"{number} {'Ж' * 30}"}, status=200)
    good = browser.get("/hear").json["good"]
    assert good[0] == LEFT_OUT
    assert good[-1].startswith("99 ")
    numbers = [int(text.split()[0]) for text in good[1:]]
    assert numbers == list(range(100 - len(numbers), 100))
    assert len(numbers) > 3


def test_a_message_of_any_length_is_cut_and_not_lost(browser):
    browser.get("/say", {"text": LONG}, status=200)
    [text] = browser.get("/hear").json["good"]
    assert text.endswith("…")
    assert len(text) > 100


def test_a_warning_is_kept_while_good_messages_are_left_out(browser):
    browser.get("/say", {"warn": "", "text": "three steps were lost"})
    for number in range(50):
        browser.get("/say", {"text": f"{number} {LONG}"}, status=200)
    heard = browser.get("/hear").json
    assert heard["bad"] == ["three steps were lost"]
    assert [text[:3] for text in heard["good"]] == [LEFT_OUT[:3], "49 "]


def test_warnings_that_pile_up_have_room_as_well(browser):
    for number in range(50):
        browser.get("/say", {"warn": "", "text": f"{number} {LONG}"}, status=200)
    bad = browser.get("/hear").json["bad"]
    assert [text[:3] for text in bad] == [LEFT_OUT[:3], "49 "]


def test_a_place_that_takes_too_much_room_is_not_remembered(browser):
    strange = "é" * (LONGEST_PLACE // 5)  # of which each takes six bytes
    request = TestRequest.blank("/stay")
    request.environ["QUERY_STRING"] = strange
    answer = browser.do_request(request)
    assert "Set-Cookie" not in answer.headers


def test_tokens_that_were_made_and_never_looked_at_have_room(login):
    ann = login("ann")
    page = ann.get("/account")
    form = page.forms["token"]
    for number in range(40):
        form["label"] = f"program {number}"
        form.submit(status=303)
    page = ann.get("/account").html
    shown = page.select("code[id^=new-token]")
    assert len({code.text for code in shown}) == 3
    assert "never shown" in page.select_one(".notice.warn").text
    assert not ann.get("/account").html.select("code[id^=new-token]")
