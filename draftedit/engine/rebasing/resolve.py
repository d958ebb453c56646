"""The last batch of a rebase: what was decided, and what the replay left undone."""

from typing import Any

from draftedit.engine.errors import Conflict, Problem, Refused
from draftedit.engine.rebasing.deciding import decide
from draftedit.engine.rebasing.ground import Ground
from draftedit.engine.rebasing.making_up import Chosen, GivenUp, make_up
from draftedit.engine.rebasing.replay import Dropped
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.engine.rows import Row


def resolve(ground: Ground, chosen: Chosen, sequence: int) -> list[Dropped]:
    """Carry out the choices, and keep the rest of the draft's net change.

    Returns what could not be kept, under the number `sequence`. Raises Refused for a
    choice that cannot be carried out.
    """
    for conflict, choice in chosen:
        _told(conflict, _bring_back, ground, conflict, choice.take)
    dropped = make_up(ground, GivenUp.of(chosen), sequence)
    # Whole rows first: a field or a place may need one that comes back with them.
    for conflict, choice in sorted(chosen, key=_is_of_field):
        _told(conflict, decide, ground, conflict, choice)
    return dropped


def _is_of_field(one: tuple[Conflict, Resolution]) -> bool:
    return one[0].field is not None


def _told(conflict: Conflict, act: Any, *arguments: Any) -> None:
    """Act on one conflict; what is refused says on which."""
    try:
        act(*arguments)
    except Refused as refusal:
        where = conflict.table, conflict.key, conflict.field
        raise Refused(*(Problem(p.message, *where) for p in refusal.problems)) from None


# Rows that others have deleted come back first: the rest may hang below them.


def _bring_back(ground: Ground, one: Conflict, take: str) -> None:
    if one.kind not in ("row", "link") or take not in ("draft", "base"):
        return
    wanted = one.draft if take == "draft" else one.base
    if ground.sides.is_another(one.table, one.key):
        part = ground.part(one.table)
        if one.field is None and wanted is not None and part.generated_key is not None:
            row = Row(one.table, one.key, dict(wanted))
            ground.apply(ground.insert(row, key=None))
    elif one.kind == "link" and take == "draft" and one.draft is not None:
        _bring_back_ends(ground, one)
    elif one.kind == "row" and wanted is not None and one.live is None:
        if one.base is not None:
            ground.ensure_whole(one.table, one.key, wanted)
        else:
            ground.ensure_parent(one.table, wanted)
    elif one.kind == "row" and take == "draft" and wanted is not None:
        ground.ensure_parent(one.table, wanted)  # it was moved below one that is gone


def _bring_back_ends(ground: Ground, one: Conflict) -> None:
    part = ground.part(one.table)
    names = part.fields if one.field is None else (one.field,)
    values = one.draft if one.field is None else {one.field: one.draft}
    if one.field is None:
        ground.ensure_parent(one.table, values)
    for name in names:
        field = part.fields[name]
        if name in part.parent_fields or field.references is None:
            continue
        if not ground.sides.refers_to_nothing(field, values[name]):
            continue
        if field.references not in ground.sides.parts:
            raise Refused(Problem(f"There is no {field.references} {values[name]}."))
        ground.ensure_whole(str(field.references), (values[name],))
