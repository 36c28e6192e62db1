"""Free time made warm in the background: after the start and as the days move on, so that no search waits for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from time import perf_counter

import structlog
from aiohttp import web

from scheduling import calendars, standards
from scheduling.finding import Warm
from scheduling.finding.kept import in_parts
from server.centre import CENTRE
from server.database import Database

AHEAD = timedelta(days=31)  # what is asked for nearly always; later days are computed by whoever asks for them
AT_ONCE = 16  # specialists in one transaction
EVERY_S = 600.0
PAUSE = 1.0  # after each of its pieces it leaves the processor to others for as long as the piece took
log = structlog.get_logger()


async def running(app: web.Application) -> AsyncIterator[None]:
    """A part of the application: it works while the application serves."""
    centre = app[CENTRE]

    async def again_and_again() -> None:
        while True:
            try:
                await warm_up(centre.database, centre.warm, centre.now)
            except Exception as error:
                log.warning("not warmed", error=str(error))
            await asyncio.sleep(EVERY_S)  # the interval itself; nothing waits for it

    task = asyncio.create_task(again_and_again())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def warm_up(database: Database, warm: Warm, clock: Callable[[], datetime], *, pause: float = PAUSE) -> None:
    """Looks once at all that a search would look at. Where nothing has moved, it finds everything done."""
    async with database.read() as tx:
        look = await warm.look(tx, now=clock())
        given = {code for who in look.candidates for code in who.services}
        versions = await standards.in_force_anywhere(tx, look.now.date())
        # Versions side by side in two districts take different time, or the same: each length is warmed once.
        services = list(dict.fromkeys(calendars.as_service(each) for each in versions if each.code in given))
    for service in services:
        able = [who.id for who in look.candidates if service.code in who.services]
        for some in in_parts(able, AT_ONCE):
            begun = perf_counter()
            async with database.read() as tx:
                seen = await warm.look(tx, now=clock())
                there = [who for who in some if who in seen.known]
                await seen.starts(there, service, since=seen.now, until=seen.now + AHEAD)
            await asyncio.sleep((perf_counter() - begun) * pause)
