"""How request keys and versions are read, before any database is asked."""

import pytest

from draftedit.web import guards
from draftedit.web.guards import BadRequestKey, BadVersion, VersionRequired
from tests.databases import on_one_database

pytestmark = on_one_database


@pytest.mark.parametrize(
    ("header", "version"), [('"17"', 17), ('"0"', 0), (' "17" ', 17)]
)
def test_one_strong_tag_is_a_version(header, version):
    assert guards.version_of_etag(header) == version


@pytest.mark.parametrize("header", [None, "", " ", "*"])
def test_no_version_is_asked_for(header):
    with pytest.raises(VersionRequired):
        guards.version_of_etag(header)


@pytest.mark.parametrize(
    "header",
    [
        "17",
        'W/"17"',
        '"17", "18"',
        '"17","17"',
        '"',
        '""',
        '"017"',
        '"-1"',
        '"1.0"',
        '"x"',
        "'17'",
        '"17"x',
        '"١٧"',
        '"99999999999999999999"',
    ],
)
def test_what_is_no_version_is_refused(header):
    with pytest.raises(BadVersion):
        guards.version_of_etag(header)


def test_a_field_is_read_without_quotes():
    assert guards.version_of_field("17") == 17
    with pytest.raises(VersionRequired):
        guards.version_of_field("")
    with pytest.raises(VersionRequired):
        guards.version_of_field(None)
    with pytest.raises(BadVersion):
        guards.version_of_field('"17"')


@pytest.mark.parametrize("text", ["a", "~" * 128, "0b6f-!"])
def test_visible_ascii_is_a_request_key(text):
    assert guards.request_key(text) == text


@pytest.mark.parametrize("text", ["", "~" * 129, "a b", "a\n", "ä", "\x7f", "\x00"])
def test_anything_else_is_no_request_key(text):
    with pytest.raises(BadRequestKey):
        guards.request_key(text)


def test_a_made_key_is_a_request_key_and_new():
    one, other = guards.new_request_key(), guards.new_request_key()
    assert guards.request_key(one) == one != other


def test_pieces_of_a_digest_do_not_run_together():
    digests = {
        guards.digest("POST", "/a", b"b"),
        guards.digest("POST", "/ab", b""),
        guards.digest("POSTS", "/a", b"b"),
        guards.digest("POST", "/a", b"c"),
    }
    assert len(digests) == 4
    assert guards.digest("POST", "/a", b"b") in digests
