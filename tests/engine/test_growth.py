"""Every action costs what it touches, never what it edits.

The number of statements is the same for 10 and for very many rows, and by EXPLAIN no
statement scans a part's table or reads more rows than a page has, and it touches.
"""

import datetime
import json
import os
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Batch, Delete, Insert, Move, Restore, Set
from draftedit.engine.values.order_key import spread
from draftedit.service.objects import Objects
from tests.engine.explaining import Recorder, index_conditions
from tests.hosts import tall
from tests.hosts.tall import Book, drafts

SMALL = 10
PAGE = 50
# What one statement may read: a page from each of three branches, and some ends.
MOST = 4 * PAGE
# Books with a short and with a long history: since ada's draft of them, and before.
BEHIND, AFTER = (60, 61), (62, 63)


@pytest.fixture(scope="session")
def size():
    """Return how many rows the large object has."""
    return 100_000 if os.environ.get("DRAFTEDIT_TEST_COUNT") else 5_000


@pytest.fixture(scope="session")
def database(fresh_database, size):
    """Make two books, a short and a long one, with 50 more beside them."""
    database = fresh_database(tall.Base.metadata, tall.drafts.metadata)
    with database.engine.begin() as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(Book)):
            return database
        fill(connection, 1, SMALL)
        fill(connection, 2, size)
        for key in range(3, 53):
            fill(connection, key, 20)
    for (short, long), past in ((BEHIND, False), (AFTER, True)):
        fill_history(database.engine, short, SMALL, past)
        fill_history(database.engine, long, size, past)
    # Never analysed, a table's plans are guesses.
    statement = "ANALYZE TABLE {}" if database.backend == "mariadb" else "ANALYZE {}"
    with database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in ("book", "chapter", "verse", "verse_draft", "verse_history"):
            connection.exec_driver_sql(statement.format(table)).close()
    return database


def fill(connection, key, size):
    insert, tables = sa.insert, tall.Base.metadata.tables
    connection.execute(insert(tables["book"]), {"id": key, "title": f"book {key}"})
    places = spread(2)
    connection.execute(
        insert(tables["chapter"]),
        [
            {"id": key * 10 + number, "book_id": key, "place": place, "name": "c"}
            for number, place in enumerate(places)
        ],
    )
    rows = [
        {
            "id": key * 1_000_000 + number,
            "chapter_id": key * 10,
            "place": place,
            "text": f"verse {number}",
        }
        for number, place in enumerate(spread(size))
    ]
    for start in range(0, size, 5_000):
        connection.execute(insert(tables["verse"]), rows[start : start + 5_000])


def fill_history(engine, key, size, past):
    """Give a book 50 revisions, which replaced `size` verses of its second chapter.

    And one of the first chapter each. A draft of ada's is opened before them, unless
    they are `past`.
    """
    with Session(engine) as dbsession:
        connection = dbsession.connection()
        fill(connection, key, PAGE)
        if past:
            dbsession.execute(
                sa.insert(drafts.tables.object),
                {"target": "book", "root": str(key), "revision": 50},
            )
        else:
            drafts.open(dbsession, Book, key, owner="ada")
            dbsession.execute(
                sa.update(drafts.tables.object)
                .where(drafts.tables.object.c.root == str(key))
                .values(revision=50)
            )
        record_history(connection, key, size)
        dbsession.commit()


def record_history(connection, key, size):
    at = datetime.datetime.now(datetime.UTC)
    saved = {"target": "book", "root": str(key), "saved_by": "bob", "saved_at": at}
    revisions = [saved | {"number": number} for number in range(1, 51)]
    connection.execute(sa.insert(drafts.tables.revision), revisions)
    then = {"root": str(key), "replaced_at": at, "absent": False, "text": "old"}
    history = sa.insert(drafts.targets["book"].tables["verse"].history)
    rows = [
        then
        | {
            "id": key * 1_000_000 + 500_000 + number,
            "chapter_id": key * 10 + 1,
            "place": place,
            "revision": 1 + number * 50 // size,
        }
        for number, place in enumerate(spread(size))
    ]
    rows += [
        then
        | {
            "id": key * 1_000_000 + number,
            "chapter_id": key * 10,
            "place": place,
            "revision": 1 + number,
        }
        for number, place in enumerate(spread(PAGE))
    ]
    for start in range(0, len(rows), 5_000):
        connection.execute(history, rows[start : start + 5_000])


