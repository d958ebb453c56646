"""The README does what it says: its Python is run, block by block."""

import re

import pytest
import sqlalchemy as sa
from pyramid.config import Configurator
from pyramid.session import SignedCookieSessionFactory
from sqlalchemy.orm import Session

from draftedit.app.models import make_engine
from tests.architecture.modules import ROOT
from tests.documents import Page
from tests.hosts.application import TrustingPolicy

README = Page("README.md")
SECTION = "Drafts on your own models"
CHECKS = Page("docs/checks.md")
CONTRIBUTING = Page("CONTRIBUTING.md")


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
    checks, checked = CHECKS.blocks("Checks")
    with Session(engine) as dbsession:
        there = names | {"dbsession": dbsession}
        from_code.run(there)
        checks.run(there)
        checked.run(there)

    config = Configurator(settings={"dbengine": engine})
    config.include("draftedit.app.models")
    config.set_security_policy(TrustingPolicy())
    config.set_session_factory(SignedCookieSessionFactory("a secret of the tests"))
    names["add_editing"](config)
    config.commit()
    assert config.registry["draftedit.drafts"] is names["drafts"]


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_target_that_it_names_is_there(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^\$ make ([a-z-]+)", page.text, re.MULTILINE)
    assert named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_that_it_links_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.text):
        assert (ROOT / target).exists(), target
