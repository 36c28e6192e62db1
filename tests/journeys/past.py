"""What a running server takes for its past: its clock cannot be set, what it has written down can be."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduling.bookings import by_id
from scheduling.db import Tx
from scheduling.sessions import JournalEvent, Presence
from server.database import Database
from tests.support.live_server import LiveServer

T = TypeVar("T")


async def began_earlier(server: LiveServer, booking: int, *, minutes: int) -> None:
    """A booking is so much older, that of a room into which nobody went."""
    by = timedelta(minutes=minutes)

    async def work(tx: Tx) -> None:
        booked = await by_id(tx, booking)
        booked.created_at -= by
        booked.place_at(booked.starts - by, booked.zone)

    await _written(server, work)


async def lasted_longer(server: LiveServer, booking: int, *, minutes: int) -> None:
    """What has happened in a room up to now is so much longer ago; the booked time stays, or the room would be emptied
    for having been moved."""
    by = timedelta(minutes=minutes)

    async def work(tx: Tx) -> None:
        (await by_id(tx, booking)).created_at -= by
        for stay in await tx.scalars(select(Presence).where(Presence.booking_id == booking)):
            stay.entered_at -= by
        for event in await tx.scalars(select(JournalEvent).where(JournalEvent.booking_id == booking)):
            event.at -= by

    await _written(server, work)


async def month_of(server: LiveServer, booking: int) -> str:
    """The first day of the month of a session, on the client's clock, as acts name it."""

    async def work(tx: Tx) -> str:
        booked = await by_id(tx, booking)
        return booked.starts.astimezone(ZoneInfo(booked.client.district.zone)).strftime("%Y-%m-01")

    return await _written(server, work)


async def _written(server: LiveServer, work: Callable[[Tx], Awaitable[T]]) -> T:
    database = Database(server.database_url)
    try:
        return await database.written(work)
    finally:
        await database.close()
