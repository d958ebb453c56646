"""Three hosts in one database, and random objects of theirs."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Drafts, firewall
from draftedit.models.meta import Base
from tests.databases import Database
from tests.engine.saving.models import TAGS, knots, orders, rulesets
from tests.engine.saving.states import Model
from tests.hosts import knot, shop

pytest.register_assert_rewrite("tests.engine.saving.pairs")

HOSTS = {"plan": knot.drafts, "purchase": shop.drafts, "ruleset": firewall.drafts}
METADATA = (Base.metadata, knot.Base.metadata, shop.Base.metadata)


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    """Make the tables of all three hosts; those of drafts they share."""
    return fresh_database(*METADATA, *(drafts.metadata for drafts in HOSTS.values()))


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    """Run the test on each host."""
    return request.param


@pytest.fixture
def drafts(host: str) -> Drafts:
    return HOSTS[host]


@pytest.fixture
def model(host: str, dbsession: Session) -> Callable[[str], Model]:
    """Return `model(prefix)`: how objects of the host are made up."""
    if host == "plan":
        dbsession.execute(sa.insert(knot.Badge), [{"code": tag} for tag in TAGS])
        return knots
    if host == "purchase":
        dbsession.execute(sa.insert(shop.Label), [{"code": tag} for tag in TAGS])
        return orders
    dbsession.execute(sa.insert(firewall.Tag), [{"name": tag} for tag in TAGS])
    tags = tuple(dbsession.scalars(sa.select(firewall.Tag.id)))
    return lambda prefix: rulesets(prefix, firewall.drafts.targets["ruleset"], tags)
