"""Refusals: every way the centre says no, as a class with a stable code and the data that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
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


# --- signing in -----------------------------------------------------------------------------------------------------
@dataclass(eq=False)
class SignInNeeded(Refused):
    code, kind = "sign_in_needed", "unknown"


@dataclass(eq=False)
class WrongCredentials(Refused):
    code, kind = "wrong_credentials", "unknown"


@dataclass(eq=False)
class TotpNeeded(Refused):
    code, kind = "totp_needed", "unknown"


@dataclass(eq=False)
class TotpSetupNeeded(Refused):
    """An administrator outside demo mode has no second factor yet; only the account page works until then."""

    code, kind = "totp_setup_needed", "forbidden"


@dataclass(eq=False)
class TooManyTries(Refused):
    """`retry_after` is in seconds."""

    code, kind = "too_many_tries", "too_many"
    retry_after: int


@dataclass(eq=False)
class KeyReused(Refused):
    """The Idempotency-Key was used for another request."""

    code, kind = "key_reused", "conflict"


# --- clients --------------------------------------------------------------------------------------------------------
@dataclass(eq=False)
class ConsentNeeded(Refused):
    code, kind = "consent_needed", "invalid"
    purpose: str


# --- booking --------------------------------------------------------------------------------------------------------
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


# --- joining --------------------------------------------------------------------------------------------------------
@dataclass(eq=False)
class CodeUnknown(Refused):
    code, kind = "code_unknown", "not_found"


@dataclass(eq=False)
class JoinTooEarly(Refused):
    code, kind = "join_too_early", "conflict"
    opens_at: datetime
    starts: datetime
    zone: str
    office_phone: str


@dataclass(eq=False)
class JoinTooLate(Refused):
    code, kind = "join_too_late", "gone"
    office_phone: str


@dataclass(eq=False)
class BookingCancelled(Refused):
    code, kind = "booking_cancelled", "gone"
    office_phone: str


@dataclass(eq=False)
class UsedElsewhere(Refused):
    """The seat belongs to another device; the specialist may let this one take it over."""

    code, kind = "used_elsewhere", "conflict"
    office_phone: str


@dataclass(eq=False)
class SeatNeeded(Refused):
    code, kind = "seat_needed", "unknown"


@dataclass(eq=False)
class TicketSpent(Refused):
    code, kind = "ticket_spent", "forbidden"


@dataclass(eq=False)
class RoomClosed(Refused):
    code, kind = "room_closed", "gone"
