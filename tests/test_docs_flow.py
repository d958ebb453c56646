"""The pages about throttling and statistics do what they say."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.app.models import make_engine
from tests.documents import Page
from tests.hosts import shop
from tests.hosts.selling import Shop


def test_the_page_about_throttling():
    names = {}
    for block in Page("docs/throttling.md").blocks():
        block.run(names)
    names["engine"].dispose()


@pytest.fixture
def engine():
    engine = make_engine("sqlite://", poolclass=sa.StaticPool)
    for metadata in (shop.Base.metadata, shop.drafts.metadata):
        metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_the_page_about_statistics(engine):
    with Session(engine) as dbsession:
        order = dbsession.get(shop.Order, Shop(dbsession).first)
        names = {
            "drafts": shop.drafts,
            "dbsession": dbsession,
            "Order": shop.Order,
            "order": order,
        }
        for block in Page("docs/statistics.md").blocks():
            block.run(names)
