"""What docs/public-api.md calls public is there, and says so itself."""

import re
import subprocess
import sys
from importlib import import_module
from importlib.resources import files

import pytest

import draftedit
from draftedit.engine.base import errors
from draftedit.engine.base.errors import DraftError
from tests.architecture.modules import ROOT

PAGE = (ROOT / "docs" / "public-api.md").read_text(encoding="utf-8")
# A script, or an application on another framework, uses the engine without them.
OF_THE_APPLICATION = {
    *("alembic", "argon2", "click", "huey", "jinja2", "limits", "pyramid"),
    *("transaction", "waitress", "webob"),
}
NAMED = sorted(set(re.findall(r"`(draftedit(?:\.\w+)+)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_every_public_name_is_there_and_documented(name):
    try:
        found = import_module(name)
    except ModuleNotFoundError:
        module, _, function = name.rpartition(".")
        found = getattr(import_module(module), function)
    assert found.__doc__


def test_every_name_of_the_package_is_there_and_documented():
    for name in draftedit.__all__:
        assert getattr(draftedit, name).__doc__, name


def test_the_page_lists_every_name_of_the_package_and_no_other():
    table = PAGE.partition("| for | names |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) == set(draftedit.__all__)


def test_every_refusal_can_be_imported_from_the_package():
    refusals = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, DraftError)
    }
    assert refusals - set(draftedit.__all__) == set()


def test_types_are_shipped():
    assert (files("draftedit") / "py.typed").is_file()


@pytest.mark.parametrize("directive", re.findall(r"`config\.(\w+)`", PAGE))
def test_every_directive_is_added_by_the_package(directive):
    served = (ROOT / "draftedit" / "web" / "served_drafts.py").read_text(
        encoding="utf-8"
    )
    assert f'"{directive}"' in served


def test_the_library_is_imported_without_what_only_the_application_needs():
    source = "import sys, draftedit; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sqlalchemy" in loaded
    assert loaded & OF_THE_APPLICATION == set()
