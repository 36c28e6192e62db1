"""A service that hides addresses behind a relay, and none is set up: said to both, with the way that is left."""

import asyncio

from playwright.async_api import Browser, expect

from tests.journeys.people import Client, Specialist, page_for
from tests.support.consultation import open_consultation, to_the_waiting_room
from tests.support.live_server import LiveServer

HIDING = "1742"


async def test_both_are_told_and_go_on_by_telephone(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    found = await open_consultation(live_server, HIDING)
    client = Client(await page_for(second_browser, phone=True), live_server.address)
    await client.page.goto(found.link)
    await to_the_waiting_room(client.page)
    specialist = Specialist(await page_for(browser), live_server.address)
    await specialist.signs_in("orlova")
    await specialist.enters(found.booking)
    await specialist.admits()
    for somebody in (client, specialist):
        notice = somebody.page.locator("[data-test=notice]")
        await expect(notice).to_contain_text("защищённый узел связи не настроен")
    await client.page.click("[data-test=notice] [data-test=call-phone]")
    await expect(specialist.page.locator("[data-test=asked-phone]")).to_be_visible()
    await specialist.page.click("[data-test=relay-phone]")
    await asyncio.gather(
        expect(client.page.locator("[data-test=notice]")).to_contain_text("по телефону"),
        expect(specialist.page.locator("[data-test=notice]")).to_contain_text("по телефону"),
    )
