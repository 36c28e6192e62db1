"""All tables in one place: importing this fills the metadata that migrations compare themselves with."""

from scheduling import (
    audit,
    bookings,
    calendars,
    consents,
    consultations,
    feedback,
    idempotency,
    joincodes,
    linechecks,
    people,
    sessions,
    signins,
    standards,
    tickets,
    tries,
)
from scheduling.db import Base

__all__ = [
    "Base",
    "audit",
    "bookings",
    "calendars",
    "consents",
    "consultations",
    "feedback",
    "idempotency",
    "joincodes",
    "linechecks",
    "people",
    "sessions",
    "signins",
    "standards",
    "tickets",
    "tries",
]
