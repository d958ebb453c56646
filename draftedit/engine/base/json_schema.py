"""The words that JSON schemas are written with, as OpenAPI 3.1 has them."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}


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


def or_null(schema: Schema) -> Schema:
    """Describe what a schema does, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Refer to a schema of the API's document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}
