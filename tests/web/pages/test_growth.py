"""What a page costs does not grow with the object that it shows a part of."""

import pytest
import sqlalchemy as sa

from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Chain, Rule
from tests.web.pages.test_form_errors import row_form, touch


@pytest.fixture
def statements(connection):
    """Return `statements(person, path)`: how many statements a page runs."""

    def count(person, path):
        seen = []

        def note(conn, cursor, statement, *more):
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        sa.event.listen(connection, "before_cursor_execute", note)
        person.go(path)
        sa.event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    return count


def grow(dbsession_factory, example, count):
    """Add rows at every level of the object."""
    places = spread(count)
    with dbsession_factory.begin() as dbsession:
        dbsession.add_all(
            Rule(chain_id=example.input, place=place, comment=str(count))
            for place in places
        )
        dbsession.add_all(
            Chain(nft_table_id=example.table, name=f"{count} {n}", place=place)
            for n, place in enumerate(places)
        )


def test_pages_run_as_many_statements_on_many_rows(
    editor, statements, dbsession_factory, example
):
    touch(editor)
    draft = editor.path.partition("?")[0]
    row_form(editor)
    live = f"/objects/ruleset/{example.ruleset}"
    where = f"?part=rule&parent={example.input}"
    paths = [
        f"{draft}{where}",
        f"{draft}?part=chain&parent={example.table}",
        f"{draft}/changes",
        editor.path,
        f"{live}{where}",
        "/",
        "/drafts",
    ]
    grow(dbsession_factory, example, 60)
    few = [statements(editor, path) for path in paths]
    grow(dbsession_factory, example, 400)
    assert [statements(editor, path) for path in paths] == few
    assert max(few) < 30
