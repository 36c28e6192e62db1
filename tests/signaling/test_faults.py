"""Two people find each other although any one message of their first forty is lost, doubled or late."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.signaling.fake_desk import FakeDesk, room_of
from tests.signaling.faults import Fault, Wrong, wrong_way
from tests.signaling.house import House, served

PAGE = Path(__file__).with_name("pair.html")
FIRST_MESSAGES = 40
AT_ONCE = 6
WITHIN_MS = 10_000


def pages(app: web.Application) -> None:
    async def pair(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    app.router.add_get("/pair", pair)


@pytest.fixture
async def browsers_house(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk, more=pages) as house:
        yield house


async def page_of(browser: Browser, house: House) -> Page:
    context = await browser.new_context(permissions=["camera", "microphone"])
    page = await context.new_page()
    await page.goto(f"{house.url}/pair")
    await page.wait_for_function("window.house")
    return page


async def test_whatever_happens_to_one_message_they_see_each_other(browser: Browser, browsers_house: House) -> None:
    house = browsers_house
    page = await page_of(browser, house)
    room = iter(range(100, 10_000))
    places = asyncio.Semaphore(AT_ONCE)

    async def case(fault: Fault) -> tuple[Fault, dict[str, Any]]:
        async with places, wrong_way(house.url, fault) as url:
            number = next(room)
            house.desk.open(room_of(number))
            asked = {"room": number, "url": url, "within": WITHIN_MS}
            return fault, await page.evaluate("asked => house.consult(asked)", asked)

    faults = [Fault(wrong, at) for at in range(FIRST_MESSAGES) for wrong in get_args(Wrong)]
    found = await asyncio.gather(*map(case, faults))
    times = sorted(answer["ms"] or WITHIN_MS for _, answer in found)
    print(f"\n{len(found)} faults: median {times[len(times) // 2]} ms, worst {times[-1]} ms")
    assert all(fault.hit for fault, _ in found), "some fault never struck: fewer messages than thought"
    assert [(fault, answer) for fault, answer in found if answer["ms"] is None] == []
