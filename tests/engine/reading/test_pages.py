"""Pages: by cursor, by search, by filter, and through the tree; bad cursors."""

import base64

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.base.errors import Refused, Unknown
from draftedit.engine.base.paging import BadCursor, read_cursor, write_cursor
from draftedit.engine.operations import Ref
from draftedit.engine.reading import binds, tree, view
from draftedit.service.objects import Objects
from tests.hosts.selling import products
from tests.hosts.shop import Label, Line, Order, drafts


def walk(edit, table, **query):
    """Read page after page; return all rows."""
    rows, after = [], None
    while True:
        page = edit.page(table, after=after, **query)
        rows += page.rows
        after = page.next
        assert len(page.rows) <= query.get("limit", 50)
        if after is None:
            return rows


@pytest.fixture
def touched(edit, goods):
    """Change, add and take away rows: every state is on a page."""
    tea, coffee, _ = goods.lines
    edit.apply(Set("line", tea, product="green tea"))
    edit.apply(Insert("line", {"product": "jam"}, after=tea))
    edit.apply(Delete("line", coffee))
    edit.apply(Insert("line", {"product": "thrown away"}))
    edit.apply(Delete("line", (-2,)))
    return edit


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_walk_by_cursor_meets_every_row_once(touched, goods, limit):
    for parent in (None, goods.first):
        query = {"limit": limit} | ({"parent": (parent,)} if parent else {})
        rows = walk(touched, "line", **query)
        assert [(row.values["product"], row.state) for row in rows] == [
            ("green tea", "changed"),
            ("jam", "new"),
            ("milk", "same"),
        ]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_gone_rows_are_shown_when_asked_for_except_those_never_saved(touched, limit):
    rows = walk(touched, "line", gone=True, limit=limit)
    assert [(row.values["product"], row.state) for row in rows] == [
        ("green tea", "changed"),
        ("jam", "new"),
        ("coffee", "gone"),
        ("milk", "same"),
    ]
    assert rows[2].origin["product"] == "coffee"


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_filter_of_changes_leaves_out_what_is_the_same(touched, goods, limit):
    tea, coffee, milk = goods.lines
    touched.apply(Set("line", milk, amount=7))
    touched.apply(Set("line", milk, amount=2))
    for parent in (None, (goods.first,)):
        query = {"changed": True, "limit": limit, "parent": parent}
        assert [row.key[0] for row in walk(touched, "line", **query)] == [tea, -1]
        rows = walk(touched, "line", gone=True, **query)
        assert [row.key[0] for row in rows] == [tea, -1, coffee]


def test_a_page_of_changes_goes_on_over_what_is_the_same_again(edit, goods):
    for line in goods.lines:
        edit.apply(Set("line", line, amount=7))
    edit.apply(Set("line", goods.lines[0], amount=2))
    page = edit.page("line", parent=(goods.first,), changed=True, limit=1)
    assert [row.key[0] for row in page.rows] == [goods.lines[1]]


def test_changes_below_a_gone_row_are_out_of_sight(edit, goods):
    tea = goods.lines[0]
    edit.apply(Insert("line_label", {"label_code": "urgent"}, tea))
    edit.apply(Delete("line", tea))
    assert edit.page("line_label", changed=True).rows == []
    rows = edit.page("line_label", changed=True, gone=True).rows
    assert [row.state for row in rows] == ["gone"]
    assert [change.table for change in edit.changes()] == ["line"]
    assert edit.touched() == {"purchase": 0, "line": 1, "note": 0, "line_label": 0}


def test_a_parent_out_of_sight_hides_its_page(edit, goods):
    tea = (goods.lines[0],)
    edit.apply(Delete("line", tea))
    assert edit.page("line_label", parent=tea).rows == []
    rows = edit.page("line_label", parent=tea, gone=True).rows
    assert [(row.state, row.hidden) for row in rows] == [("gone", True)]
    rows = edit.page("line_label", gone=True).rows
    assert [(row.state, row.hidden) for row in rows] == [("gone", True)]


