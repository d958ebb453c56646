"""The `draftedit` program, run on a database of the test's own."""

import shutil

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from draftedit.app.models import get_engine, make_engine, migration
from draftedit.cli import main
from draftedit.cli.environment import settings_of

INI = """\
[app:main]
use = egg:draftedit
sqlalchemy.url = sqlite:///%(here)s/var/here.sqlite
draftedit.secret = a secret of the tests, and of no other use
"""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """Make the tables once; each test gets a copy."""
    path = tmp_path_factory.mktemp("migrated") / "here.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    migration.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def bare_ini(tmp_path):
    """Return an ini file whose database is not there yet."""
    path = tmp_path / "here.ini"
    path.write_text(INI, encoding="utf-8")
    return str(path)


@pytest.fixture
def ini(bare_ini, migrated_file, tmp_path):
    """Return an ini file whose database is migrated."""
    (tmp_path / "var").mkdir()
    shutil.copy(migrated_file, tmp_path / "var" / "here.sqlite")
    return bare_ini


@pytest.fixture
def dbsession(ini):
    """Return a session on the database of the ini file."""
    engine = get_engine(settings_of(ini))
    with Session(engine) as dbsession:
        yield dbsession
    engine.dispose()


@pytest.fixture
def run():
    """Return `run(*arguments, fails=None, input=None)`: the lines of the output.

    With `fails`, a text: the command must fail and say so in its last line, without a
    traceback.
    """

    def run(*arguments, fails=None, input=None):
        texts = [str(argument) for argument in arguments]
        result = CliRunner().invoke(main, texts, input=input)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        if fails is None:
            assert result.exit_code == 0, result.output
            return result.stdout.splitlines()
        assert result.exit_code != 0, result.output
        last = result.stderr.splitlines()[-1]
        assert last.startswith("Error: ")
        assert fails in last
        return result.stdout.splitlines()

    return run
