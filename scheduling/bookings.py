"""Bookings: a promise of time between one specialist and one client, guarded by the database itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, Select, String, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling import calendars, people, standards
from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import (
    BookingRefused,
    ClientBusy,
    NotFound,
    NotOpen,
    NotOverYet,
    SlotTaken,
    VersionMoved,
    invalid,
)
from scheduling.people import Account, Client, Specialist
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

# The names of the two guards that migrations/ sets up: an exclusion constraint on PostgreSQL, a trigger on SQLite.
SPECIALIST_ONCE = "booking_specialist_once"
CLIENT_ONCE = "booking_client_once"


class Booking(Base):
    """One appointment. `[starts, busy_until)`, its time plus the buffer of its service, blocks the specialist."""

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
    mode: Mapped[str] = mapped_column(String(16), default="video")
    topic: Mapped[str | None] = mapped_column(String(32))
    price_kopecks: Mapped[int]
    cancel_reason: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    specialist: Mapped[Specialist] = relationship()
    client: Mapped[Client] = relationship()
    standard: Mapped[ServiceStandard] = relationship()

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


def _whole() -> Select[Booking]:
    return select(Booking).options(
        joinedload(Booking.specialist).joinedload(Specialist.institution),
        joinedload(Booking.client).joinedload(Client.district),
        joinedload(Booking.standard),
    )


def _visible(actor: Actor) -> Select[Booking]:
    """Bookings of the coordinator's district and the specialist's own: `Actor.sees_booking` as a query."""
    reach = []
    if "coordinator" in actor.roles:
        reach.append(Client.district_id == actor.district_id)
    if actor.specialist_id is not None:
        reach.append(Booking.specialist_id == actor.specialist_id)
    return _whole().join(Client).where(or_(*reach) if reach else Booking.id.is_(None))


async def booking(tx: Tx, actor: Actor, booking_id: int) -> Booking:
    """The booking if this actor may see it. Refused: `not_found`."""
    found = await tx.scalar(_visible(actor).where(Booking.id == booking_id))
    if found is None:
        raise NotFound
    return found


async def by_id(tx: Tx, booking_id: int) -> Booking:
    """The booking for those who hold its seat rather than an account. Refused: `not_found`."""
    found = await tx.scalar(_whole().where(Booking.id == booking_id))
    if found is None:
        raise NotFound
    return found


async def by_ids(tx: Tx, booking_ids: Sequence[int]) -> list[Booking]:
    """The same for many at once."""
    return list(await tx.scalars(_whole().where(Booking.id.in_(booking_ids)).order_by(Booking.id)))


async def between(
    tx: Tx,
    actor: Actor,
    *,
    starts: datetime,
    until: datetime,
    specialist: int | None = None,
    status: Status | None = None,
) -> list[Booking]:
    """Visible bookings that start in [starts, until), in order of time."""
    statement = _visible(actor).where(Booking.starts >= starts, Booking.starts < until)
    if specialist is not None:
        statement = statement.where(Booking.specialist_id == specialist)
    if status is not None:
        statement = statement.where(Booking.status == status)
    return list(await tx.scalars(statement.order_by(Booking.starts, Booking.id)))


async def among(tx: Tx, actor: Actor, booking_ids: Sequence[int]) -> list[Booking]:
    """Those of these that the actor may know of: all of the region for whoever watches over it without names."""
    seen = _visible(actor) if actor.sees_names else _whole()
    return list(await tx.scalars(seen.where(Booking.id.in_(booking_ids)).order_by(Booking.starts, Booking.id)))


async def of_client(tx: Tx, actor: Actor, client_id: int) -> list[Booking]:
    """A client's visible bookings, newest first. Refused: `not_found` for a foreign client."""
    await people.client(tx, actor, client_id)
    return list(await tx.scalars(_visible(actor).where(Booking.client_id == client_id).order_by(Booking.starts.desc())))


async def book(
    tx: Tx,
    actor: Actor,
    *,
    now: datetime,
    client: int,
    specialist: int,
    service: str,
    starts: datetime,
    mode: Mode = "video",
    topic: str | None = None,
) -> Booking:
    """Books a slot. Refused: `not_found`, or a `BookingRefused` when the time cannot be had."""
    booked_client = await people.client(tx, actor, client)
    booked_specialist = await _own_line(tx, actor, specialist)
    day = starts.astimezone(ZoneInfo(booked_specialist.zone)).date()
    standard = await standards.service(tx, service, day)
    if mode not in standard.modes:
        raise invalid("mode", "not_offered")
    await calendars.must_be_open(
        tx, specialist=booked_specialist, service=standard, starts=starts, now=now, ignoring=None
    )
    ends = starts + timedelta(minutes=standard.duration_min)
    made = Booking(
        specialist=booked_specialist,
        client=booked_client,
        standard=standard,
        starts=starts,
        ends=ends,
        busy_until=ends + timedelta(minutes=standard.buffer_min),
        mode=mode,
        topic=topic,
        price_kopecks=standard.price_kopecks,
        created_at=now,
        created_by=actor.account_id,
    )
    tx.add(made)
    await _guarded_flush(tx)
    _remember(tx, made, now, actor.account_id, "booked", {}, {"starts": starts.isoformat(), "specialist": specialist})
    return made


