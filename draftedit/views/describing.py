"""Operations in plain words: “Rule 12 in input: destination ports 80 → 80, 443”.

Read from the journal's JSON, which says what was done even where a migration has
taken a table or a column away since.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Key
from draftedit.views.names import Names
from draftedit.views.showing import Shown

_ = TranslationStringFactory("draftedit")

Json = Mapping[str, Any]

_REVERT = re.compile(r"Revert to revision ([0-9]+)")  # as the engine labels it

TOLD = 3  # operations of a batch that are told; the rest is counted


@dataclass(frozen=True)
class Change:
    """One field, before and after; no `before` where only the wish is known."""

    label: str
    before: Shown | None
    after: Shown

    def __str__(self) -> str:
        """Say it in a sentence."""
        before = f" {self.before}" if self.before is not None else ""
        return f"{self.label}{before} → {self.after}"


@dataclass(frozen=True)
class Described:
    """What an operation does: a sentence, and for a `set` what it changes."""

    text: str
    changes: Sequence[Change] = ()

    def __str__(self) -> str:
        """Say all of it."""
        if not self.changes:
            return self.text
        return f"{self.text}: {', '.join(map(str, self.changes))}"


def describe(operation: Json, inverse: Json, names: Names) -> Described:
    """Say what an operation did; the inverse knows what was there before."""
    teller = _TELLERS.get(operation["op"])
    if teller is None or not _is_known(operation, names):
        return Described(str(operation["op"]))
    return teller(operation, inverse, names)


def _is_known(operation: Json, names: Names) -> bool:
    """A batch has no table; a host's own operation may have none."""
    return "table" not in operation or operation["table"] in names.target.tables


def _set(operation: Json, inverse: Json, names: Names) -> Described:
    part = names.target.tables[operation["table"]]
    before = inverse.get("values")
    changes = [
        Change(
            names.small(names.field(part.fields[name])),
            None
            if before is None
            else names.value(part.fields[name], before.get(name)),
            names.value(part.fields[name], value),
        )
        for name, value in operation["values"].items()
        if name in part.fields
    ]
    return Described(names.located(part.name, _key(operation, "id")), changes)


def _on_row(text: str) -> Callable[[Json, Json, Names], Described]:
    """Make a teller of what only names a row."""

    def tell(operation: Json, _inverse: Json, names: Names) -> Described:
        row = names.small(names.located(operation["table"], _key(operation, "id")))
        return Described(names.translate(_(text, mapping={"row": row})))

    return tell


def _move(operation: Json, inverse: Json, names: Names) -> Described:
    part = names.target.tables[operation["table"]]
    row = names.small(names.by_key(part.name, _key(operation, "id")))
    where = _place(operation, names)
    if operation.get("parent") in (None, inverse.get("parent")):
        text = _("Move ${row} ${place}", mapping={"row": row, "place": where})
        return Described(names.translate(text))
    parent = names.small(names.by_key(str(part.parent), _key(operation, "parent")))
    text = _(
        "Move ${row} to ${parent}, ${place}",
        mapping={"row": row, "parent": parent, "place": where},
    )
    return Described(names.translate(text))


def _place(operation: Json, names: Names) -> str:
    if "after" not in operation:
        return names.translate(_("to the last place"))
    if operation["after"] is None:
        return names.translate(_("to the first place"))
    row = names.small(names.by_key(operation["table"], _key(operation, "after")))
    return names.translate(_("after ${row}", mapping={"row": row}))


def _batch(operation: Json, inverse: Json, names: Names) -> Described:
    label = str(operation.get("label") or "")
    if revert := _REVERT.fullmatch(label):
        text = _("Revert to revision ${n}", mapping={"n": revert[1]})
        return Described(names.translate(text))
    if label:
        return Described(label)
    pairs = [pair for pair in _pairs(operation, inverse) if pair[0]["op"] != "rekey"]
    if len(pairs) == 1:
        return describe(*pairs[0], names)
    if len(pairs) > TOLD and (summary := _summary(pairs, names)):
        return summary
    told = "; ".join(str(describe(*pair, names)) for pair in pairs[:TOLD])
    if len(pairs) <= TOLD:
        return Described(told)
    more = {"told": told, "more": len(pairs) - TOLD}
    return Described(names.translate(_("${told}; and ${more} more", mapping=more)))


def _summary(pairs: Sequence[tuple[Json, Json]], names: Names) -> Described | None:
    """Say at once what was done alike with many rows of one table."""
    first = pairs[0][0]
    text, table = _TO_MANY.get(first["op"]), first.get("table")
    alike = all(
        (one["op"], one.get("table"), one.get("values"))
        == (first["op"], table, first.get("values"))
        for one, _inverse in pairs
    )
    if text is None or not alike or table not in names.target.tables:
        return None
    rows = names.small(names.parts(str(table)))
    many = {"count": len(pairs), "rows": rows}
    told = names.translate(_(text, mapping=many))
    changes = _set(first, {}, names).changes if first["op"] == "set" else ()
    return Described(told, changes)


def _pairs(operation: Json, inverse: Json) -> list[tuple[Json, Json]]:
    """Pair each operation with its inverse; those stand the other way round."""
    operations = operation["operations"]
    inverses = list(reversed(inverse.get("operations", ())))
    if len(inverses) != len(operations):
        inverses = [{}] * len(operations)
    return list(zip(operations, inverses, strict=True))


def _rekey(_operation: Json, _inverse: Json, names: Names) -> Described:
    return Described(names.translate(_("Make room in the order")))


def _recreate(operation: Json, _inverse: Json, names: Names) -> Described:
    part = names.target.tables[operation["table"]]
    key = tuple(operation["values"].get(name) for name in part.key)
    row = names.small(names.located(part.name, key))
    return Described(names.translate(_("Bring back ${row}", mapping={"row": row})))


def _key(operation: Json, member: str) -> Key:
    return tuple(operation[member])


_TO_MANY = {
    "set": _("${count} ${rows}"),
    "delete": _("Delete ${count} ${rows}"),
    "restore": _("Restore ${count} ${rows}"),
    "move": _("Move ${count} ${rows}"),
}

_TELLERS: dict[str, Callable[[Json, Json, Names], Described]] = {
    "set": _set,
    "insert": _on_row(_("Add ${row}")),
    "delete": _on_row(_("Delete ${row}")),
    "restore": _on_row(_("Restore ${row}")),
    "move": _move,
    "batch": _batch,
    "rekey": _rekey,
    "recreate": _recreate,
}
