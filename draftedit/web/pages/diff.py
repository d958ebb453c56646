"""Show the differences between two states of an object side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from draftedit.engine.base.errors import Key
from draftedit.engine.base.keys import to_path
from draftedit.engine.schema.model import Field, Part
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels

Url = Callable[[str, Key], str | None]
Live = Mapping[tuple[str, Key], Mapping[str, Any]]


@dataclass(frozen=True)
class RowDifference:
    """One field of a changed row; no `base` if the row is new.

    `live` is its present value, if others have changed it since the base.
    """

    label: str
    base: FormattedValue | None
    draft: FormattedValue | None
    live: FormattedValue | None = None


@dataclass(frozen=True)
class Changed:
    """One changed row; `moved`: its place or its parent differs.

    `lost`: it is not live any more.
    """

    table: str
    id: str
    kind: str
    name: str
    url: str | None
    moved: bool
    fields: Sequence[RowDifference]
    lost: bool = False

    @property
    def others(self) -> bool:
        """Return whether others have changed the same fields."""
        return any(one.live is not None for one in self.fields)


@dataclass(frozen=True)
class Section:
    """The changed rows of one part."""

    title: str
    rows: Sequence[Changed]


def sections(
    found: Sequence[Any], names: Labels, url: Url, live: Live | None = None
) -> list[Section]:
    """Return the changed rows by part; `url` returns the address of a row.

    `live`: the live values of rows of the draft; rows missing there are deleted.
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
    one: Any, part: Part, names: Labels, url: Url, live: Live | None
) -> Changed:
    now = None if live is None else live.get((one.table, one.key))
    fields = [
        _difference(part.fields[name], one.kind, base, draft, names, now)
        for name, (base, draft) in one.fields.items()
        if name in part.fields and _is_shown(part.fields[name], one.kind)
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


def _is_shown(one: Field, kind: str) -> bool:
    """Return whether a field is shown: no order key, a parent only if changed."""
    if one.role == "parent":
        return kind == "changed"
    return one.role != "order" and not one.generated


def _difference(
    one: Field,
    kind: str,
    base: Any,
    draft: Any,
    names: Labels,
    now: Mapping[str, Any] | None,
) -> RowDifference:
    changed = now is not None and now[one.name] != (draft if kind == "new" else base)
    return RowDifference(
        label=names.field(one),
        base=None if kind == "new" else shown(one, base, names),
        draft=shown(one, draft, names),
        live=shown(one, now[one.name], names) if now and changed else None,
    )


def shown(one: Field, value: Any, names: Labels) -> FormattedValue:
    """Show a value of a field; a parent by its name."""
    if one.role == "parent" and value is not None:
        part = names.target.tables[one.column.table.name]
        if len(part.parent_fields) == 1:
            return FormattedValue(
                names.by_key(str(part.parent), (value,), False), "word"
            )
    return names.value(one, value)
