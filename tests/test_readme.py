"""The README does what it says: its Python is run, block by block."""

import re

import pytest
import sqlalchemy as sa
from pyramid.config import Configurator
from sqlalchemy.orm import Session

from draftedit.models import make_engine
from tests.architecture.modules import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = "## Drafts on your own models"
CHECKS = "## Checks of your own"


def blocks(section):
    text = TEXT.split(f"{section}\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def engine():
    engine = make_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


def test_the_ten_minute_path_works(engine):
    models, including, from_code = blocks(SECTION)
    names = {"__name__": "tests.readme"}

    exec(models, names)  # noqa: S102 — this is what the test is for
    names["Base"].metadata.create_all(engine)
    names["drafts"].metadata.create_all(engine)
    exec(including, names)  # noqa: S102 — as above
    checks, checked = blocks(CHECKS)
    with Session(engine) as dbsession:
        there = names | {"dbsession": dbsession}
        exec(from_code, there)  # noqa: S102 — as above
        exec(checks, there)  # noqa: S102 — as above
        exec(checked, there)  # noqa: S102 — as above

    config = Configurator(settings={"dbengine": engine})
    config.include("draftedit.models")
    names["add_editing"](config)
    config.commit()
    assert config.registry["draftedit.drafts"] is names["drafts"]


def test_every_make_target_that_it_names_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^\$ make ([a-z-]+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_that_it_links_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target
