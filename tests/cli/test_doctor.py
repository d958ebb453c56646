"""draftedit doctor: a line for each part, and how it ends."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from draftedit.cli import main
from draftedit.settings.table import URL_VARIABLE


@pytest.fixture
def anywhere(race_database, bare_ini, monkeypatch):
    """Return an ini file; the environment says which database it is."""
    monkeypatch.setenv(URL_VARIABLE, race_database.url)
    return bare_ini


def doctor(ini):
    result = CliRunner().invoke(main, ["doctor", ini])
    return result.exit_code, result.output.splitlines()


PARTS = [
    "ruleset",
    "ruleset / nft_table",
    "ruleset / chain",
    "ruleset / rule",
    "ruleset / rule_tag",
    "tag",
]


def test_a_database_with_the_sample_is_fine_in_every_part(run, anywhere):
    run("init", anywhere)

    code, lines = doctor(anywhere)

    assert code == 0
    assert [line.partition(" (note")[0] for line in lines] == [
        "fine   its own tables",
        *(f"fine   {part}" for part in PARTS),
    ]


def test_an_empty_database_is_fine_and_says_that_there_is_nothing_to_try(anywhere):
    code, lines = doctor(anywhere)

    assert code == 0
    assert lines[1] == "fine   ruleset (note: there are no rows to try with)"


def test_what_is_wrong_is_one_line_and_the_command_ends_with_1(
    run, anywhere, race_database
):
    run("init", anywhere)
    with race_database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE rule DROP COLUMN comment"))

    code, lines = doctor(anywhere)

    assert code == 1
    assert [line for line in lines if line.startswith("WRONG")] == [
        "WRONG  ruleset / rule: the column rule.comment is missing in the database:"
        " whatever reads or writes the table fails until a migration adds it"
    ]
    assert len(lines) == 1 + len(PARTS)
