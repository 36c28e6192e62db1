"""A consultation that is open right now on a running demo server, and the two pages that belong to it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page
from sqlalchemy import update

from scheduling import occupancy, standards
from scheduling.bookings import OPEN, Booking
from scheduling.db import Tx
from server import demo
from server.database import Database
from server.settings import installation_key
from tests.support.live_server import LiveServer


@dataclass(frozen=True)
class Consultation:
    """`code` and `link` are the client's; the demo specialist opens `room`."""

    booking: int
    code: str
    link: str
    room: str


async def open_consultation(server: LiveServer, service: str | None = None) -> Consultation:
    """The demo's trial consultation, made anew: one that stands there already is cancelled. `service`: another code."""
    database = Database(server.database_url)
    key = installation_key(server.data)

    async def work(tx: Tx) -> Consultation:
        now = datetime.now(UTC)
        standing = (Booking.status.in_(OPEN), Booking.starts < now + timedelta(hours=1), Booking.busy_until > now)
        cancelled = update(Booking).where(*standing).values(status="cancelled").returning(Booking.id)
        for number in list(await tx.scalars(cancelled)):
            await occupancy.release(tx, booking=number)
        found = await demo.trial(tx, key=key, now=now)
        assert found, "the demo's specialist and client are free now"
        booking, issued = found
        if service:
            booking.standard_id = (await standards.service(tx, service, now.date(), None)).id
        link = f"{server.address}/visit#{issued.secret}"
        return Consultation(booking.id, issued.digits, link, f"{server.address}/staff/room?booking={booking.id}")

    try:
        return await database.written(work)
    finally:
        await database.close()


async def through_the_check(page: Page) -> None:
    """From the opened link on: the line check is begun, and left as soon as it can be.

    There is none where the specialist is in the room already and the browser need not ask for camera and microphone.
    """
    shown = await page.wait_for_selector("[data-test=check-start], [data-test=waiting], [data-test=remote]")
    if shown and await shown.get_attribute("data-test") == "check-start":
        await shown.click()
        await page.click("[data-test=check-done]")


async def to_the_waiting_room(page: Page) -> None:
    """Through the check, until the page says that the specialist has been told."""
    await through_the_check(page)
    await page.wait_for_selector("[data-test=waiting]")
