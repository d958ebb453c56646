"""The hosts of the repository, with rows in each of their tables."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit import Drafts, firewall
from draftedit.engine.values.order_key import spread
from draftedit.firewall.models import Base as FirewallBase
from tests.engine.players import Filtering, Playing
from tests.hosts import (
    depot,
    generic,
    harbour,
    knot,
    net,
    office,
    quirks,
    rig,
    strict,
    tall,
    tenants,
    wide,
    zoo,
)
from tests.hosts.selling import Shop

FIRST, SECOND, THIRD = spread(3)

Fill = Callable[[Session], None]


def fill_depot(dbsession: Session) -> None:
    crates = [
        depot.Crate(place=place, label=label, tags=[depot.Tag(word="a")], year=2001)
        for place, label in ((FIRST, "a"), (SECOND, "b"))
    ]
    dbsession.add(depot.Depot(name="north", crates=crates))


def fill_generic(dbsession: Session) -> None:
    tags = [generic.Tag(name="a"), generic.Tag(name="b")]
    rack = generic.Rack(name="R")
    dbsession.add_all([rack, *tags])
    dbsession.flush()
    note = generic.Note(about_kind="rack", about_id=rack.id, place=FIRST, text="mine")
    picture = generic.Picture(about_id=rack.id, kind=generic.Kind.FRONT)
    dbsession.add_all([note, picture, generic.Slot(rack_id=rack.id, name="s")])
    dbsession.flush()
    dbsession.add(generic.Remark(note_id=note.id, text="r"))
    link = {"about_id": rack.id, "about_kind": "rack", "tag_id": tags[0].id}
    dbsession.execute(sa.insert(generic.tagged), link)


def fill_harbour(dbsession: Session) -> None:
    stops = [harbour.Stop(place="Aa"), harbour.Stop(place="Bb")]
    voyage = harbour.Voyage(id=1, name="V", legs=[harbour.Leg(id=10, stops=stops)])
    dbsession.add(voyage)
    dbsession.flush()
    claim = harbour.Claim(id=1, name="C", items=[harbour.Item(id=1, leg_id=10)])
    call = harbour.Call(id=1, voyage_id=1, leg_id=10, place="Aa")
    dbsession.add_all([claim, call, harbour.Guest(id=1, name="G", voyage_id=1)])


def fill_knot(dbsession: Session) -> None:
    item = knot.Item(name="x", place=FIRST, code=1, serial=uuid.uuid4(), nick="n")
    item.marks = [knot.Mark(word="old", weight=1)]
    item.badges = [knot.Badge(code="red")]
    dbsession.add(knot.Badge(code="blue"))
    boxes = [
        knot.Box(name="a", place=FIRST, items=[item]),
        knot.Box(name="b", place=SECOND),
    ]
    dbsession.add(knot.Plan(name="mine", boxes=boxes))


def fill_net(dbsession: Session) -> None:
    home = net.Net(name="home", nodes=[net.Node(name=name) for name in "abc"])
    dbsession.add(home)
    dbsession.flush()
    first, second, _ = home.nodes
    first.ports = [net.Port(number=1, to_id=second.id)]
    first.peers = [second]


def fill_office(dbsession: Session) -> None:
    desk = office.Desk(number=1, name="d", drawers=[office.Drawer(label="left")])
    rooms = [office.Room(number=1, desks=[desk]), office.Room(number=2)]
    dbsession.add(office.Office(name="o", rooms=rooms))


def fill_quirks(dbsession: Session) -> None:
    dbsession.add(quirks.Country(code="ch", title="Schweiz"))
    sheet = quirks.Sheet(name="one", country="ch", serial=1)
    sheet.lines = [quirks.Phrase(place=place) for place in (FIRST, SECOND)]
    sheet.marks = [quirks.Mark(name="m")]
    sheet.tabs = [quirks.Tab(name="t", place=FIRST)]
    sheet.stops = [quirks.Stop(name="s", place=FIRST)]
    dbsession.add(quirks.Folder(shelf="a,b/~", letter="A", sheets=[sheet]))


def fill_rig(dbsession: Session) -> None:
    ropes = [rig.Rope(place=place, weight=1) for place in (FIRST, SECOND)]
    root = rig.Rig(anchors=[rig.Anchor(name="a", ropes=ropes)], hooks=[rig.Hook()])
    root.pegs = [rig.Peg(is_left=True)]
    dbsession.add(root)
    dbsession.flush()
    root.ties = [rig.Tie(hook_id=root.hooks[0].id)]


def fill_strict(dbsession: Session) -> None:
    box = strict.Box(code="c", number=1, must="m", word="w", weight=1)
    dbsession.add(strict.Shelf(name="s", boxes=[box]))


def fill_tall(dbsession: Session) -> None:
    verses = [tall.Verse(place=place, text="v") for place in (FIRST, SECOND)]
    chapter = tall.Chapter(place=FIRST, verses=verses)
    dbsession.add(tall.Book(title="b", chapters=[chapter]))


def fill_tenants(dbsession: Session) -> None:
    items = [tenants.Item(product="tea"), tenants.Item(product="milk")]
    dbsession.add(tenants.Bill(number="T1", items=items))


def fill_wide(dbsession: Session) -> None:
    flag = wide.Flag(tag=wide.Tag("f"), note="n")
    piece = wide.Piece(label="one", document={"a": 1}, flags=[flag])
    address = wide.Address(street="s")
    dbsession.add(wide.Thing(name="clock", pieces=[piece], addresses=[address]))


def fill_zoo(dbsession: Session) -> None:
    animals = [zoo.Animal(place=FIRST), zoo.Animal(place=SECOND)]
    dbsession.add(zoo.Zoo(name="z", animals=animals))


FILLS: dict[str, Fill] = {
    "depot": fill_depot,
    "firewall": lambda dbsession: Filtering().fill(dbsession) and None,
    "generic": fill_generic,
    "harbour": fill_harbour,
    "knot": fill_knot,
    "net": fill_net,
    "office": fill_office,
    "quirks": fill_quirks,
    "rig": fill_rig,
    "shop": lambda dbsession: Shop(dbsession) and None,
    "strict": fill_strict,
    "tall": fill_tall,
    "tenants": fill_tenants,
    "theatre": lambda dbsession: Playing().fill(dbsession) and None,
    "wide": fill_wide,
    "zoo": fill_zoo,
}


@dataclass(frozen=True)
class Host:
    """The drafts of a host, and its tables."""

    drafts: Drafts
    metadata: tuple[sa.MetaData, ...]


def hosts() -> dict[str, Host]:
    """Return every host of the repository: the bundled one, and those of the tests."""
    found = {"firewall": Host(firewall.drafts, _tables(firewall.drafts, FirewallBase))}
    for path in sorted((Path(__file__).parents[2] / "hosts").glob("*.py")):
        if path.stem.startswith("test_"):
            continue
        module = import_module(f"tests.hosts.{path.stem}")
        if hasattr(module, "drafts"):
            found[path.stem] = Host(module.drafts, _tables(module.drafts, module.Base))
    return found


def _tables(drafts: Drafts, base: type) -> tuple[sa.MetaData, ...]:
    return base.metadata, drafts.metadata