def test_the_root_is_a_page_of_its_own(edit, goods):
    assert [row.key for row in edit.page("purchase").rows] == [(str(goods.first),)]
    assert edit.page("purchase", changed=True).rows == []
    edit.apply(Set("purchase", goods.first, number="A9"))
    assert len(edit.page("purchase", changed=True).rows) == 1
    edit.apply(Delete("purchase", goods.first))
    assert edit.page("purchase").rows == []
    assert edit.page("purchase", gone=True).rows[0].state == "gone"
    with pytest.raises(BadCursor):
        edit.page("purchase", after=write_cursor([1]))


def test_parents_and_tables_that_are_not_there_are_unknown(edit, goods):
    for table, parent in (
        ("line", (goods.second,)),
        ("line", ("x",)),
        ("line_label", (goods.other,)),
        ("line_label", (1, 2)),
        ("label", None),
        ("x", None),
    ):
        with pytest.raises(Unknown):
            edit.page(table, parent=parent)
    for table, key in (("line", (goods.other,)), ("line", (0,)), ("x", (1,))):
        with pytest.raises(Unknown):
            edit.row(table, key)
        with pytest.raises(Unknown):
            edit.path(table, key)
        with pytest.raises(Unknown):
            edit.page(table, around=key)


def test_the_path_leads_from_the_root(edit, goods):
    path = edit.path("line_label", (goods.lines[0], "gift"))
    assert [(row.table, row.key) for row in path] == [
        ("purchase", (str(goods.first),)),
        ("line", (goods.lines[0],)),
    ]


class TestAround:
    def test_the_page_has_the_row_in_its_middle(self, edit, goods, dbsession):
        for number in range(20):
            edit.apply(Insert("line", {"product": str(number)}))
        rows = edit.page("line").rows
        for limit in (1, 2, 5, 8):
            for row in rows:
                page = edit.page("line", around=row.key, limit=limit)
                assert row.key in [one.key for one in page.rows]
        page = edit.page("line", around=rows[10].key, limit=5)
        assert [one.key for one in page.rows] == [one.key for one in rows[8:13]]

    def test_the_root_is_around_itself(self, edit, goods):
        assert len(edit.page("purchase", around=(goods.first,)).rows) == 1


def scan_at_most(monkeypatch, number):
    for module in (view, binds):
        monkeypatch.setattr(module, "SCANNED", number)


class TestSearch:
    @pytest.fixture
    def stocked(self, edit):
        for product in ("50 % off", "a_b", "back\\slash", "GRÜSSE", "ax"):
            edit.apply(Insert("line", {"product": product}))
        return edit

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("EE", ["coffee"]),
            ("%", ["50 % off"]),
            ("_", ["a_b"]),
            ("a_", ["a_b"]),
            ("\\", ["back\\slash"]),
            ("grüsse", ["GRÜSSE"]),
            ("ü", ["GRÜSSE"]),
            ("'", []),
            ("", ["tea", "coffee", "milk", "50 % off", "a_b", "back\\slash"]),
        ],
    )
    def test_finds_text_anywhere_whatever_its_case(self, stocked, goods, text, found):
        for parent in (None, (goods.first,)):
            assert products(stocked, search=text, parent=parent)[:6] == found

    def test_finds_live_rows_too(self, dbsession, goods):
        page = Objects(drafts, dbsession).page(
            "purchase", (goods.first,), "line", search="TEA"
        )
        assert [row.values["product"] for row in page.rows] == ["tea"]

    @pytest.mark.parametrize("limit", [1, 2, 50])
    @pytest.mark.parametrize("scanned", [1, 2, 3, 8])
    def test_reads_a_bounded_number_of_rows_and_goes_on(
        self, stocked, goods, monkeypatch, scanned, limit
    ):
        scan_at_most(monkeypatch, scanned)
        for parent in (None, (goods.first,)):
            rows = walk(stocked, "line", search="a", parent=parent, limit=limit)
            assert [row.values["product"] for row in rows] == [
                "tea",
                "a_b",
                "back\\slash",
                "ax",
            ]

    def test_stops_after_what_one_call_may_scan(self, stocked, goods, monkeypatch):
        scan_at_most(monkeypatch, 3)
        page = stocked.page("line", parent=(goods.first,), search="ax")
        assert page.rows == []
        assert page.next is not None


