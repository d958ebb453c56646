"""A host whose one object grows: chapters, and very many verses in the first."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from draftedit import Drafts, OrderKey


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(40))
    chapters = relationship("Chapter", cascade="all, delete-orphan")


class Chapter(Base):
    __tablename__ = "chapter"
    __table_args__ = (sa.Index(None, "book_id", "place", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("book.id"))
    place: Mapped[str] = mapped_column(OrderKey())
    name: Mapped[str | None] = mapped_column(sa.String(40))
    verses = relationship("Verse", cascade="all, delete-orphan")


class Verse(Base):
    __tablename__ = "verse"
    __table_args__ = (sa.Index(None, "chapter_id", "place", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chapter_id: Mapped[int] = mapped_column(sa.ForeignKey("chapter.id"))
    place: Mapped[str] = mapped_column(OrderKey())
    text: Mapped[str | None] = mapped_column(sa.String(200))


drafts = Drafts(Base.metadata)
drafts.target(
    Book, label=Book.title, order={Chapter: Chapter.place, Verse: Verse.place}
)
