"""What was promised on a wall clock, held against the clock law known today: which bookings move, and moving them.

A booking keeps the wall time that was promised (`zone`, `wall`, `fold`) beside the instant this was then. Where the tz
database of this machine says otherwise now, the promise is the wall time: people read clocks, not instants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from scheduling import bookings, calendars, occupancy
from scheduling.bookings import OPEN, Booking
from scheduling.db import Tx
from scheduling.errors import BookingRefused

Doubt = Literal["skipped", "in_the_way"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A booking whose wall time is another instant now. `doubt`: the clock skips that time altogether, or somebody or
    something of it is taken then; a person must decide."""

    booking: Booking
    now_at: datetime
    doubt: Doubt | None = None


def instant(zone: str, wall: str, fold: int) -> datetime:
    """The instant at which the clock of a zone shows a wall time; of a skipped one the clock's next minute."""
    local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return local.astimezone(UTC)


def is_skipped(zone: str, wall: str) -> bool:
    """Whether the clock of a zone never shows that time: there and back again it is another."""
    there = instant(zone, wall, 0).astimezone(ZoneInfo(zone))
    return there.strftime("%Y-%m-%dT%H:%M") != wall


async def drifted(tx: Tx, *, now: datetime) -> list[Drift]:
    """The open bookings of the future whose instant is no longer what their wall time says, in order of time."""
    whole = select(Booking).options(
        joinedload(Booking.specialist), joinedload(Booking.client), joinedload(Booking.standard)
    )
    rows = await tx.scalars(
        whole.where(Booking.status.in_(OPEN), Booking.starts > now - timedelta(days=1)).order_by(Booking.starts)
    )
    found = []
    for row in rows:
        now_at = instant(row.zone, row.wall, row.fold)
        if now_at != row.starts:
            found.append(Drift(row, now_at, "skipped" if is_skipped(row.zone, row.wall) else None))
    return found


async def follow(tx: Tx, drifts: Sequence[Drift], *, now: datetime) -> list[Drift]:
    """Moves these bookings to their wall time, all that can be, and answers with those that stay, and why.

    Who must stay may stand where another one would have gone: it is tried again without him, until all the others can.
    """
    left = [each for each in drifts if each.doubt is not None]
    able = [each for each in drifts if each.doubt is None]
    for specialist in sorted({each.booking.specialist_id for each in able}):
        await calendars.hold_busy_still(tx, specialist)
    to = {each.booking.id: each.now_at for each in able}
    stay: dict[int, datetime] = {}
    while stuck := await _shift_together(tx, to, now=now):
        stay |= {number: to.pop(number) for number in stuck}
    left += [Drift(await bookings.by_id(tx, number), at, "in_the_way") for number, at in stay.items()]
    return left


async def _shift_together(tx: Tx, to: Mapping[int, datetime], *, now: datetime) -> list[int]:
    """All of them or none: what all had is given back before any is taken anew, because most of them move together.
    Answers with those in whose way somebody or something is."""
    stuck = []
    together = await tx.begin_nested()
    for number in to:
        await occupancy.release(tx, booking=number)
    for number, at in to.items():
        try:
            async with tx.begin_nested():
                await bookings.shift(tx, await bookings.by_id(tx, number), at, now=now)
        except BookingRefused:
            stuck.append(number)
    await (together.rollback() if stuck else together.commit())
    return stuck
