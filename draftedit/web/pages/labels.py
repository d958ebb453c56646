"""Labels of rows and values on pages, and the readers they come from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pyramid.request import Request
from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Key, Unknown
from draftedit.engine.reading.listing import Page
from draftedit.engine.reading.rows import Row
from draftedit.engine.schema.model import Field, Part, Target
from draftedit.service.objects import Objects
from draftedit.web.pages.formatting import FormattedValue, plain

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]


@dataclass
class Labels:
    """Labels of one object's rows and values, in the language of one request.

    `find` reads a row by its key; `outside` names a row of another object, if it can.
    `lowers`: in this language a noun is not capitalised inside a sentence.
    """

    target: Target
    find: Callable[[str, Key], Row]
    translate: Translate
    outside: Callable[[str, Key], str | None] = lambda table, key: None
    lowers: bool = False
    _known: dict[tuple[str, Key], Row] = field(default_factory=dict)
    _outside: dict[tuple[str, Key], str | None] = field(default_factory=dict)

    def know(self, rows: Iterable[Row]) -> None:
        """Cache rows that were read anyway."""
        self._known.update({(row.table, row.key): row for row in rows})

    def part(self, table: str) -> str:
        """Return the name of a row of a part, as a heading."""
        return capital(self.translate(self.target.tables[table].title))

    def parts(self, table: str) -> str:
        """Return the name of the rows of a part, as a heading."""
        return capital(self.translate(self.target.tables[table].title_plural))

    def field(self, one: Field) -> str:
        """Return the name of a field."""
        return self.translate(one.label)

    def small(self, text: str) -> str:
        """Return a noun as written inside a sentence; abbreviations stay."""
        if not self.lowers or text[1:2].isupper():
            return text
        return text[:1].lower() + text[1:]

    def row(self, row: Row) -> str:
        """Name a row by itself: “input”, or “Line 12 “tea”” where no name is unique."""
        return self._called(row) or self._numbered(row)

    def short(self, row: Row) -> str:
        """Return the label of a row below a heading: its name or its number."""
        part = self.target.tables[row.table]
        return self._called(row) or self.number(part, row.key)

    def former(self, row: Row) -> str | None:
        """Return the name that the draft has changed, if it has."""
        part = self.target.tables[row.table]
        if not set(naming(part)) & row.changed_fields().keys():
            return None
        return self._called(replace(row, values=row.origin or {}))

    def title(self, row: Row) -> str:
        """Return a row's label with its kind: “Folder input”."""
        called = self._called(row)
        return f"{self.part(row.table)} {called}" if called else self._numbered(row)

    def inline(self, row: Row) -> str:
        """Return a row's label with its kind, inside a sentence: “folder input”."""
        return self.small(self.title(row))

    def _called(self, row: Row) -> str:
        part = self.target.tables[row.table]
        return " ".join(_text(row.values.get(name)) for name in naming(part)).strip()

    def _numbered(self, row: Row) -> str:
        """Return the number of a row without a name, with its label if it has one."""
        part = self.target.tables[row.table]
        named = f"{self.part(part.name)} {self.number(part, row.key)}"
        label = label_of(part, row.values)
        if not label:
            return named
        quoted = _("${row} “${label}”", mapping={"row": named, "label": label})
        return str(self.translate(quoted))

    def by_key(self, table: str, key: Key, with_part: bool = True) -> str:
        """Return the label of a row of which only the key is known."""
        row = self.known(table, key)
        if row is None:
            part = self.target.tables[table]
            return f"{self.part(table)} {self.number(part, key)}"
        return self.title(row) if with_part else self.row(row)

    def located(self, table: str, key: Key) -> str:
        """Return the label of a row with its parent's, if that is not the object."""
        part, named = self.target.tables[table], self.by_key(table, key)
        row = self.known(table, key)
        if row is None or part.parent in (None, self.target.name):
            return named
        above = self.by_key(str(part.parent), part.parent_key_of(row.values), False)
        text = _("${row} in ${above}", mapping={"row": named, "above": above})
        return self.translate(text)

    def known(self, table: str, key: Key) -> Row | None:
        """Return a row, cached; None if it does not belong to this object."""
        if (table, key) not in self._known:
            try:
                self._known[table, key] = self.find(table, key)
            except Unknown:
                return None
        return self._known[table, key]

    def number(self, part: Part, key: Key) -> str:
        """Return a key for people: one that the draft made is “new”."""
        if part.generated_key and part.key == (part.generated_key,):
            number = int(key[0])
            if number < 0:
                text = _("new ${number}", mapping={"number": -number})
                return self.translate(text)
        return ", ".join(str(value) for value in key)

    def value(self, one: Field, value: Any) -> FormattedValue:
        """Format a value of a field."""
        if value is None:
            return FormattedValue(self.translate(_("none")), "none")
        if one.references:
            return FormattedValue(self.reference(one, value), "word")
        if isinstance(value, bool):
            return FormattedValue(
                self.translate(_("yes") if value else _("no")), "word"
            )
        if value == "":
            return FormattedValue(self.translate(_("empty")), "empty")
        return plain(one, value)

    def reference(self, one: Field, value: Any) -> str:
        """Return the label of the row that a reference points to."""
        table = str(one.references)
        pointed = self.target.tables.get(table)
        if pointed is not None and pointed.key == (one.referred,):
            return self.by_key(table, (value,), with_part=False)
        if (table, (value,)) not in self._outside:
            self._outside[table, (value,)] = self.outside(table, (value,))
        return self._outside[table, (value,)] or str(value)


