"""What a client's phone must load until the call is up: at most 60 kB, compressed."""

import asyncio
from collections.abc import Callable

from playwright.async_api import Browser

from bench.watch import first_frame, watched
from tests.support.chromium import person
from tests.support.consultation import open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.staff import sign_in

MOST = 60 * 1024


async def test_a_client_loads_at_most_sixty_kilobytes_until_the_call_is_up(
    live_server: LiveServer, browser: Browser, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    visit = await open_consultation(live_server)
    hers = await person(browser)
    await sign_in(hers, live_server.address, "specialist")
    async with watched(browser, hers) as specialist, watched(second_browser, phone=True) as client:
        await specialist.page.goto(visit.room)
        await client.page.goto(live_server.address)
        await client.page.fill("[data-test=code]", visit.code)
        await client.page.click("[data-test=code-submit]")
        await asyncio.gather(through_the_check(client.page), specialist.page.click("[data-test=admit]"))
        await first_frame(client.page)
        tell(
            f"the client's journey: {client.files} bytes of pages in {client.requests} requests, "
            f"{client.bytes} with headers, answers and the socket"
        )
        assert client.files <= MOST
