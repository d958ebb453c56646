"""A walk over every route with requests that are broken, or too much, in every way."""

import io
import sqlite3
import tracemalloc

import pytest
import sqlalchemy as sa
from pyramid.request import Request
from webob import cookies as webob_cookies
from webob import multidict
from webob.cookies import RequestCookies

from draftedit.web import limits
from draftedit.web.limits import BODY_LIMIT, COOKIE_LIMIT, FIELDS_LIMIT, HEADER_LIMIT
from tests.databases import on_one_database
from tests.hosts import shop
from tests.hosts.application import PREFIX, make_host
from tests.web.api.test_walk import paths  # noqa: F401 — a fixture

pytestmark = on_one_database

FORM = "application/x-www-form-urlencoded"
TOO_LARGE = {
    "a body": {"wsgi.input": io.BytesIO, "CONTENT_LENGTH": str(BODY_LIMIT + 1)},
    "a whole body": {"body": b"x" * (BODY_LIMIT + 1)},
    "fields": {"body": b"&" * FIELDS_LIMIT, "CONTENT_TYPE": FORM},
    "fields of no type": {"body": b"a=&" * FIELDS_LIMIT, "CONTENT_TYPE": ""},
    "fields in another dress": {
        "body": b"a&" * FIELDS_LIMIT,
        "CONTENT_TYPE": "APPLICATION/X-WWW-Form-Urlencoded ; charset=utf-8",
    },
    "a query": {"QUERY_STRING": "q=" + "x" * limits.QUERY_LIMIT},
    "a query of fields": {"QUERY_STRING": "a&" * FIELDS_LIMIT},
    "cookies": {"HTTP_COOKIE": "a=b;" * HEADER_LIMIT},
    "languages": {"HTTP_ACCEPT_LANGUAGE": "en," * HEADER_LIMIT},
    "chunks": {"chunks": b"a&" * BODY_LIMIT, "CONTENT_TYPE": FORM},
}
BROKEN = {
    "a cookie": {"HTTP_COOKIE": "x=\xff"},
    "a cookie, as octets": {"HTTP_COOKIE": 'x="\\377"'},
    "a cookie over a semicolon": {"HTTP_COOKIE": 'x="\xff;y=1"'},
    "the session": {"HTTP_COOKIE": "draftedit=\xff\xfe; name=\xff"},
    "a long cookie": {"HTTP_COOKIE": "draftedit=" + "x" * COOKIE_LIMIT},
    "a query": {"QUERY_STRING": "q=%ff&after=%fe"},
    "a raw query": {"QUERY_STRING": "\xff=\xfe"},
    "NUL in a query": {"QUERY_STRING": "q=%00&after=%00&_LOCALE_=%00"},
    "a charset": {"body": b"a=b", "CONTENT_TYPE": f"{FORM}; charset=utf-16"},
    "no charset": {"body": b"a=b", "CONTENT_TYPE": f"{FORM}; charset=nonsense"},
    "a type": {"body": b"a=b", "CONTENT_TYPE": "\xff/\xff; ;=;"},
    "no text": {"body": b"\xff=\xff&v.name=%ff&key=%ff", "CONTENT_TYPE": FORM},
    "NUL in a form": {"body": b"version=%00&key=%00&op=%00", "CONTENT_TYPE": FORM},
    "JSON": {"body": b"{\xff", "CONTENT_TYPE": "application/json"},
    "a boundary": {"body": b"--y\r\n", "CONTENT_TYPE": "multipart/form-data; boundary"},
    "no boundary": {"body": b"--x", "CONTENT_TYPE": "multipart/form-data"},
    "a length": {"body": b"a=b", "CONTENT_LENGTH": "many"},
    "a length below none": {"wsgi.input": io.BytesIO, "CONTENT_LENGTH": "-5"},
    "a length that lies": {"body": b"a=b", "CONTENT_LENGTH": "500"},
    "a language": {"HTTP_ACCEPT_LANGUAGE": "\xff;;q=x,*"},
    "types to accept": {"HTTP_ACCEPT": "\xff;;q=x,*"},
    "a host": {"HTTP_HOST": "\xff:not a port:"},
    "no host": {"HTTP_HOST": ""},
    "an origin": {"HTTP_ORIGIN": "\xff", "HTTP_REFERER": "\xff"},
    "a version": {"HTTP_IF_MATCH": "\xff", "HTTP_IDEMPOTENCY_KEY": "\xff"},
}


def environ_of(path, method, broken, headers):
    broken = dict(broken)
    request = Request.blank(path, method=method, headers=headers)
    if "body" in broken:
        request.body = broken.pop("body")
    if "chunks" in broken:
        request.environ["wsgi.input"] = io.BytesIO(broken.pop("chunks"))
        request.environ["wsgi.input_terminated"] = True
        request.environ.pop("CONTENT_LENGTH", None)
    if "wsgi.input" in broken:
        broken["wsgi.input"] = io.BytesIO(b"")
    request.environ |= broken
    return request


