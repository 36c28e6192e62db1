"""Refusals: codes, links and rooms that do not open."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.errors.saying_no import Refused


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
