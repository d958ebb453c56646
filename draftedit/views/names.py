"""What rows and values are called on pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Key, Unknown
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part, Target
from draftedit.views.showing import Shown, plain

_ = TranslationStringFactory("draftedit")

Translate = Callable[[Any], str]


@dataclass
class Names:
    """The names of one object's rows and values, in the language of one request.

    `find` reads a row by its key; `outside` names a row of another object, if it can.
    `lowers`: in this language a noun is written small inside a sentence.
    """

    target: Target
    find: Callable[[str, Key], Row]
    translate: Translate
    outside: Callable[[str, Key], str | None] = lambda table, key: None
    lowers: bool = False
    _known: dict[tuple[str, Key], Row] = field(default_factory=dict)
    _outside: dict[tuple[str, Key], str | None] = field(default_factory=dict)

    def know(self, rows: Iterable[Row]) -> None:
        """Remember rows that were read anyway."""
        self._known.update({(row.table, row.key): row for row in rows})

    def part(self, table: str) -> str:
        """Return what one row of a part is called, as a heading."""
        return capital(self.translate(self.target.tables[table].title))

    def parts(self, table: str) -> str:
        """Return what the rows of a part are called, as a heading."""
        return capital(self.translate(self.target.tables[table].title_plural))

    def field(self, one: Field) -> str:
        """Return the name of a field."""
        return self.translate(one.label)

    def small(self, text: str) -> str:
        """Write a noun as it stands inside a sentence; abbreviations stay."""
        if not self.lowers or text[1:2].isupper():
            return text
        return text[:1].lower() + text[1:]

    def row(self, row: Row) -> str:
        """Name a row by itself: “input”, or “Line 12 “tea”” where no name is unique."""
        return self._called(row) or self._numbered(row)

    def short(self, row: Row) -> str:
        """Name a row where it is said what it is: by its name or its number."""
        part = self.target.tables[row.table]
        return self._called(row) or self.number(part, row.key)

    def former(self, row: Row) -> str | None:
        """Return the name that the draft has changed, if it has."""
        part = self.target.tables[row.table]
        if not set(naming(part)) & row.changed_fields().keys():
            return None
        return self._called(replace(row, values=row.origin or {}))

    def title(self, row: Row) -> str:
        """Name a row with what it is: “Folder input”."""
        called = self._called(row)
        return f"{self.part(row.table)} {called}" if called else self._numbered(row)

    def told(self, row: Row) -> str:
        """Name a row with what it is, inside a sentence: “folder input”."""
        return self.small(self.title(row))

    def _called(self, row: Row) -> str:
        part = self.target.tables[row.table]
        return " ".join(_text(row.values.get(name)) for name in naming(part)).strip()

    def _numbered(self, row: Row) -> str:
        """A row without a name shows its number; a label beside it helps."""
        part = self.target.tables[row.table]
        named = f"{self.part(part.name)} {self.number(part, row.key)}"
        label = label_of(part, row.values)
        return f"{named} “{label}”" if label else named

    def by_key(self, table: str, key: Key, with_part: bool = True) -> str:
        """Name a row of which only the key is known."""
        row = self.known(table, key)
        if row is None:
            part = self.target.tables[table]
            return f"{self.part(table)} {self.number(part, key)}"
        return self.title(row) if with_part else self.row(row)

    def located(self, table: str, key: Key) -> str:
        """Name a row and the row it is in, unless that is the object itself."""
        part, named = self.target.tables[table], self.by_key(table, key)
        row = self.known(table, key)
        if row is None or part.parent in (None, self.target.name):
            return named
        above = self.by_key(str(part.parent), part.parent_key_of(row.values), False)
        text = _("${row} in ${above}", mapping={"row": named, "above": above})
        return self.translate(text)

    def known(self, table: str, key: Key) -> Row | None:
        """Return a row, read once; None where it is none of this object's."""
        if (table, key) not in self._known:
            try:
                self._known[table, key] = self.find(table, key)
            except Unknown:
                return None
        return self._known[table, key]

    def number(self, part: Part, key: Key) -> str:
        """Spell a key for people: what the draft made is new."""
        if part.generated_key and part.key == (part.generated_key,):
            number = int(key[0])
            if number < 0:
                text = _("new ${number}", mapping={"number": -number})
                return self.translate(text)
        return ", ".join(str(value) for value in key)

    def value(self, one: Field, value: Any) -> Shown:
        """Show a value of a field."""
        if value is None:
            return Shown(self.translate(_("none")), "none")
        if one.references:
            return Shown(self.reference(one, value), "word")
        if isinstance(value, bool):
            return Shown(self.translate(_("yes") if value else _("no")), "word")
        if value == "":
            return Shown(self.translate(_("empty")), "empty")
        return plain(one, value)

    def reference(self, one: Field, value: Any) -> str:
        """Name what a reference points to."""
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
    """Return the columns that say which row of its parent is meant: a unique key
    with the label in it. None: its label alone does not.
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
