"""What I did against what they did: a result or a conflict, and every choice.

A row names my operations, theirs (saved meanwhile), the conflicts, and what the plan
looks like after each choice: what differs from their saved plan.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from draftedit import Batch, Delete, Insert, Move, Set
from draftedit.engine.base.errors import Conflicts
from draftedit.engine.rebasing import Resolution
from tests.engine.rebasing.looking import Keys, Look, draft_look, live_look

FIELD, ROW, LINK, ORDER, UNIQUE = "field", "row", "link", "order", "unique"
Make = Callable[[Keys], list]


@dataclass
class Pair:
    """One line of the table; `then` is by choice, "" where there is no conflict."""

    name: str
    mine: Make
    theirs: Make
    conflicts: list[tuple[str, str, str | None, str]]
    then: dict[str, Look] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def item(name, box, **values):
    code = 500 + ord(name)
    serial = f"00000000-0000-4000-8000-{code:012}"
    return Insert("item", {"name": name, "code": code, "serial": serial} | values, box)


def pair(name, mine, theirs, *conflicts, **then):
    return Pair(name, mine, theirs, list(conflicts), then)


PAIRS = [
    # field
    pair(
        "the same field to different values",
        lambda k: [Set("item", k.u, nick="mine")],
        lambda k: [Set("item", k.u, nick="theirs")],
        ("item", "u", "nick", FIELD),
        draft={"u.nick": "mine"},
        live={"u.nick": "theirs"},
        base={"u.nick": None},
        value={"u.nick": "own"},
    ),
    pair(
        "the same field to the same value",
        lambda k: [Set("item", k.u, nick="same"), Set("item", k.v, nick="mine")],
        lambda k: [Set("item", k.u, nick="same")],
        none={"u.nick": "same", "v.nick": "mine"},
    ),
    pair(
        "different fields of one row",
        lambda k: [Set("item", k.u, nick="mine")],
        lambda k: [Set("item", k.u, code=7)],
        none={"u.nick": "mine", "u.code": 7},
    ),
    pair(
        "a field and the place of one row",
        lambda k: [Set("item", k.u, nick="mine")],
        lambda k: [Move("item", k.u, k.b, k.x)],
        none={"u.nick": "mine", "b": "x u y", "a": "v w"},
    ),
    pair(
        "different rows",
        lambda k: [Delete("item", k.u)],
        lambda k: [Delete("item", k.v)],
        none={"a": "w", "u.code": None, "u/old": None},
    ),
    pair(
        "the root's field",
        lambda k: [Set("plan", k.plan, name="mine")],
        lambda k: [Set("plan", k.plan, name="theirs")],
        ("plan", "plan", "name", FIELD),
        draft={"plan": "mine"},
        live={"plan": "theirs"},
        base={"plan": "plan"},
        value={"plan": "own"},
    ),
    # row
    pair(
        "changed here, deleted there",
        lambda k: [Set("item", k.u, nick="mine")],
        lambda k: [Delete("item", k.u)],
        ("item", "u", None, ROW),
        draft={"a": "u v w", "u.nick": "mine", "u.code": ord("u"), "u/old": 1},
        live={},
        base={"a": "u v w", "u.code": ord("u"), "u/old": 1},
    ),
    pair(
        "changed below what is deleted there",
        lambda k: [Set("mark", (*k.u, "old"), weight=5)],
        lambda k: [Delete("box", k.a)],
        ("mark", "u/old", None, ROW),
        draft={"": "a b c", "a": "u", "u.code": ord("u"), "u/old": 5},
        live={},
        base={"": "a b c", "a": "u", "u.code": ord("u"), "u/old": 1},
    ),
    pair(
        "deleted here, changed there",
        lambda k: [Delete("item", k.u)],
        lambda k: [Set("item", k.u, nick="theirs")],
        ("item", "u", None, ROW),
        draft={"a": "v w", "u.code": None, "u.nick": None, "u/old": None},
        live={},
        base={"u.nick": None},
    ),
    pair(
        "deleted on both sides",
        lambda k: [Delete("item", k.u), Set("item", k.v, nick="mine")],
        lambda k: [Delete("item", k.u)],
        none={"v.nick": "mine"},
    ),
    pair(
        "a row of it deleted here, changed there below it",
        lambda k: [Delete("box", k.a)],
        lambda k: [Set("item", k.u, nick="theirs")],
        ("item", "u", None, ROW),
        draft=dict.fromkeys(
            ("a", "u.nick", "u.code", "v.code", "w.code", "u/old", "v/old", "w/old")
        )
        | {"": "b c"},
        live={},
        base={"u.nick": None},
    ),
    pair(
        "a row deleted here, one inserted there below it",
        lambda k: [Delete("box", k.c)],
        lambda k: [item("n", k.c)],
        ("item", "n", None, ROW),
        draft={"": "a b", "c": None, "n.code": None, "z.code": None, "z/old": None},
        live={},
        base={"": "a b", "c": None, "n.code": None, "z.code": None, "z/old": None},
    ),
    pair(
        "a row deleted here, one moved there below it",
        lambda k: [Delete("box", k.c)],
        lambda k: [Move("item", k.u, k.c, None)],
        ("item", "u", None, ROW),
        draft={"": "a b", "c": None}
        | dict.fromkeys(("u.code", "z.code", "u/old", "z/old")),
        live={},
        base={"": "a b", "a": "u v w", "c": None, "z.code": None, "z/old": None},
    ),
    pair(
        "a row deleted here, one changed here moved there below it",
        lambda k: [Set("item", k.u, nick="mine"), Delete("box", k.c)],
        lambda k: [Move("item", k.u, k.c, None)],
        ("item", "u", None, ROW),
        draft=dict.fromkeys(("c", "z.code", "z/old"))
        | {"": "a b", "a": "u v w", "u.nick": "mine"},
        live={},
        base=dict.fromkeys(("c", "z.code", "z/old")) | {"": "a b", "a": "u v w"},
    ),
    pair(
        "a row deleted here, one moved there out of it",
        lambda k: [Delete("box", k.c)],
        lambda k: [Move("item", k.z, k.a, None)],
        none={"": "a b", "c": None},
    ),
    pair(
        "a row deleted here, one of it put out of sight changed here before",
        lambda k: [Set("item", k.z, nick="mine"), Delete("box", k.c)],
        lambda k: [Delete("item", k.z)],
        none={"": "a b", "c": None},
    ),
    pair(
        "a row inserted here below what is deleted there",
        lambda k: [item("n", k.c)],
        lambda k: [Delete("box", k.c)],
        ("item", "n", None, ROW),
        draft={"": "a b c", "c": "n", "n.code": 500 + ord("n")},
        live={},
        base={},
    ),
    pair(
        "a row moved here below what is deleted there",
        lambda k: [Move("item", k.u, k.c, None)],
        lambda k: [Delete("box", k.c)],
        ("item", "u", None, ROW),
        draft={"": "a b c", "c": "u", "a": "v w"},
        live={},
        base={},
    ),
    pair(
        "a row moved here out of what is deleted there",
        lambda k: [Move("item", k.z, k.a, None)],
        lambda k: [Delete("box", k.c)],
        ("item", "z", None, ROW),
        draft={"a": "z u v w", "z.code": ord("z"), "z/old": 1},
        live={},
        base={"": "a b c", "c": "z", "z.code": ord("z"), "z/old": 1},
    ),
    pair(
        "rows of one key inserted on both sides",
        lambda k: [Insert("mark", {"word": "new", "weight": 1}, k.u)],
        lambda k: [Insert("mark", {"word": "new", "weight": 2}, k.u)],
        ("mark", "u/new", None, ROW),
        draft={"u/new": 1},
        live={"u/new": 2},
        base={"u/new": None},
    ),
    pair(
        "the same row inserted on both sides",
        lambda k: [
            Insert("mark", {"word": "new", "weight": 1}, k.u),
            Set("item", k.v, nick="mine"),
        ],
        lambda k: [Insert("mark", {"word": "new", "weight": 1}, k.u)],
        none={"u/new": 1, "v.nick": "mine"},
    ),
    pair(
        "changed here, its key another row's there",
        lambda k: [Set("mark", (*k.u, "old"), weight=5)],
        lambda k: [
            Delete("mark", (*k.u, "old")),
            "save",
            Insert("mark", {"word": "old", "weight": 9}, k.u),
        ],
        ("mark", "u/old", None, ROW),
        live={},
    ),
    pair(
        "deleted here, its key another row's there",
        lambda k: [Delete("mark", (*k.u, "old"))],
        lambda k: [
            Delete("mark", (*k.u, "old")),
            "save",
            Insert("mark", {"word": "old", "weight": 9}, k.u),
        ],
        ("mark", "u/old", None, ROW),
        draft={"u/old": None},
        live={},
    ),
    pair(
        "the object deleted there",
        lambda k: [Set("item", k.u, nick="mine"), Delete("box", k.b)],
        lambda k: [Delete("plan", k.plan)],
        ("plan", "plan", None, ROW),
        draft={
            "plan": "plan",
            "": "a c",
            "a": "u v w",
            "c": "z",
            "u.nick": "mine",
            **{f"{name}.code": ord(name) for name in "uvwz"},
            **{f"{name}/old": 1 for name in "uvwz"},
        },
    ),
    # link
    pair(
        "a reference here to what is deleted there",
        lambda k: [Set("box", k.a, next_id=k.c[0])],
        lambda k: [Delete("box", k.c)],
        ("box", "a", "next_id", LINK),
        draft={
            "": "a b c",
            "c": "z",
            "a.next": "c",
            "z.code": ord("z"),
            "z/old": 1,
        },
        live={},
        base={},
    ),
    pair(
        "a reference there to what is deleted here",
        lambda k: [Delete("box", k.c)],
        lambda k: [Set("box", k.a, next_id=k.c[0])],
        ("box", "a", "next_id", LINK),
        draft=dict.fromkeys(("a.next", "c", "z.code", "z/old")) | {"": "a b"},
        live={},
        base={"a.next": None} | dict.fromkeys(("c", "z.code", "z/old")) | {"": "a b"},
    ),
    pair(
        "a link here on what is deleted there",
        lambda k: [Insert("item_badge", {"badge_code": "red"}, k.z)],
        lambda k: [Delete("item", k.z)],
        ("item_badge", "z#red", None, LINK),
        draft={"c": "z", "z.code": ord("z"), "z#red": True},
        live={},
        base={},
    ),
    pair(
        "the same link on both sides",
        lambda k: [
            Insert("item_badge", {"badge_code": "red"}, k.z),
            Insert("item_badge", {"badge_code": "blue"}, k.z),
        ],
        lambda k: [Insert("item_badge", {"badge_code": "red"}, k.z)],
        none={"z#red": True, "z#blue": True},
    ),
    # order
    pair(
        "the same row moved to different places",
        lambda k: [Move("item", k.u, None, k.w)],
        lambda k: [Move("item", k.u, k.b, None)],
        ("item", "u", "place", ORDER),
        draft={"a": "v w u", "b": "x y"},
        live={},
        base={"a": "u v w", "b": "x y"},
        value={"b": "x u y"},
    ),
    pair(
        "different rows moved",
        lambda k: [Move("item", k.u, None, k.w)],
        lambda k: [Move("item", k.v, k.b, k.x)],
        none={"a": "w u", "b": "x v y"},
    ),
    pair(
        "moved behind a row that is deleted there",
        lambda k: [Move("item", k.u, None, k.v)],
        lambda k: [Delete("item", k.v)],
        ("item", "u", "place", ORDER),
        draft={"a": "u w"},
        live={"a": "u w"},
        base={"a": "u w"},
        value={"a": "w u"},
    ),
    pair(
        "inserted behind a row that is moved away there",
        lambda k: [
            Insert("item", dict(item("n", None).values), k.a, k.v),
        ],
        lambda k: [Move("item", k.v, k.b, None)],
        ("item", "n", "place", ORDER),
        draft={"a": "u n w", "n.code": 500 + ord("n")},
        live={"a": "u w n", "n.code": 500 + ord("n")},
        base={"a": "u w n", "n.code": 500 + ord("n")},
    ),
    pair(
        "inserted behind a row that is moved among its siblings there",
        lambda k: [Insert("item", dict(item("n", None).values), k.a, k.u)],
        lambda k: [Move("item", k.u, None, k.w)],
        none={"a": "v w u n", "n.code": 500 + ord("n")},
    ),
    # unique
    pair(
        "the same unique value",
        lambda k: [Set("item", k.u, nick="taken")],
        lambda k: [Set("item", k.v, nick="taken")],
        ("item", "u", "nick", UNIQUE),
        live={},
        base={},
        value={"u.nick": "own"},
    ),
    pair(
        "the same unique value of rows inserted on both sides",
        lambda k: [item("n", k.a, nick="taken")],
        lambda k: [item("m", k.b, nick="taken")],
        ("item", "n", "nick", UNIQUE),
        live={},
        base={},
        value={"a": "u v w n", "n.code": 500 + ord("n"), "n.nick": "own"},
    ),
    pair(
        "a unique value that I gave up is taken there",
        lambda k: [Set("item", k.u, code=1)],
        lambda k: [Set("item", k.u, code=2)],
        ("item", "u", "code", FIELD),
        draft={"u.code": 1},
        live={"u.code": 2},
        base={"u.code": ord("u")},
        value={"u.code": 77},
    ),
    # batches
    pair(
        "a batch of which one operation is refused",
        lambda k: [Batch((Delete("item", k.u), Set("item", k.v, nick="mine")))],
        lambda k: [Delete("item", k.u)],
        none={"v.nick": "mine"},
    ),
]

CHOICES = [(one, take) for one in PAIRS for take in one.then]
OWN = {"nick": "own", "name": "own", "code": 77}


def do(open_draft, owner, operations):
    """Apply operations; "save" saves, and goes on in another draft."""
    edit = open_draft(owner)
    for one in operations:
        if one == "save":
            edit.save()
            edit = open_draft(owner)
        else:
            edit.apply(one)
    return edit


def key_of(path, keys, sides):
    """Return the key that a path of the table means; new items are looked for."""
    if "#" in path or "/" in path:
        name, word = path.replace("#", "/").split("/")
        return (*keys[name], word)
    if path in keys:
        return keys[path]
    mine, open_draft = sides
    for edit in (mine, open_draft("cy")):
        for row in edit.page("item", limit=500).rows:
            if row.values["name"] == path:
                return row.key
    raise KeyError(path)


def own_value(kind, name, keys):
    if kind == ORDER:
        return keys.x if "different" in name else keys.w
    return None


@pytest.mark.parametrize(("pair", "take"), CHOICES, ids=lambda value: str(value))
def test_every_pair_ends_as_the_table_says(dbsession, keys, open_draft, pair, take):
    mine = do(open_draft, "ada", pair.mine(keys))
    theirs = do(open_draft, "bob", pair.theirs(keys))
    theirs.save()
    before, live = draft_look(mine), live_look(dbsession, keys)
    mine = mine_again(mine, open_draft)
    wanted = {
        (table, key_of(path, keys, (mine, open_draft)), name, kind)
        for table, path, name, kind in pair.conflicts
    }

    if wanted:
        with pytest.raises(Conflicts) as refused:
            mine.save()
        found = refused.value.conflicts
        assert {(c.table, c.key, c.field, c.kind) for c in found} == wanted
        assert all(c.live_by == "bob" for c in found if c.live is not None)
        with pytest.raises(Conflicts):
            mine.rebase()
        assert draft_look(mine) == before
        resolution = Resolution(take)
        if take == "value":
            [(table, key, name, kind)] = wanted
            value = OWN.get(name) or own_value(kind, pair.name, keys)
            resolution = Resolution(take, table, key, name, value)
        mine.rebase([resolution])
    else:
        mine.rebase()

    after = draft_look(mine)
    expected = {**live, **pair.then[take]}
    expected = {path: value for path, value in expected.items() if value is not None}
    assert after == expected
    check_undo_and_redo(mine, live, after)
    if mine.changes():
        mine.save()
    assert live_look(dbsession, keys) == after


def mine_again(edit, open_draft):
    """Take the draft up in another request."""
    from tests.hosts import knot

    return knot.drafts.resume(edit.dbsession, edit.info.key, owner="ada")


def check_undo_and_redo(edit, live, after):
    steps = edit.info.undo
    if steps:
        edit.undo(to=0)
        assert draft_look(edit) == live
        assert edit.changes() == []
        edit.redo(steps)
        assert draft_look(edit) == after
