"""Serialise the results of the service as JSON."""

from typing import Any

from pyramid.request import Request

from draftedit.service import problem_details

ID, STATE = "_id", "_state"


def target(request: Request, item: Any) -> dict[str, Any]:
    """Serialise a target: its tables, the root's first, parents before their parts."""
    return {
        "name": item.name,
        "label": request.localizer.translate(item.title),
        "tables": [_table(request, item, part) for part in item.tables.values()],
    }


def _table(request: Request, item: Any, part: Any) -> dict[str, Any]:
    return {
        "name": part.name,
        "key": list(part.key),
        "parent": part.parent,
        "ordered": part.order is not None,
        "changes_parent": item.has_other_parents(part),
        "fields": [_field(request, field) for field in part.fields.values()],
    }


def _field(request: Request, field: Any) -> dict[str, Any]:
    spelled: dict[str, Any] = {
        "name": field.name,
        "type": field.codec.api_name,
        "label": request.localizer.translate(field.label),
        "required": field.required,
        # Autoincrement keys, parents and places are never given as values.
        "read_only": not field.insertable,
    }
    if field.choices is not None:
        spelled["choices"] = list(field.choices)
    if field.references is not None:
        spelled["references"] = field.references
    return spelled


def object_info(item: Any) -> dict[str, Any]:
    """Serialise an object of a list."""
    return {
        "id": list(item.key),
        "label": item.label,
        "revision": item.revision,
        "saved_at": item.saved_at,
        "saved_by": item.saved_by,
        "drafts": item.drafts,
    }


def live_object(item: Any) -> dict[str, Any]:
    """Serialise a live object: its root row; the rest is read by pages."""
    return {
        "target": item.target.name,
        "id": list(item.key),
        "label": item.label,
        "revision": item.revision,
        "row": live_row(item.row),
    }


def revision(item: Any) -> dict[str, Any]:
    """Serialise a revision."""
    return {
        "revision": item.revision,
        "saved_at": item.saved_at,
        "saved_by": item.saved_by,
        "message": item.message,
        "draft": item.draft,
        "changes": item.changes,
    }


def open_draft(item: Any, may_hand_on: bool) -> dict[str, Any]:
    """Serialise an open draft of any user: never its content."""
    spelled = {"owner": item.owner, "since": item.since, "rows": item.rows}
    if may_hand_on:
        spelled |= {"key": item.key, "version": item.version}
    return spelled


def draft(request: Request, info: Any) -> dict[str, Any]:
    """Serialise a draft."""
    return {
        "key": info.key,
        "url": request.route_url("draftedit.api.draft", key=info.key),
        "target": info.target,
        "id": list(info.root),
        "label": info.label,
        "base": info.base,
        "state": info.state,
        "closed_because": info.closed_because,
        "version": info.version,
        "undo": info.undo,
        "redo": info.redo,
        "owner": info.owner,
        "opened_at": info.opened_at,
        "changed_at": info.changed_at,
        "closed_at": info.closed_at,
        "behind": info.behind,
    }


def live_row(item: Any) -> dict[str, Any]:
    """Serialise a row of a live object."""
    return {**item.values, ID: list(item.key)}


def row(item: Any) -> dict[str, Any]:
    """Serialise a row of a draft."""
    return {**live_row(item), STATE: item.state}


def choice(item: Any) -> dict[str, Any]:
    """Serialise a row that a reference may point to."""
    return {"id": list(item.key), "label": item.label}


def change(item: Any) -> dict[str, Any]:
    """Serialise a net change; a new row has no base."""
    is_new = item.kind == "new"
    return {
        "table": item.table,
        "id": list(item.key),
        "kind": item.kind,
        "fields": {
            name: {"draft": draft} if is_new else {"base": base, "draft": draft}
            for name, (base, draft) in item.fields.items()
        },
    }


def checked(request: Request, item: Any) -> dict[str, Any]:
    """Serialise the result of a check."""
    translate = request.localizer.translate
    return {
        "problems": [problem_details.problem(one, translate) for one in item.problems],
        "conflicts": [problem_details.conflict(one) for one in item.conflicts],
        "notes": [problem_details.note(one, translate) for one in item.notes],
        "consequences": [
            problem_details.consequence(one, translate) for one in item.consequences
        ],
        "consent": item.consent,
    }


def entry(item: Any) -> dict[str, Any]:
    """Serialise an entry of the journal."""
    return {
        "sequence": item.sequence,
        "done": item.done,
        "label": item.label,
        "operation": item.operation,
        "inverse": item.inverse,
        "at": item.at,
    }


def outcome(item: Any) -> dict[str, Any]:
    """Serialise the result of an operation."""
    return {
        "version": item.version,
        "undo": item.undo,
        "redo": item.redo,
        "sequence": item.sequence,
        "operation": item.operation and item.operation.to_json(),
        "inverse": item.inverse and item.inverse.to_json(),
        "rows": [row(one) for one in item.rows],
    }


def moved(item: Any) -> dict[str, Any]:
    """Serialise the result of an undo or redo."""
    return {
        "version": item.version,
        "undo": item.undo,
        "redo": item.redo,
        "operations": [operation.to_json() for operation in item.operations],
        "rows": [row(one) for one in item.rows],
    }


def rebased(request: Request, item: Any) -> dict[str, Any]:
    """Serialise the result of a rebase: the draft, what came in, what was lost."""
    translate = request.localizer.translate
    return {
        **draft(request, item.info),
        "dropped": [
            {
                "sequence": one.sequence,
                "operation": one.operation.to_json(),
                "problems": [
                    problem_details.problem(p, translate) for p in one.problems
                ],
            }
            for one in item.dropped
        ],
        "merged": [one.revision for one in item.revisions],
    }


def saved(request: Request, item: Any) -> dict[str, Any]:
    """Serialise the result of a save."""
    translate = request.localizer.translate
    return {
        "target": item.target,
        "id": list(item.key),
        "revision": item.revision,
        "ids": {
            table: {path: list(key) for path, key in ids.items()}
            for table, ids in item.ids.items()
        },
        "merged": item.merged,
        "consequences": [
            problem_details.consequence(one, translate) for one in item.consequences
        ],
    }


def result(request: Request, item: Any) -> dict[str, Any]:
    """Serialise the result of a task of an object."""
    translate = request.localizer.translate
    return {
        "task": item.name,
        "label": translate(item.label),
        "state": item.state,
        "live": item.live,
        "revision": item.revision,
        "current": item.is_current,
        "stored_at": item.stored_at,
        "wanted_at": item.wanted_at,
        "wanted_by": item.wanted_by,
        "done": item.done,
        "total": item.total,
        "worker_seen_at": item.seen_at,
        "count": item.count,
        "findings": [problem_details.finding(one, translate) for one in item.findings],
    }


def day(item: Any) -> dict[str, Any]:
    """Serialise the figures of one day and target."""
    return {
        "day": item.day.isoformat(),
        "target": item.target,
        "opened": item.opened,
        "saved": item.saved,
        "cancelled": item.cancelled,
        "abandoned": item.abandoned,
        "operations": item.operations,
        "undos": item.undos,
        "redos": item.redos,
        "seconds_open": item.seconds_open,
        "figures": _figures(item.figures),
    }


def _figures(figures: Any) -> dict[str, Any]:
    spelled: dict[str, Any] = {}
    for (outcome, measure, value), count in sorted(figures.items()):
        spelled.setdefault(outcome, {}).setdefault(measure, {})[value] = count
    return spelled