class Story:
    """One of everything, on the first, a middle and the last row of one book."""

    def __init__(self, dbsession, key, size):
        self.dbsession, self.key = dbsession, key
        self.first = key * 1_000_000
        self.middle, self.last = self.first + size // 2, self.first + size - 1
        self.chapter = key * 10
        self.edit = None

    def steps(self):
        """Yield the names of the steps, each with what does it."""
        yield "open", self.open
        for name, operation in self.operations():
            yield name, lambda operation=operation: self.verb().apply(operation)
        yield "undo", lambda: self.verb().undo()
        yield "undo several", lambda: self.verb().undo(3)
        yield "redo several", lambda: self.verb().redo(4)
        for name, query in self.queries():
            yield name, lambda query=query: self.verb().page("verse", **query)
        yield "row", lambda: self.verb().row("verse", (self.last,))
        yield "changes", lambda: self.verb().changes()
        yield "journal", lambda: self.verb().journal()
        yield "cancel", lambda: self.verb().cancel()

    def operations(self):
        verse, middle = self.last, self.middle
        yield "set", Set("verse", verse, text="x")
        yield "insert", Insert("verse", {"text": "new"}, self.chapter)
        yield "insert first", Insert("verse", {}, self.chapter, after=None)
        yield "insert after", Insert("verse", {}, self.chapter, after=middle)
        yield "move", Move("verse", middle, after=self.first)
        yield "move to the end", Move("verse", self.first)
        yield "delete", Delete("verse", middle + 1)
        yield "restore", Restore("verse", middle + 1)
        yield "delete all", Delete("chapter", self.chapter)
        yield "restore all", Restore("chapter", self.chapter)
        yield "batch", Batch([Set("verse", verse, text="y"), Delete("verse", verse)])

    def queries(self):
        parent = {"parent": (self.chapter,), "limit": PAGE}
        yield "page", parent
        yield "next page", {**parent, "after": self.cursor()}
        yield "page around", {**parent, "around": (self.middle,)}
        yield "page of the tree", {"limit": PAGE}
        yield "changed", {**parent, "changed": True}
        yield "changed anywhere", {"changed": True}
        yield "gone", {**parent, "gone": True}

    def cursor(self):
        page = self.edit.page("verse", (self.chapter,), limit=5)
        return page.next

    def open(self):
        self.edit = drafts.open(self.dbsession, Book, self.key, owner="ada")

    def verb(self):
        """Take the draft up anew, as each request does."""
        self.edit = drafts.resume(
            self.dbsession, self.edit.info.key, owner="ada", lock=True
        )
        return self.edit


def statements_of(story, run):
    counts = {}
    for name, step in story.steps():
        run.clear()
        step()
        counts[name] = len(run)
    return counts


def test_no_action_needs_more_statements_for_more_rows(dbsession, statements, size):
    dbsession.connection()  # the savepoint that a session begins with is not counted
    small = statements_of(Story(dbsession, 1, SMALL), statements)
    large = statements_of(Story(dbsession, 2, size), statements)
    # A walk of the tree ends where the page is full: earlier in the large book.
    assert large.pop("page of the tree") <= small.pop("page of the tree")
    assert large == small
    assert max(large.values()) < 40


def test_a_cursor_costs_the_same_wherever_it_is(dbsession, statements, size):
    story = Story(dbsession, 2, size)
    story.open()
    edit = story.edit
    for around in (story.first, story.middle, story.last):
        page = edit.page("verse", (story.chapter,), around=(around,), limit=10)
        assert (around,) in [row.key for row in page.rows]
    statements.clear()
    edit.page("verse", (story.chapter,), after=page.next, limit=10)
    assert len(statements) <= 3


@pytest.fixture(params=[r"SELECT|UPDATE|DELETE|INSERT INTO \S+ SELECT"])
def explained(request, connection, database):
    """Collect each statement that reads, with the plan that it was run by.

    To see how many rows it reads it is run twice.
    """
    plans = []
    busy = []

    def explain(connection, cursor, statement, parameters, context, many):
        if busy or not re.match(rf"\s*({request.param})", statement):
            return
        busy.append(1)
        try:
            plans.append(
                (statement, EXPLAIN[database.backend](cursor, statement, parameters))
            )
        finally:
            busy.clear()

    sa.event.listen(connection, "before_cursor_execute", explain)
    yield plans
    sa.event.remove(connection, "before_cursor_execute", explain)


def explain_on_sqlite(cursor, statement, parameters):
    """Return the tables that are scanned; SQLite tells no numbers."""
    cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    lines = [row[-1] for row in cursor.fetchall()]
    return {
        match[1]: None
        for line in lines
        # SEARCH has found its rows by an index. With LIMIT, an index may be walked
        # from its beginning to find the smallest.
        if (match := re.match(r"SCAN (\w+)(?! USING COVERING INDEX)", line))
        # All history of an object is too much.
        or (match := re.match(r"SEARCH (\w+_history) .*\(root=\?\)$", line))
    }


