"""The hosts in one database, and random objects of theirs."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Drafts, firewall
from draftedit.app.models.meta import Base
from tests.databases import Database
from tests.engine.saving.models import (
    TAGS,
    bills,
    depots,
    halls,
    knots,
    orders,
    racks,
    rulesets,
)
from tests.engine.saving.states import Model
from tests.hosts import depot, generic, knot, shop, tenants, theatre

pytest.register_assert_rewrite("tests.engine.saving.pairs")

HOSTS = {
    "plan": knot.drafts,
    "purchase": shop.drafts,
    "rack": generic.drafts,
    "ruleset": firewall.drafts,
    "hall": theatre.drafts,
    "depot": depot.drafts,
    "bill": tenants.drafts,
}
_HOST_MODULES = (knot, shop, generic, theatre, depot, tenants)
METADATA = (*(host.Base.metadata for host in _HOST_MODULES), Base.metadata)


@pytest.fixture(scope="session")
def database(fresh_database: Callable[..., Database]) -> Database:
    """Make the tables of all hosts; those of drafts they share."""
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
    if host == "depot":
        return depots
    if host == "purchase":
        dbsession.execute(sa.insert(shop.Label), [{"code": tag} for tag in TAGS])
        return orders
    if host == "hall":
        return halls
    if host == "bill":
        sa.event.listen(dbsession, "do_orm_execute", tenants.show_what_is_visible)
        return bills
    if host == "rack":
        return rack_model(dbsession)
    dbsession.execute(sa.insert(firewall.Tag), [{"name": tag} for tag in TAGS])
    tags = tuple(dbsession.scalars(sa.select(firewall.Tag.id)))
    return lambda prefix: rulesets(prefix, firewall.drafts.targets["ruleset"], tags)


def rack_model(dbsession: Session) -> Callable[[str], Model]:
    """Make tags, which racks refer to."""
    dbsession.execute(sa.insert(generic.Tag), [{"name": tag} for tag in TAGS])
    tags = tuple(dbsession.scalars(sa.select(generic.Tag.id)))
    return lambda prefix: racks(prefix, tags)