class TestTree:
    @pytest.fixture
    def shelves(self, edit, goods):
        """Give the lines labels: none, two, none, one."""
        tea, coffee, _ = goods.lines
        edit.apply(
            Batch(
                (
                    Delete("line_label", (tea, "gift")),
                    Insert("line_label", {"label_code": "gift"}, coffee),
                    Insert("line_label", {"label_code": "urgent"}, coffee),
                    Insert("line", {"product": "jam"}, name="jam"),
                    Insert("line_label", {"label_code": "gift"}, Ref("jam")),
                )
            )
        )
        return edit

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_is_walked_over_empty_parents(self, shelves, goods, limit):
        coffee = goods.lines[1]
        keys = [row.key for row in walk(shelves, "line_label", limit=limit)]
        assert keys == [(coffee, "gift"), (coffee, "urgent"), (-1, "gift")]

    def test_a_long_walk_goes_on_with_a_cursor(self, shelves, goods, monkeypatch):
        monkeypatch.setattr(tree, "STATEMENTS", 1)
        keys = [row.key[1] for row in walk(shelves, "line_label")]
        assert keys == ["gift", "urgent", "gift"]

    def test_a_cursor_holds_when_its_parent_has_gone(self, shelves, goods):
        page = shelves.page("line_label", limit=1)
        shelves.apply(Delete("line", goods.lines[1]))
        rest = shelves.page("line_label", after=page.next)
        assert [row.key for row in rest.rows] == [(-1, "gift")]
        rest = shelves.page("line_label", after=page.next, gone=True)
        assert [(row.key[1], row.state) for row in rest.rows] == [
            ("urgent", "gone"),
            ("gift", "new"),
        ]
        shelves.apply(Restore("line", goods.lines[1]))
        shelves.apply(Move("line", goods.lines[1]))
        rest = shelves.page("line_label", after=page.next)
        assert (goods.lines[1], "urgent") in [row.key for row in rest.rows]

    def test_a_cursor_through_another_object_s_row_finds_nothing_there(
        self, edit, dbsession, goods
    ):
        other = dbsession.get_one(Line, goods.other)
        other.labels = [dbsession.get_one(Label, "gift")]
        dbsession.flush()
        cursor = write_cursor([[other.place, goods.other], [0, ""]])
        keys = [row.key for row in edit.page("line_label", after=cursor).rows]
        assert (goods.other, "gift") not in keys


BAD_CURSORS = [
    "",
    "x",
    "%",
    "ä",
    "e30",
    write_cursor({}),
    write_cursor([]),
    write_cursor([1]),
    write_cursor([[1]]),
    write_cursor([[None, None]]),
    write_cursor(["V00000", "x"]),
    write_cursor(["V", 1]),
    write_cursor([["V00000", 1], ["x", "y"], [1, 2]]),
    write_cursor("V00000"),
    write_cursor(5),
    write_cursor(None) or "bnVsbA",
    write_cursor(["V00000", 2**70]),
    write_cursor(["V00000\x00", 1]),
    "W" * 5000,
    base64.urlsafe_b64encode(b"[" * 4000).decode(),
    base64.urlsafe_b64encode(b"\xff").decode(),
    base64.urlsafe_b64encode(b"9" * 5000).decode(),
]


@pytest.mark.parametrize("cursor", BAD_CURSORS, ids=range(len(BAD_CURSORS)))
def test_what_is_no_cursor_is_refused(edit, goods, dbsession, cursor):
    listings = [
        lambda: edit.page("line", parent=(goods.first,), after=cursor),
        lambda: edit.page("line_label", after=cursor),
        lambda: edit.page("line", changed=True, after=cursor),
        lambda: Objects(drafts, dbsession).page(
            "purchase", (goods.first,), "line", after=cursor
        ),
        lambda: Objects(drafts, dbsession).listing("purchase", after=cursor),
    ]
    for listing in listings:
        with pytest.raises(Refused, match="not a cursor"):
            listing()


