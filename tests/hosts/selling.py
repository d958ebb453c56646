"""What the tests put into the shop, and how they look at it."""

from sqlalchemy.orm import Session

from draftedit.engine.values.order_key import spread
from tests.hosts.shop import Label, Line, Note, Order

PRODUCTS = ("tea", "coffee", "milk")


class Shop:
    """Two orders: the first with three lines and two notes, the second with one each.

    `first` and `second` are their keys, `lines` those of the first's lines, `other`
    that of the second's.
    """

    def __init__(self, dbsession: Session) -> None:
        places = spread(3)
        labels = [Label(code="gift"), Label(code="urgent")]
        order, other = Order(number="A1"), Order(number="B2")
        order.lines = [
            Line(product=product, place=place, amount=2)
            for product, place in zip(PRODUCTS, places, strict=True)
        ]
        order.lines[0].labels = labels[:1]
        order.notes = [Note(topic="door", text="ring twice"), Note(topic="time")]
        other.lines = [Line(product="salt", place=places[0])]
        other.notes = [Note(topic="door")]
        dbsession.add_all([order, other, *labels])
        dbsession.commit()
        self.first, self.second = order.id, other.id
        self.lines = [line.id for line in order.lines]
        self.other = other.lines[0].id
        dbsession.expire_all()


def products(edit, **query):
    """Return the products of the draft's lines, in their order."""
    return [row.values["product"] for row in edit.page("line", **query).rows]


def everything(edit):
    """Return every row of the draft, those gone with them: key, values and state."""
    return {
        name: [
            (row.key, row.values, row.state)
            for row in edit.page(name, gone=True, limit=500).rows
        ]
        for name in edit.target.tables
    }
