"""Problems: the one table that turns a refusal into HTTP, in the person's language (RFC 9457)."""

import json
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from scheduling.errors import FieldError, InvalidInput, Kind, Refused
from server.shapes import as_utc
from server.words import Words
from signaling.port import Refusal

STATUS: dict[Kind, HTTPStatus] = {
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "gone": HTTPStatus.GONE,
    "stale": HTTPStatus.PRECONDITION_FAILED,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
# A form has fewer fields; whoever sends thousands of unknown ones need not get them all back.
MOST_ERRORS = 50
# Refusals of the transport itself, and of signaling where it answers by HTTP.
TRANSPORT: dict[str, HTTPStatus] = {
    "foreign_origin": HTTPStatus.FORBIDDEN,
    "method_unknown": HTTPStatus.METHOD_NOT_ALLOWED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "json_needed": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "bytes_needed": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_slow": HTTPStatus.REQUEST_TIMEOUT,
    "version_needed": HTTPStatus.PRECONDITION_REQUIRED,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "check_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "malformed": HTTPStatus.UNPROCESSABLE_ENTITY,
}
# pydantic's own codes that people meet in forms, and what the centre calls them; the rest is "invalid".
FIELD_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_short",
    "too_long": "too_long",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "out_of_range": "out_of_range",
    "phone": "phone",
    "email": "email",
    "snils": "snils",
    "unprintable": "unprintable",
    "literal_error": "not_offered",
}


def refused(error: Refused, words: Words, language: str, **more: Any) -> web.Response:
    """The refusal as application/problem+json."""
    data: dict[str, Any] = error.data | more
    if isinstance(error, InvalidInput):
        data = {"errors": [_field(item, words, language) for item in error.errors]}
    return problem(error.code, STATUS[error.kind], words, language, **data)


def refused_by_signaling(error: Refusal, words: Words, language: str) -> web.Response:
    return problem(error.code, TRANSPORT.get(error.code, HTTPStatus.CONFLICT), words, language, **error.data)


def problem(code: str, status: HTTPStatus, words: Words, language: str, **data: Any) -> web.Response:
    known = code if words.has(language, f"refusal.{code}.title") else "unavailable"
    said = {name: _plain(value) for name, value in data.items()}
    body = {
        "type": f"/problems/{code}",
        "status": int(status),
        "code": code,
        "title": words.refusal(language, f"refusal.{known}.title", said),
        "detail": words.refusal(language, f"refusal.{known}.detail", said),
        **said,
    }
    headers = {"Retry-After": str(data["retry_after"])} if "retry_after" in data else {}
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=int(status), content_type="application/problem+json", headers=headers)


def from_validation(error: ValidationError, prefix: str = "") -> InvalidInput:
    """Every wrong field of a form at once; what was typed is never repeated."""
    found = []
    for item in error.errors(include_url=False, include_input=False)[:MOST_ERRORS]:
        code = FIELD_CODES.get(item["type"], "invalid")
        bounds = {"ge": "min", "le": "max", "min_length": "min", "max_length": "max"}
        data = {bounds[name]: value for name, value in item.get("ctx", {}).items() if name in bounds}
        found.append(FieldError(prefix + ".".join(str(part) for part in item["loc"]), code, data))
    return InvalidInput(found)


def _field(error: FieldError, words: Words, language: str) -> dict[str, Any]:
    key = f"field.{error.code}"
    known = key if words.has(language, key) else "field.invalid"
    bounds = {"min": "", "max": "", **error.data}
    return {"field": error.field, "code": error.code, "message": words(language, known, **bounds)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return as_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(item) for item in value] if isinstance(value, list) else value
