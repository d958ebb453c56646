"""Export a whole draft as JSON, for a user who must abandon it."""

from typing import Any

from draftedit.engine.base.keys import to_list
from draftedit.engine.reading.change import MISSING, Change
from draftedit.service.reader import ReadableDraft


def export(draft: ReadableDraft) -> dict[str, Any]:
    """Return the draft's record, its changes and its journal as JSON."""
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
        name: {"draft": draft} if base is MISSING else {"base": base, "draft": draft}
        for name, (base, draft) in change.fields.items()
    }
    return {
        "table": change.table,
        "id": to_list(change.key),
        "kind": change.kind,
        "fields": sides,
    }
