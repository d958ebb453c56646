"""JSON is read strictly: what no database could give back is refused."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftedit.engine.base.errors import DraftError, Refused
from draftedit.web.api import json_text
from draftedit.web.guards import BadRequest


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"\xff",
        b"\xef\xbb\xbf{}",
        '"ä"'.encode("latin-1"),
        "{}".encode("utf-16"),
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b"[" * 30 + b"]" * 30,
        b'{"a":' * 30 + b"1" + b"}" * 30,
        b"1" * 5000,
        b"[1] [2]",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(BadRequest):
        json_text.loads(text)


@pytest.mark.parametrize("text", [b'"\\u0000"', b'{"a\\u0000": 1}', b'[["a\\u0000"]]'])
def test_nul_is_refused_wherever_it_stands(text):
    with pytest.raises(Refused):
        json_text.loads(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=10,
)


@given(JSON)
def test_what_is_written_reads_back(data):
    assert json_text.loads(json_text.dumps(data).encode()) == data


@given(st.binary())
def test_any_bytes_are_json_or_refused(text):
    try:
        data = json_text.loads(text)
    except DraftError:
        return
    assert data == json.loads(text)


def test_times_are_utc():
    moment = datetime(2024, 1, 31, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert json_text.dumps(moment) == '"2024-01-30T23:00:00Z"'


def test_what_has_no_form_is_a_mistake_of_ours():
    with pytest.raises(TypeError):
        json_text.dumps(object())
