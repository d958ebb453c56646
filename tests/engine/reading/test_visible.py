"""Law 2: a draft shows the rows that the host's own session shows, and no others."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base, mapped_column

from draftedit import Delete, Drafts, Insert, Set
from draftedit.engine.base.errors import BadModel, Refused, Unknown
from draftedit.engine.saving.verifying import NOT_THERE
from draftedit.service.objects import Objects
from tests.hosts import tenants
from tests.hosts.tenants import Bill, Item, current_tenant


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(tenants.Base.metadata, tenants.drafts.metadata)


@pytest.fixture
def bill(dbsession):
    """Put a bill of each of two tenants into the tables; return the first's key."""
    rows = [Bill(tenant_id=number, number=f"T{number}") for number in (1, 2)]
    rows[0].items = [Item(product="tea"), Item(product="old", deleted_at="then")]
    dbsession.add_all(rows)
    dbsession.commit()
    sa.event.listen(dbsession, "do_orm_execute", tenants.show_what_is_visible)
    return rows[0].id


def draft(dbsession, key, **options):
    return tenants.drafts.open(dbsession, Bill, key, owner="ada", **options)


def products(view):
    return [row.values["product"] for row in view.page("bill_item").rows]


def test_a_draft_shows_what_the_session_shows(dbsession, bill):
    wanted = [one.product for one in dbsession.scalars(sa.select(Item))]
    assert products(draft(dbsession, bill)) == wanted == ["tea"]


def test_lists_and_objects_are_those_of_the_request(dbsession, bill):
    def labels():
        found = Objects(tenants.drafts, dbsession).listing("bill")
        return [one.label for one in found.items]

    assert labels() == ["T1"]
    token = current_tenant.set(2)
    try:
        assert labels() == ["T2"]
        with pytest.raises(Unknown):
            draft(dbsession, bill)
        with pytest.raises(Unknown):
            Objects(tenants.drafts, dbsession).find("bill", (bill,))
    finally:
        current_tenant.reset(token)


def test_what_is_saved_is_what_was_seen(dbsession, bill):
    edit = draft(dbsession, bill)
    tea = edit.page("bill_item").rows[0].key
    edit.apply(Set("bill_item", tea, product="coffee"))
    edit.apply(Insert("bill_item", {"product": "milk"}))
    edit.save()
    assert products(draft(dbsession, bill)) == ["coffee", "milk"]
    then = Objects(tenants.drafts, dbsession).page(
        "bill", (bill,), "bill_item", revision=0
    )
    assert [row.values["product"] for row in then.rows] == ["tea"]
    columns = Item.__table__.c
    old = sa.select(columns.product).where(columns.deleted_at == "then")
    assert dbsession.connection().scalars(old).all() == ["old"]


def test_a_row_out_of_sight_is_known_by_no_key(dbsession, bill):
    edit = draft(dbsession, bill)
    columns = Item.__table__.c
    hidden = dbsession.connection().scalar(
        sa.select(columns.id).where(columns.deleted_at == "then")
    )
    with pytest.raises(Refused, match="There is no bill_item"):
        edit.apply(Set("bill_item", hidden, product="EDITED"))


def test_a_save_puts_no_row_out_of_sight(dbsession, bill):
    edit = draft(dbsession, bill)
    tea = edit.page("bill_item").rows[0].key
    edit.apply(Set("bill_item", tea, deleted_at="now"))
    [problem] = edit.check().problems
    assert (problem.message, problem.table, problem.key) == (
        NOT_THERE,
        "bill_item",
        tea,
    )


def test_rows_out_of_sight_keep_their_bill_by_name(dbsession, bill):
    edit = draft(dbsession, bill)
    edit.apply(Delete("bill", bill))
    with pytest.raises(Refused, match="bill_item refers to this bill in 1 row that"):
        edit.save()


@pytest.mark.parametrize("kind", ["another table", "a subquery"])
def test_a_criterion_on_anything_else_is_refused(kind):
    base = declarative_base()
    row = type(
        "Row",
        (base,),
        {
            "__tablename__": "row_",
            "id": mapped_column(sa.Integer, primary_key=True),
            "name": mapped_column(sa.String(9)),
        },
    )
    other = sa.table("other", sa.column("id"))
    criterion = {
        "another table": lambda kind: kind.id == Item.id,
        "a subquery": lambda kind: kind.id.in_(sa.select(other.c.id)),
    }[kind]
    with pytest.raises(BadModel, match="visible= says of row_"):
        Drafts(base.metadata).target(row, label=row.name, visible=criterion)


def test_a_table_may_be_seen_whole():
    base = declarative_base()
    row = type(
        "Row",
        (base,),
        {
            "__tablename__": "row_",
            "id": mapped_column(sa.Integer, primary_key=True),
            "name": mapped_column(sa.String(9)),
        },
    )
    target = Drafts(base.metadata).target(row, label=row.name, visible=lambda _: None)
    assert target.root.criterion is None


def test_a_new_object_that_nobody_would_see_is_refused(dbsession, bill):
    values = {"number": "B-9", "tenant_id": 2}

    with pytest.raises(Refused) as refusal:
        tenants.drafts.open(dbsession, Bill, owner="ada", values=values)

    assert [one.code for one in refusal.value.problems] == ["row-not-in-object"]
    left = sa.select(sa.func.count()).select_from(tenants.drafts.tables.draft)
    assert dbsession.scalar(left) == 0
