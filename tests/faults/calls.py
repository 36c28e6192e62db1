"""Calls between people whose networks can be taken away: a real server, real pages, browsers in namespaces."""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.chromium import ARGUMENTS, executable, person
from tests.support.consultation import through_the_check
from tests.support.crowd import Place
from tests.support.live_server import LiveServer
from tests.support.networks import Host, Networks

STALE_S = 0.3
ARRIVALS = Path(__file__).with_name("arrivals.js").read_text()


@dataclass(frozen=True)
class Call:
    """Two people who see and hear each other."""

    his: Page
    hers: Page

    async def flows_after(self, instant: float, within_s: float) -> float:
        """Seconds from `instant` (of the wall clock) until both have a new picture and new sound of the other."""
        # What was on its way already is played for a moment more.
        asked = f"__arrivals.after({(instant + STALE_S) * 1000:.0f})"
        for page in (self.his, self.hers):
            await page.wait_for_function(f"() => {asked} !== null", timeout=within_s * 1000, polling=50)
        found = [float(await page.evaluate(asked)) for page in (self.his, self.hers)]
        return max(found) / 1000 - instant


@asynccontextmanager
async def reachable_server(demo_data: Path, data: Path, networks: Networks) -> AsyncIterator[tuple[LiveServer, str]]:
    """A server with demo data that hosts can reach, and its address for them."""
    shutil.copytree(demo_data, data)
    server = LiveServer(data, {"RYADOM_HOST": "0.0.0.0"})  # noqa: S104 - reached from the namespaces
    await server.start()
    try:
        yield server, f"http://{networks.address}:{server.port}"
    finally:
        await server.kill()


@asynccontextmanager
async def chromium_at(host: Host, origin: str) -> AsyncIterator[Browser]:
    """A browser whose only network is this host's. Its camera is slow: several calls share the machine."""
    options = (
        # A page without HTTPS gets no camera, unless it is trusted by name.
        f"--unsafely-treat-insecure-origin-as-secure={origin}",
        "--use-fake-device-for-media-stream=fps=10",
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=host.program(executable()), args=[*ARGUMENTS, *options]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def page_of(browser: Browser, origin: str, place: Place) -> Page:
    """The page of a person who signed in, or opened his link, before."""
    context = await person(browser)
    name, _, value = place.cookie.partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": origin}])
    await context.grant_permissions(["camera", "microphone"], origin=origin)
    page = await context.new_page()
    await page.add_init_script(ARRIVALS)
    return page


@asynccontextmanager
async def page_at(host: Host, origin: str, place: Place) -> AsyncIterator[Page]:
    """In a browser of its own."""
    async with chromium_at(host, origin) as browser:
        yield await page_of(browser, origin, place)


async def call(origin: str, hers: Page, his: Page, place: Place) -> Call:
    """From two empty pages to both seeing and hearing each other."""
    await hers.goto(f"{origin}/staff/room?booking={place.booking}")
    await wait_for_her(origin, his)
    return await call_from_waiting(hers, his)


async def wait_for_her(origin: str, his: Page) -> None:
    """Through the check of his line, into the waiting room."""
    await his.goto(f"{origin}/visit")
    await through_the_check(his)
    await expect(his.locator("[data-test=waiting]")).to_be_visible(timeout=30_000)


async def call_from_waiting(hers: Page, his: Page) -> Call:
    """She lets him in."""
    began = time.time()
    await hers.click("[data-test=admit]", timeout=30_000)
    found = Call(his, hers)
    await found.flows_after(began, 30)
    return found
