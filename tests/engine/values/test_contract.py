"""Every codec answers all that is asked of a column type, on every database.

A new type is tried as soon as it is registered; only where its SQLAlchemy type cannot
be made without arguments, or several differ, it is named in KINDS, too.
"""

import enum
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import CompileError
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

import draftedit
from draftedit import Drafts
from draftedit.engine.values.booleans import BooleanCodec
from draftedit.engine.values.codec import Codec
from draftedit.engine.values.codecs import CODECS, codec, same
from draftedit.engine.values.decorated import to_host
from draftedit.engine.values.dialect_types import DIALECTS
from draftedit.engine.values.presentation import Control, Notation, Style

# SQLAlchemy says that SQLite has no decimals.
pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")


def with_subclasses(known):
    below = (each for one in known.__subclasses__() for each in with_subclasses(one))
    return [known, *below]


ALL = [each for one in CODECS for each in with_subclasses(one)]
NAMED = pytest.mark.parametrize("known", ALL, ids=lambda known: known.__name__)


class Nth(enum.Enum):
    FIRST = 1
    SECOND = 2


KINDS = {
    mysql.YEAR: (),  # as whole numbers, but its placeholders are too large for it
    sa.Enum: (sa.Enum("a", "b", name="letter"), sa.Enum(Nth, name="nth")),
    mysql.SET: (mysql.SET("dry", "cold"),),
    sa.String: (sa.String(40), sa.CHAR(40), sa.Text()),
    sa.Integer: (sa.Integer(), sa.SmallInteger(), sa.BigInteger()),
    sa.Numeric: (sa.Numeric(12, 2), sa.Numeric(12, 2, asdecimal=False)),
    sa.Float: (sa.Float(), sa.Double()),
    sa.DateTime: (sa.DateTime(), sa.DateTime(timezone=True)),
    sa.Uuid: (sa.Uuid(), sa.Uuid(as_uuid=False)),
}


def made(one):
    return KINDS[one] if one in KINDS else (one(),)


def kinds_of(known):
    return [kind for one in known.types for kind in made(one)]


def exists(kind, dialect):
    try:
        kind.compile(dialect=DIALECTS[dialect])
    except CompileError:
        return False
    return True


TRIED = [kind for known in CODECS for kind in kinds_of(known)]
WHERE = [[name for name in DIALECTS if exists(kind, name)] for kind in TRIED]


@NAMED
def test_no_codec_lacks_an_answer(known):
    assert known.__abstractmethods__ == frozenset()


def test_a_codec_that_lacks_answers_is_refused_by_their_names():
    lacking = type("Lacking", (Codec,), {"take": BooleanCodec.take})

    with pytest.raises(TypeError, match=r"Lacking.*control.*notation.*search"):
        lacking(sa.Boolean(), sa.Boolean())


@NAMED
def test_every_codec_is_tried_with_a_type_of_its_own(known):
    assert known in {type(codec(kind)) for kind in TRIED}


def test_every_type_is_tried_on_a_database():
    lacking = [kind for kind, names in zip(TRIED, WHERE, strict=True) if not names]
    assert not lacking


@pytest.mark.parametrize("kind", TRIED, ids=repr)
def test_answers_are_of_the_kind_that_pages_and_the_api_know(kind):
    known = codec(kind)
    assert known.api_name.isalpha()
    assert isinstance(known.control, Control)
    assert isinstance(known.notation, Notation)
    assert isinstance(known.style, Style)
    for name in ("takes_empty", "names_rows", "has_free_placeholder", "is_whole"):
        assert isinstance(getattr(known, name), bool), name
    assert (known.choices is not None) == (known.control is Control.CHOICE)


def test_only_the_api_names_a_column_type_by_a_word():
    package = Path(draftedit.__file__).parent
    found = {
        str(path.relative_to(package))
        for path in (*package.rglob("*.py"), *package.rglob("*.jinja2"))
        if ".api_name" in path.read_text()
    }
    assert found == {"web/api/serializers.py"}


OWNED = {"cascade": "all, delete-orphan"}
KEYS = {"__table_args__": ({"sqlite_autoincrement": True},)}


class Host:
    """A sheet of cells with a column of every type that one database has."""

    def __init__(self, backend):
        base = type("Base", (DeclarativeBase,), {"metadata": sa.MetaData()})
        key = {"id": mapped_column(sa.Integer, primary_key=True)}
        cells = {"cells": relationship("Cell", **OWNED)}
        type("Sheet", (base,), {"__tablename__": "sheet", **key, **cells, **KEYS})
        parent = mapped_column(sa.ForeignKey("sheet.id"), nullable=False, index=True)
        columns = {
            f"v{at}": mapped_column(kind)
            for at, (kind, names) in enumerate(zip(TRIED, WHERE, strict=True))
            if backend in names
        }
        own = {"id": mapped_column(sa.Integer, primary_key=True), "sheet_id": parent}
        type("Cell", (base,), {"__tablename__": "cell", **own, **columns, **KEYS})
        self.metadata = base.metadata
        self.sheet, self.cell = (
            one.class_ for one in sorted(base.registry.mappers, key=str)[::-1]
        )
        self.drafts = Drafts(base.metadata)
        self.drafts.target(self.sheet, label=self.sheet.id)
        self.part = self.drafts.targets["sheet"].tables["cell"]


