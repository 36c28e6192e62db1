"""OpenAPI 3.1, generated from the endpoints; committed as docs/openapi.json and served as it is."""

import html
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from server.documents import Document
from server.endpoint import Endpoint

TEMPLATE = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "required": ["type", "status", "code", "title", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def document(endpoints: Iterable[Endpoint], *, prefix: str, version: str) -> dict[str, Any]:
    """The whole interface as one OpenAPI document."""
    listed = list(endpoints)
    models: list[Any] = []
    for item in listed:
        models += [(model, "validation") for model in (item.body, item.query) if model is not None]
        models += [(item.answer, "serialization")] if item.answer not in (None, Document) else []
    names, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template=TEMPLATE)
    paths: dict[str, dict[str, Any]] = {}
    for item in listed:
        paths.setdefault(prefix + item.path, {})[item.method.lower()] = _operation(item, names, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ryadom", "version": version},
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Problem": PROBLEM},
            "securitySchemes": {
                "staff": {"type": "apiKey", "in": "cookie", "name": "ryadom_session"},
                "seat": {"type": "apiKey", "in": "cookie", "name": "ryadom_seat"},
            },
        },
    }


def _operation(item: Endpoint, names: Any, schemas: Any) -> dict[str, Any]:
    described = (item.handler.__doc__ or "").strip().split("\n")[0]
    operation: dict[str, Any] = {
        "operationId": f"{item.handler.__module__.rsplit('.', 1)[-1]}_{item.handler.__name__}",
        "summary": described,
        "security": _security(item),
        "parameters": [*_path_parameters(item), *_query_parameters(item, schemas), *_header_parameters(item)],
        "responses": {
            str(item.status): _answer(item, names),
            "default": {
                "description": "A refusal",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
        "x-policy": item.allow,
    }
    if item.body is not None:
        schema = names[(item.body, "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if item.takes_file:
        octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": octets}
    return operation


def _security(item: Endpoint) -> list[dict[str, list[str]]]:
    if item.allow == "public":
        return []
    return [{"seat" if item.allow == "seat" else "staff": []}]


def _path_parameters(item: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1} if kind is int else {"type": "string"},
        }
        for name, kind in item.path_types.items()
    ]


def _query_parameters(item: Endpoint, schemas: Any) -> list[dict[str, Any]]:
    if item.query is None:
        return []
    schema = schemas["$defs"][item.query.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _header_parameters(item: Endpoint) -> list[dict[str, Any]]:
    wanted = [("Idempotency-Key", False)] * item.idempotent + [("If-Match", True)] * item.if_match
    return [
        {"name": name, "in": "header", "required": required, "schema": {"type": "string"}} for name, required in wanted
    ]


def _answer(item: Endpoint, names: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(item.status).phrase}
    if item.answer is Document:
        answer["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in item.produces}
        named = {"description": "The name of the file", "schema": {"type": "string"}}
        answer["headers"] = {"Content-Disposition": named}
    elif item.answer is not None:
        answer["content"] = {"application/json": {"schema": names[(item.answer, "serialization")]}}
    return answer


def readable(endpoints: Iterable[Endpoint], *, prefix: str) -> str:
    """The table rows of the readable page: method, address, who may, what it does."""
    return "".join(
        "<tr>"
        f"<td><code>{item.method}</code></td><td><code>{html.escape(prefix + item.path)}</code></td>"
        f"<td>{html.escape(item.allow)}</td>"
        f"<td>{html.escape((item.handler.__doc__ or item.handler.__name__.replace('_', ' ')).strip())}</td>"
        "</tr>"
        for item in endpoints
    )
