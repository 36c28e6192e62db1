"""Codes, links and seats: six digits or a secret open one seat in one booking's room, for one device."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from scheduling import people
from scheduling.bookings import Booking, by_id
from scheduling.db import Base, Tx, padded
from scheduling.errors import (
    BookingCancelled,
    CodeUnknown,
    JoinTooEarly,
    JoinTooLate,
    NotFound,
    NotOpen,
    SeatNeeded,
    TooManyTries,
    UsedElsewhere,
)
from scheduling.tickets import Ticket

# Who guesses codes must not learn of bookings further ahead than this; a person who comes early is told when.
FORETOLD = timedelta(days=1)
# Feedback may come the next morning; afterwards the device holds nothing any more.
HELD_AFTERWARDS = timedelta(days=1)
# So many devices may ask for one seat within ten minutes.
MOST_TAKEOVERS, TAKEOVER_WINDOW = 3, timedelta(minutes=10)
# A question older than this is nobody's any more.
TAKEOVER_LIVES = timedelta(hours=1)

# Of a million codes two thirds may stand on slips of the past.
DRAWN_FOR_ONE = 4

SeatRole = Literal["specialist", "client", "companion", "interpreter", "relative"]


class Seat(Base):
    """A place in a booking's room: one person, one seat. Codes, secrets and devices are kept as keyed hashes only."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("code_hash"), UniqueConstraint("secret_hash"))
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    # Of those who are neither the specialist nor the client: these two have their names elsewhere.
    name: Mapped[str | None] = mapped_column(String(200))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    device_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    redeemed_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    here: Mapped[bool] = mapped_column(default=False)
    instance: Mapped[str | None] = mapped_column(String(64))
    replaced: Mapped[list[str]] = mapped_column(default=list)
    audio: Mapped[bool] = mapped_column(default=True)
    video: Mapped[bool] = mapped_column(default=True)
    screen: Mapped[bool] = mapped_column(default=False)
    rung: Mapped[str] = mapped_column(String(8), default="high")
    why: Mapped[str | None] = mapped_column(String(16))
    # A guest's seat taken back: it is in the room no more, and stays in the journal.
    revoked_at: Mapped[datetime | None]


_HAVING = select(Seat.code_hash).where(Seat.code_hash.in_(bindparam("hashes", expanding=True)))


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
    """An opened seat and the secret of the device that holds it; `tied` when it was free until now."""

    seat: Seat
    booking: Booking
    device: str
    tied: bool


