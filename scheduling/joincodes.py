"""Codes, links and seats: six digits or a secret open one seat in one booking's room, for one device."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import people
from scheduling.bookings import Booking, by_id
from scheduling.db import Base, Tx
from scheduling.errors import (
    BookingCancelled,
    CodeUnknown,
    JoinTooEarly,
    JoinTooLate,
    NotFound,
    NotOpen,
    SeatNeeded,
    UsedElsewhere,
)

SeatRole = Literal["specialist", "client", "companion"]


class Seat(Base):
    """A place in a booking's room: one person, one seat. Codes, secrets and devices are kept as keyed hashes only."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("code_hash"), UniqueConstraint("secret_hash"))
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    device_hash: Mapped[str | None] = mapped_column(String(64))
    redeemed_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    here: Mapped[bool] = mapped_column(default=False)
    instance: Mapped[str | None] = mapped_column(String(64))
    replaced: Mapped[list[str]] = mapped_column(default=list)
    audio: Mapped[bool] = mapped_column(default=True)
    video: Mapped[bool] = mapped_column(default=True)


class Takeover(Base):
    """Another device asks for a taken seat; the specialist decides."""

    __tablename__ = "takeover"
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    device_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="asked")


@dataclass(frozen=True)
class Issued:
    """What only the person may keep: the digits to dictate and the secret of the link."""

    digits: str
    secret: str


@dataclass(frozen=True)
class Redeemed:
    """An opened seat; `device` is new when this redemption tied the seat to a device."""

    seat: Seat
    booking: Booking
    device: str | None


