"""A whole draft as JSON, for whoever must leave it: what it is, changes, journal."""

from typing import Any

from draftedit.engine import changes
from draftedit.engine.changes import Change
from draftedit.engine.keys import to_list
from draftedit.reading import ReadableDraft


def export(draft: ReadableDraft) -> dict[str, Any]:
    """Return the whole draft as JSON: what it is, its changes, its journal."""
    info = draft.info
    journal = draft.journal(limit=max(1, info.undo + info.redo)).items
    return {
        "draft": {
            "key": info.key,
            "target": info.target,
            "id": to_list(info.root),
            "label": info.label,
            "base": info.base,
            "state": info.state,
            "owner": info.owner,
            "opened_at": info.opened_at.isoformat(),
            "changed_at": info.changed_at.isoformat(),
        },
        "changes": [_change_json(change) for change in draft.changes()],
        "journal": [
            {
                "sequence": entry.sequence,
                "done": entry.done,
                "label": entry.label,
                "at": entry.at.isoformat(),
                "operation": entry.operation,
            }
            for entry in journal
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    sides = {
        name: {"draft": draft}
        if base is changes.MISSING
        else {"base": base, "draft": draft}
        for name, (base, draft) in change.fields.items()
    }
    return {
        "table": change.table,
        "id": to_list(change.key),
        "kind": change.kind,
        "fields": sides,
    }
