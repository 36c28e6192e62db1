"""Bookings: a promise of time between one specialist and one client, guarded by the database itself."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, Select, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from scheduling import calendars, holds, occupancy, people, resources, standards
from scheduling.access import Actor
from scheduling.db import Base, Tx
from scheduling.errors import NotFound, NotOpen, NotOverYet, VersionMoved, invalid
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
    cancel_reason: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    specialist: Mapped[Specialist] = relationship()
    client: Mapped[Client] = relationship()
    standard: Mapped[ServiceStandard] = relationship()

    def place_at(self, starts: datetime, zone: str) -> None:
        """Sets every column that says when it is."""
        local = starts.astimezone(ZoneInfo(zone))
        self.starts, self.ends = starts, starts + self.standard.duration
        self.busy_until = self.ends + timedelta(minutes=self.standard.buffer_min)
        self.zone, self.wall, self.fold = zone, local.strftime("%Y-%m-%dT%H:%M"), local.fold

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


class Participant(Base):
    """Who or what takes part beside specialist and client: a companion who is a client too, a room, an interpreter."""

    __tablename__ = "participant"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    name: Mapped[str] = mapped_column(String(120))


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


async def diary(tx: Tx, specialist: int, *, since: datetime, until: datetime) -> list[Booking]:
    """What stands in a specialist's calendar, whoever's clients they are, in order of time; cancelled ones are gone."""
    found = await tx.scalars(
        select(Booking)
        .options(joinedload(Booking.client), joinedload(Booking.standard))
        .where(
            Booking.specialist_id == specialist,
            Booking.status != "cancelled",
            Booking.starts < until,
            Booking.starts > since - occupancy.LONGEST,
            Booking.busy_until > since,
        )
        .order_by(Booking.starts, Booking.id)
    )
    return list(found)


async def among(tx: Tx, actor: Actor, booking_ids: Sequence[int]) -> list[Booking]:
    """Those of these that the actor may know of: all of the region for whoever watches over it without names."""
    seen = _visible(actor) if actor.sees_names else _whole()
    return list(await tx.scalars(seen.where(Booking.id.in_(booking_ids)).order_by(Booking.starts, Booking.id)))


async def of_client(tx: Tx, actor: Actor, client_id: int) -> list[Booking]:
    """A client's visible bookings, newest first. Refused: `not_found` for a foreign client."""
    await people.client(tx, actor, client_id)
    return list(await tx.scalars(_visible(actor).where(Booking.client_id == client_id).order_by(Booking.starts.desc())))


async def of_series(tx: Tx, actor: Actor, series_id: int) -> list[Booking]:
    """The visible bookings of a series, in order of time."""
    own = _visible(actor).where(Booking.series_id == series_id)
    return list(await tx.scalars(own.order_by(Booking.starts, Booking.id)))


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
    with_clients: Sequence[int] = (),
    with_resources: Sequence[int] = (),
    hold: int | None = None,
) -> Booking:
    """Books a slot, kept by `hold` or free. Refused: `not_found`, `hold_gone`, or a `BookingRefused` when the time
    cannot be had."""
    booked_client = await people.client(tx, actor, client)
    booked_specialist = await people.own_line(tx, actor, specialist)
    standard = await standards.service_at(tx, service, booked_specialist.zone, starts)
    if mode not in standard.modes:
        raise invalid("mode", "not_offered")
    others = await _others(tx, actor, client, with_clients, with_resources)
    await calendars.hold_busy_still(tx, specialist)
    await calendars.must_be_open(
        tx, specialist=booked_specialist, service=standard, starts=starts, now=now, ignoring_hold=hold
    )
    if hold is not None:
        await holds.give_back(tx, actor, (await holds.own(tx, actor, hold, now=now)).id)
    made = Booking(
        specialist=booked_specialist,
        client=booked_client,
        standard=standard,
        mode=mode,
        topic=topic,
        price_kopecks=standard.price_kopecks,
        created_at=now,
        created_by=actor.account_id,
    )
    made.place_at(starts, booked_specialist.zone)
    tx.add(made)
    await tx.flush()
    tx.add_all(Participant(booking_id=made.id, **each) for each in others)
    await _claim(tx, made, now)
    remember(tx, made, now, actor.account_id, "booked", {}, {"starts": starts.isoformat(), "specialist": specialist})
    return made


