"""Build the OpenAPI description from the table of endpoints."""

import re
from typing import Any

from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request
from pyramid.response import Response

from draftedit.web.api import responses
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.api.schemas import SCHEMAS
from draftedit.web.api.schemas.operations import any_of
from draftedit.web.api.schemas.parameters import PARAMETERS
from draftedit.web.api.schemas.terms import Schema, ref
from draftedit.web.resources import API_PREFIX, Root

_PLACEHOLDER = re.compile(r"{(\w+)}")

_HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        "description": "The same request under the same key is answered, not repeated.",
        "required": False,
    },
    "If-Match": {
        "schema": {"type": "string", "examples": ['"17"']},
        "description": "The ETag of the draft as the caller last saw it.",
        "required": True,
    },
}


def with_description(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """Return the endpoints with one more, which describes them all, itself included."""
    everything: tuple[Endpoint, ...] = ()

    def view(_context: Root, request: Request) -> Response:
        return responses.answer(describe(request, everything))

    own = Endpoint("GET", "openapi", view, None, "Describe the API.", "")
    everything = (*endpoints, own)
    return everything


def describe(request: Request, endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    """Describe endpoints with their addresses in this application."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "draftedit", "version": "1"},
        "servers": [{"url": _base(request)}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": _paths(request, endpoints),
        "components": {
            "schemas": SCHEMAS | {"Operation": _any_operation(request)},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "draftedit",
                    "description": "Of a signed-in browser; X-CSRF-Token goes with it.",
                },
            },
        },
    }


def _any_operation(request: Request) -> Schema:
    """Describe the operations of this application, the host's own among them."""
    return any_of(request.drafts.public_operations().values())


def _base(request: Request) -> str:
    url: str = request.route_url(f"{API_PREFIX}openapi")
    return url.rpartition("/")[0]


def _paths(request: Request, endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    mapper = request.registry.getUtility(IRoutesMapper)
    root = mapper.get_route(f"{API_PREFIX}openapi").pattern.rpartition("/")[0]
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        pattern = mapper.get_route(API_PREFIX + endpoint.route).pattern
        path = pattern.removeprefix(root)
        item = paths.setdefault(path, {"parameters": _in_path(path)})
        item[endpoint.method.lower()] = _operation(endpoint)
    return paths


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACEHOLDER.findall(path)
    ]


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    listed = ("after", "limit") if endpoint.listed else ()
    described: dict[str, Any] = {
        "operationId": f"{endpoint.route}_{endpoint.method.lower()}",
        "summary": endpoint.summary,
        "parameters": [
            *({"in": "query", **PARAMETERS[name]} for name in endpoint.query + listed),
            *(_guard(name, endpoint) for name in endpoint.guards),
        ],
        "responses": {
            str(endpoint.status): _answered(endpoint),
            "default": {
                "description": "A problem",
                "content": {"application/problem+json": {"schema": ref("Problem")}},
            },
        },
    }
    if endpoint.permission is None:
        described["security"] = []
    if endpoint.body:
        described["requestBody"] = {
            "required": endpoint.body_required,
            "content": {"application/json": {"schema": ref(endpoint.body)}},
        }
    return described


def _guard(name: str, endpoint: Endpoint) -> dict[str, Any]:
    header = {"in": "header", "name": name, **_HEADERS[name]}
    header["required"] = header["required"] and endpoint.version_required
    return header


def _answered(endpoint: Endpoint) -> dict[str, Any]:
    schema = ref(endpoint.answer) if endpoint.answer else {"type": "object"}
    if endpoint.listed:
        schema = {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": schema},
                "next": {"type": ["string", "null"]},
            },
            "required": ["items", "next"],
        }
    answered: dict[str, Any] = {
        "description": "Done" if endpoint.method == "POST" else "Found",
        "content": {"application/json": {"schema": schema}},
    }
    if endpoint.about_draft:
        answered["headers"] = {
            "ETag": {
                "description": "The version of the draft now.",
                "schema": {"type": "string"},
            }
        }
    return answered
