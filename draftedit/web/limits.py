"""Limit the size of a request before anything parses it.

Parsing expands a byte a hundredfold: bytes and fields are counted in the raw text, for
anonymous requests, too. A body is counted as it is read, whatever its declared length.
"""

import io
import re

from pyramid.config import Configurator
from pyramid.events import BeforeTraversal, NewRequest
from pyramid.interfaces import IExecutionPolicy
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.router import Router, default_execution_policy
from webob.cookies import parse_cookie
from webob.request import BaseRequest

from draftedit.web import guards, languages, request_guards, retry
from draftedit.web.messages import say

BODY_LIMIT = 1024 * 1024
QUERY_LIMIT = 64 * 1024
HEADER_LIMIT = 32 * 1024
COOKIE_LIMIT = 4096  # of each; browsers store no larger ones
FIELDS_LIMIT = 10_000  # of a form, or of a query

# The headers that a library parses for any request.
_TAKEN_APART = ("HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT")
_FORMS = ("", request_guards.FORM)

LONGEST_NAME = 256  # of a cookie; also of a value of any characters
_VALUE = re.compile(r'"?[\w~!@#$%^&*()+=\-`.?|:/{}<>\'\\]*"?', re.ASCII)

_READ = "draftedit.body_read"  # in the environ: the body was read, or why it was not
_TOO_LARGE, _BROKEN_OFF, _WHOLE = "too large", "broken off", "whole"

_EVERYWHERE = "draftedit.limits"  # in the registry: all requests are checked

_LAST = 1_000_000  # after everything that configures an execution policy

Environ = dict[str, object]


def check(request: Request) -> None:
    """Raise a GuardError for a tidied request that is too large or cannot be parsed.

    What is refused is removed from the request: the error page, or the language
    negotiation, would parse it.
    """
    _check_headers(request)
    _check_query(request)
    take_body(request.environ)
    state = request.environ.get(_READ)
    if state == _TOO_LARGE:
        raise guards.BodyTooLarge(say("body-too-large", limit=BODY_LIMIT))
    if state == _BROKEN_OFF:
        raise guards.BadRequest(say("body-cut-off"))
    _check_fields(request)


def tidy(request: Request) -> None:
    """Remove malformed cookies, and neutralise a body that is not a form of ours.

    Any site on a related domain may set a cookie for us, in any encoding: that is no
    reason to refuse the request.
    """
    request_guards.disarm(request)
    header = request.environ.get("HTTP_COOKIE", "")
    if len(header) > HEADER_LIMIT:
        return  # it is refused, unread
    if header and not _is_utf8_and_plain(header):
        kept = ";".join(filter(_is_utf8_and_plain, header.split(";")))
        # Quotes may extend over semicolons.
        request.environ["HTTP_COOKIE"] = kept if _is_utf8(kept) else ""


def take_body(environ: Environ) -> None:
    """Read the body into memory, once; discard one that is too large."""
    if _READ in environ:
        return
    request = BaseRequest(environ)
    length = request.content_length
    if not request.is_body_readable:
        return
    if length is not None and not 0 <= length <= BODY_LIMIT:
        _drop_body(environ, _TOO_LARGE)
        return
    try:
        if request.is_body_seekable:
            request.body_file_raw.seek(0)
        # Without a length (chunked), too, as the bytes are counted when read.
        body = request.body_file.read(BODY_LIMIT + 1)
    except OSError:  # the client has gone, or sent less than declared
        _drop_body(environ, _BROKEN_OFF)
        return
    if len(body) > BODY_LIMIT:
        _drop_body(environ, _TOO_LARGE)
        return
    request.body = body
    environ[_READ] = _WHOLE


def _drop_body(environ: Environ, why: str) -> None:
    environ.pop("CONTENT_TYPE", None)
    environ["wsgi.input"] = io.BytesIO()
    environ["CONTENT_LENGTH"] = "0"
    environ[_READ] = why


def _check_headers(request: Request) -> None:
    for name in _TAKEN_APART:
        if len(request.environ.get(name, "")) > HEADER_LIMIT:
            del request.environ[name]
            spelled = name.removeprefix("HTTP_").replace("_", "-").title()
            raise guards.BodyTooLarge(
                say("header-too-large", name=spelled, limit=HEADER_LIMIT)
            )


def _check_query(request: Request) -> None:
    query = request.environ.get("QUERY_STRING", "")
    if len(query) > QUERY_LIMIT or query.count("&") >= FIELDS_LIMIT:
        request.environ["QUERY_STRING"] = ""
        raise guards.BodyTooLarge(
            say("query-too-large", fields=FIELDS_LIMIT, bytes=QUERY_LIMIT)
        )
    try:
        _ = request.GET
    except UnicodeDecodeError:
        request.environ["QUERY_STRING"] = ""
        raise guards.BadRequest(say("query-not-utf-8")) from None


def _check_fields(request: Request) -> None:
    """Count the fields of a body that would be parsed as a form."""
    media_type = request.environ.get("CONTENT_TYPE", "").partition(";")[0].strip()
    if request.environ.get(_READ) != _WHOLE or media_type.lower() not in _FORMS:
        return
    if request.body.count(b"&") >= FIELDS_LIMIT:
        _drop_body(request.environ, _TOO_LARGE)
        raise guards.BodyTooLarge(say("form-too-large", limit=FIELDS_LIMIT))


def _is_utf8_and_plain(header: str) -> bool:
    return all(map(_is_plain, header.split(";"))) and _is_utf8(header)


def _is_plain(cookie: str) -> bool:
    """Return whether a cookie is parsed in linear time.

    WebOb searches for a name from each character of a malformed one, to the end.
    """
    name, _equals, value = cookie.partition("=")
    if len(name) > LONGEST_NAME or len(cookie) > COOKIE_LIMIT:
        return False
    return len(value) <= LONGEST_NAME or _VALUE.fullmatch(value.strip()) is not None


def _is_utf8(header: str) -> bool:
    """Return whether the cookies of a header can be decoded."""
    try:
        for pair in parse_cookie(header):
            for text in pair:
                text.decode()
    except UnicodeError:
        return False
    return True


def includeme(config: Configurator) -> None:
    """Check the requests to our own routes, in any host.

    A retry policy copies the body before there is a request: that is where it is
    counted.
    """

    def check_ours(event: BeforeTraversal) -> None:
        request = event.request
        if _EVERYWHERE in request.registry:
            return
        if retry.is_ours(request.matched_route, request.registry):
            try:
                tidy(request)
                check(request)
            finally:  # the error page negotiates the language, too
                languages.keep_to_known(request)

    config.add_subscriber(check_ours, BeforeTraversal)
    config.action(None, _bound, (config.registry,), order=_LAST)


def everywhere(config: Configurator) -> None:
    """Check all requests, in addition to `includeme`: for the ready application."""
    config.registry[_EVERYWHERE] = True
    config.add_subscriber(lambda event: tidy(event.request), NewRequest)
    config.add_subscriber(lambda event: check(event.request), BeforeTraversal)


def _bound(registry: Registry) -> None:
    """Bound the body of a request, independent of which code reads it first."""
    policy = registry.queryUtility(IExecutionPolicy, default=default_execution_policy)

    def bounded(environ: Environ, router: Router) -> Response:
        if _EVERYWHERE in registry or _is_to_us(environ, registry):
            take_body(environ)
        return policy(environ, router)

    registry.registerUtility(bounded, IExecutionPolicy)


def _is_to_us(environ: Environ, registry: Registry) -> bool:
    request = Request(environ)
    request.registry = registry
    return retry.is_to_us(request)
