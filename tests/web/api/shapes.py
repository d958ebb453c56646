"""A check of data against our own schemas: the words of JSON Schema that we use."""

from typing import Any

from draftedit.web.api.schemas import SCHEMAS

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def check(data: Any, shape: str) -> None:
    """Assert that `data` has a named shape, and no member that it does not name."""
    problems = list(_problems(data, SCHEMAS[shape], shape))
    assert not problems, problems
    if "description" not in SCHEMAS[shape]:  # those with one are open
        assert set(data) <= set(SCHEMAS[shape]["properties"])


def _problems(data: Any, schema: dict[str, Any], where: str) -> Any:
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema and all(
        list(_problems(data, one, where)) for one in schema["anyOf"]
    ):
        yield f"{where}: {data!r} is none of the shapes"
    if "enum" in schema and data not in schema["enum"]:
        yield f"{where}: {data!r} is none of {schema['enum']}"
    kinds = schema.get("type", [])
    if kinds and not any(
        _is(data, k) for k in ([kinds] * isinstance(kinds, str) or kinds)
    ):
        yield f"{where}: {data!r} is no {kinds}"
    if isinstance(data, dict):
        yield from _members(data, schema, where)
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _problems(item, schema.get("items", {}), f"{where}[{index}]")


def _members(data: dict[str, Any], schema: dict[str, Any], where: str) -> Any:
    for name in schema.get("required", []):
        if name not in data:
            yield f"{where}: {name} is missing"
    known = schema.get("properties", {})
    for name, value in data.items():
        inner = known.get(name, schema.get("additionalProperties"))
        if isinstance(inner, dict):
            yield from _problems(value, inner, f"{where}.{name}")


def _is(data: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        numbers = int if kind == "integer" else (int, float)
        return isinstance(data, numbers) and not isinstance(data, bool)
    return isinstance(data, TYPES[kind])
