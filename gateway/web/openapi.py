"""The OpenAPI 3.1 document, made from the declared routes. Served at /api/v1/openapi.json; the viewer at /api/docs reads it.

Page("Row") and Items("Row") are `{items, next_cursor}` and `{items}` of a shape. May talk to: web.routes, web.shapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter

from gateway.domain.operator import Permission
from gateway.web.config import WebConfig
from gateway.web.routes import Route
from gateway.web.shapes import Problem

REF = "#/components/schemas/{model}"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """`{items: [shape], next_cursor}`."""

    of: Any


@dataclass(frozen=True, slots=True)
class Items:
    """`{items: [shape]}`."""

    of: Any


def document(routes: Sequence[Route], *, config: WebConfig) -> Json:
    """The whole document."""
    schemas: Json = {}
    _schema(Problem, schemas)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gateway", "version": config.version,
            "description": "The console's commands and pages. Live events: docs/reference/console-protocol.md, section 5.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": config.public_url}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": {
                "description": "What went wrong.",
                "content": {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}},
            }},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": config.cookie},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "`csrf` of Me."},
            },
        },
    }  # fmt: skip


def _operation(route: Route, schemas: Json) -> Json:
    operation: Json = {
        "operationId": route.function.__name__,
        "tags": [route.tag],
        "summary": route.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query, schemas)],
        "responses": {str(route.status): _answer(route, schemas), "default": {"$ref": "#/components/responses/Problem"}},
        "security": _security(route),
    }
    if isinstance(route.access, Permission):
        operation["x-permission"] = route.access.value
    if route.body is not None:
        operation["requestBody"] = {
            "required": _has_required(route.body),
            "content": {"application/json": {"schema": _schema(route.body, schemas)}},
        }
    if route.upload:
        part = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": part}}}
    return operation


def _answer(route: Route, schemas: Json) -> Json:
    described: Json = {"description": HTTPStatus(route.status).phrase}
    if route.returns is not None:
        described["content"] = {route.produces: {"schema": _returned(route.returns, schemas)}}
    elif route.produces != "application/json":
        described["content"] = {route.produces: {}}
    return described


def _returned(shape: Any, schemas: Json) -> Json:
    match shape:
        case Page(of=of):
            cursor = {"type": ["string", "null"]}
            return _object({"items": {"type": "array", "items": _schema(of, schemas)}, "next_cursor": cursor})
        case Items(of=of):
            return _object({"items": {"type": "array", "items": _schema(of, schemas)}})
        case _:
            return _schema(shape, schemas)


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(shape: Any, schemas: Json) -> Json:
    made = TypeAdapter(shape).json_schema(ref_template=REF)
    schemas.update(made.pop("$defs", {}))
    name = getattr(shape, "__name__", None)
    if made.get("type") == "object" and name and "properties" in made:
        schemas[name] = made
        return {"$ref": REF.format(model=name)}
    return dict(made)


def _path_parameters(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": 80}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameters(model: type[BaseModel] | None, schemas: Json) -> list[Json]:
    if model is None:
        return []
    made = model.model_json_schema(ref_template=REF)
    schemas.update(made.get("$defs", {}))
    required = made.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in made.get("properties", {}).items()
    ]


def _has_required(model: type[BaseModel]) -> bool:
    return any(field.is_required() for field in model.model_fields.values())


def _security(route: Route) -> list[Json]:
    if route.access == "public":
        return []
    return [{"session": []}] if route.method == "GET" else [{"session": [], "csrf": []}]
