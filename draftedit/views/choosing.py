"""What a form offers for the references of a row, and for its place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.editing import EditSession
from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.rows import Row
from draftedit.engine.schema import Field, Part
from draftedit.form_values import asked
from draftedit.forms import Choices, Option
from draftedit.said import Said
from draftedit.views.names import Names
from draftedit.views.operating import FEW, find


@dataclass(frozen=True)
class Chooser:
    """Offers choices within one draft."""

    edit: EditSession
    names: Names

    def references(
        self, part: Part, values: Mapping[str, Any] | None, said: Said | None
    ) -> dict[str, Choices]:
        """Return the choices of each reference that a form of `part` asks for.

        All of them where they are few; else what it is now, and what a search found.
        """
        return {
            one.name: self.reference(part, one, (values or {}).get(one.name), said)
            for one in asked(part, new=values is None)
            if one.references is not None
        }

    def reference(
        self, part: Part, one: Field, value: Any, said: Said | None
    ) -> Choices:
        """Return the choices of one reference, which is `value` now."""
        found = self.edit.choices(part.name, one.name, limit=FEW + 1)
        if len(found) <= FEW:
            return Choices(self._options(one, found))
        current = () if value is None else (self._current(one, value),)
        search = said.searches.get(one.name) if said else None
        fitting = find(self.edit, part, one.name, search) if search else []
        options = [o for o in self._options(one, fitting) if o not in current]
        return Choices([*current, *options], complete=False)

    def _current(self, one: Field, value: Any) -> Option:
        return Option(str(value), self.names.reference(one, value))

    def _options(self, one: Field, found: Sequence[Any]) -> list[Option]:
        """Make options; where two are called the same, say what they are in."""
        counts = Counter(choice.label for choice in found)
        return [
            Option(
                str(choice.key[0]),
                choice.label
                if counts[choice.label] == 1
                else self._in_full(one, choice),
            )
            for choice in found
        ]

    def _in_full(self, one: Field, choice: Any) -> str:
        if str(one.references) in self.names.target.tables:
            return self.names.located(str(one.references), choice.key)
        return f"{choice.label} ({to_path(choice.key)})"

    def siblings(
        self, part: Part, parent: Key, row: Row | None, search: str | None
    ) -> list[Row]:
        """Return rows that one may stand after: those around, or those found."""
        around = None
        if row is not None and part.parent_key_of(row.values) == tuple(parent):
            around = row.key
        page = self.edit.page(
            part.name,
            parent=parent,
            limit=FEW,
            search=search,
            around=None if search else around,
        )
        self.names.know(page.rows)
        return page.rows

    def parents(self, part: Part, search: str | None) -> list[Option]:
        """Return rows of the parent's part, wherever they are in the object."""
        page = self.edit.page(str(part.parent), limit=FEW, search=search)
        self.names.know(page.rows)
        return [
            Option(to_path(row.key), self.names.located(row.table, row.key))
            for row in page.rows
        ]
