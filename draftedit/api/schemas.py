"""The shapes of all that goes over the wire, by name."""

from draftedit.api.draft_schemas import DRAFTS
from draftedit.api.live_schemas import LIVE
from draftedit.api.operation_schemas import OPERATIONS
from draftedit.api.problem_schemas import PROBLEMS
from draftedit.api.schema_terms import Schema

SCHEMAS: dict[str, Schema] = {**LIVE, **DRAFTS, **OPERATIONS, **PROBLEMS}
