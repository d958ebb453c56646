"""Build the last batch of a rebase: the choices, and what the replay left undone."""

from typing import Any

from draftedit.engine.base.errors import Conflict, ConflictKind, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing.apply_choice import decide
from draftedit.engine.rebasing.context import ResolutionContext
from draftedit.engine.rebasing.replay import Dropped
from draftedit.engine.rebasing.residual import Chosen, GivenUp, make_up
from draftedit.engine.rebasing.resolutions import Resolution


def resolve(context: ResolutionContext, chosen: Chosen, sequence: int) -> list[Dropped]:
    """Carry out the choices, and keep the rest of the draft's net change.

    Returns what could not be kept, under the number `sequence`. Raises Refused for a
    choice that cannot be carried out.
    """
    for conflict, choice in chosen:
        _on_conflict(conflict, _bring_back, context, conflict, choice.take)
    dropped = make_up(context, GivenUp.of(chosen), sequence)
    # Whole rows first: a field or a place may need one that they restore.
    for conflict, choice in sorted(chosen, key=_is_of_field):
        _on_conflict(conflict, decide, context, conflict, choice)
    return dropped


def _is_of_field(one: tuple[Conflict, Resolution]) -> bool:
    return one[0].field is not None


def _on_conflict(conflict: Conflict, act: Any, *arguments: Any) -> None:
    """Act on one conflict; name it in a refusal."""
    try:
        act(*arguments)
    except Refused as refusal:
        where = conflict.table, conflict.key, conflict.field
        raise Refused(*(Problem(p.message, *where) for p in refusal.problems)) from None


# Rows that others have deleted are restored first: the rest may be below them.


def _bring_back(context: ResolutionContext, one: Conflict, take: str) -> None:
    if one.kind not in (ConflictKind.ROW, ConflictKind.LINK) or take not in (
        "draft",
        "base",
    ):
        return
    wanted = one.draft if take == "draft" else one.base
    if context.sides.is_another(one.table, one.key):
        part = context.part(one.table)
        if one.field is None and wanted is not None and part.generated_key is not None:
            row = Row(one.table, one.key, dict(wanted))
            context.apply(context.insert(row, key=None))
    elif one.kind == ConflictKind.LINK and take == "draft" and one.draft is not None:
        _bring_back_ends(context, one)
    elif one.kind == ConflictKind.ROW and wanted is not None and one.live is None:
        if one.base is not None:
            context.ensure_whole(one.table, one.key, wanted)
        else:
            context.ensure_parent(one.table, wanted)
    elif one.kind == ConflictKind.ROW and take == "draft" and wanted is not None:
        context.ensure_parent(one.table, wanted)  # it was moved below a deleted row


def _bring_back_ends(context: ResolutionContext, one: Conflict) -> None:
    part = context.part(one.table)
    names = part.fields if one.field is None else (one.field,)
    values = one.draft if one.field is None else {one.field: one.draft}
    if one.field is None:
        context.ensure_parent(one.table, values)
    for name in names:
        field = part.fields[name]
        if name in part.parent_fields or field.references is None:
            continue
        if not context.sides.refers_to_nothing(field, values[name]):
            continue
        if field.references not in context.sides.parts:
            raise Refused(
                Problem(
                    say("reference-missing", table=field.references, value=values[name])
                )
            )
        context.ensure_whole(str(field.references), (values[name],))