def keyed_hash(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


async def make_seats(tx: Tx, booked: Booking, *, key: bytes, now: datetime) -> tuple[list[Seat], Issued]:
    """The two seats of a new booking, and the client's code and secret."""
    seats = [Seat(booking_id=booked.id, role="specialist"), Seat(booking_id=booked.id, role="client")]
    issued = await issue(tx, seats[1], key=key, now=now)
    tx.add_all(seats)
    await tx.flush()
    return seats, issued


def new_seats(booking: int, code: str, *, key: bytes) -> tuple[list[dict[str, Any]], Issued]:
    """The same as rows, with a code that `unused_codes` has found."""
    issued = Issued(code, secrets.token_urlsafe(16))
    none = {"booking_id": booking, "role": "specialist", "code_hash": None, "secret_hash": None}
    his = {"role": "client", "code_hash": keyed_hash(key, "code", code)}
    return [none, none | his | {"secret_hash": keyed_hash(key, "secret", issued.secret)}], issued


async def unused_codes(tx: Tx, count: int, *, key: bytes) -> list[str]:
    """So many codes that no seat has, or as many as were found at once. Whoever writes one must be the first."""
    drawn = secrets.SystemRandom().sample(range(10**6), DRAWN_FOR_ONE * count)
    hashes = {keyed_hash(key, "code", f"{number:06}"): f"{number:06}" for number in drawn}
    having = set(await tx.scalars(_HAVING, {"hashes": padded(hashes)}))
    return [code for hashed, code in hashes.items() if hashed not in having][:count]


async def reissue(tx: Tx, booked: Booking, *, key: bytes, now: datetime) -> Issued:
    """A new code and secret for the client's seat; old ones and the device they opened stop working."""
    if booked.status not in ("booked", "confirmed") or now >= booked.ends:
        raise NotOpen(booked.status)
    return await renew(tx, await _client_seat_locked(tx, booked.id), key=key, now=now)


async def renew(tx: Tx, seat: Seat, *, key: bytes, now: datetime) -> Issued:
    """Another code and secret for a (locked) seat; whoever held it must be let in again."""
    await let_go(tx, seat)
    seat.redeemed_at = None
    issued = await issue(tx, seat, key=key, now=now)
    await tx.flush()
    return issued


async def let_go(tx: Tx, seat: Seat) -> None:
    """The device that holds the seat holds it no more, nor does a ticket it took a moment ago open it.

    Nor is a device that asked by the old code offered to the specialist any longer.
    """
    await tx.execute(delete(Ticket).where(Ticket.seat_id == seat.id))
    asked = update(Takeover).where(Takeover.seat_id == seat.id, Takeover.state == "asked")
    await tx.execute(asked.values(state="refused"))
    seat.device_hash = seat.admitted_at = None


async def issue(tx: Tx, seat: Seat, *, key: bytes, now: datetime) -> Issued:
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
        if now >= booked.opens_at:
            await _came_at_the_hour(tx, seat, booked, now)
        return Redeemed(seat, booked, device, tied=False)
    device = device if device and await _is_known(tx, key, device) else secrets.token_urlsafe(24)
    taken = await tx.execute(
        update(Seat)
        .where(Seat.id == seat.id, Seat.device_hash.is_(None), _fits(key, code, secret))
        .values(device_hash=keyed_hash(key, "device", device), redeemed_at=now)
        .returning(Seat.id)
    )
    if taken.scalar() is None:  # another device, or a new code, was faster by a hair
        raise UsedElsewhere(phone)
    await tx.refresh(seat)
    return Redeemed(seat, booked, device, tied=True)


async def _came_at_the_hour(tx: Tx, seat: Seat, booked: Booking, now: datetime) -> None:
    """Whoever tied his device days before and opens his link at the hour has tried to come: that time is kept."""
    before = or_(Seat.redeemed_at.is_(None), Seat.redeemed_at < booked.opens_at)
    holds = Seat.device_hash == seat.device_hash  # a new code given at this moment stays unused
    await tx.execute(update(Seat).where(Seat.id == seat.id, holds, before).values(redeemed_at=now))


async def _is_known(tx: Tx, key: bytes, device: str) -> bool:
    """Whether we gave this secret out: a phone keeps one for all its bookings, so opening the next loses none."""
    held = select(Seat.id).where(Seat.device_hash == keyed_hash(key, "device", device)).limit(1)
    return await tx.scalar(held) is not None


def _fits(key: bytes, code: str | None, secret: str | None) -> ColumnElement[bool]:
    """Seats that this code or this secret opens."""
    if secret:
        return Seat.secret_hash == keyed_hash(key, "secret", secret)
    return Seat.code_hash == keyed_hash(key, "code", code or "")


async def _door(
    tx: Tx, *, key: bytes, now: datetime, code: str | None, secret: str | None
) -> tuple[Seat, Booking, str]:
    seat = await tx.scalar(select(Seat).where(_fits(key, code, secret)))
    if seat is None:
        raise CodeUnknown
    booked = await by_id(tx, seat.booking_id)
    office = await people.office(tx, booked.client.district_id)
    phone = office.phone if office else ""
    if code and now < booked.starts - FORETOLD:
        raise CodeUnknown
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
    fits = select(Seat.id).where(Seat.id == seat.id, _fits(key, code, secret)).with_for_update()
    if await tx.scalar(fits) is None:  # a new code was given at this moment
        raise CodeUnknown
    asked = await tx.scalar(
        select(func.count())
        .select_from(Takeover)
        .where(Takeover.seat_id == seat.id, Takeover.asked_at > now - TAKEOVER_WINDOW)
    )
    if (asked or 0) >= MOST_TAKEOVERS:
        raise TooManyTries(retry_after=int(TAKEOVER_WINDOW.total_seconds()))
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


async def decide_takeover(tx: Tx, request_id: int, *, booking_id: int, allow: bool, now: datetime) -> Takeover:
    """The specialist's word; allowed means that the seat belongs to the asking device from now on."""
    asked = await tx.get(Takeover, request_id)
    seat = await tx.get(Seat, asked.seat_id, with_for_update=True) if asked else None
    if asked is not None:  # after the seat, as a new code takes the two
        await tx.refresh(asked, with_for_update=True)
    if (
        asked is None
        or asked.asked_at < now - TAKEOVER_LIVES
        or seat is None
        or seat.revoked_at is not None
        or seat.booking_id != booking_id
        or asked.state != "asked"
    ):
        raise NotFound
    asked.state = "allowed" if allow else "refused"
    if allow:
        seat.device_hash = asked.device_hash
        await tx.execute(delete(Ticket).where(Ticket.seat_id == seat.id))
        others = update(Takeover).where(Takeover.seat_id == seat.id, Takeover.id != asked.id, Takeover.state == "asked")
        await tx.execute(others.values(state="refused"))
    await tx.flush()
    return asked


async def open_takeovers(tx: Tx, booking_id: int, *, now: datetime) -> list[Takeover]:
    """The questions about this booking's seats that still wait for the specialist's word."""
    waiting = select(Takeover).join(Seat).where(Seat.booking_id == booking_id, Takeover.state == "asked")
    return list(await tx.scalars(waiting.where(Takeover.asked_at >= now - TAKEOVER_LIVES).order_by(Takeover.id)))


async def seat_for_device(tx: Tx, seat_id: int, *, key: bytes, device: str, now: datetime) -> Seat:
    """The seat if the device holds it, until a day after its room closed. Refused: `seat_needed`."""
    seat = await tx.get(Seat, seat_id)
    if seat is None or seat.revoked_at is not None or seat.device_hash != keyed_hash(key, "device", device):
        raise SeatNeeded
    if now > (await by_id(tx, seat.booking_id)).closes_at + HELD_AFTERWARDS:
        raise SeatNeeded
    return seat


async def _client_seat_locked(tx: Tx, booking_id: int) -> Seat:
    """Read anew under its lock: a device that comes in at this very moment is either seen here or waits."""
    return await _found(
        tx,
        select(Seat)
        .where(Seat.booking_id == booking_id, Seat.role == "client")
        .with_for_update()
        .execution_options(populate_existing=True),
    )


async def seat_of(tx: Tx, booking_id: int, role: SeatRole) -> Seat:
    return await _found(tx, select(Seat).where(Seat.booking_id == booking_id, Seat.role == role))


async def _found(tx: Tx, wanted: Select[Seat]) -> Seat:
    found = await tx.scalar(wanted)
    if found is None:
        raise NotFound
    return found
