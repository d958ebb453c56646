"""JSON schemas of all requests and responses, by name."""

from draftedit.web.api.schemas.drafts import DRAFTS
from draftedit.web.api.schemas.live import LIVE
from draftedit.web.api.schemas.operations import OPERATIONS
from draftedit.web.api.schemas.problems import PROBLEMS
from draftedit.web.api.schemas.terms import Schema

SCHEMAS: dict[str, Schema] = {**LIVE, **DRAFTS, **OPERATIONS, **PROBLEMS}
