"""An honest end: what the journal speaks for is shown with its reasons, and a person confirms it or knows better."""

from datetime import timedelta

from playwright.async_api import Browser, expect
from sqlalchemy import update

from scheduling.bookings import Booking
from scheduling.db import Tx
from server.database import Database
from tests.journeys.talking import Talk, two_who_talk
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import signed_in_as


async def test_a_short_talk_is_no_session_unless_she_says_so(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    await it_began_ten_minutes_ago(talk)
    await talk.specialist.ends()
    page = talk.specialist.page
    proposal = page.locator("[data-test=proposal]")
    await expect(proposal).not_to_have_attribute("data-outcome", "took_place")
    reasons = page.locator("[data-test=evidence]")
    await expect(reasons.first).to_contain_text("мин")
    look = Look(page, live_server.address)
    await look.over("the outcome")
    await look.words("the outcome")
    assert look.faults == []

    await page.click("[data-test=outcome-took_place]")
    await expect(page.locator("[data-test=outcome-kept]")).to_contain_text("Состоялась")
    async with signed_in_as(live_server.address, "suzun", "ryadom-demo") as desk:
        known = await desk.get(f"/bookings/{talk.found.booking}/outcome")
    assert known["confirmed"]["outcome"] == "took_place"
    assert known["confirmed"]["by"] == "Марина Сергеевна Орлова"


async def it_began_ten_minutes_ago(talk: Talk) -> None:
    """The clock of a running server cannot be set; its booking can be."""
    database = Database(talk.server.database_url)

    async def work(tx: Tx) -> None:
        found = await tx.get_one(Booking, talk.found.booking)
        earlier = {"starts": found.starts - timedelta(minutes=10)}
        await tx.execute(update(Booking).where(Booking.id == found.id).values(earlier))

    try:
        await database.written(work)
    finally:
        await database.close()
