"""Open bookings that a certificate pays, and what is decided of them when its provider or the certificate goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling import bookings, concluded
from scheduling.bookings import OPEN, Booking, CancelReason
from scheduling.certificates.tables import Certificate
from scheduling.db import Tx
from scheduling.errors import BookingsUndecided


@dataclass(frozen=True)
class Decided:
    """Which open bookings are held all the same, and which are cancelled in time."""

    keep: Collection[int] = ()
    cancel: Collection[int] = ()


async def open_bookings(tx: Tx, found: Certificate, *, now: datetime) -> list[Booking]:
    """Those that have not begun yet, in order of time: of one that goes on now nobody decides any more."""
    lines = [each.id for each in found.lines]
    numbers = select(Booking.id).where(
        Booking.certificate_line_id.in_(lines), Booking.status.in_(OPEN), Booking.starts > now
    )
    return sorted(await bookings.by_ids(tx, list(await tx.scalars(numbers))), key=lambda each: each.starts)


async def settle(
    tx: Tx, found: Certificate, decided: Decided, *, reason: CancelReason, now: datetime, account: int | None
) -> list[Booking]:
    """Cancels what is to be cancelled and answers it. Refused: `bookings_undecided` with those nobody spoke of."""
    lines = [each.id for each in found.lines]
    await tx.execute(select(Booking.id).where(Booking.certificate_line_id.in_(lines)).with_for_update())
    standing = await open_bookings(tx, found, now=now)
    left = [each for each in standing if each.id not in decided.keep and each.id not in decided.cancel]
    if left:
        raise BookingsUndecided(named(left))
    gone = [each for each in standing if each.id in decided.cancel]
    for each in gone:
        await bookings.cancel_it(tx, each, reason, now=now, by=account)
        await concluded.follow(tx, each, now=now, account=account)
    return gone


def named(booked: Sequence[Booking]) -> list[dict[str, object]]:
    return [{"id": each.id, "starts": each.starts.isoformat(), "specialist": each.specialist.name} for each in booked]
