"""Afterwards on a phone: one tap, then five questions one by one; what was said is kept, also what was passed over."""

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from scheduling.feedback import Feedback
from server.database import Database
from tests.support.chromium import person
from tests.support.consultation import open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in

GROUPS = ("openness", "comfort", "goodwill", "satisfaction", "accessibility")


async def talked_and_left(server: LiveServer, hers: Browser, his: Browser) -> tuple[int, Page]:
    """The number of the booking, and the client's phone after the conversation."""
    visit = await open_consultation(server)
    desk = await person(hers)
    await sign_in(desk, server.address, "specialist")
    room = await desk.new_page()
    await room.goto(visit.room)
    phone = await (await person(his, phone=True)).new_page()
    await phone.goto(visit.link)
    await asyncio.gather(through_the_check(phone), room.click("[data-test=admit]"))
    await phone.wait_for_selector("[data-test=remote]")
    await phone.click("[data-test=leave]")
    await phone.wait_for_selector("[data-test=held]")
    return visit.booking, phone


async def kept(server: LiveServer, booking: int) -> Any:
    database = Database(server.database_url)
    try:
        async with database.read() as tx:
            return await tx.scalar(select(Feedback).where(Feedback.booking_id == booking))
    finally:
        await database.close()


async def test_five_taps_one_at_a_time_with_a_way_back_and_past(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    booking, phone = await talked_and_left(live_server, browser, second_browser)
    look = Look(phone, live_server.address)
    await expect(phone.locator("[data-test=feedback-2]")).to_have_count(0)
    await look.over("whether it was held")
    await phone.click("[data-test=held-pass]")
    assert await phone.evaluate("document.activeElement.textContent") == "Как прошёл разговор?"
    await look.over("how it was")
    await phone.click("[data-test=feedback-2]")
    await expect(phone.locator("[data-test=feedback-2]")).to_have_count(0)
    five = phone.locator("[data-test=five]")
    await expect(five).to_have_attribute("data-group", "openness")
    await expect(phone.locator("[data-test=thanks]")).to_be_visible()
    await look.over("the first question")
    await phone.click("[data-test=five-5]")
    await expect(five).to_have_attribute("data-group", "comfort")
    await expect(phone.locator(".five-mark")).to_have_count(5)
    await phone.click("[data-test=five-3]")
    await expect(five).to_have_attribute("data-group", "goodwill")
    await phone.click("[data-test=five-back]")
    await expect(phone.locator("[data-test=five-3]")).to_have_attribute("aria-pressed", "true")
    await phone.click("[data-test=five-4]")
    await phone.click("[data-test=five-5]")
    await expect(five).to_have_attribute("data-group", "satisfaction")
    assert await phone.evaluate("document.activeElement.tagName") == "H2", "a screen reader hears the next question"
    await phone.keyboard.press("Tab")
    await phone.keyboard.press("Enter")
    await expect(five).to_have_attribute("data-group", "accessibility")
    async with phone.expect_response("**/api/v1/join/feedback"):
        await phone.click("[data-test=five-pass]")
    await expect(phone.locator("[data-test=five-thanks]")).to_be_visible()
    await look.over("thanks")
    said = await kept(live_server, booking)
    assert (said.score, [getattr(said, group) for group in GROUPS]) == (2, [5, 4, 5, 5, None])
    assert look.faults == []
    await phone.click("[data-test=finish]")
    await expect(phone.locator("main")).to_have_attribute("data-step", "forgotten")


async def test_whoever_wants_none_of_it_just_finishes(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    booking, phone = await talked_and_left(live_server, browser, second_browser)
    await phone.click("[data-test=held-yes]")
    await expect(phone.locator("[data-test=held-said]")).to_be_visible()
    async with phone.expect_response("**/api/v1/join/questions"):
        await phone.click("[data-test=feedback-3]")
    await phone.click("[data-test=finish]")
    await expect(phone.locator("main")).to_have_attribute("data-step", "forgotten")
    said = await kept(live_server, booking)
    assert (said.score, [getattr(said, group) for group in GROUPS]) == (3, [None] * 5)