def keyed_hash(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


async def make_seats(tx: Tx, booked: Booking, *, key: bytes, now: datetime) -> tuple[list[Seat], Issued]:
    """The two seats of a new booking, and the client's code and secret."""
    seats = [Seat(booking_id=booked.id, role="specialist"), Seat(booking_id=booked.id, role="client")]
    issued = await _issue(tx, seats[1], key=key, now=now)
    tx.add_all(seats)
    await tx.flush()
    return seats, issued


async def reissue(tx: Tx, booked: Booking, *, key: bytes, now: datetime) -> Issued:
    """A new code and secret for the client's seat; old ones and the device they opened stop working."""
    if booked.status not in ("booked", "confirmed") or now >= booked.ends:
        raise NotOpen(booked.status)
    guest = await seat_of(tx, booked.id, "client")
    guest.device_hash = guest.redeemed_at = guest.admitted_at = None
    issued = await _issue(tx, guest, key=key, now=now)
    await tx.flush()
    return issued


async def _issue(tx: Tx, seat: Seat, *, key: bytes, now: datetime) -> Issued:
    issued = Issued(await _unused_digits(tx, key, now), secrets.token_urlsafe(16))
    seat.code_hash = keyed_hash(key, "code", issued.digits)
    seat.secret_hash = keyed_hash(key, "secret", issued.secret)
    return issued


async def _unused_digits(tx: Tx, key: bytes, now: datetime) -> str:
    """Six digits no open booking uses. A code whose booking is over is taken from it, so they never run out."""
    while True:
        digits = f"{secrets.randbelow(10**6):06}"
        holder = await tx.scalar(select(Seat).where(Seat.code_hash == keyed_hash(key, "code", digits)))
        if holder is None:
            return digits
        if (await by_id(tx, holder.booking_id)).ends < now:
            holder.code_hash = None
            await tx.flush()
            return digits


async def redeem(
    tx: Tx, *, key: bytes, now: datetime, code: str | None = None, secret: str | None = None, device: str | None = None
) -> Redeemed:
    """Opens the seat of a code or secret for a device.

    The code works from 30 minutes before to the end; the secret from the booking on, so that the line can be checked.
    Refused: `code_unknown`, `booking_cancelled`, `join_too_early`, `join_too_late`, `used_elsewhere`.
    """
    seat, booked, phone = await _door(tx, key=key, now=now, code=code, secret=secret)
    if seat.device_hash is not None:
        if device is None or keyed_hash(key, "device", device) != seat.device_hash:
            raise UsedElsewhere(phone)
        return Redeemed(seat, booked, None)
    fresh = secrets.token_urlsafe(24)
    taken = await tx.execute(
        update(Seat)
        .where(Seat.id == seat.id, Seat.device_hash.is_(None))
        .values(device_hash=keyed_hash(key, "device", fresh), redeemed_at=now)
        .returning(Seat.id)
    )
    if taken.scalar() is None:  # another device was faster by a hair
        raise UsedElsewhere(phone)
    await tx.refresh(seat)
    return Redeemed(seat, booked, fresh)


async def _door(
    tx: Tx, *, key: bytes, now: datetime, code: str | None, secret: str | None
) -> tuple[Seat, Booking, str]:
    wanted = Seat.code_hash == keyed_hash(key, "code", code) if code else None
    if secret:
        wanted = Seat.secret_hash == keyed_hash(key, "secret", secret)
    seat = await tx.scalar(select(Seat).where(wanted)) if wanted is not None else None
    if seat is None:
        raise CodeUnknown
    booked = await by_id(tx, seat.booking_id)
    office = await people.office(tx, booked.client.district_id)
    phone = office.phone if office else ""
    if booked.status == "cancelled":
        raise BookingCancelled(phone)
    if code and now < booked.opens_at:
        raise JoinTooEarly(booked.opens_at, booked.starts, booked.client.district.zone, phone)
    if now >= booked.ends:
        raise JoinTooLate(phone)
    return seat, booked, phone


async def ask_takeover(
    tx: Tx, *, key: bytes, now: datetime, code: str | None, secret: str | None
) -> tuple[Takeover, str]:
    """Another device asks for a taken seat; answers the request and the device's own secret."""
    seat, _, _ = await _door(tx, key=key, now=now, code=code, secret=secret)
    device = secrets.token_urlsafe(24)
    request = Takeover(seat_id=seat.id, device_hash=keyed_hash(key, "device", device), asked_at=now, state="asked")
    tx.add(request)
    await tx.flush()
    return request, device


async def takeover(tx: Tx, request_id: int, *, key: bytes, device: str) -> Takeover:
    """The request as the device that asked may see it. Refused: `not_found` for any other."""
    found = await tx.get(Takeover, request_id)
    if found is None or found.device_hash != keyed_hash(key, "device", device):
        raise NotFound
    return found


async def decide_takeover(tx: Tx, request_id: int, *, booking_id: int, allow: bool) -> Takeover:
    """The specialist's word; allowed means that the seat belongs to the asking device from now on."""
    asked = await tx.get(Takeover, request_id)
    seat = await tx.get(Seat, asked.seat_id) if asked else None
    if asked is None or seat is None or seat.booking_id != booking_id or asked.state != "asked":
        raise NotFound
    asked.state = "allowed" if allow else "refused"
    if allow:
        seat.device_hash = asked.device_hash
    await tx.flush()
    return asked


async def open_takeovers(tx: Tx, booking_id: int) -> list[Takeover]:
    return list(
        await tx.scalars(select(Takeover).join(Seat).where(Seat.booking_id == booking_id, Takeover.state == "asked"))
    )


async def seat_for_device(tx: Tx, seat_id: int, *, key: bytes, device: str) -> Seat:
    """The seat if the device holds it. Refused: `seat_needed`."""
    seat = await tx.get(Seat, seat_id)
    if seat is None or seat.device_hash is None or seat.device_hash != keyed_hash(key, "device", device):
        raise SeatNeeded
    return seat


async def seat_of(tx: Tx, booking_id: int, role: SeatRole) -> Seat:
    found = await tx.scalar(select(Seat).where(Seat.booking_id == booking_id, Seat.role == role))
    if found is None:
        raise NotFound
    return found
