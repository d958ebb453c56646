"""The words that schemas are written with: JSON Schema as OpenAPI 3.1 has it."""

from typing import Any

Schema = dict[str, Any]


def an_object(required: str, optional: str = "", /, **properties: Schema) -> Schema:
    """Describe an object; its properties without a schema of their own are open."""
    names = [*required.split(), *optional.split()]
    return {
        "type": "object",
        "properties": {name: properties.get(name, {}) for name in names},
        "required": required.split(),
    }


def exactly(required: str, optional: str = "", /, **properties: Schema) -> Schema:
    """Describe an object as `an_object` does, which has nothing else in it."""
    return {
        **an_object(required, optional, **properties),
        "additionalProperties": False,
    }


def list_of(item: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": item}


def by_name(item: Schema) -> Schema:
    """Describe an object whose members, of any name, are of one shape."""
    return {"type": "object", "additionalProperties": item}


def nullable(kind: str, **more: Any) -> Schema:
    """Describe a value of a type, or null."""
    return {"type": [kind, "null"], **more}


def or_null(schema: Schema) -> Schema:
    """Describe what a schema does, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
TIME_OR_NULL = nullable("string", format="date-time")
TEXT_OR_NULL = nullable("string")
KEY_OR_NULL = or_null(ref("Key"))

STACKS: dict[str, Schema] = {"version": COUNT, "undo": COUNT, "redo": COUNT}
DRAFT_ROWS = list_of(ref("DraftRow"))
