"""A check of data against our own schemas: the words of JSON Schema that we use.

Each response that a test's program gets is compared with what the OpenAPI document says
of it, so that serializers and schemas cannot differ where a test has been.
"""

import re
from functools import cache
from typing import Any

from draftedit.web.api import ENDPOINTS
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.schemas import SCHEMAS
from draftedit.web.routes import API

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


# Their other members are columns of the host's tables, and fields of its operations.
OPEN = {"Row", "DraftRow", "DoneOperation"}


def check_answer(method: str, path: str, status: int, data: Any) -> None:
    """Assert that a response is one that the description of its address has.

    `path` is without the API's prefix and without a query.
    """
    endpoint = _endpoint(method, path)
    if status >= 400:
        check(data, "Problem")
    elif endpoint is not None and endpoint.listed:
        assert set(data) == {"items", "next"}
        for item in data["items"]:
            check(item, endpoint.answer)
    elif endpoint is not None and endpoint.answer:
        check(data, endpoint.answer)


def _endpoint(method: str, path: str) -> Endpoint | None:
    """Return what is called; None for what is no address of ours."""
    for pattern, route in _patterns():
        if pattern.fullmatch(path):
            return _by_route().get((route, method))
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", pattern)), name)
        for name, pattern, _context in API
        if name != "unknown"
    ]


@cache
def _by_route() -> dict[tuple[str, str], Endpoint]:
    return {(one.route, one.method): one for one in ENDPOINTS}


def check(data: Any, shape: str) -> None:
    """Assert that `data` has a named shape, and no member that it does not name."""
    problems = list(_problems(data, SCHEMAS[shape], shape, shape in OPEN))
    assert not problems, problems


def _problems(
    data: Any, schema: dict[str, Any], where: str, is_open: bool = False
) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema, is_open = SCHEMAS[name], name in OPEN
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
        yield from _members(data, schema, where, is_open)
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _problems(item, schema.get("items", {}), f"{where}[{index}]")


def _members(
    data: dict[str, Any], schema: dict[str, Any], where: str, is_open: bool
) -> Any:
    for name in schema.get("required", []):
        if name not in data:
            yield f"{where}: {name} is missing"
    known = schema.get("properties", {})
    if known and not is_open:
        for name in data.keys() - known.keys():
            yield f"{where}: {name} is not described"
    for name, value in data.items():
        inner = known.get(name, schema.get("additionalProperties"))
        if isinstance(inner, dict):
            yield from _problems(value, inner, f"{where}.{name}")


def _is(data: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        numbers = int if kind == "integer" else (int, float)
        return isinstance(data, numbers) and not isinstance(data, bool)
    return isinstance(data, TYPES[kind])
