"""Law 1: a save that says done has written every row; fewer is a refusal by name.

Rows are swallowed by triggers, or hidden by the hooks of a session.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from draftedit import Delete, Insert, Set
from draftedit.engine.base.errors import Refused
from draftedit.engine.saving import row_counts, verifying
from tests.engine.saving.swallowing import swallowing
from tests.hosts import shop
from tests.hosts.shop import Line, Note

SWALLOWED = {
    "sqlite": [
        "CREATE TRIGGER swallow BEFORE {} ON {} BEGIN SELECT RAISE(IGNORE); END"
    ],
    "postgresql": [
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER swallow BEFORE {} ON {}"
        " FOR EACH ROW EXECUTE FUNCTION swallow()",
    ],
}


@pytest.fixture
def swallow(dbsession, backend):
    """Return what lets the database swallow what is written to a table."""

    def swallow(event, table):
        for statement in SWALLOWED[backend]:
            dbsession.execute(sa.text(statement.format(event, table)))

    return swallow


OPERATIONS = {
    "a change": (
        "UPDATE",
        "line",
        lambda goods: [Set("line", goods.lines[0], amount=9)],
    ),
    "two changes": (
        "UPDATE",
        "line",
        lambda goods: [Set("line", key, amount=9) for key in goods.lines[:2]],
    ),
    "a delete": ("DELETE", "line", lambda goods: [Delete("line", goods.lines[1])]),
    "a link's delete": (
        "DELETE",
        "line_label",
        lambda goods: [Delete("line_label", (goods.lines[0], "gift"))],
    ),
    "an insert": ("INSERT", "note", lambda goods: [Insert("note", {"topic": "new"})]),
    "a link's insert": (
        "INSERT",
        "line_label",
        lambda goods: [
            Insert("line_label", {"label_code": "gift"}, parent=goods.lines[1])
        ],
    ),
    "what history keeps": (
        "INSERT",
        "line_history",
        lambda goods: [Set("line", goods.lines[0], amount=9)],
    ),
}


@pytest.mark.only_on("sqlite", "postgresql")
@pytest.mark.filterwarnings("ignore:DELETE statement")  # it is told better
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_a_trigger_swallows_is_refused_by_name(
    edit, goods, swallow, name, dbsession
):
    event, table, operations = OPERATIONS[name]
    for one in operations(goods):
        edit.apply(one)
    wanted = [change.key for change in edit.changes()]
    swallow(event, table)
    problems = edit.check().problems
    part = table.removesuffix("_history")
    assert {(p.table, p.key) for p in problems} <= {(part, key) for key in wanted}
    assert problems
    with pytest.raises(Refused):
        edit.save()
    assert edit.is_open
    assert edit.info.revision is None


@pytest.mark.only_on("sqlite", "postgresql")
def test_a_trigger_that_is_not_counted_is_found_in_the_end(
    edit, goods, swallow, monkeypatch
):
    monkeypatch.setattr(
        row_counts, "execute", lambda dbsession, one, *_: dbsession.execute(one)
    )
    edit.apply(Delete("line_label", (goods.lines[0], "gift")))
    swallow("DELETE", "line_label")
    [problem] = edit.check().problems
    assert problem.message == verifying.STILL_THERE


class TestAHookOfTheSession:
    @pytest.fixture
    def hidden(self, dbsession, goods):
        """Let the session show no milk, as a host's filter would."""

        def hide(state):
            if state.is_select:
                without = with_loader_criteria(Line, Line.product != "milk")
                state.statement = state.statement.options(without)

        sa.event.listen(dbsession, "do_orm_execute", hide)
        yield
        sa.event.remove(dbsession, "do_orm_execute", hide)

    @pytest.mark.usefixtures("hidden")
    @pytest.mark.parametrize("kind", [Set, Delete])
    def test_that_hides_a_row_from_the_save_is_named(
        self, edit, goods, dbsession, kind
    ):
        milk = goods.lines[2]
        values = {"amount": 9} if kind is Set else {}
        edit.apply(kind("line", milk, **values))
        [problem] = edit.check().problems
        assert (problem.message, problem.table, problem.key) == (
            row_counts.HIDDEN,
            "line",
            (milk,),
        )
        with pytest.raises(Refused, match="with_loader_criteria"):
            edit.save()

    @pytest.mark.usefixtures("hidden")
    def test_is_no_matter_for_the_rows_that_it_shows(self, edit, goods, dbsession):
        edit.apply(Set("line", goods.lines[0], amount=9))
        edit.save()
        assert dbsession.get_one(Line, goods.lines[0]).amount == 9


class TestAnEventOfTheHost:
    def test_that_takes_a_row_away_again_is_refused(self, edit, goods, dbsession):
        def drop(session, _context):
            session.connection().execute(
                sa.delete(Note.__table__).where(Note.topic == "new")
            )

        edit.apply(Insert("note", {"topic": "new"}))
        sa.event.listen(dbsession, "after_flush", drop)
        try:
            [problem] = edit.check().problems
        finally:
            sa.event.remove(dbsession, "after_flush", drop)
        assert problem.message == verifying.NOT_THERE
        assert (problem.table, problem.key) == ("note", (str(goods.first), "new"))


def test_a_row_deleted_and_made_again_under_its_key_is_there(edit, goods, dbsession):
    edit.apply(Delete("note", (goods.first, "door")))
    edit.apply(Insert("note", {"topic": "door", "text": "again"}))
    assert edit.save().revision == 1
    assert (
        shop.drafts.open(dbsession, shop.Order, goods.first, owner="b")
        .row("note", (goods.first, "door"))
        .values["text"]
        == "again"
    )


class TestAHookOfTheConnection:
    """On every database, as MariaDB has no trigger that swallows a row."""

    @pytest.mark.parametrize("batch", [1, 3])
    def test_that_swallows_an_update_is_refused_by_name(
        self, edit, goods, dbsession, batch
    ):
        last = goods.lines[batch - 1]
        for key in goods.lines[:batch]:
            edit.apply(Set("line", key, amount=900))

        with (
            swallowing(dbsession.connection(), "UPDATE line SET", last) as met,
            pytest.raises(Refused) as refused,
        ):
            edit.save()

        assert met
        [problem] = refused.value.problems
        assert (problem.message, problem.key) == (row_counts.NOT_WRITTEN, (last,))
        assert edit.is_open

    def test_is_found_where_the_driver_counts_no_batches(
        self, edit, goods, dbsession, monkeypatch
    ):
        dialect = dbsession.get_bind().dialect
        monkeypatch.setattr(dialect, "supports_sane_multi_rowcount", False)
        for key in goods.lines:
            edit.apply(Set("line", key, amount=900))

        with (
            swallowing(dbsession.connection(), "UPDATE line SET", goods.lines[1]),
            pytest.raises(Refused) as refused,
        ):
            edit.save()

        [problem] = refused.value.problems
        assert problem.key == (goods.lines[1],)

    def test_that_swallows_what_history_keeps_of_new_rows_is_refused(
        self, edit, dbsession
    ):
        for topic in ("new", "newer"):
            edit.apply(Insert("note", {"topic": topic}))

        with (
            swallowing(dbsession.connection(), "INSERT INTO note_history", "new"),
            pytest.raises(Refused) as refused,
        ):
            edit.save()

        told = {(one.message, one.key[1]) for one in refused.value.problems}
        assert (row_counts.NOT_WRITTEN, "new") in told
