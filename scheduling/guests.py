"""Guests beside the client: a companion, an interpreter, a relative, each with a seat, a code and a link of his own."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select

from scheduling import consents, joincodes, sessions
from scheduling.bookings import OPEN, Booking
from scheduling.db import Tx
from scheduling.errors import ConsentNeeded, NotFound, NotOpen, SeatsFull
from scheduling.joincodes import Issued, Seat

GuestRole = Literal["companion", "interpreter", "relative"]

# A mesh of four is what an old phone on a weak line can still send to.
MOST_GUESTS = 2


async def invite(
    tx: Tx, booked: Booking, *, role: GuestRole, name: str, key: bytes, now: datetime
) -> tuple[Seat, Issued]:
    """A seat for somebody more, and what opens it.

    Refused: `booking_not_open`, `consent_needed` (the client has not agreed to a third person), `seats_full`.
    """
    _still_open(booked, now)
    await _agreed(tx, booked)
    await sessions.lock_booking(tx, booked.id)  # two who invite at once are counted one after the other
    if len(await of_booking(tx, booked.id)) >= MOST_GUESTS:
        raise SeatsFull(MOST_GUESTS)
    seat = Seat(booking_id=booked.id, role=role, name=name)
    issued = await joincodes.issue(tx, seat, key=key, now=now)
    tx.add(seat)
    await tx.flush()
    sessions.remember(tx, booked.id, seat.id, "invited", now=now)
    return seat, issued


async def renew(tx: Tx, booked: Booking, seat_id: int, *, key: bytes, now: datetime) -> tuple[Seat, Issued]:
    """Another code and link for a guest; the old ones, and the device they opened, stop working.

    Refused: `booking_not_open`, `consent_needed` (the client's was withdrawn since), `not_found`.
    """
    _still_open(booked, now)
    await _agreed(tx, booked)
    await sessions.held_still(tx, booked.id)  # a letting-in under way would outlive the code
    seat = await _seat(tx, booked, seat_id)
    return seat, await joincodes.renew(tx, seat, key=key, now=now)


async def revoke(tx: Tx, booked: Booking, seat_id: int, *, now: datetime) -> Seat:
    """Takes the seat back: nothing opens it any more, and the room has it no more. Refused: `not_found`."""
    await sessions.held_still(tx, booked.id)  # what the room writes about the seat comes before or after
    seat = await _seat(tx, booked, seat_id)
    await joincodes.let_go(tx, seat)
    seat.code_hash = seat.secret_hash = None
    if seat.here:
        seat.here = False
        await sessions.went(tx, seat.id, now=now, silence=sessions.SILENCE)
        sessions.remember(tx, booked.id, seat.id, "left", now=now)
    seat.revoked_at = now
    sessions.remember(tx, booked.id, seat.id, "revoked", now=now)
    await tx.flush()
    return seat


async def of_booking(tx: Tx, booking_id: int) -> list[Seat]:
    """The guests who have a seat now, in the order they were invited."""
    return list(await tx.scalars(select(Seat).where(*_guest(booking_id)).order_by(Seat.id)))


def _guest(booking_id: int) -> tuple[ColumnElement[bool], ...]:
    return Seat.booking_id == booking_id, Seat.role.not_in(("specialist", "client")), Seat.revoked_at.is_(None)


async def _seat(tx: Tx, booked: Booking, seat_id: int) -> Seat:
    """Read anew under its lock: a device that comes in at this very moment is either seen here or waits."""
    wanted = select(Seat).where(*_guest(booked.id), Seat.id == seat_id).with_for_update()
    found = await tx.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


async def _agreed(tx: Tx, booked: Booking) -> None:
    if not await consents.stands(tx, booked.client_id, "third_person"):
        raise ConsentNeeded("third_person")


def _still_open(booked: Booking, now: datetime) -> None:
    if booked.status not in OPEN or now >= booked.ends:
        raise NotOpen(booked.status)
