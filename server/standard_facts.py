"""What a version of a service's standard says, as a form: of whoever publishes one and of a region's file."""

from typing import Literal, get_args

from pydantic import Field

from scheduling.bookings import Mode
from server.shapes import Code, Day, Form, Line, Name, Remark


class Periodicity(Form):
    """So many `times` a week, month or year; with `days` so many courses of so many days."""

    times: int = Field(ge=1, le=366)
    per: Literal["week", "month", "year"]
    days: int | None = Field(default=None, ge=2, le=60)


class StandardFacts(Form):
    name: Name
    kind: Code = "socio_psychological"
    form: Code = "semi_residential"
    modes: list[Mode] = Field(default=list(get_args(Mode)), min_length=1)
    duration_min: int = Field(ge=5, le=480)
    buffer_min: int = Field(default=10, ge=0, le=120)
    before_min: int = Field(default=0, ge=0, le=120)
    price_kopecks: int = Field(ge=0, le=100_000_000)
    valid_from: Day
    relay_only: bool = False
    """Media goes through our own relay only: the other side never learns an address."""
    least_share: float | None = Field(default=None, ge=0, le=1)
    """From which share of the duration with both present a session counts as held."""
    periodicity: list[Periodicity] | None = Field(default=None, min_length=1, max_length=10)
    """How often it may be had; any of these ways."""
    deadline_days: int | None = Field(default=None, ge=0, le=365)
    """From the application to the first session."""
    payment: Literal["tariff", "minutes"] = "tariff"
    """What a provider is paid by."""
    targets: dict[Code, int] = Field(default_factory=dict, max_length=20)
    """What is aimed at, by indicator: {"waiting_days": 10, "both_share": 800, "satisfaction": 400}."""
    conditions: Remark = ""
    staff_requirement: Line = ""


def alternatives(ways: list[Periodicity] | None) -> list[dict[str, object]] | None:
    """The ways as they are kept."""
    return None if ways is None else [each.model_dump(exclude_none=True) for each in ways]