def label_of(part: Part, values: Mapping[str, Any]) -> str:
    """Return a row's label, if it has one."""
    return _text(values.get(part.label_field)) if part.label_field else ""


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())[:200]


def naming(part: Part) -> tuple[str, ...]:
    """Return the columns that identify a row below its parent.

    They are a unique key that includes the label; none if the label is in no unique
    key.
    """
    for columns in (*part.uniques, part.key):
        if part.label_field in columns:
            return tuple(
                name
                for name, one in part.fields.items()
                if name in columns and one.role != "parent" and not one.references
            )
    is_root = part.parent is None and part.label_field is not None
    return (str(part.label_field),) if is_root else ()


def capital(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


class RowSource(Protocol):
    """A reader of rows by their keys."""

    def row(self, table: str, key: Any) -> Row:
        """Return one row; raise Unknown."""


class LiveRows:
    """The rows of a live object, with the interface of a draft's."""

    def __init__(
        self, request: Request, target: Target, key: Key, revision: int | None = None
    ) -> None:
        """Read the object at a revision (None: as it is now)."""
        self._objects = Objects(request.drafts, request.dbsession)
        self._object = (target, key)
        self._revision = revision

    def page(self, table: str, around: Key | None = None, **options: Any) -> Page:
        """Return a page of rows; a live list begins at its first one."""
        return self._objects.page(
            *self._object, table, revision=self._revision, **options
        )

    def below(self, table: str, parents: Sequence[Key]) -> list[Row]:
        """Return the rows below several others."""
        return self._objects.below(
            *self._object, table, parents, revision=self._revision
        )

    def row(self, table: str, key: Key) -> Row:
        """Return one row."""
        return self._objects.row(*self._object, table, key, revision=self._revision)

    def path(self, table: str, key: Key) -> list[Row]:
        """Return the rows above one."""
        return self._objects.path(*self._object, table, key, revision=self._revision)


def names_for(request: Request, target: Target, *sources: RowSource) -> Labels:
    """Return labels of the rows that `sources` read, in the language of the request.

    Each source is searched in turn.
    """

    def outside(table: str, key: Key) -> str | None:
        if table not in request.drafts.targets:
            return None
        try:
            return Objects(request.drafts, request.dbsession).find(table, key).label
        except Unknown:
            return None

    def find(table: str, key: Key) -> Row:
        for source in sources[:-1]:
            try:
                return source.row(table, key)
            except Unknown:
                continue
        return sources[-1].row(table, key)

    return Labels(
        target=target,
        find=find,
        translate=request.localizer.translate,
        outside=outside,
        lowers=request.localizer.locale_name.startswith("en"),
    )
