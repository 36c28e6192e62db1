"""What a client's phone must load until the call is up: at most 60 KB and 12 requests, and next time almost nothing."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from playwright.async_api import Browser, Page

from bench.watch import Watched, first_frame, watched
from server.assets import SCRIPT, STYLE, Assets
from server.files import packed
from server.lean import lean
from server.scripts import Scripts
from tests.support.chromium import person
from tests.support.consultation import open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.staff import sign_in
from tests.support.tree import STATIC

MOST_BYTES = 60 * 1024
MOST_REQUESTS = 12
MOST_AGAIN = 3 * 1024


async def called(server: LiveServer, specialists: Browser, client: Watched, *, by_link: bool) -> None:
    """From nothing to the first picture: by the link of the letter, or by the code typed on the start page."""
    visit = await open_consultation(server)
    hers = await person(specialists)
    await sign_in(hers, server.address, "specialist")
    async with watched(specialists, hers) as specialist:
        await specialist.page.goto(visit.room)
        if by_link:
            await client.page.goto(visit.link)
        else:
            await client.page.goto(server.address)
            await client.page.fill("[data-test=code]", visit.code)
            await client.page.click("[data-test=code-submit]")
        await asyncio.gather(through_the_check(client.page), specialist.page.click("[data-test=admit]"))
        await first_frame(client.page)


async def test_a_client_loads_little_until_the_call_is_up(
    live_server: LiveServer, browser: Browser, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    async with watched(second_browser, phone=True) as client:
        await called(live_server, browser, client, by_link=True)
        tell(
            f"the client's journey by the link: {client.bytes} bytes in {client.requests} requests; "
            f"its pages, styles and scripts alone {client.files}\n{table()}"
        )
        assert client.bytes <= MOST_BYTES
        assert client.requests <= MOST_REQUESTS


async def test_the_way_over_the_start_page_costs_little_more(
    live_server: LiveServer, browser: Browser, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    async with watched(second_browser, phone=True) as client:
        on_the_line = await requests_on_the_line(client.page)
        await called(live_server, browser, client, by_link=False)
        tell(f"the client's journey by the code: {client.bytes} bytes in {on_the_line.total()} requests")
        assert client.files <= MOST_BYTES
        assert on_the_line.total() <= MOST_REQUESTS, on_the_line


async def test_a_second_visit_asks_for_the_page_alone(
    live_server: LiveServer, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    context = await person(second_browser, phone=True)
    async with watched(second_browser, context) as client:
        first = await open_consultation(live_server)
        await client.page.goto(first.link)
        await client.page.wait_for_selector("[data-test=check-start]")
        await client.page.wait_for_load_state("networkidle")
        await client.page.goto("about:blank")
        again = await open_consultation(live_server)
        on_the_line = await requests_on_the_line(client.page)
        before = client.bytes
        await client.page.goto(again.link)
        await client.page.wait_for_selector("[data-test=check-start]")
        await client.page.wait_for_load_state("networkidle")
        tell(f"a second visit, until the first button: {client.bytes - before} bytes in {on_the_line.total()} requests")
        # The line to the room is opened while the person looks at the first button.
        assert on_the_line == {"Document": 1, "Fetch": 1, "WebSocket": 1}
        assert client.bytes - before <= MOST_AGAIN


async def requests_on_the_line(page: Page) -> Counter[str]:
    """How many of which kind are answered from now on over the line, and not from the browser's own cache."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    asked: Counter[str] = Counter()
    cached: set[str] = set()

    def answered(event: dict[str, Any]) -> None:
        response = event["response"]
        own = response.get("fromDiskCache") or event["requestId"] in cached
        if response["url"].startswith("http") and not own:
            asked[event["type"]] += 1

    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    session.on("Network.responseReceived", answered)
    session.on("Network.webSocketCreated", lambda _: asked.update(["WebSocket"]))
    return asked


def table() -> str:
    """What each file of the visit weighs, packed alone; together they pack a little better."""
    text = Assets(STATIC).page("visit.html")
    styles = [f"styles/{style}.css" for style in STYLE.findall(text)]
    parts = Scripts(lambda name: (STATIC / name).read_text(encoding="utf-8")).parts(f"{SCRIPT.findall(text)[0]}.js")
    rows = [("", style, lean((STATIC / style).read_text(encoding="utf-8"), ".css")) for style in styles]
    rows += [(str(number), module.name, module.code) for number, part in enumerate(parts, 1) for module in part]
    lines = [f"{len(packed(code.encode(), 'br')):7} {part:1} {file}" for part, file, code in rows]
    return "\n".join(["  bytes part file (the third part comes after the call is up)", *lines])