def explain_on_postgresql(cursor, statement, parameters):
    """Return the tables of which many rows were read, and how many."""
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    [[plan]] = cursor.fetchone()
    return dict(read_by(plan["Plan"]))


def read_by(plan):
    if "Relation Name" in plan:
        removed = plan.get("Rows Removed by Filter", 0)
        rows = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
        if plan["Node Type"] == "Seq Scan" or rows > MOST:
            yield plan["Relation Name"], rows
    for inner in plan.get("Plans", ()):
        yield from read_by(inner)


def explain_on_mariadb(cursor, statement, parameters):
    """Return the tables of which many rows were read, and how many."""
    cursor.execute(f"ANALYZE FORMAT=JSON {statement}", parameters)
    return dict(read_on_mariadb(json.loads(cursor.fetchone()[0])))


def read_on_mariadb(plan):
    if isinstance(plan, list):
        for one in plan:
            yield from read_on_mariadb(one)
    if not isinstance(plan, dict):
        return
    name, rows = plan.get("table_name"), plan.get("r_rows") or 0
    if isinstance(name, str) and not name.startswith("<"):
        total = rows * (plan.get("r_loops") or 0)
        if total > MOST or (plan.get("access_type") == "ALL" and total > PAGE):
            yield name, total
    for inner in plan.values():
        yield from read_on_mariadb(inner)


EXPLAIN = {
    "sqlite": explain_on_sqlite,
    "postgresql": explain_on_postgresql,
    "mariadb": explain_on_mariadb,
}


def test_no_statement_scans_a_part_s_table(dbsession, explained, database, size):
    story = Story(dbsession, 2, size)
    assert too_much(explained, story.steps()) == ""


PARTS = {"verse", "chapter", "verse_draft", "verse_history"}


def too_much(explained, steps):
    """Take the steps; say which statements read more of a part than they may."""
    read = []
    for name, step in steps:
        explained.clear()
        step()
        read += [
            f"{name} reads {rows} of {table}: {statement}"
            for statement, found in explained
            for table, rows in found.items()
            if table in PARTS and (rows is None or rows > MOST)
        ]
    return "\n\n".join(read)


class Behind:
    """Ada's draft, opened 50 revisions ago."""

    def __init__(self, dbsession, key):
        self.dbsession, self.key = dbsession, key

    def steps(self):
        """Yield what is done to the first chapter, which others changed little."""
        chapter, first = (self.key * 10,), self.key * 1_000_000
        query = {"parent": chapter, "limit": PAGE}
        yield "page", lambda: self.verb().page("verse", **query)
        yield "around", lambda: self.verb().page("verse", around=(first + 25,), **query)
        yield "row", lambda: self.verb().row("verse", (first,))
        yield "set", lambda: self.verb().apply(Set("verse", first, text="new"))
        yield "insert", lambda: self.verb().apply(Insert("verse", {}, chapter))
        yield "undo", lambda: self.verb().undo()
        yield "changes", lambda: self.verb().changes()
        yield "incoming", lambda: self.verb().incoming()

    def verb(self):
        of_book = drafts.tables.draft_object.c
        wanted = sa.select(of_book.draft).where(of_book.root == str(self.key))
        key = self.dbsession.scalar(wanted)
        return drafts.resume(self.dbsession, key, owner="ada", lock=True)


class After:
    """A draft on the newest of 50 revisions, and one that was saved since."""

    def __init__(self, dbsession, key):
        self.dbsession, self.key = dbsession, key
        self.first = key * 1_000_000
        self.edit = drafts.open(dbsession, Book, key, owner="ada")
        other = drafts.open(dbsession, Book, key, owner="bob")
        other.apply(Set("verse", self.first + 1, text="bobs"))
        other.apply(Insert("verse", {"text": "bobs"}, key * 10))
        other.save()
        self.edit.apply(Set("verse", self.first, text="adas"))
        self.edit.apply(Move("verse", self.first + 2, after=self.first + 3))
        self.edit.apply(Insert("verse", {"text": "adas"}, key * 10))
        self.edit.apply(Delete("verse", self.first + 9))

    def steps(self):
        """Yield what brings in the other's save."""
        yield "conflicts", lambda: self.verb().conflicts()
        yield "check", lambda: self.verb().check()
        yield "save", lambda: self.saved_and_taken_back()
        yield "rebase", lambda: self.verb().rebase()
        yield "save what is rebased", lambda: self.verb().save()
        yield "compare", lambda: self.compared()

    def verb(self):
        key = self.edit.info.key
        return drafts.resume(self.dbsession, key, owner="ada", lock=True)

    def saved_and_taken_back(self):
        with self.dbsession.begin_nested() as savepoint:
            assert self.verb().save().merged == [51]
            savepoint.rollback()
        self.dbsession.expire_all()

    def compared(self):
        live = Objects(drafts, self.dbsession)
        path = ("book", (self.key,))
        assert live.changes_between(*path, newer=52)


