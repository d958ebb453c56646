"""Law 2, for what a reference may point to outside the object: `visible=` says it."""

from contextvars import ContextVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts, Set
from draftedit.engine.base.errors import BadModel, Refused

tenant_now = ContextVar("tenant_now", default=1)
MINE = sa.bindparam("tenant_now", callable_=tenant_now.get, type_=sa.Integer)


class Base(DeclarativeBase):
    pass


class Customer(Base):
    """What orders refer to: a part of no target."""

    __tablename__ = "customer"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    tenant_id = mapped_column(sa.Integer)


class Store(Base):
    """What orders refer to: a target of its own."""

    __tablename__ = "store"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    tenant_id = mapped_column(sa.Integer)


class Sale(Base):
    __tablename__ = "sale"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    customer_id = mapped_column(sa.ForeignKey(Customer.id))
    store_id = mapped_column(sa.ForeignKey(Store.id))


class Other(Base):
    __tablename__ = "other"
    id = mapped_column(sa.Integer, primary_key=True)


drafts = Drafts(Base.metadata)
drafts.target(
    Sale,
    label=Sale.name,
    visible={Sale: Sale.name != "hidden", Customer: Customer.tenant_id == MINE},
)
drafts.target(Store, label=Store.name, visible=lambda _: Store.tenant_id == MINE)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def edit(dbsession):
    for kind in (Customer, Store):
        dbsession.add_all(kind(id=n, name=f"of {n}", tenant_id=n) for n in (1, 2))
    dbsession.add(Sale(id=1, name="A"))
    dbsession.flush()
    return drafts.open(dbsession, Sale, 1, owner="ada")


@pytest.mark.parametrize("field", ["customer_id", "store_id"])
@pytest.mark.parametrize("search", [None, "of"])
def test_choices_outside_are_those_of_the_request(edit, field, search):
    def labels():
        return [one.label for one in edit.choices("sale", field, search)]

    assert labels() == ["of 1"]
    token = tenant_now.set(2)
    try:
        assert labels() == ["of 2"]
    finally:
        tenant_now.reset(token)


@pytest.mark.parametrize("field", ["customer_id", "store_id"])
def test_law_2_a_reference_to_a_hidden_row_is_refused_as_if_it_were_not_there(
    edit, field
):
    edit.apply(Set("sale", 1, {field: 1}))
    table, hidden, missing = field.removesuffix("_id"), 2, 3
    for key in (hidden, missing):
        with pytest.raises(Refused, match=f"There is no {table} {key}"):
            edit.apply(Set("sale", 1, {field: key}))


def test_a_reference_that_was_hidden_before_stays_and_can_be_undone(dbsession, edit):
    dbsession.execute(sa.update(Sale).values(customer_id=2))
    edit = drafts.resume(dbsession, edit.key, owner="ada")
    edit.apply(Set("sale", 1, name="B"))
    edit.apply(Set("sale", 1, customer_id=1))
    edit.undo()
    edit.save()
    assert dbsession.execute(sa.select(Sale.name, Sale.customer_id)).all() == [("B", 2)]


def test_a_mapping_says_what_is_part_of_the_object(dbsession, edit):
    assert drafts.targets["sale"].root.criterion is not None
    assert drafts.mine(dbsession, "ada").items != []
    dbsession.execute(sa.update(Sale).values(name="hidden"))
    assert drafts.mine(dbsession, "ada").items == []


@pytest.mark.parametrize(
    ("visible", "why"),
    [
        ({Other: Other.id > 0}, "visible= names other, which sale has no part in"),
        ({Customer: Sale.id > 0}, "visible= says of customer what is no comparison"),
    ],
)
def test_a_mapping_of_anything_else_is_refused_by_name(visible, why):
    with pytest.raises(BadModel, match=why):
        Drafts(Base.metadata).target(Sale, label=Sale.name, visible=visible)


class Person(Base):
    """A target that is called by its number, as two people may have one name."""

    __tablename__ = "person"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    number = mapped_column(sa.String(20))


class Visit(Base):
    __tablename__ = "visit"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    person_id = mapped_column(sa.ForeignKey(Person.id))


drafts.target(Visit, label=Visit.name)
drafts.target(Person, label=Person.number)


def test_a_choice_is_called_as_its_own_target_says(dbsession):
    numbers = {1: "C-0001", 2: "C-0002", 3: None}
    dbsession.add_all(Person(id=i, name="Smith", number=n) for i, n in numbers.items())
    dbsession.add(Visit(id=1, name="A"))
    dbsession.flush()
    edit = drafts.open(dbsession, Visit, 1, owner="ada")
    labels = {one.key[0]: one.label for one in edit.choices("visit", "person_id")}
    assert labels == {1: "C-0001", 2: "C-0002", 3: "3"}
    [found] = edit.choices("visit", "person_id", "0002")
    assert found.key == (2,)
