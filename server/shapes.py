"""Shapes: the field types of every form, so that what the database cannot hold never gets past the edge."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text itself. Refused: control characters."""
    if _CONTROL.search(text):
        raise PydanticCustomError("unprintable", "control characters are not allowed")
    return text


def _phone(text: str) -> str:
    if text and not (re.fullmatch(r"\+?[0-9\s()\-]{5,24}", text) and 5 <= len(re.sub(r"[^0-9]", "", text)) <= 15):
        raise PydanticCustomError("phone", "not a phone number")
    return text


def _email(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise PydanticCustomError("email", "not an e-mail address")
    return text


def _parts(text: object) -> object:
    return [part for part in text.split(",") if part] if isinstance(text, str) else text


def _digits(text: object) -> object:
    return re.sub(r"[\s\-\u00a0]", "", text) if isinstance(text, str) else text


def _sensible(instant: datetime) -> datetime:
    if not 2000 <= instant.year <= 2100:
        raise PydanticCustomError("out_of_range", "not a sensible time")
    return instant.astimezone(UTC)


def _sensible_day(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise PydanticCustomError("out_of_range", "not a sensible day")
    return day


def _birthday(day: date) -> date:
    if not 1900 <= day.year <= 2100:
        raise PydanticCustomError("out_of_range", "not a sensible birthday")
    return day


def _snils(text: str) -> str:
    """`112-233-445 95`; the last two digits check the others from 001-001-998 on."""
    digits = re.sub(r"[\s-]", "", text)
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise PydanticCustomError("snils", "not an insurance number")
    total = sum(int(digit) * (9 - at) for at, digit in enumerate(digits[:9])) % 101
    if int(digits[:9]) > 1_001_998 and total % 100 != int(digits[9:]):
        raise PydanticCustomError("snils", "not an insurance number")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def as_utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace(".000", "").replace("+00:00", "Z")


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(printable)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120), AfterValidator(printable)]
Long = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(printable)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), AfterValidator(printable)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32), AfterValidator(_phone)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable), AfterValidator(_email)
]
Code = Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9_.\-]+$")]
Digits6 = Annotated[str, BeforeValidator(_digits), StringConstraints(pattern=r"^[0-9]{6}$")]
Secret = Annotated[str, StringConstraints(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
Language = Literal["ru", "en"]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
Day = Annotated[date, AfterValidator(_sensible_day)]
Birthday = Annotated[date, AfterValidator(_birthday)]
Snils = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_snils)]
Sex = Literal["", "f", "m"]
T = TypeVar("T")
# Several values of one query parameter, separated by commas; none stands for "no matter". More than this is no address.
_Listed = Annotated[str, StringConstraints(max_length=2000)]
Several = Annotated[frozenset[T], BeforeValidator(_parts, json_schema_input_type=_Listed), Field(max_length=200)]
Instant = Annotated[
    AwareDatetime, AfterValidator(_sensible), PlainSerializer(as_utc, return_type=str, when_used="json")
]


class Form(BaseModel):
    """What comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=40_000, hide_input_in_errors=True)


class View(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, hide_input_in_errors=True)
