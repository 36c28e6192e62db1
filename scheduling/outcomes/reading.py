"""The facts of a session as the database keeps them, and what a person has said about its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from scheduling import linechecks, sessions
from scheduling.bookings import OUTCOMES, Booking, BookingChange
from scheduling.db import Tx
from scheduling.joincodes import Seat
from scheduling.outcomes.stating import Facts, Happened, Heard, LineChecked, Stay, Who
from scheduling.people import Account


@dataclass(frozen=True)
class Confirmed:
    """A person's word. `because` is what she wrote beside it."""

    outcome: str
    by: str
    at: datetime
    because: str


# Held by telephone or side by side, without a room of ours.
ELSEWHERE = frozenset(("phone", "in_person"))


def unseen(booked: Booking, found: Facts) -> bool:
    """Nobody came into the room of a session that needs none: its facts speak for nothing, least of all "missed"."""
    return booked.mode in ELSEWHERE and not found.stays


async def facts(tx: Tx, booked: Booking, *, now: datetime) -> Facts:
    """What happened up to the closing of the room, or until now. What was before a move is no part of this session."""
    seats = {seat.id: seat for seat in await sessions.all_seats(tx, booked.id)}
    room = await tx.get(sessions.Session, booked.id)
    since = await _moved_at(tx, booked) or booked.created_at
    events, presences, quality = await sessions.journal(tx, booked.id)
    check = (await linechecks.of_role(tx, [booked.id], "client")).get(booked.id)
    closed_at = room.closed_at if room else None
    until = closed_at or min(now, booked.closes_at)
    return Facts(
        starts=booked.starts,
        ends=booked.ends,
        until=until,
        closed=closed_at is not None,
        stays=[
            Stay(_who(seats, row.seat_id), row.entered_at, row.left_at or until, row.mode)
            for row in presences
            if row.entered_at >= since
        ],
        happened=[
            Happened(row.at, _who(seats, row.seat_id) if row.seat_id else None, row.kind, row.data)
            for row in events
            if row.at >= since
        ],
        heard=[_heard(row, _who(seats, row.seat_id)) for row in quality if row.at >= since],
        check=LineChecked(check.at, check.verdict, check.microphone, check.camera) if check else None,
        opened_at=next((seat.redeemed_at for seat in seats.values() if seat.role == "client"), None),
        least_share=booked.standard.least_share,
    )


def _heard(row: sessions.QualitySample, who: Who) -> Heard:
    return Heard(row.at, who, row.loss, row.rtt_ms, row.concealed, row.frozen_ms, row.in_kbps)


async def _moved_at(tx: Tx, booked: Booking) -> datetime | None:
    moves = (BookingChange.booking_id == booked.id, BookingChange.what == "moved")
    return await tx.scalar(select(func.max(BookingChange.at)).where(*moves))


async def confirmed(tx: Tx, booked: Booking) -> Confirmed | None:
    """The last word of a person; None while only the session itself has spoken."""
    row = (
        await tx.execute(
            select(BookingChange, Account.name)
            .join(Account, Account.id == BookingChange.account_id)
            .where(BookingChange.booking_id == booked.id, BookingChange.what.in_(OUTCOMES))
            .order_by(BookingChange.id.desc())
            .limit(1)
        )
    ).first()
    if row is None or row[0].what != booked.status:
        return None
    change, name = row
    return Confirmed(change.what, name, change.at, str(change.after.get("because", "")))


def _who(seats: Mapping[int, Seat], seat: int) -> Who:
    role = seats[seat].role
    return role if role in {"specialist", "client"} else "guest"  # type: ignore[return-value]  # the two it is
