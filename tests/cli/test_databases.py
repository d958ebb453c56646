"""The commands of a whole life, on each kind of database."""

import json

import pytest

from draftedit.cli.host import bundled
from draftedit.settings.table import URL_VARIABLE


@pytest.fixture
def anywhere(race_database, bare_ini, monkeypatch):
    """Return an ini file; the environment says which database it is."""
    monkeypatch.setenv(URL_VARIABLE, race_database.url)
    return bare_ini


def test_the_commands_of_a_whole_life(run, anywhere):
    run("init", anywhere)
    run("init", anywhere)
    for name in ("eve", "Eve"):
        run("user", anywhere, name, "--password-stdin", input=f"password of {name}")
    assert len(run("token", anywhere, "eve")[-1]) == 43
    assert run("token", anywhere, "Eve", "--list") == []
    first = run("export", anywhere, bundled("sample", "NAME"))
    run("import", anywhere, "-", "--name", "copy", input="\n".join(first))
    assert json.loads("\n".join(run("export", anywhere, "copy"))) == json.loads(
        "\n".join(first)
    )
    run("purge", anywhere, "--closed-before", "1d", "--idle-before", "90d")
    assert len(run("stats", anywhere)) == 1