@pytest.mark.parametrize("cursor", [c for c in BAD_CURSORS if c != write_cursor(5)])
def test_a_list_by_number_takes_numbers_only(edit, goods, dbsession, cursor):
    for listing in (
        lambda: edit.journal(after=cursor),
        lambda: drafts.mine(dbsession, "ada", after=cursor),
        lambda: Objects(drafts, dbsession).revisions(
            "purchase", (goods.first,), after=cursor
        ),
    ):
        with pytest.raises(Refused, match="not a cursor"):
            listing()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(cursor=st.text() | json_values.map(write_cursor).filter(bool))
def test_no_cursor_ever_crashes(edit, goods, cursor):
    for query in (
        {"table": "line", "parent": (goods.first,)},
        {"table": "line_label"},
        {"table": "note", "parent": (goods.first,)},
        {"table": "purchase"},
    ):
        try:
            edit.page(after=cursor, **query)
        except Refused:
            continue
        except sa.exc.DBAPIError as error:
            raise AssertionError(cursor) from error


@given(data=json_values)
def test_a_cursor_is_safe_in_a_url_and_reads_back(data):
    text = write_cursor(data)
    if data is None:
        assert text is None
    else:
        assert set(text) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )
        assert repr(read_cursor(text)) == repr(data)


class TestObjects:
    def test_are_listed_by_key_and_found_by_text(self, dbsession, goods):
        drafts.open(dbsession, Order, goods.first, owner="ada")
        found = Objects(drafts, dbsession).listing("purchase")
        assert {(one.label, one.revision, one.drafts) for one in found.items} == {
            ("A1", 0, 1),
            ("B2", 0, 0),
        }
        found = Objects(drafts, dbsession).listing("purchase", q="b")
        assert [one.label for one in found.items] == ["B2"]
        first = Objects(drafts, dbsession).listing("purchase", limit=1)
        second = Objects(drafts, dbsession).listing(
            "purchase", limit=1, after=first.next
        )
        assert second.next is None
        assert {first.items[0].label, second.items[0].label} == {"A1", "B2"}

    def test_tell_their_revisions_and_who_saved(self, edit, dbsession, goods):
        edit.apply(Set("purchase", goods.first, number="A9"))
        edit.save("nine")
        found = Objects(drafts, dbsession).find("purchase", (goods.first,))
        assert (found.label, found.revision, found.saved_by) == ("A9", 1, "ada")
        again = drafts.open(dbsession, Order, goods.first, owner="bob")
        again.apply(Set("purchase", goods.first, number="A10"))
        again.save()
        page = Objects(drafts, dbsession).revisions("purchase", (goods.first,), limit=1)
        assert [one.revision for one in page.items] == [2]
        page = Objects(drafts, dbsession).revisions(
            "purchase", (goods.first,), after=page.next
        )
        assert [(one.revision, one.message, one.changes) for one in page.items] == [
            (1, "nine", 1)
        ]

    def test_tell_who_has_a_draft_open_and_never_what_is_in_it(
        self, edit, dbsession, goods
    ):
        edit.apply(Set("line", goods.lines[0], product="x"))
        drafts.open(dbsession, Order, goods.first, owner="bob").cancel()
        [one] = Objects(drafts, dbsession).open_drafts("purchase", (goods.first,))
        assert (one.owner, one.rows) == ("ada", 1)
        assert Objects(drafts, dbsession).open_drafts("purchase", (goods.second,)) == []

    def test_show_their_rows(self, dbsession, goods):
        tea = (goods.lines[0],)
        live = Objects(drafts, dbsession)
        where = ("purchase", (goods.first,))
        assert live.row(*where, "line", tea).values["product"] == "tea"
        assert [r.table for r in live.path(*where, "line", tea)] == ["purchase"]
        links = live.page(*where, "line_label", parent=tea).rows
        assert [row.key for row in links] == [(goods.lines[0], "gift")]
        with pytest.raises(Unknown):
            live.row(*where, "line", (goods.other,))
