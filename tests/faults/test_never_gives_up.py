"""A page without a server keeps trying as long as its room can be open, and stops when it is told that it closed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser

from tests.signaling.fake_desk import FakeDesk, room_of
from tests.signaling.house import served
from tests.signaling.test_faults import pages

ROOM = 7
# A slot of forty minutes and the quarter of an hour after it.
MINUTES = 55
UP = "() => two.anna.line.state === 'up' && two.ivan.line.state === 'up'"
MEET = "async () => { window.two = await house.meet({room: 7}); return house.seeEachOther(two.anna, two.ivan, 15000) }"
REASONS = "() => [two.anna, two.ivan].map(({events}) => events.map(([, what]) => what).at(-1))"

TOLD = f"() => ({REASONS})().every((reason) => /closed|time/.test(reason))"


async def test_a_page_keeps_trying_until_its_room_has_closed(browser: Browser, tell: Callable[[str], None]) -> None:
    desk = FakeDesk()
    desk.open(room_of(ROOM, closes_in=timedelta(hours=2)))
    context = await browser.new_context(permissions=["camera", "microphone"])
    page = await context.new_page()
    await page.clock.install()
    async with served(desk, more=pages) as house:
        port = house.server.port
        await page.goto(f"{house.url}/pair")
        await page.wait_for_function("window.house")
        assert await page.evaluate(MEET) is not None
    tries: list[str] = []
    page.on("request", lambda request: tries.append(request.url))
    each_minute = []
    for _ in range(MINUTES):
        before = len(tries)
        await page.clock.run_for(60_000)
        await page.wait_for_timeout(100)  # what the minute's tries came to is told in real time
        each_minute.append(len(tries) - before)
    assert min(each_minute) > 0, each_minute
    async with served(desk, more=pages, port=port):
        await page.wait_for_function(UP, timeout=15_000)
    desk.later(ROOM, datetime.now(UTC) - timedelta(seconds=1))
    async with served(desk, more=pages, port=port) as house:
        await house.signaling.rooms.sweep(0)
        await page.wait_for_function(
            f"() => ({REASONS})().every((reason) => /closed|time/.test(reason))", timeout=15_000
        )
        reasons = await page.evaluate(REASONS)
        asked = len(tries)
        await page.clock.run_for(60_000)
        await page.wait_for_timeout(100)
        assert len(tries) == asked, "nobody knocks at a closed room"
    tell(
        f"{MINUTES} minutes without a server: {min(each_minute)} tries a minute at least, back with it;"
        f" then told {reasons[0]}, and quiet"
    )
    await context.close()