@pytest.fixture(scope="session")
def host(backend):
    return Host(backend)


@pytest.fixture(scope="session")
def database(fresh_database, host):
    return fresh_database(host.metadata, host.drafts.metadata)


def column(at):
    marks = pytest.mark.only_on(*WHERE[at])
    return pytest.param(at, id=repr(TRIED[at]), marks=marks)


EVERY = range(len(TRIED))
ON_DATABASES = pytest.mark.parametrize("at", [*map(column, EVERY)])
# Of an INET the driver makes an object, and hosts may set its text as well.
READ_BY_PYTHON = pytest.mark.parametrize(
    "at", [column(n) for n in EVERY if not codec(TRIED[n]).spelled_by_database]
)


class Kept:
    """One column of the host, and a row that has a value in it alone."""

    def __init__(self, host, dbsession, backend, at):
        self.host, self.dbsession, self.backend = host, dbsession, backend
        self.field = host.part.fields[f"v{at}"]
        self.codec = self.field.codec
        # Of vectors alone nothing is made up: only the database writes them.
        made = (*self.taken(self.codec.samples(None)), *self.codec.placeholders(None))
        self.value = next(iter((*made, "'cat'")))
        dbsession.execute(
            sa.insert(host.drafts.targets["sheet"].root.live).values(id=1)
        )
        self.keep(1, self.value)

    def taken(self, values):
        """Return what the column takes of values, encoded."""
        found = []
        for value in values:
            with suppress(ValueError):
                found.append(self.codec.parse(value, self.backend))
        return found

    def keep(self, key, value):
        own = {"id": key, "sheet_id": 1, self.field.name: self.field.bind(value)}
        self.dbsession.execute(sa.insert(self.host.part.live).values(own))

    def live(self, key):
        wanted = sa.select(self.field.read()).where(self.host.part.live.c.id == key)
        return self.codec.encode(self.dbsession.scalar(wanted))


@pytest.fixture
def kept(host, dbsession, backend, at):
    return Kept(host, dbsession, backend, at)


@ON_DATABASES
def test_a_value_comes_back_from_the_live_table(kept):
    assert same(kept.live(1), kept.value)


@ON_DATABASES
def test_a_value_comes_back_from_the_text_of_a_form(kept):
    text = kept.codec.to_text(kept.value)
    again = kept.codec.parse(kept.codec.from_text(text), kept.backend)
    assert same(again, kept.value)


@ON_DATABASES
def test_a_value_is_shown_as_text(kept):
    assert isinstance(kept.codec.show(kept.value), str)
    assert isinstance(kept.codec.show_whole(kept.value), str)


@READ_BY_PYTHON
def test_a_host_is_given_what_its_attribute_would_have(kept):
    field = kept.field
    instance = kept.dbsession.get_one(kept.host.cell, 1)
    dialect = kept.dbsession.get_bind().dialect
    given = to_host(field.column.type, field.codec.decode(kept.value), dialect)
    loaded = getattr(instance, str(field.attribute))
    # SQLite reads a whole decimal as an int, and forgets zones.
    assert same(*(field.codec.parse(one, kept.backend) for one in (given, loaded)))
    assert isinstance(given, str) == isinstance(loaded, str)


@ON_DATABASES
def test_a_search_finds_the_value_or_says_that_it_cannot(kept):
    edit = kept.host.drafts.open(kept.dbsession, kept.host.sheet, 1, owner="ada")
    found = [row.key for row in edit.page("cell", search=str(kept.value)).rows]
    can = kept.codec.search(sa.column("a"), sa.literal("b")) is not None
    assert found == ([(1,)] if can else [])


@ON_DATABASES
def test_placeholders_fit_the_column_and_the_first_is_like_no_other(kept):
    made = [*kept.codec.placeholders(kept.value)]
    assert made or not kept.codec.has_free_placeholder
    for key, value in enumerate(made, start=2):
        kept.keep(key, value)
        assert same(kept.live(key), kept.codec.parse(value, kept.backend))
    if kept.codec.has_free_placeholder:
        firsts = [next(kept.codec.placeholders(kept.value)) for _ in range(3)]
        assert len({*firsts, str(kept.value)}) == 4


@ON_DATABASES
def test_samples_are_taken_by_the_column(kept):
    samples = [*kept.codec.samples(kept.value)]
    taken = kept.taken(samples)
    assert taken or not samples
    for key, value in enumerate(taken, start=2):
        kept.keep(key, value)
        assert same(kept.live(key), value)


def test_a_set_is_as_long_as_all_its_words():
    assert codec(mysql.SET("dry", "cold")).length == len("dry,cold")
    assert codec(sa.Boolean()).length is None