@pytest.mark.parametrize(("scene", "books"), [(Behind, BEHIND), (After, AFTER)])
def test_no_action_needs_more_statements_for_a_longer_history(
    dbsession, statements, scene, books
):
    def run(key):
        dbsession.connection()  # the savepoint that a session begins with
        counts = statements_of(scene(dbsession, key), statements)
        dbsession.rollback()
        return counts

    run(books[0])  # what is done once in a process
    assert run(books[1]) == run(books[0])


@pytest.mark.parametrize(("scene", "books"), [(Behind, BEHIND), (After, AFTER)])
@pytest.mark.parametrize("explained", ["SELECT"], indirect=True)
def test_no_action_reads_the_history_of_others(dbsession, explained, scene, books):
    assert too_much(explained, scene(dbsession, books[-1]).steps()) == ""


def test_a_statement_that_does_scan_is_noticed(dbsession, explained):
    verse = tall.Verse.__table__
    dbsession.execute(sa.select(verse).where(verse.c.text == "none")).all()
    [(_, found)] = explained
    assert "verse" in found


TOUCHED = 1_000


@pytest.mark.only_on("postgresql")  # whose planner is free to do otherwise
def test_a_page_looks_by_key_before_the_planner_knows_what_was_touched(
    dbsession, explained, size
):
    story = Story(dbsession, 2, size)
    story.open()
    touch(dbsession, story, range(story.middle, story.middle + TOUCHED))
    explained.clear()
    story.verb().page("verse", (story.chapter,), limit=PAGE)
    read = [rows for _, found in explained for rows in found.values()]
    assert sum(read) <= 2 * MOST


@pytest.mark.only_on("postgresql")  # whose planner is free to do otherwise
@pytest.mark.parametrize("touched", [1, TOUCHED])
def test_what_a_draft_touched_is_looked_up_by_its_key_before_there_are_statistics(
    dbsession, connection, size, touched
):
    story = Story(dbsession, 2, size)
    story.open()
    touch(dbsession, story, range(story.middle, story.middle + touched))
    with Recorder(connection) as recorder:
        story.verb().apply(Set("verse", story.middle, text="touched again"))
        story.verb().apply(Insert("verse", {"text": "new"}, story.chapter))
        story.verb().page("verse", (story.chapter,), limit=PAGE)
    by_key = {
        index
        for statement, parameters in recorder.statements
        if "verse_draft" in statement and statement.startswith(("SELECT", "UPDATE"))
        for index, condition in index_conditions(
            connection, "verse_draft", statement, parameters
        )
        if "(id = " in condition
    }
    assert by_key == {"pk_verse_draft"}


def touch(dbsession, story, keys):
    """Set many verses at once, as so many operations would leave them."""
    part = story.edit.target.tables["verse"]
    live = part.live.c
    copied = sa.select(
        sa.literal(story.edit.info.key),
        sa.literal(str(story.key)),
        sa.false(),
        sa.literal("{}"),
        live.id,
        live.chapter_id,
        live.place,
        sa.literal("touched"),
    ).where(live.id.between(keys[0], keys[-1]))
    into = ["draft", "root", "gone", "origin", "id", "chapter_id", "place", "text"]
    dbsession.execute(sa.insert(part.draft).from_select(into, copied))


@pytest.fixture
def edit(dbsession):
    return drafts.open(dbsession, Book, 1, owner="ada")


def test_the_limit_of_a_page_stands_in_its_statement(edit, statements):
    statements.clear()
    edit.page("verse", parent=(10,), limit=7)
    # A bound one keeps PostgreSQL from keeping a plan: see
    # `draftedit.engine.reading.statements`.
    assert "LIMIT 8" in statements[-1]


def test_an_insert_at_the_end_looks_for_one_sibling_once(edit, statements):
    statements.clear()
    edit.apply(Insert("verse", {}, (10,)))
    (look,) = (one for one in statements if "chapter_id = " in one and "LIMIT" in one)
    assert "LIMIT 2" in look
