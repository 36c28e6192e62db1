"""How the centre says no: a class with a stable code, its kind, and the data that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

Kind = Literal["invalid", "unknown", "forbidden", "not_found", "conflict", "gone", "stale", "too_many", "busy"]


@dataclass(eq=False)
class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A no a person can understand. `code` is stable; `kind` decides the HTTP status; the fields travel as data."""

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = "conflict"

    @property
    def data(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a form: its dotted name, a stable code, the bounds it broke."""

    field: str
    code: str
    data: dict[str, Any]


@dataclass(eq=False)
class InvalidInput(Refused):
    code, kind = "invalid_input", "invalid"
    errors: Sequence[FieldError]


def invalid(field: str, code: str, **data: Any) -> InvalidInput:
    """One wrong field, found by a rule that the form's shape cannot express."""
    return InvalidInput([FieldError(field, code, data)])


@dataclass(eq=False)
class NotFound(Refused):
    """Not there, or not for this asker: both sound the same on purpose."""

    code, kind = "not_found", "not_found"


@dataclass(eq=False)
class NotPermitted(Refused):
    code, kind = "not_permitted", "forbidden"


@dataclass(eq=False)
class VersionMoved(Refused):
    """Somebody else changed it since it was read (`If-Match`)."""

    code, kind = "version_moved", "stale"
    version: int