@pytest.fixture
def send(app, dbsession_factory):
    """Return `send(path, method, broken, headers)`, which gives the answer."""

    def send(path, method, broken, headers=None, to=app):
        request = environ_of(path, method, broken, headers or {})
        request.environ["app.dbsession_factory"] = dbsession_factory
        return request.get_response(to)

    return send


@pytest.fixture
def cookies(login):
    browser = login("ada")
    pairs = (f"{name}={value}" for name, value in browser.cookies.items())
    return {"Cookie": "; ".join(pairs)}


@pytest.fixture
def walk(paths, ada, cookies, send):  # noqa: F811 — the fixture of that name
    """Return `walk(kinds, kind)`: an answer for every route to a user.

    To a stranger from some routes, from others for each kind: in all, from every one.
    """
    static = {"static": "/static/x/draftedit.css", "nothing": "/nothing/at/all"}

    def walk(kinds, kind):
        turn = [*kinds].index(kind)
        for number, (name, path) in enumerate((paths | static).items()):
            user = ada.headers if ".api." in name else cookies
            for headers in (user, {}) if (number - turn) % 6 == 0 else (user,):
                for method in ("GET", "POST"):
                    yield name, method, send(path, method, kinds[kind], headers)

    return walk


def is_ours(name, answer):
    if ".api." in name and answer.status_int >= 400:
        return answer.content_type == "application/problem+json"
    return True


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_request_is_no_fault_of_ours(walk, kind):
    for name, method, answer in walk(BROKEN, kind):
        assert answer.status_int < 500, (name, method, answer.status)
        assert is_ours(name, answer), (name, method, answer.content_type)


@pytest.mark.parametrize("path", ["/\xff", "/drafts/\xff", "/static/\xff/x.css"])
@pytest.mark.parametrize("kind", ["a query", "a cookie", "no boundary", "a host"])
def test_a_path_that_is_no_utf8_is_refused(send, kind, path):
    broken = BROKEN[kind] | {"PATH_INFO": path}
    for method in ("GET", "POST"):
        answer = send("/", method, broken)
        assert (answer.status_int, answer.content_type) == (400, "text/html")
        api = send("/", method, broken | {"PATH_INFO": f"/api/v1{path}"})
        assert (api.status_int, api.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["/drafts", "/login", "/api/v1/drafts"])
def test_a_body_that_breaks_off_is_told(send, cookies, path):
    half = {"wsgi.input": io.BytesIO, "CONTENT_LENGTH": "500", "CONTENT_TYPE": FORM}

    answer = send(path, "POST", half, cookies)

    assert answer.status_int == 400
    assert "The body ends before the length" in answer.text


@pytest.mark.parametrize("path", ["/%00", "/drafts/%00", "/objects/ruleset/%00"])
def test_a_path_with_nul_is_nothing(send, cookies, path):
    for start in ("", "/api/v1"):
        assert send(start + path, "GET", {}, cookies).status_int in (303, 401, 404)


def test_a_cookie_that_is_none_hides_no_other(send, cookies):
    spoilt = {"Cookie": f"a=\xff; {cookies['Cookie']}; b=\xfe"}
    assert send("/account", "GET", {}, spoilt).status_int == 200


