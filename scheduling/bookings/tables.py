"""The tables of bookings: the promise of time, who and what takes part in it, and every change it ever had."""

from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base
from scheduling.people import Client, Specialist
from scheduling.standards import ServiceStandard

Status = Literal[
    "booked",
    "confirmed",
    "took_place",
    "cancelled",
    "missed",
    "client_gave_up",
    "specialist_late",
    "failed_technically",
]
Mode = Literal["video", "voice", "phone", "in_person"]
CancelReason = Literal["client_asked", "specialist_absent", "office", "mistake"]
# How it ended: "missed" is the client's absence, "specialist_late" what the provider answers for.
Outcome = Literal["took_place", "missed", "client_gave_up", "specialist_late", "failed_technically"]

OPEN: tuple[Status, ...] = ("booked", "confirmed")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
MOST_PARTICIPANTS = 4


class Booking(Base):
    """One appointment. What it takes of people's time, buffers included, stands in `occupancy`.

    `zone`, `wall` and `fold` are what was promised: the time on the clock of the specialist's zone. `starts` is the
    instant this was when it was promised; where a zone's law changes, `timezones` tells which instants move.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("ix_booking_specialist_starts", "specialist_id", "starts"),
        Index("ix_booking_client_starts", "client_id", "starts"),
        Index("ix_booking_starts", "starts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(20), default="booked")
    specialist_id: Mapped[int] = mapped_column(ForeignKey("specialist.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    standard_id: Mapped[int] = mapped_column(ForeignKey("service_standard.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    busy_until: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    wall: Mapped[str] = mapped_column(String(16))
    fold: Mapped[int] = mapped_column(default=0)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    series_day: Mapped[date | None]
    mode: Mapped[str] = mapped_column(String(16), default="video")
    topic: Mapped[str | None] = mapped_column(String(32))
    price_kopecks: Mapped[int]
    # What it is the answer to, and what pays for it.
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    certificate_line_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_line.id"), index=True)
    cancel_reason: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    specialist: Mapped[Specialist] = relationship()
    client: Mapped[Client] = relationship()
    standard: Mapped[ServiceStandard] = relationship()

    @classmethod
    def of(
        cls,
        specialist: Specialist,
        client: Client,
        standard: ServiceStandard,
        starts: datetime,
        *,
        created_at: datetime,
        created_by: int,
        **more: Any,
    ) -> "Booking":
        """A booking as a row, past all rules and claims: for those who write down what is so anyway."""
        made = cls(
            specialist=specialist,
            client=client,
            standard=standard,
            price_kopecks=standard.price_kopecks,
            created_at=created_at,
            created_by=created_by,
            **more,
        )
        made.place_at(starts, specialist.zone)
        return made

    def place_at(self, starts: datetime, zone: str) -> None:
        """Sets every column that says when it is."""
        local = starts.astimezone(ZoneInfo(zone))
        self.starts, self.ends = starts, starts + self.standard.duration
        self.busy_until = self.ends + timedelta(minutes=self.standard.buffer_min)
        self.zone, self.wall, self.fold = zone, local.strftime("%Y-%m-%dT%H:%M"), local.fold

    @property
    def day(self) -> date:
        """Of the service, as acts, certificates and reports count it: on the client's clock."""
        return self.starts.astimezone(ZoneInfo(self.client.district.zone)).date()

    @property
    def opens_at(self) -> datetime:
        """When the door opens for the code: 30 minutes before."""
        return self.starts - timedelta(minutes=30)

    @property
    def closes_at(self) -> datetime:
        """When the room closes by itself: 15 minutes after the end."""
        return self.ends + timedelta(minutes=15)


class BookingChange(Base):
    """One line of a booking's history; it only grows. No account means that the session itself did it."""

    __tablename__ = "booking_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(24))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


def change(
    changed: Booking,
    now: datetime,
    account_id: int | None,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> dict[str, Any]:
    """A line of a booking's history as a row."""
    facts = {"what": what, "before": before, "after": after}
    return {"booking_id": changed.id, "at": now, "account_id": account_id, **facts}


class Participant(Base):
    """Who or what takes part beside specialist and client: a companion who is a client too, a room, an interpreter."""

    __tablename__ = "participant"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    name: Mapped[str] = mapped_column(String(120))
