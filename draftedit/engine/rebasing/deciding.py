"""A choice about a conflict, carried out: base, mine, theirs, or one of one's own."""

from typing import Any

from draftedit.engine.errors import Conflict, Key, Problem, Refused
from draftedit.engine.operations import LAST, Delete, Set
from draftedit.engine.rebasing.ground import Ground
from draftedit.engine.rebasing.resolutions import Resolution
from draftedit.engine.rows import Row
from draftedit.engine.values import same


def decide(ground: Ground, one: Conflict, choice: Resolution) -> None:
    """Carry out one choice; raise Refused where that cannot be."""
    if one.field is None:
        _decide_row(ground, one, choice)
    elif not ground.in_sight(one.table, one.key):
        return  # it has gone with what it hung below
    elif one.kind == "order":
        _decide_order(ground, one, choice)
    else:
        _decide_field(ground, one, choice)


def _decide_row(ground: Ground, one: Conflict, choice: Resolution) -> None:
    if choice.take == "value":
        raise Refused(Problem("For a whole row, take base, draft or live."))
    if ground.sides.is_another(one.table, one.key):
        wanted = getattr(one, choice.take)
        if wanted is None or ground.part(one.table).generated_key is None:
            _reach(ground, one, wanted)  # else it came in under a key of its own
    elif choice.take != "draft" or one.draft is None:
        if one.kind == "link" and choice.take == "live" and one.live is not None:
            _ensure_ends(ground, one)
        _reach(ground, one, getattr(one, choice.take))
    elif one.live is not None:
        # Others have made a row of this key, or put it below one that is deleted here.
        _reach(ground, one, one.draft)


def _reach(ground: Ground, one: Conflict, values: Any) -> None:
    """Make a row what one side has; None: it is not there."""
    if values is None:
        if ground.in_sight(one.table, one.key):
            ground.apply(Delete(one.table, one.key))
        return
    part = ground.part(one.table)
    restored = ground.ensure(one.table, one.key)
    there = ground.rows.row(one.table, one.key)
    wanted = {
        name: value
        for name, value in values.items()
        if part.fields[name].settable and not same(there.values[name], value)
    }
    _set(ground, one, wanted)
    if part.order is not None:
        ground.ensure_parent(one.table, values)
        parent = part.parent_key_of(values)
        ground.move(ground.rows.row(one.table, one.key), parent, values[part.order])
    for above in restored:
        if above != (one.table, one.key) and values is not one.live:
            # It was brought back for the row's sake, which stands elsewhere now.
            ground.delete_again(*above, unless_above=(one.table, one.key))


def _ensure_ends(ground: Ground, one: Conflict) -> None:
    """Restore what the draft has deleted and others have linked since."""
    for field in ground.part(one.table).fields.values():
        if ground.sides.is_inside(field) and one.live[field.name] is not None:
            ground.ensure(str(field.references), (one.live[field.name],))


def _decide_field(ground: Ground, one: Conflict, choice: Resolution) -> None:
    take, field = choice.take, ground.part(one.table).fields[str(one.field)]
    is_new = (one.table, one.key) in ground.sides.new
    is_foreign = one.kind == "link" and one.draft is None
    if take == "draft" and not is_foreign:
        return
    if take == "live" and is_foreign:
        ground.ensure(str(field.references), (one.live,))
        return
    value = choice.value if take == "value" else getattr(one, take)
    drops = value is None and not field.nullable
    if take != "value" and (drops or (is_new and one.kind == "unique")):
        # What cannot be without the value is not there without it.
        _let_go(ground, one)
        return
    _set(ground, one, {field.name: value}, own=take == "value")


def _let_go(ground: Ground, one: Conflict) -> None:
    """Delete a row for want of a value; what was put below it is not lost with it."""
    row = ground.rows.row(one.table, one.key)
    if ground.rows.hangs_below(row):
        message = "Rows hang below it: give it a value of its own."
        raise Refused(Problem(message))
    ground.apply(Delete(one.table, one.key))


def _set(
    ground: Ground, one: Conflict, values: dict[str, Any], own: bool = False
) -> None:
    """Set fields to what a side has, or to one's `own` value.

    What a side refers to comes with it, where the draft or others have deleted it.
    """
    part = ground.part(one.table)
    for name, value in values.items():
        field = part.fields[name]
        if value is not None and not own and ground.sides.is_inside(field):
            ground.ensure(str(field.references), (value,))
    if values:
        ground.apply(Set(one.table, one.key, values))


def _decide_order(ground: Ground, one: Conflict, choice: Resolution) -> None:
    row = ground.rows.row(one.table, one.key)
    part, order = ground.part(one.table), str(one.field)
    if choice.take == "value":
        ground.apply(ground.moved_behind(row, _own_place(choice.value)))
        return
    if choice.take == "draft":
        _put_by_old_order(ground, one, row)
        return
    side = ground.sides.origins if choice.take == "base" else ground.sides.live_rows
    values = side.get((one.table, one.key))
    if values is None:  # a new row has no other place than the last
        ground.apply(ground.moved_behind(row, LAST))
    else:
        ground.move(row, part.parent_key_of(values), values[order])


def _put_by_old_order(ground: Ground, one: Conflict, row: Row) -> None:
    """Where the replay could not move a row behind one that is gone, find its place."""
    part, order = ground.part(one.table), str(one.field)
    mine = ground.sides.changed.get((one.table, one.key))
    live = ground.sides.live_rows.get((one.table, one.key))
    if mine and live and same(row.values[order], live[order]):
        ground.move(row, part.parent_key_of(mine.values), mine.values[order])


def _own_place(value: Any) -> Key | None:
    if value is None:
        return None
    return tuple(value) if isinstance(value, list | tuple) else (value,)