@pytest.mark.usefixtures("backend")
def test_reading_cookies_takes_a_number_of_looks_that_their_length_bounds(monkeypatch):
    """By count: a clock would be another one on a busy machine."""
    looked_at = []

    def parse_cookie(header):
        looked_at.append(header)
        return webob_cookies.parse_cookie(header)

    monkeypatch.setattr(limits, "parse_cookie", parse_cookie)
    for piece in ("a=b", "a=\xff", "x" * 300, "x" * 300 + "=b", "a" + "=" * 300, "{;"):
        for fill in (HEADER_LIMIT // 2, HEADER_LIMIT, 4 * HEADER_LIMIT):
            looked_at.clear()
            header = ";".join([piece] * (fill // (len(piece) + 1)))
            limits.tidy(Request.blank("/", environ={"HTTP_COOKIE": header}))
            assert sum(map(len, looked_at)) <= 3 * min(len(header), HEADER_LIMIT)
            # WebOb looks for a name from each character on: names are short.
            names = (n for h in looked_at for n in h.replace(";", "=").split("="))
            assert all(len(name) <= limits.LONGEST_NAME for name in names)


@pytest.fixture
def nothing_is_parsed(walk, monkeypatch):
    """Let a parser fail that comes to see what is too much."""

    def parsed(*args, **kw):
        raise AssertionError("it came to a parser")

    monkeypatch.setattr(multidict.MultiDict, "from_fieldstorage", parsed)
    query = multidict.GetDict.__init__

    def few(self, data, env):
        assert len(data) < FIELDS_LIMIT
        query(self, data, env)

    monkeypatch.setattr(multidict.GetDict, "__init__", few)
    cache = RequestCookies._cache.fget

    def short(self):
        assert len(self._environ.get("HTTP_COOKIE", "")) <= HEADER_LIMIT
        return cache(self)

    monkeypatch.setattr(RequestCookies, "_cache", property(short))


@pytest.mark.usefixtures("nothing_is_parsed")
@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_is_too_much_is_refused_before_it_is_parsed(walk, kind):
    for name, method, answer in walk(TOO_LARGE, kind):
        assert answer.status_int == 413, (name, method, answer.status)
        assert is_ours(name, answer), (name, method, answer.content_type)


def test_a_million_empty_fields_cost_a_stranger_nothing(send):
    body = {"body": b"a=&" * 1_000_000, "CONTENT_TYPE": FORM}
    send("/login", "POST", {})  # what is loaded once is not counted
    tracemalloc.start()
    try:
        answer = send("/login", "POST", body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_int == 413
    assert peak < len(body["body"]) + 3 * BODY_LIMIT


@pytest.mark.parametrize("kind", ["fields", "a query", "a whole body", "chunks"])
def test_law_6_a_host_is_protected_as_the_ready_application_is(database, kind):
    host = make_host(database.engine, shop.drafts)
    headers = {"Authorization": "Bearer ada"}
    for path in ("/", "/drafts", "/api/v1/drafts", "/api/v1/targets"):
        answer = environ_of(
            PREFIX + path, "POST", TOO_LARGE[kind], headers
        ).get_response(host)
        assert answer.status_int == 413, path
        theirs = environ_of("/a/b", "GET", BROKEN["a host"], headers)
        assert theirs.get_response(host).status_int == 200


class Endless(io.RawIOBase):
    """A body that goes on and on, as far as anyone reads."""

    def __init__(self):
        self.read_of_it = 0

    def read(self, size=-1):
        assert size > 0
        self.read_of_it += size
        assert self.read_of_it <= 2 * BODY_LIMIT, "it is read to the end"
        return b"x" * size


def test_law_6_a_host_reads_no_more_of_a_body_than_may_come(database):
    """Who repeats requests copies the body, before any subscriber hears of it."""
    host = make_host(database.engine, shop.drafts)
    for path in (f"{PREFIX}/drafts", f"{PREFIX}/api/v1/drafts"):
        request = Request.blank(path, method="POST")
        request.environ["wsgi.input"] = Endless()
        request.environ["wsgi.input_terminated"] = True
        request.environ.pop("CONTENT_LENGTH", None)
        assert request.get_response(host).status_int == 413


@pytest.mark.parametrize("kind", ["a cookie", "a query", "a raw query", "the session"])
def test_law_6_a_broken_request_is_no_fault_in_a_host(database, kind):
    host = make_host(database.engine, shop.drafts)
    for path in ("/problems/refused", "/api/v1/openapi.json", "/api/v1/nothing"):
        answer = environ_of(PREFIX + path, "GET", BROKEN[kind], {}).get_response(host)
        assert answer.status_int < 500


class Dying:
    """Statements go through until there were enough; then the database is away."""

    def __init__(self, connection):
        self.connection, self.left = connection, None

    def __call__(self, _connection, _cursor, statement, *_more):
        # Savepoints are the test's own, in place of transactions.
        if self.left is not None and "SAVEPOINT" not in statement:
            self.left -= 1
            if self.left < 0:
                original = sqlite3.OperationalError("unable to open database file")
                original.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
                raise sa.exc.OperationalError("SELECT 1", {}, original)


@pytest.fixture
def dying(connection):
    dying = Dying(connection)
    sa.event.listen(connection, "before_cursor_execute", dying)
    yield dying
    dying.left = None
    sa.event.remove(connection, "before_cursor_execute", dying)


def test_a_database_that_dies_at_any_statement_is_told(
    paths,  # noqa: F811 — the fixture of that name
    ada,
    cookies,
    send,
    dying,
):
    stale = {"HTTP_IF_MATCH": '"999"', "body": b"{}"}
    stale["CONTENT_TYPE"] = "application/json"
    form = {"body": b"version=999", "CONTENT_TYPE": FORM}
    for name, path in paths.items():
        is_api = ".api." in name
        headers = ada.headers if is_api else cookies
        for method, broken in (("GET", {}), ("POST", stale if is_api else form)):
            statuses = []
            for left in range(12):
                dying.left = left
                answer = send(path, method, broken, headers)
                has_died, dying.left = dying.left < 0, None
                statuses.append(answer.status_int)
                if not has_died:
                    break  # and of any more statements, neither
                if answer.status_int == 503:
                    assert is_ours(name, answer), (name, method)
                    assert answer.headers.get("Retry-After"), (name, method)
            assert all(s in (503, statuses[-1]) for s in statuses), (name, statuses)
            assert not {500} & set(statuses), (name, method, statuses)


def test_a_database_that_dies_while_an_error_is_told_is_what_is_told(ada, draft, dying):
    """`StaleVersion` shows the draft as it is now, which is read for that."""
    path = f"/api/v1{draft.path}/undo"
    headers = ada.headers | {"If-Match": '"999"'}
    told = []
    for left in range(20):
        dying.left = left
        answer = ada.client.post(path, headers=headers, expect_errors=True)
        dying.left = None
        told.append(answer.status_int)
    assert set(told) == {503, 412}
    assert told == sorted(told, reverse=True)
