"""`ryadom measured --rebuild`: what all sessions came to, reckoned anew from their journals, a month at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from scheduling import measured
from scheduling.bookings import Booking
from server.database import Database
from server.settings import Settings

MONTH = timedelta(days=31)


async def rebuild(settings: Settings, *, now: datetime) -> int:
    """How many sessions are over. Each month is a transaction of its own, so that nobody waits for all of them, and is
    done once more where a server at work was in its way."""
    database = Database(settings.database)
    try:
        await database.migrate()
        async with database.read() as tx:
            first, last = (await tx.execute(select(func.min(Booking.starts), func.max(Booking.starts)))).one()
        kept = 0
        for since in _months(first, last) if first else ():
            kept += await database.written(partial(measured.rebuild, since=since, until=since + MONTH, now=now))
        return kept
    finally:
        await database.close()


def _months(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += MONTH
