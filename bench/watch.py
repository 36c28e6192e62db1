"""Watches one page: what travelled to it, and when the first picture of the other side was shown."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.support.chromium import person

FILES = {"Document", "Script", "Stylesheet", "Image", "Font", "Other"}
FRAMES = (Path(__file__).parent / "frames.js").read_text()
# Presses each button once, in the turn in which it can be pressed: a driver takes longer to look than a page does.
PRESS = """(names) => {
  const left = [...names];
  const look = () => {
    const button = left.length && document.querySelector(`[data-test=${left[0]}]`);
    if (button && !button.disabled && button.getClientRects().length && left.shift()) button.click();
    if (left.length) setTimeout(look, 2);
  };
  look();
}"""


class Watched:
    """A page and its count: all bytes that came over the wire, and the compressed bodies of its files alone.

    A socket is one request, and what it brings counts among the bytes.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bytes = 0
        self.files = 0
        self.requests = 0
        self._heads: dict[str, float] = {}

    async def count(self) -> None:
        session = await self.page.context.new_cdp_session(self.page)
        await session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._loaded)
        session.on("Network.webSocketCreated", lambda _: self._opened())
        session.on("Network.webSocketFrameReceived", lambda event: self._came(len(event["response"]["payloadData"])))

    async def slow_down(self) -> None:
        """An old phone on a village line: 400 kbit/s, 400 ms there and back, a quarter of this machine's speed."""
        session = await self.page.context.new_cdp_session(self.page)
        line = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", line)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def _asked(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            self.requests += 1

    def _answered(self, event: dict[str, Any]) -> None:
        # What has come when the head is complete is the head; an answer of the interface is no file.
        if event["type"] in FILES:
            self._heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def _loaded(self, event: dict[str, Any]) -> None:
        self._came(event["encodedDataLength"])
        if event["requestId"] in self._heads:
            self.files += int(event["encodedDataLength"] - self._heads.pop(event["requestId"]))

    def _opened(self) -> None:
        self.requests += 1

    def _came(self, size: float) -> None:
        self.bytes += int(size)


@asynccontextmanager
async def watched(
    browser: Browser, context: BrowserContext | None = None, *, phone: bool = False
) -> AsyncIterator[Watched]:
    """A page in a fresh profile (or the one given), closed at the end."""
    own = context or await person(browser, phone=phone)
    page = await own.new_page()
    await page.add_init_script(FRAMES)
    seen = Watched(page)
    await seen.count()
    try:
        yield seen
    finally:
        await own.close()


async def press(page: Page, *names: str) -> None:
    """From now on; of a page that is not opened yet, when it is."""
    words = f"({PRESS})({list(names)})"
    await page.add_init_script(words)
    if page.url != "about:blank":
        await page.evaluate(words)


async def first_frame(page: Page, *, after: float = 0) -> float:
    """When the newest connection, made after that instant, showed its first picture; milliseconds since 1970."""
    newest = "after => { const at = window.__frames && __frames.first(); return at > after && at; }"
    shown = await page.wait_for_function(newest, arg=after, polling=10)
    return float(await shown.json_value())


def now() -> float:
    """The same clock the pages have: performance.timeOrigin + performance.now()."""
    return time.time() * 1000
