"""An object is opened by the key that the host's own instance has."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts
from draftedit.engine.base.errors import Unknown


class HexUuid(sa.TypeDecorator):
    """A UUID kept as 32 digits, as many applications do."""

    impl, cache_ok = sa.CHAR(32), True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.hex

    def process_result_value(self, value, dialect):
        return None if value is None else UUID(value)


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "card"
    id = mapped_column(HexUuid, primary_key=True, default=uuid4)
    name = mapped_column(sa.String(20))


drafts = Drafts(Base.metadata)
drafts.target(Card, label=Card.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


def test_by_the_host_s_object_or_by_what_the_database_has(dbsession):
    card = Card(name="a")
    dbsession.add(card)
    dbsession.flush()

    edit = drafts.open(dbsession, Card, card.id, owner="ada")

    assert edit.root == (card.id.hex,)
    assert drafts.open(dbsession, Card, card.id.hex, owner="bob").root == edit.root


@pytest.mark.parametrize("key", [uuid4(), "x", 7, None, object()])
def test_no_other_object_is_opened(dbsession, key):
    with pytest.raises(Unknown):
        drafts.open(dbsession, Card, (key,), owner="ada")


def test_a_new_object_has_the_key_that_the_default_makes(dbsession):
    edit = drafts.open(dbsession, Card, owner="ada")
    edit.save()
    [card] = dbsession.scalars(sa.select(Card))
    assert edit.root == (card.id.hex,)
