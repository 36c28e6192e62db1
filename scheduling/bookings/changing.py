"""Promising a time, moving it, giving it up, and saying how it ended: each change remembered, each claim guarded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scheduling import calendars, consents, holds, occupancy, people, resources, standards
from scheduling.access import Actor
from scheduling.bookings.reading import booking, by_id, participants
from scheduling.bookings.tables import (
    MOST_PARTICIPANTS,
    OPEN,
    Booking,
    BookingChange,
    CancelReason,
    Mode,
    Outcome,
    Participant,
    Status,
    change,
)
from scheduling.db import Tx
from scheduling.errors import ChangeTooLate, ConsentNeeded, NotOpen, NotOverYet, VersionMoved, invalid
from scheduling.people import Specialist


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
    """Books a slot, kept by `hold` or free. Refused: `not_found`, `hold_gone`, `consent_needed` (the client took it
    back), or a `BookingRefused` when the time cannot be had."""
    await consents.hold_still(tx, {client, *with_clients})
    booked_client = await people.client(tx, actor, client)
    if await consents.taken_back(tx, client, "processing"):
        raise ConsentNeeded("processing")
    booked_specialist = await people.own_line(tx, actor, specialist)
    standard = await standards.service_at(tx, service, booked_specialist.zone, starts, booked_client.district_id)
    if mode not in standard.modes:
        raise invalid("mode", "not_offered")
    others = await _others(tx, actor, client, with_clients, with_resources)
    await calendars.hold_busy_still(tx, specialist)
    await calendars.must_be_open(
        tx, specialist=booked_specialist, service=standard, starts=starts, now=now, ignoring_hold=hold
    )
    if hold is not None:
        await holds.give_back(tx, actor, (await holds.own(tx, actor, hold, now=now)).id)
    made = Booking.of(
        booked_specialist,
        booked_client,
        standard,
        starts,
        created_at=now,
        created_by=actor.account_id,
        mode=mode,
        topic=topic,
    )
    tx.add(made)
    await tx.flush()
    tx.add_all(Participant(booking_id=made.id, **each) for each in others)
    await claim(tx, made, now)
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


async def claim(tx: Tx, booked: Booking, now: datetime) -> None:
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


async def change_until(tx: Tx, booked: Booking) -> datetime:
    """The last moment at which the client moves or cancels by himself."""
    settings = await calendars.settings(tx, booked.specialist_id)
    return booked.starts - timedelta(minutes=settings.change_notice_min)


async def to_change_by_client(
    tx: Tx, booking_id: int, *, version: int, now: datetime, at_any_time: bool = False
) -> Booking:
    """A booking for the one who holds its client's seat, locked. Refused: `version_moved`, `booking_not_open`,
    `change_too_late` (never `at_any_time`: to say that he comes)."""
    await _lock(tx, booking_id)
    found = await by_id(tx, booking_id)
    if found.version != version:
        raise VersionMoved(found.version)
    if found.status not in OPEN:
        raise NotOpen(found.status)
    until = await change_until(tx, found)
    if now > until and not at_any_time:
        office = await people.office(tx, found.client.district_id)
        raise ChangeTooLate(until, office.phone if office else "")
    return found


async def move_to(
    tx: Tx,
    moved: Booking,
    target: Specialist,
    starts: datetime,
    *,
    now: datetime,
    by: int | None,
    because: str = "",
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
    await claim(tx, moved, now)
    after = {"starts": starts.isoformat(), "specialist": target.id} | ({"because": because} if because else {})
    remember(tx, moved, now, by, "moved", before, after)


async def shift(tx: Tx, shifted: Booking, starts: datetime, *, now: datetime) -> None:
    """Puts a booking whose time was released at another instant with the same wall time. Refused: `slot_taken`,
    `client_busy`, `resource_busy`."""
    before = shifted.starts
    if starts != before:
        shifted.starts, shifted.ends = starts, starts + shifted.standard.duration
        shifted.busy_until = shifted.ends + timedelta(minutes=shifted.standard.buffer_min)
        shifted.version += 1
    await tx.flush()
    await claim(tx, shifted, now)
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
    _become(tx, cancelled, "cancelled", now, by, because=reason)
    await tx.flush()


async def confirm(tx: Tx, actor: Actor, booking_id: int, *, version: int, now: datetime) -> Booking:
    """Somebody asked the client, and he comes. Refused: `version_moved`, `booking_not_open`, `not_found`."""
    confirmed = await _to_change(tx, actor, booking_id, version)
    await confirm_it(tx, confirmed, now=now, by=actor.account_id)
    return confirmed


async def confirm_it(tx: Tx, confirmed: Booking, *, now: datetime, by: int | None) -> None:
    """Said twice it changes nothing."""
    if confirmed.status != "confirmed":
        _become(tx, confirmed, "confirmed", now, by)
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


async def _to_change(tx: Tx, actor: Actor, booking_id: int, version: int) -> Booking:
    await _lock(tx, booking_id)
    found = await booking(tx, actor, booking_id)
    if found.version != version:
        raise VersionMoved(found.version)
    if found.status not in OPEN:
        raise NotOpen(found.status)
    return found


async def _lock(tx: Tx, booking_id: int) -> None:
    """Two who change one booking at the same time go one after the other, and the second sees the new version, also of
    one that he had read before."""
    locked = select(Booking).where(Booking.id == booking_id).with_for_update()
    await tx.scalar(locked.execution_options(populate_existing=True))


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
    tx.add(BookingChange(**change(changed, now, account_id, what, before, after)))
