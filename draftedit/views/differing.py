"""What differs between two states of an object, in words and side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.errors import Key
from draftedit.engine.keys import to_path
from draftedit.engine.schema import Field, Part
from draftedit.views.names import Names
from draftedit.views.showing import Shown

Url = Callable[[str, Key], str | None]
Live = Mapping[tuple[str, Key], Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One field of a changed row; no `base` for what is new.

    `live` is what it is now, where others have changed it since the base.
    """

    label: str
    base: Shown | None
    draft: Shown | None
    live: Shown | None = None


@dataclass(frozen=True)
class Changed:
    """One changed row; `moved`: its place or its parent is another.

    `lost`: it is not live any more.
    """

    table: str
    id: str
    kind: str
    name: str
    url: str | None
    moved: bool
    fields: Sequence[Difference]
    lost: bool = False

    @property
    def others(self) -> bool:
        """Tell whether others have changed what is changed here."""
        return any(one.live is not None for one in self.fields)


@dataclass(frozen=True)
class Section:
    """The changed rows of one part."""

    title: str
    rows: Sequence[Changed]


def sections(
    found: Sequence[Any], names: Names, url: Url, live: Live | None = None
) -> list[Section]:
    """Tell of the changed rows by part; `url` says where a row is shown.

    `live`: what rows of the draft are now; rows that are not in it are gone.
    """
    return [
        Section(
            names.parts(part.name),
            [
                _changed(one, part, names, url, live)
                for one in found
                if one.table == part.name
            ],
        )
        for part in names.target.tables.values()
        if any(one.table == part.name for one in found)
    ]


def _changed(
    one: Any, part: Part, names: Names, url: Url, live: Live | None
) -> Changed:
    now = None if live is None else live.get((one.table, one.key))
    fields = [
        _difference(part.fields[name], one.kind, base, draft, names, now)
        for name, (base, draft) in one.fields.items()
        if name in part.fields and _is_told(part.fields[name], one.kind)
    ]
    roles = {part.fields[name].role for name in one.fields if name in part.fields}
    return Changed(
        table=part.name,
        id=to_path(one.key),
        kind=one.kind,
        name=names.located(part.name, one.key),
        url=None if part.is_link else url(part.name, one.key),
        moved=one.kind == "changed" and bool(roles & {"order", "parent"}),
        fields=[d for d in fields if one.kind != "gone" or d.base is not None],
        lost=live is not None and now is None and one.kind != "new",
    )


def _is_told(one: Field, kind: str) -> bool:
    """An order key says nothing to people; a parent does where it is another."""
    if one.role == "parent":
        return kind == "changed"
    return one.role != "order" and not one.generated


def _difference(
    one: Field,
    kind: str,
    base: Any,
    draft: Any,
    names: Names,
    now: Mapping[str, Any] | None,
) -> Difference:
    changed = now is not None and now[one.name] != (draft if kind == "new" else base)
    return Difference(
        label=names.field(one),
        base=None if kind == "new" else shown(one, base, names),
        draft=shown(one, draft, names),
        live=shown(one, now[one.name], names) if now and changed else None,
    )


def shown(one: Field, value: Any, names: Names) -> Shown:
    """Show a value of a field; a parent by its name."""
    if one.role == "parent" and value is not None:
        part = names.target.tables[one.column.table.name]
        if len(part.parent_fields) == 1:
            return Shown(names.by_key(str(part.parent), (value,), False), "word")
    return names.value(one, value)