async def _others(
    tx: Tx, actor: Actor, client: int, clients: Sequence[int], wanted: Sequence[int]
) -> list[dict[str, Any]]:
    """Who and what else takes part, each once. Refused: `not_found`, `invalid_input`."""
    if len({client, *clients}) != len(clients) + 1:
        raise invalid("with_clients", "unknown")
    if len(clients) + len(wanted) > MOST_PARTICIPANTS:
        raise invalid("with_clients", "too_many", max=MOST_PARTICIPANTS)
    companions = [await people.client(tx, actor, each) for each in clients]
    things = await resources.chosen(tx, list(wanted))
    return [
        *({"role": "companion", "client_id": each.id, "name": each.name} for each in companions),
        *({"role": each.kind, "resource_id": each.id, "name": each.name} for each in things),
    ]


async def participants(tx: Tx, booking_ids: Sequence[int]) -> dict[int, list[Participant]]:
    """Who and what else takes part, by booking."""
    rows = await tx.scalars(select(Participant).where(Participant.booking_id.in_(booking_ids)).order_by(Participant.id))
    groups: dict[int, list[Participant]] = {}
    for row in rows:
        groups.setdefault(row.booking_id, []).append(row)
    return groups


async def _claim(tx: Tx, booked: Booking, now: datetime) -> None:
    """Takes the time of everybody and everything in it. Refused: `slot_taken`, `client_busy`, `resource_busy`."""
    others = (await participants(tx, [booked.id])).get(booked.id, [])
    wanted = holds.claim_of(
        booked.standard,
        booked.specialist.id,
        booked.starts,
        clients=[booked.client.id, *(each.client_id for each in others if each.client_id is not None)],
        resources=[each.resource_id for each in others if each.resource_id is not None],
    )
    await occupancy.claim(tx, [wanted], now=now, booking_id=booked.id)


async def move(
    tx: Tx, actor: Actor, booking_id: int, *, version: int, now: datetime, starts: datetime, specialist: int | None
) -> Booking:
    """Moves an open booking to another time and, if given, another specialist."""
    moved = await _to_change(tx, actor, booking_id, version)
    target = await people.own_line(tx, actor, specialist or moved.specialist_id)
    await move_to(tx, moved, target, starts, now=now, by=actor.account_id)
    return moved


async def move_to(
    tx: Tx, moved: Booking, target: Specialist, starts: datetime, *, now: datetime, by: int | None
) -> None:
    """Gives back the old time and takes the new one; refused as a booking would be."""
    before = {"starts": moved.starts.isoformat(), "specialist": moved.specialist_id}
    for whose in sorted({moved.specialist_id, target.id}):
        await calendars.hold_busy_still(tx, whose)
    await calendars.must_be_open(
        tx, specialist=target, service=moved.standard, starts=starts, now=now, ignoring=moved.id
    )
    await occupancy.release(tx, booking=moved.id)
    moved.specialist = target
    moved.place_at(starts, target.zone)
    moved.version += 1
    await tx.flush()
    await _claim(tx, moved, now)
    remember(tx, moved, now, by, "moved", before, {"starts": starts.isoformat(), "specialist": target.id})


async def shift(tx: Tx, shifted: Booking, starts: datetime, *, now: datetime) -> None:
    """Puts a booking whose time was released at another instant with the same wall time. Refused: `slot_taken`,
    `client_busy`, `resource_busy`."""
    before = shifted.starts
    if starts != before:
        shifted.starts, shifted.ends = starts, starts + shifted.standard.duration
        shifted.busy_until = shifted.ends + timedelta(minutes=shifted.standard.buffer_min)
        shifted.version += 1
    await tx.flush()
    await _claim(tx, shifted, now)
    if starts != before:
        facts = {"starts": starts.isoformat(), "specialist": shifted.specialist_id, "because": "timezone"}
        remember(tx, shifted, now, None, "moved", {"starts": before.isoformat()}, facts)


async def cancel(
    tx: Tx, actor: Actor, booking_id: int, *, version: int, now: datetime, reason: CancelReason
) -> Booking:
    """Cancels an open booking; its time is free at once."""
    cancelled = await _to_change(tx, actor, booking_id, version)
    await cancel_it(tx, cancelled, reason, now=now, by=actor.account_id)
    return cancelled


async def cancel_it(tx: Tx, cancelled: Booking, reason: CancelReason, *, now: datetime, by: int | None) -> None:
    await calendars.hold_busy_still(tx, cancelled.specialist_id)
    await occupancy.release(tx, booking=cancelled.id)
    cancelled.cancel_reason = reason
    _become(tx, cancelled, "cancelled", now, by)
    await tx.flush()


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
    remember(tx, changed, now, account_id, status, {"status": before}, after)


def remember(
    tx: Tx,
    changed: Booking,
    now: datetime,
    account_id: int | None,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    tx.add(BookingChange(booking_id=changed.id, at=now, account_id=account_id, what=what, before=before, after=after))
