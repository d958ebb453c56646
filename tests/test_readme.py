"""The README does what it says: its Python is run, block by block."""

import re

import pytest
import sqlalchemy as sa
from pyramid.config import Configurator
from sqlalchemy.orm import Session

from draftedit.models import make_engine
from tests.architecture.modules import ROOT
from tests.documents import Page

README = Page("README.md")
SECTION = "Drafts on your own models"
CHECKS = "Checks of your own"


@pytest.fixture
def engine():
    engine = make_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


def test_the_ten_minute_path_works(engine):
    models, including, from_code = README.blocks(SECTION)
    names = {"__name__": "tests.readme"}

    models.run(names)
    names["Base"].metadata.create_all(engine)
    names["drafts"].metadata.create_all(engine)
    including.run(names)
    checks, checked = README.blocks(CHECKS)
    with Session(engine) as dbsession:
        there = names | {"dbsession": dbsession}
        from_code.run(there)
        checks.run(there)
        checked.run(there)

    config = Configurator(settings={"dbengine": engine})
    config.include("draftedit.models")
    names["add_editing"](config)
    config.commit()
    assert config.registry["draftedit.drafts"] is names["drafts"]


def test_every_make_target_that_it_names_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^\$ make ([a-z-]+)", README.text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_that_it_links_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.text):
        assert (ROOT / target).exists(), target
