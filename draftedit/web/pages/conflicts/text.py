"""Texts about a conflict: the reason, and its sides."""

from collections.abc import Mapping
from typing import Any, assert_never

from translationstring import TranslationStringFactory

from draftedit.engine.base.errors import Conflict, ConflictKind
from draftedit.engine.schema.model import Part
from draftedit.web.pages.formatting import FormattedValue
from draftedit.web.pages.labels import Labels

_ = TranslationStringFactory("draftedit")

TAKES = {
    "base": _("As it was"),
    "draft": _("Mine"),
    "live": _("Theirs"),
    "value": _("Another one"),
}
OF_OBJECT = {
    "base": _("Recreate it, what it says itself as it was"),
    "draft": _("Recreate it, with what I changed"),
    "live": _("Let it go: it stays deleted, what I changed is dropped"),
}

_KEPT = _("It is there, with the values below.")
_DELETED = _("It is deleted.")
_NOT_THERE = _("It is not there.")


def is_lost_object(one: Conflict, names: Labels) -> bool:
    """Return whether others have deleted the object itself."""
    return one.table == names.target.name and one.field is None and one.live is None


def why(one: Conflict, part: Part, names: Labels) -> str:
    """Describe in a sentence which changes conflict."""
    return names.translate(_why(one, part, names))


def _why(one: Conflict, part: Part, names: Labels) -> str:
    if one.kind != ConflictKind.UNIQUE and is_lost_object(one, names):
        return _("Others deleted the whole object.")
    match one.kind:
        case ConflictKind.FIELD:
            return _("Both changed it.")
        case ConflictKind.LINK:
            return _why_link(one)
        case ConflictKind.ORDER:
            return _why_order(one)
        case ConflictKind.ROW:
            return _why_row(one, part)
        case ConflictKind.UNIQUE:
            row = names.located(one.table, one.other) if one.other else part.title
            return _("Others gave the same value to ${row}.", mapping={"row": row})
        case _:
            assert_never(one.kind)


def _why_link(one: Conflict) -> str:
    if one.draft is None:
        return _("Others made it refer to what you delete.")
    return _("What you made it refer to is deleted there.")


def _why_order(one: Conflict) -> str:
    if one.live == one.base:
        return _("What you put it after is gone from there.")
    return _("Both moved it, to different places.")


def _why_row(one: Conflict, part: Part) -> str:
    if one.draft is None:
        if one.base is None:
            return _("Others added it to what you delete.")
        return _("You delete it, or what it is in; others changed it.")
    if one.live is None:
        if one.base is None:
            return _("You added it to what others deleted.")
        return _("You changed it; others deleted it, or took it elsewhere.")
    if one.base is None:
        return _("Both added it, with different values.")
    if part.parent_key_of(one.base) != part.parent_key_of(one.draft):
        return _("You moved it into what others deleted.")
    return _("Others deleted it, and what has its key now is another one.")


def side(one: Conflict, take: str, part: Part, names: Labels) -> FormattedValue:
    """Show one side: a value, a place, or whether the row exists."""
    value = getattr(one, take)
    if one.kind == ConflictKind.ORDER:
        return FormattedValue(_place(one, value, part, names), "word")
    if one.field is None:
        return FormattedValue(names.translate(_presence(one, value)), "word")
    row = names.known(one.table, one.key)
    if row is not None and row.is_new and take != "draft":
        return FormattedValue(names.translate(_NOT_THERE), "word")
    return names.value(part.fields[one.field], value)


def _presence(one: Conflict, value: Any) -> str:
    if value is not None:
        return _KEPT
    return _NOT_THERE if one.base is None else _DELETED


def _place(
    one: Conflict, value: Mapping[str, Any] | None, part: Part, names: Labels
) -> str:
    if value is None:
        return names.translate(_NOT_THERE)
    if part.order is None:
        return names.by_key(str(part.parent), tuple(value["parent"]))
    where = names.translate(_("first"))
    if value["after"] is not None:
        row = names.by_key(one.table, tuple(value["after"]), with_part=False)
        where = names.translate(_("after ${row}", mapping={"row": row}))
    sides = [s for s in (one.base, one.draft, one.live) if s is not None]
    if part.parent is None or all(s["parent"] == value["parent"] for s in sides):
        return where
    above = names.by_key(part.parent, tuple(value["parent"]))
    text = _("in ${above}, ${place}", mapping={"above": above, "place": where})
    return names.translate(text)
