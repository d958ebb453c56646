"""Operations: immutable values; applying one returns the inverse made at that moment.

They know no user, request or journal. Hosts register operations of their own with
`Drafts.operation`; `draftedit.testing` has the contract test that proves any of them.
"""

from draftedit.engine.operations.base import (
    LAST,
    ApplyMode,
    Context,
    Done,
    Operation,
    Ref,
    from_json,
)
from draftedit.engine.operations.batch import Batch
from draftedit.engine.operations.delete import Delete, Restore
from draftedit.engine.operations.insert import Insert
from draftedit.engine.operations.move import Move, Rekey
from draftedit.engine.operations.recreate import Recreate
from draftedit.engine.operations.rewrite import Rewrite
from draftedit.engine.operations.set import Set
from draftedit.engine.operations.unknown import UnknownOperation

# What a caller may send, by its name in JSON.
PUBLIC: dict[str, type[Operation]] = {
    one.op: one for one in (Set, Insert, Delete, Restore, Move, Batch)
}
# What the journal may hold.
BUILT_IN: dict[str, type[Operation]] = {
    **PUBLIC,
    Rekey.op: Rekey,
    Recreate.op: Recreate,
    Rewrite.op: Rewrite,
}

__all__ = [
    "BUILT_IN",
    "LAST",
    "PUBLIC",
    "ApplyMode",
    "Batch",
    "Context",
    "Delete",
    "Done",
    "Insert",
    "Move",
    "Operation",
    "Recreate",
    "Ref",
    "Rekey",
    "Restore",
    "Rewrite",
    "Set",
    "UnknownOperation",
    "from_json",
]
