"""The wire as TypeScript declarations, so that the browser's JSDoc is checked against the server's own types."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from signaling import wire
from signaling.fields import Wire

HEAD = """// The wire of /room, generated from signaling/wire.py by `ryadom wire`: change it there.
"""


def declarations() -> str:
    """The text of static/lib/wire.d.ts."""
    models: list[type[Wire]] = [wire.Auth, *(model for pair in wire.ASKED.values() for model in pair)]
    asked: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in models]
    _, schema = models_json_schema(asked, ref_template="{model}")
    parts = [HEAD, f"export type Version = {wire.VERSION};", f"export type FaultCode = {_literals()};"]
    parts += [_interface(name, body) for name, body in sorted(schema["$defs"].items())]
    parts += [_entry(), _asked()]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _literals() -> str:
    return " | ".join(f'"{code}"' for code in get_args(wire.FaultCode))


def _interface(name: str, body: Mapping[str, Any]) -> str:
    lines = [f"/** {body['description'].splitlines()[0]} */"] if "description" in body else []
    return "\n".join([*lines, f"export interface {name} {{", *_fields(body), "}"])


def _fields(body: Mapping[str, Any]) -> Iterator[str]:
    for name, field in body.get("properties", {}).items():
        optional = "default" in field
        yield f"  {name}{'?' if optional else ''}: {_type(field)};"


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"])
    if "const" in field:
        return f'"{field["const"]}"'
    if "enum" in field:
        return " | ".join(f'"{value}"' for value in field["enum"])
    for union in ("anyOf", "oneOf"):
        if union in field:
            return " | ".join(dict.fromkeys(_type(part) for part in field[union]))
    if field["type"] == "array":
        return f"Array<{_type(field['items'])}>"
    return {"integer": "number", "null": "null"}.get(field["type"], str(field["type"]))


def _entry() -> str:
    kinds = get_args(get_args(wire.Entry)[0])
    return f"export type Entry = {' | '.join(kind.__name__ for kind in kinds)};"


def _asked() -> str:
    rows = [f"  {e}: {{ data: {d.__name__}; value: {v.__name__} }};" for e, (d, v) in wire.ASKED.items()]
    return "\n".join(["/** What each event carries and what its ack holds. */", "export interface Asked {", *rows, "}"])
