"""How every command answers help, and bad input: one clear line, and not 0."""

import sqlite3
from datetime import timedelta

import click
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from draftedit.cli import COMMANDS, main
from draftedit.cli.durations import Duration
from draftedit.cli.program import one_line
from draftedit.settings import shipped_ini

ON_A_DATABASE = {
    "init": (),
    "user": ("ann", "--role", "admin"),
    "token": ("ann",),
    "import": ("-", "--name", "x"),
    "export": ("x",),
    "purge": ("--closed-before", "30d"),
    "stats": (),
    "doctor": (),
    "worker": ("--once",),
}


def test_every_command_is_there():
    assert {command.name for command in COMMANDS} == {*ON_A_DATABASE, "ini"}
    assert set(main.commands) == {*ON_A_DATABASE, "ini"}


@pytest.mark.parametrize("command", [*ON_A_DATABASE, "ini"])
def test_every_command_says_what_it_is_for(run, command):
    lines = run(command, "--help")
    assert lines[0].startswith(f"Usage: main {command} [OPTIONS]")
    assert len(lines) > 4
    assert command in "\n".join(run("--help"))


@pytest.mark.parametrize("command", ON_A_DATABASE)
def test_an_ini_that_is_not_there_is_named(run, command):
    arguments = ON_A_DATABASE[command]
    run(command, "nowhere.ini", *arguments, input="{}", fails="no ini file nowhere.ini")


@pytest.mark.parametrize("command", ON_A_DATABASE)
def test_an_ini_without_a_database_is_told_the_key(run, command, tmp_path):
    path = tmp_path / "half.ini"
    path.write_text("[app:main]\nuse = egg:draftedit\n", encoding="utf-8")
    run(command, path, *ON_A_DATABASE[command], input="{}", fails="sqlalchemy.url")


@pytest.mark.parametrize("command", ON_A_DATABASE)
def test_every_command_refuses_a_setting_that_is_unknown(run, command, ini):
    with open(ini, "a", encoding="utf-8") as file:
        file.write("draftedit.prodution = true\n")
    says = "draftedit.prodution is not a setting: did you mean draftedit.production?"
    run(command, ini, *ON_A_DATABASE[command], input="{}", fails=says)


@pytest.mark.parametrize(
    "text",
    [
        "no section\n",
        "[app:other]\nuse = egg:draftedit\n",
        "[app:main]\nuse = egg:not_there\n",
        "[app:main]\nuse = egg:draftedit\na = %(b)s\n",
        "\0",
    ],
)
def test_an_ini_that_is_none_is_one_line(run, tmp_path, text):
    path = tmp_path / "broken.ini"
    path.write_text(text, encoding="utf-8")
    run("stats", path, fails="broken.ini: ")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("no address", "not the address of a database"),
        ("oracle://x", "known are"),
        ("postgresql+psycopg://x@127.0.0.1:1/x", "does not answer"),
        ("mysql+pymysql://x@127.0.0.1:1/x", "does not answer"),
        ("sqlite:////nowhere/at/all.sqlite", "does not answer"),
    ],
)
def test_a_database_that_is_away_is_one_line(run, ini, monkeypatch, url, says):
    monkeypatch.setenv("DRAFTEDIT_SQLALCHEMY_URL", url)
    run("stats", ini, fails=says)


def test_a_file_that_is_no_database_is_one_line(run, ini, tmp_path):
    (tmp_path / "var" / "here.sqlite").write_text("something else" * 100)
    run("stats", ini, fails="does not answer: file is not a database")


@pytest.mark.parametrize("command", sorted(ON_A_DATABASE.keys() - {"init"}))
def test_a_database_that_is_not_migrated_is_told_how(run, bare_ini, tmp_path, command):
    (tmp_path / "var").mkdir()
    arguments = ON_A_DATABASE[command]
    says = f"not migrated: run draftedit init {bare_ini}"
    run(command, bare_ini, *arguments, input='{"nftables": []}', fails=says)


def test_a_duration_may_be_one_already():
    assert Duration().convert(timedelta(days=1), None, None) == timedelta(days=1)


class Busy(sqlite3.OperationalError):
    sqlite_errorcode = sqlite3.SQLITE_BUSY


def test_a_database_that_is_busy_is_one_line():
    says = "the database is busy, try again: database is locked"
    with pytest.raises(click.ClickException, match=says), one_line():
        raise OperationalError("", {}, Busy("database is locked"))


def test_a_table_that_is_missing_is_told_how_to_make():
    missing = sqlite3.OperationalError("no such table: draft")
    with pytest.raises(click.ClickException, match="run draftedit init"), one_line():
        raise OperationalError("", {}, missing)


def test_a_fault_of_ours_is_not_hidden():
    with pytest.raises(ProgrammingError), one_line():
        raise ProgrammingError("", {}, sqlite3.ProgrammingError("near SELEKT"))


@pytest.mark.parametrize("name", ["production", "development"])
def test_ini_writes_the_shipped_file(run, name):
    assert run("ini", name) == shipped_ini(f"{name}.ini").splitlines()


def test_ini_knows_two_files(run):
    run("ini", "testing", fails="'testing' is not one of")
