"""Carry out a choice about a conflict: base, draft, live, or another value."""

from typing import Any

from draftedit.engine.base.errors import Conflict, ConflictKind, Key, Problem, Refused
from draftedit.engine.base.messages import say
from draftedit.engine.operations import LAST, Delete, Move, Operation, Set
from draftedit.engine.reading.rows import Row
from draftedit.engine.rebasing.context import ResolutionContext
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.engine.values.codecs import same


def decide(context: ResolutionContext, one: Conflict, choice: Resolution) -> None:
    """Carry out one choice; raise Refused if that is not possible."""
    if one.field is None:
        _decide_row(context, one, choice)
    elif one.kind == ConflictKind.ORDER and not context.is_gone(one.table, one.key):
        _decide_order(context, one, choice)
    elif not context.in_sight(one.table, one.key):
        return  # it was deleted with the row above it
    else:
        _decide_field(context, one, choice)


def _decide_row(context: ResolutionContext, one: Conflict, choice: Resolution) -> None:
    if choice.take == "value":
        raise Refused(Problem(say("choice-not-for-rows")))
    if choice.take != "live" and _is_another_object(context, one, choice.take):
        title = context.part(one.table).title
        raise Refused(Problem(say("key-in-use", title=title)))
    if context.sides.is_another(one.table, one.key):
        wanted = getattr(one, choice.take)
        if wanted is None or context.part(one.table).generated_key is None:
            _reach(context, one, wanted)  # otherwise it came in under a key of its own
    elif choice.take != "draft" or one.draft is None:
        if (
            one.kind == ConflictKind.LINK
            and choice.take == "live"
            and one.live is not None
        ):
            _ensure_ends(context, one)
        _reach(context, one, getattr(one, choice.take))
    elif one.live is not None:
        # Others have inserted a row of this key, or put it below one that is deleted
        # here.
        _reach(context, one, one.draft)


def _is_another_object(context: ResolutionContext, one: Conflict, take: str) -> bool:
    """Return whether a choice would write into, or delete, an object of others."""
    if context.part(one.table).parent is not None or one.live is None:
        return False
    return context.sides.is_another(one.table, one.key) or (
        take == "base" and one.base is None
    )


def _reach(context: ResolutionContext, one: Conflict, values: Any) -> None:
    """Give a row the values of one side; None: it does not exist there."""
    if values is None:
        if context.in_sight(one.table, one.key):
            context.apply(Delete(one.table, one.key))
        return
    part = context.part(one.table)
    restored = context.ensure(one.table, one.key)
    there = context.rows.row(one.table, one.key)
    wanted = {
        name: value
        for name, value in values.items()
        if part.fields[name].settable and not same(there.values[name], value)
    }
    _set(context, one, wanted)
    parent = part.parent_key_of(values)
    if part.order is not None or part.parent_key_of(there.values) != parent:
        context.ensure_parent(one.table, values)
        order = values.get(str(part.order))
        context.move(context.rows.row(one.table, one.key), parent, order)
    for above in restored:
        if above != (one.table, one.key) and values is not one.live:
            # It was restored for the row's sake, which stands elsewhere now.
            context.delete_again(*above, unless_above=(one.table, one.key))


def _ensure_ends(context: ResolutionContext, one: Conflict) -> None:
    """Restore the ends that the draft has deleted and others have linked since."""
    for field in context.part(one.table).fields.values():
        if context.sides.is_inside(field) and one.live[field.name] is not None:
            context.ensure(str(field.references), (one.live[field.name],))


def _decide_field(
    context: ResolutionContext, one: Conflict, choice: Resolution
) -> None:
    take, field = choice.take, context.part(one.table).fields[str(one.field)]
    is_new = (one.table, one.key) in context.sides.new
    is_foreign = one.kind == ConflictKind.LINK and one.draft is None
    if take == "draft" and not is_foreign:
        return
    if take == "live" and is_foreign:
        context.ensure(str(field.references), (one.live,))
        return
    value = choice.value if take == "value" else getattr(one, take)
    drops = value is None and not field.nullable
    if take != "value" and (drops or (is_new and one.kind == ConflictKind.UNIQUE)):
        # A row that cannot exist without the value is deleted with it.
        _let_go(context, one)
        return
    _set(context, one, {field.name: value}, own=take == "value")


def _let_go(context: ResolutionContext, one: Conflict) -> None:
    """Delete a row that lacks a required value; rows put below it are kept."""
    row = context.rows.row(one.table, one.key)
    if context.rows.hangs_below(row):
        message = say("row-has-rows")
        raise Refused(Problem(message))
    context.apply(Delete(one.table, one.key))


def _set(
    context: ResolutionContext, one: Conflict, values: dict[str, Any], own: bool = False
) -> None:
    """Set fields to the values of a side, or to the user's `own` value.

    Rows that a side refers to are restored, if the draft or others have deleted them.
    """
    part = context.part(one.table)
    for name, value in values.items():
        field = part.fields[name]
        if value is not None and not own and context.sides.is_inside(field):
            context.ensure(str(field.references), (value,))
    if values:
        context.apply(Set(one.table, one.key, values))


def _decide_order(
    context: ResolutionContext, one: Conflict, choice: Resolution
) -> None:
    """Put a row where one side has it, also out of what is deleted."""
    is_hidden = not context.in_sight(one.table, one.key)
    restored = context.ensure(one.table, one.key) if is_hidden else []
    _put(context, one, choice)
    for above in restored:
        context.delete_again(*above, unless_above=(one.table, one.key))


def _put(context: ResolutionContext, one: Conflict, choice: Resolution) -> None:
    row = context.rows.row(one.table, one.key)
    part, order = context.part(one.table), str(one.field)
    if choice.take == "value":
        context.apply(_own_move(context, row, choice.value))
        return
    if choice.take == "draft":
        _put_by_old_order(context, one, row)
        return
    side = context.sides.origins if choice.take == "base" else context.sides.live_rows
    values = side.get((one.table, one.key))
    if values is None:  # a new row has no other place than the last
        context.apply(context.moved_behind(row, LAST))
    else:
        context.ensure_parent(one.table, values)
        context.move(row, part.parent_key_of(values), values[order])


def _put_by_old_order(context: ResolutionContext, one: Conflict, row: Row) -> None:
    """Find the place of a row whose neighbour is deleted, by its old order key."""
    part, order = context.part(one.table), str(one.field)
    mine = context.sides.changed.get((one.table, one.key))
    live = context.sides.live_rows.get((one.table, one.key))
    if mine and live and same(row.values[order], live[order]):
        context.move(row, part.parent_key_of(mine.values), mine.values[order])


def _own_move(context: ResolutionContext, row: Row, value: Any) -> Operation:
    """Return the move to where the user wants the row; without order, below a row."""
    key, part = _own_place(value), context.part(row.table)
    if part.order is None:
        return Move(part.name, row.key, key)
    return context.moved_behind(row, key)


def _own_place(value: Any) -> Key | None:
    if value is None:
        return None
    return tuple(value) if isinstance(value, list | tuple) else (value,)
