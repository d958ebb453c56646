"""Row keys in paths, and order keys between their neighbours."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from draftedit import OrderKey
from draftedit.engine.base.keys import from_path, to_list, to_path
from draftedit.engine.values.order_key import (
    BASE,
    MAX_LENGTH,
    MIDDLE,
    WIDTH,
    NoRoom,
    between,
    is_order_key,
    spread,
)


@given(st.lists(st.text(), min_size=1).map(tuple))
def test_a_key_reads_back_from_its_path(key):
    path = to_path(key)
    assert from_path(path) == key
    assert "/" not in path


def test_keys_in_paths_are_escaped():
    assert to_path((-1,)) == "-1"
    assert to_path(("a,b", "c/d", "e~f")) == "a~2b,c~1d,e~0f"
    assert to_list((1, "a")) == [1, "a"]


@pytest.mark.parametrize("text", ["", ".", "..", "new"])
def test_keys_that_a_url_would_take_for_something_else_are_marked(text):
    assert to_path((text,)) == f"~3{text}"
    assert from_path(f"~3{text}") == from_path(text) == (text,)
    assert to_path((text, "x")) == f"{text},x"


@pytest.mark.parametrize("text", ["~", "a~", "~3a", "~3~", "~~", "~0~", "~ 1"])
def test_what_is_no_escape_is_refused(text):
    with pytest.raises(ValueError, match="is no key"):
        from_path(text)


digits = st.sampled_from("0123456789AZaz")
fractions = st.text(digits, max_size=12).filter(lambda text: not text.endswith("0"))
order_keys = st.builds(
    lambda whole, fraction: whole + fraction,
    st.text(digits, min_size=WIDTH, max_size=WIDTH),
    fractions,
)


@given(order_keys, order_keys)
def test_a_key_lies_between_its_neighbours(one, other):
    low, high = sorted((one, other))
    if low == high:
        with pytest.raises(NoRoom):
            between(low, high)
    else:
        key = between(low, high)
        assert low < key < high
        assert is_order_key(key)


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_any_insertions_stay_in_order(places):
    keys = [between(None, None)]
    for place in places:
        at = place % (len(keys) + 1)
        low = keys[at - 1] if at else None
        keys.insert(at, between(low, keys[at] if at < len(keys) else None))
    assert keys == sorted(set(keys))
    assert all(map(is_order_key, keys))


def test_places_at_the_ends_do_not_grow():
    key = first = between(None, None)
    for _ in range(5_000):
        key = between(key, None)
        first = between(None, first)
    assert len(key) == len(first) == WIDTH


def test_insertions_at_one_place_run_out_of_room_in_time():
    low, high = "V00000", "V00001"
    lengths = []
    while high is not None:
        lengths.append(len(high))
        try:
            high = between(low, high)
        except NoRoom:
            high = None
    assert max(lengths) == MAX_LENGTH
    assert len(lengths) > 100


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("x", None),
        (None, "V000000"),
        ("V00001", "V00000"),
        ("zzzzzz", None),
        (None, "000000"),
        ("V0000!", None),
    ],
)
def test_where_no_key_fits_there_is_none(low, high):
    with pytest.raises(NoRoom):
        between(low, high)


@given(st.integers(0, 300), order_keys, order_keys)
def test_keys_are_spread_evenly(count, one, other):
    low, high = sorted((one, other))
    for ends in (
        (None, None),
        ("V00000", None),
        (None, "V00000"),
        ("V00000", "V00001"),
    ):
        keys = spread(count, *ends)
        assert len(keys) == count
        assert keys == sorted(set(keys))
    if low[:WIDTH] != high[:WIDTH]:
        keys = spread(min(count, 20), low, high)
        assert [low, *keys, high] == sorted({low, *keys, high})


@pytest.mark.parametrize(
    "text", ["", "V0000", "V00000" + "0", "V00000a0", "Ü00000", "V00000" + "1" * 59]
)
def test_what_is_no_order_key_is_told(text):
    assert not is_order_key(text)
    with pytest.raises(ValueError, match="is no order key"):
        OrderKey().process_bind_param(text, None)


def test_the_middle_leaves_room_on_both_sides():
    assert BASE**WIDTH // 2 == MIDDLE
    assert OrderKey().process_bind_param(None, None) is None


def test_every_database_compares_order_keys_byte_by_byte(database):
    metadata = sa.MetaData()
    table = sa.Table("ordered", metadata, sa.Column("place", OrderKey()))
    keys = ["000001", "V00000", "V00000A", "V00000a", "a00000", "z00000", "Z00000"]
    with database.engine.connect() as connection:
        transaction = connection.begin()
        metadata.create_all(connection)
        connection.execute(sa.insert(table), [{"place": key} for key in keys])
        found = connection.scalars(sa.select(table.c.place).order_by(table.c.place))
        assert list(found) == sorted(keys)
        after = sa.select(table.c.place).where(table.c.place > "V00000A")
        assert set(connection.scalars(after)) == {k for k in keys if k > "V00000A"}
        metadata.drop_all(connection)
        transaction.rollback()
