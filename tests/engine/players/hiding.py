"""Players of the hosts that hide rows: their tables hold more than a draft shows."""

import datetime
from typing import ClassVar

import sqlalchemy as sa

from draftedit.engine.values.order_key import spread
from tests.engine.players.base import Player
from tests.hosts import generic, tenants

LONG_AGO = datetime.datetime(2020, 1, 1)


class Renting(Player):
    """Bills of two tenants, with lines of which some are marked as deleted."""

    name = "tenants"
    drafts = tenants.drafts
    metadata = (tenants.Base.metadata, tenants.drafts.metadata)
    settable: ClassVar = {
        "bill": {"number": "unique"},
        "bill_item": {"product": "text"},
    }
    is_kept = True
    hook = staticmethod(tenants.show_what_is_visible)

    def fill(self, dbsession):
        bills = [
            tenants.Bill(
                number=number,
                items=[tenants.Item(product=product) for product in "abc"],
            )
            for number in ("one", "two")
        ]
        dbsession.add_all(bills)
        dbsession.flush()  # gives the keys
        for bill in bills:
            hide_items(dbsession, bill.id)
        return (bills[0].id,), (bills[1].id,)

    def values(self, table, number, pick):
        return {"bill_item": {"product": f"p{number}"}}[table]


class Racking(Player):
    """Racks with notes, tags, slots and pictures, beside those of others."""

    name = "generic"
    drafts = generic.drafts
    metadata = (generic.Base.metadata, generic.drafts.metadata)
    settable: ClassVar = {
        "rack": {"name": "unique"},
        "memo": {"text": "text"},
        "remark": {"text": "text"},
        "slot": {"name": "text"},
        "picture": {"title": "text", "kind": ("FRONT", "BACK")},
    }
    is_kept = True

    def fill(self, dbsession):
        tags = [generic.Tag(name="a"), generic.Tag(name="b")]
        racks = [generic.Rack(name="one"), generic.Rack(name="two")]
        dbsession.add_all([*tags, *racks])
        dbsession.flush()
        self.tags = [tag.id for tag in tags]
        for rack in racks:
            put_rows_of_a_rack(dbsession, rack.id, self.tags[0])
            hide_rows_below(dbsession, rack.id, self.tags)
        return (racks[0].id,), (racks[1].id,)

    def values(self, table, number, pick):
        return {
            "memo": {"text": f"m{number}"},
            "remark": {"text": f"r{number}"},
            "slot": {"name": f"s{number}"},
            "picture": {"kind": ("FRONT", "BACK")[pick % 2], "title": f"p{number}"},
            "marked": {"tag_id": self.tags[pick % 2]},
        }[table]


def hide_items(dbsession, bill):
    """Put an item that is marked as deleted there, and a bill of another tenant."""
    items = [tenants.Item(product="theirs"), tenants.Item(deleted_at="then")]
    other = tenants.Bill(number="theirs", tenant_id=2, items=items)
    dbsession.add_all([tenants.Item(bill_id=bill, deleted_at="then"), other])
    dbsession.flush()  # what comes next are plain statements, which flush nothing


def put_rows_of_a_rack(dbsession, rack, tag):
    """Put three notes with a remark each, and one row of each other part there."""
    for place in spread(3):
        note = generic.Note(about_kind="rack", about_id=rack, place=place, text="n")
        note.remarks = [generic.Remark(text="yes")]
        dbsession.add(note)
    picture = generic.Picture(about_id=rack, kind=generic.Kind.FRONT, title="p")
    dbsession.add_all([picture, generic.Slot(rack_id=rack, name="s")])
    mark(dbsession, rack, "rack", tag)


def hide_rows_below(dbsession, rack, tags):
    """Put what differs from a rack's own rows only in what a condition demands."""
    note = generic.Note(about_kind="customer", about_id=rack, place=spread(1)[0])
    note.remarks = [generic.Remark(text="theirs")]
    person = generic.Picture(about_id=rack, kind=generic.Kind.PERSON)
    old = generic.Picture(
        about_id=rack, kind=generic.Kind.BACK, archived_at=LONG_AGO, title="old"
    )
    slot = generic.Slot(rack_id=rack, name="given up", deleted=True)
    dbsession.add_all([note, person, old, slot])
    for tag in tags:
        mark(dbsession, rack, "customer", tag)
    dbsession.flush()  # what comes next are plain statements, which flush nothing


def mark(dbsession, about, kind, tag):
    values = {"about_id": about, "about_kind": kind, "tag_id": tag}
    dbsession.execute(sa.insert(generic.tagged).values(**values))