async def move(
    tx: Tx, actor: Actor, booking_id: int, *, version: int, now: datetime, starts: datetime, specialist: int | None
) -> Booking:
    """Moves an open booking to another time and, if given, another specialist."""
    moved = await _to_change(tx, actor, booking_id, version)
    target = await _own_line(tx, actor, specialist or moved.specialist_id)
    before = {"starts": moved.starts.isoformat(), "specialist": moved.specialist_id}
    await calendars.must_be_open(
        tx, specialist=target, service=moved.standard, starts=starts, now=now, ignoring=moved.id
    )
    moved.specialist, moved.starts = target, starts
    moved.ends = starts + timedelta(minutes=moved.standard.duration_min)
    moved.busy_until = moved.ends + timedelta(minutes=moved.standard.buffer_min)
    moved.version += 1
    await _guarded_flush(tx)
    _remember(
        tx, moved, now, actor.account_id, "moved", before, {"starts": starts.isoformat(), "specialist": target.id}
    )
    return moved


async def cancel(
    tx: Tx, actor: Actor, booking_id: int, *, version: int, now: datetime, reason: CancelReason
) -> Booking:
    """Cancels an open booking; its time is free at once."""
    cancelled = await _to_change(tx, actor, booking_id, version)
    cancelled.cancel_reason = reason
    _become(tx, cancelled, "cancelled", now, actor.account_id)
    await tx.flush()
    return cancelled


async def settle(
    tx: Tx,
    actor: Actor,
    booking_id: int,
    *,
    version: int,
    now: datetime,
    status: Outcome,
    because: str = "",
    met: bool = False,
) -> Booking:
    """A person says, or corrects, how a booking ended, and why. Refused: `not_over_yet` before its hour, unless they
    `met` earlier."""
    await _lock(tx, booking_id)
    settled = await booking(tx, actor, booking_id)
    if settled.version != version:
        raise VersionMoved(settled.version)
    if settled.status == "cancelled":
        raise NotOpen(settled.status)
    if now < settled.starts and not met:
        raise NotOverYet(settled.ends)
    _become(tx, settled, status, now, actor.account_id, because=because)
    await tx.flush()
    return settled


def took_place(tx: Tx, held: Booking, now: datetime) -> None:
    """The session itself shows that it took place; a person can still correct it."""
    if held.status in OPEN:
        _become(tx, held, "took_place", now, None)


async def history(tx: Tx, booking_id: int) -> Sequence[tuple[BookingChange, str | None]]:
    """The changes in their order, each with the name of who made it."""
    rows = await tx.execute(
        select(BookingChange, Account.name)
        .outerjoin(Account, Account.id == BookingChange.account_id)
        .where(BookingChange.booking_id == booking_id)
        .order_by(BookingChange.id)
    )
    return [(change, name) for change, name in rows]


async def _own_line(tx: Tx, actor: Actor, specialist_id: int) -> Specialist:
    """Locks the specialist's row, so that two bookings of hers are decided one after the other.

    Without the lock the two exclusion constraints of PostgreSQL can wait for each other in a circle, and the
    number of bookings a day could be overrun. A specialist who is no coordinator books only herself.
    """
    if "coordinator" not in actor.roles and specialist_id != actor.specialist_id:
        raise NotFound
    return await people.specialist_locked(tx, specialist_id)


async def _to_change(tx: Tx, actor: Actor, booking_id: int, version: int) -> Booking:
    await _lock(tx, booking_id)
    found = await booking(tx, actor, booking_id)
    if found.version != version:
        raise VersionMoved(found.version)
    if found.status not in OPEN:
        raise NotOpen(found.status)
    return found


async def _lock(tx: Tx, booking_id: int) -> None:
    """Two who change one booking at the same time go one after the other, and the second sees the new version."""
    await tx.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update())


def _become(
    tx: Tx, changed: Booking, status: Status, now: datetime, account_id: int | None, *, because: str = ""
) -> None:
    before = changed.status
    changed.status = status
    changed.version += 1
    after = {"status": status} | ({"because": because} if because else {})
    _remember(tx, changed, now, account_id, status, {"status": before}, after)


def _remember(
    tx: Tx,
    changed: Booking,
    now: datetime,
    account_id: int | None,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    tx.add(BookingChange(booking_id=changed.id, at=now, account_id=account_id, what=what, before=before, after=after))


async def _guarded_flush(tx: Tx) -> None:
    """Flushes; what the database's guards turn down becomes a refusal, anything else stays an error."""
    try:
        await tx.flush()
    except IntegrityError as error:
        raise _refusal(str(error.orig)) or error from error


def _refusal(message: str) -> BookingRefused | None:
    if SPECIALIST_ONCE in message:
        return SlotTaken()
    return ClientBusy() if CLIENT_ONCE in message else None
