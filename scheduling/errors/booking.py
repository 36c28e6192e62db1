"""Refusals: times that cannot be had, and bookings that cannot be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduling.errors.saying_no import Refused


@dataclass(eq=False)
class BookingRefused(Refused):
    """A time that cannot be booked; the edge adds three `alternatives`."""


@dataclass(eq=False)
class SlotTaken(BookingRefused):
    code = "slot_taken"


@dataclass(eq=False)
class ClientBusy(BookingRefused):
    code = "client_busy"


@dataclass(eq=False)
class OutsideHours(BookingRefused):
    code = "outside_hours"


@dataclass(eq=False)
class TooSoon(BookingRefused):
    code = "too_soon"
    earliest: datetime


@dataclass(eq=False)
class BeyondHorizon(BookingRefused):
    code = "beyond_horizon"
    latest: datetime


@dataclass(eq=False)
class DayFull(BookingRefused):
    code = "day_full"
    day: date
    max_per_day: int


@dataclass(eq=False)
class WeekFull(BookingRefused):
    """`week` is its Monday."""

    code = "week_full"
    week: date
    max_per_week: int


@dataclass(eq=False)
class BreakNeeded(BookingRefused):
    """Sessions would follow one another for longer than she works without a break (minutes)."""

    code = "break_needed"
    longest_run_min: int
    break_min: int


@dataclass(eq=False)
class ResourceBusy(BookingRefused):
    """A room or an interpreter is taken then."""

    code = "resource_busy"


@dataclass(eq=False)
class SeriesRefused(Refused):
    """Some sessions of a course cannot be had, so none was booked: `sessions` are `{day, starts, code}`."""

    code = "series_refused"
    sessions: Sequence[dict[str, Any]]


@dataclass(eq=False)
class HoldGone(Refused):
    """The time was kept for a while, and the while is over."""

    code, kind = "hold_gone", "gone"


@dataclass(eq=False)
class NothingToUndo(Refused):
    """No change of this calendar is remembered any more."""

    code, kind = "nothing_to_undo", "conflict"


@dataclass(eq=False)
class TooManyHolds(Refused):
    """So many forms are open for this specialist that no more of her time can be kept."""

    code, kind = "too_many_holds", "busy"


@dataclass(eq=False)
class NotOpen(Refused):
    """The booking is over or cancelled: nothing moves it any more."""

    code = "booking_not_open"
    booking_status: str


@dataclass(eq=False)
class ChangeTooLate(Refused):
    """So shortly before the start the client calls the office; `until` was the last moment to do it alone."""

    code = "change_too_late"
    until: datetime
    office_phone: str


@dataclass(eq=False)
class NotOverYet(Refused):
    code = "not_over_yet"
    ends: datetime


@dataclass(eq=False)
class SeatsFull(Refused):
    """The room holds no more guests beside the specialist and the client."""

    code = "seats_full"
    most: int
