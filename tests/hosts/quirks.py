"""A host of columns that are filled by others, and of keys that are out of the way."""

from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts, OrderKey


class Base(DeclarativeBase):
    pass


class Reversed(sa.types.TypeDecorator):
    """A text that Python sees as a tuple of characters."""

    impl = sa.String(20)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return "".join(reversed(value or ()))

    def process_result_value(self, value, dialect):
        return tuple(reversed(value))


def from_parameters(context):
    return context.get_current_parameters()["name"]


class Country(Base):
    __tablename__ = "country"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(2), unique=True)
    title: Mapped[str] = mapped_column(sa.String(40))


class Folder(Base):
    """A root with a key of two texts."""

    __tablename__ = "folder"
    __table_args__ = ({"info": {"label": "folder", "plural": "many folders"}},)
    shelf: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    letter: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    note: Mapped[str | None] = mapped_column(sa.Text)
    sheets = relationship("Sheet", cascade="all, delete-orphan")


class Sheet(Base):
    """A part with a key of its own, without order; what fills its columns differs."""

    __tablename__ = "sheet"
    __table_args__ = (
        sa.ForeignKeyConstraint(["shelf", "letter"], ["folder.shelf", "folder.letter"]),
        sa.Index(None, "shelf", "letter"),
    )
    version: Mapped[int] = mapped_column()
    __mapper_args__ = MappingProxyType({"version_id_col": version})
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    shelf: Mapped[str] = mapped_column(sa.String(20))
    letter: Mapped[str] = mapped_column(sa.String(20))
    colour: Mapped[str] = mapped_column(sa.String(10), server_default="white")
    size: Mapped[int] = mapped_column(default=lambda: 4)
    twice: Mapped[int] = mapped_column(
        sa.Integer, sa.Computed("size * 2", persisted=True)
    )
    touched: Mapped[int] = mapped_column(default=0, onupdate=1)
    title: Mapped[str] = mapped_column(sa.String(20), default=from_parameters)
    backwards: Mapped[tuple] = mapped_column(Reversed, default=("a", "b"))
    length: Mapped[int] = mapped_column(default=sa.text("1 + 1"))
    country: Mapped[str | None] = mapped_column(sa.ForeignKey("country.code"))
    stamp: Mapped[str | None] = mapped_column(
        sa.String(9),
        info={"label": "Seal", "help": "Made by the office.", "read_only": True},
    )
    serial: Mapped[int | None] = mapped_column(unique=True)
    lines = relationship("Phrase", cascade="all, delete-orphan")
    marks = relationship("Mark", cascade="all, delete-orphan", foreign_keys="Mark.on")
    tabs = relationship("Tab", cascade="all, delete-orphan")
    stops = relationship("Stop", cascade="all, delete-orphan")


class Phrase(Base):
    """A part of a part, in order, that refers to its own kind."""

    __tablename__ = "phrase"
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(sa.ForeignKey("sheet.name"), index=True)
    place: Mapped[str] = mapped_column(OrderKey())
    text: Mapped[str | None] = mapped_column(sa.Text)
    answers: Mapped[int | None] = mapped_column(sa.ForeignKey("phrase.id"))


class Mark(Base):
    """A part without order whose key does not name its parent; it points beside one."""

    __tablename__ = "mark"
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    on: Mapped[str] = mapped_column(sa.ForeignKey("sheet.name"), index=True)
    serial: Mapped[int | None] = mapped_column(sa.ForeignKey("sheet.serial"))


class Tab(Base):
    """The same in order."""

    __tablename__ = "tab"
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    sheet: Mapped[str] = mapped_column(sa.ForeignKey("sheet.name"), index=True)
    place: Mapped[str] = mapped_column(OrderKey())


class Stop(Base):
    """A part in order whose key names its parent."""

    __tablename__ = "stop"
    sheet: Mapped[str] = mapped_column(sa.ForeignKey("sheet.name"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    place: Mapped[str] = mapped_column(OrderKey())


drafts = Drafts(Base.metadata)
drafts.target(
    Folder,
    label=Folder.note,
    order={Phrase: Phrase.place, Tab: Tab.place, Stop: Stop.place},
)
