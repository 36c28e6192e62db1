"""The call as two people have it: from opening the link, from being admitted, after a reload, while the server dies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Page

from bench import floor
from bench.figure import Figure, Subject, figure
from bench.floor import WORDS as FLOOR
from bench.house import house
from bench.watch import Watched, first_frame, now, press, watched
from tests.support.chromium import chromium, person
from tests.support.consultation import open_consultation, to_the_waiting_room
from tests.support.live_server import LiveServer
from tests.support.staff import sign_in

RUNS = 7
KILLS = 3
SLOW_RUNS = 3
# Who is already there has done with the opening of her own page.
SETTLED_S = 1
LEFT_ALONE = "the same call left alone"
SLOW = "call.ready_slow_line"
OPENED = ("call.open_to_frame", "call.client_bytes", "call.client_requests")
ADMITTED = ("call.admit_to_frame", "call.reload_to_media", "call.server_kill_gap")


@dataclass
class Runs:
    """What each run gave, in milliseconds, bytes and requests."""

    floors: list[floor.Floor] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    size: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    admitted: list[float] = field(default_factory=list)
    reloaded: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    quiet_gaps: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    slow_floors: list[float] = field(default_factory=list)


async def measure(wanted: frozenset[str]) -> list[Figure]:
    """The runs of both kinds take turns with those of the floor, so that all see the same machine."""
    runs = Runs()
    async with house() as server, chromium() as hers, chromium() as his:
        await floor.run(hers, his)  # the first one warms both browsers
        for _ in range(SLOW_RUNS if SLOW in wanted else 0):
            runs.slow_floors.append(await floor.ready_on_a_slow_line(his))
            runs.slow.append(await _ready_on_a_slow_line(server, his))
        for number in range(RUNS if wanted - {SLOW} else 0):
            runs.floors.append(await floor.run(hers, his))
            if wanted & set(OPENED):
                await _open(server, hers, his, runs)
            if wanted & set(ADMITTED):
                await _admit(server, hers, his, runs, kill=number < KILLS)
    return list(_figures(runs))


def _figures(runs: Runs) -> list[Figure]:
    bare_open = [each.open_to_frame for each in runs.floors]
    bare_click = [each.click_to_frame for each in runs.floors]
    found: list[Figure] = []
    if runs.opened:
        found.append(figure("call.open_to_frame", "ms", runs.opened, (FLOOR, bare_open)))
        found.append(figure("call.client_bytes", "bytes", runs.size, (FLOOR, [each.bytes for each in runs.floors])))
        requests = [each.requests for each in runs.floors]
        found.append(figure("call.client_requests", "requests", runs.requests, (FLOOR, requests)))
    if runs.slow:
        found.append(figure(SLOW, "ms", runs.slow, (FLOOR, runs.slow_floors)))
    if runs.admitted:
        found.append(figure("call.admit_to_frame", "ms", runs.admitted, (FLOOR, bare_click)))
        found.append(figure("call.reload_to_media", "ms", runs.reloaded, (f"{FLOOR}, opened", bare_open)))
        found.append(figure("call.server_kill_gap", "ms", runs.gaps, (LEFT_ALONE, runs.quiet_gaps)))
    return found


async def _ready_on_a_slow_line(server: LiveServer, browser: Browser) -> float:
    """From opening the link to the first button that can be pressed."""
    consultation = await open_consultation(server)
    async with watched(browser, phone=True) as client:
        await client.slow_down()
        begun = now()
        await client.page.goto(consultation.link, wait_until="commit", timeout=60_000)
        await client.page.wait_for_selector("[data-test=check-start]", timeout=60_000)
        return now() - begun


async def _open(server: LiveServer, hers: Browser, his: Browser, runs: Runs) -> None:
    """She sits in the room and admits at once; he opens the link and presses what he is shown as soon as he can."""
    async with _both(server, hers, his) as (specialist, client, link):
        await press(client.page, "check-start", "check-done")
        await asyncio.sleep(SETTLED_S)
        await press(specialist, "admit")
        begun = now()
        await client.page.goto(link, wait_until="commit")
        runs.opened.append(await first_frame(client.page) - begun)
        runs.size.append(client.bytes)
        runs.requests.append(client.requests)


async def _admit(server: LiveServer, hers: Browser, his: Browser, runs: Runs, *, kill: bool) -> None:
    """He waits already; she presses the button. Then he reloads, and the server is killed under their call."""
    async with _both(server, hers, his) as (specialist, client, link):
        await client.page.goto(link)
        await to_the_waiting_room(client.page)
        await specialist.wait_for_selector("[data-test=admit]")
        await asyncio.sleep(SETTLED_S)
        begun = now()
        await specialist.click("[data-test=admit]")
        runs.admitted.append(max(await first_frame(client.page), await first_frame(specialist)) - begun)
        await asyncio.sleep(2)
        runs.reloaded.append(await _reload(client.page, specialist))
        if kill:
            runs.quiet_gaps.append(await _longest_gap(client.page, specialist, asyncio.sleep(4)))
            runs.gaps.append(await _longest_gap(client.page, specialist, _killed(server)))


async def _reload(reloaded: Page, other: Page) -> float:
    begun = now()
    await reloaded.reload(wait_until="commit")
    return max(await first_frame(reloaded, after=begun), await first_frame(other, after=begun)) - begun


async def _longest_gap(first: Page, second: Page, meanwhile: Awaitable[None]) -> float:
    """The longest time in which one of the two saw no new picture."""
    for page in (first, second):
        await page.evaluate("__frames.begin()")
    await meanwhile
    return max([float(await page.evaluate("__frames.gap()")) for page in (first, second)])


async def _killed(server: LiveServer) -> None:
    await server.kill()
    await asyncio.sleep(1)
    await server.start()
    await asyncio.sleep(4)


@asynccontextmanager
async def _both(server: LiveServer, hers: Browser, his: Browser) -> AsyncIterator[tuple[Page, Watched, str]]:
    """Her page in the room, his page not yet opened and his link."""
    consultation = await open_consultation(server)
    context = await _signed_in(server, hers)
    async with watched(hers, context) as specialist, watched(his, phone=True) as client:
        await specialist.page.goto(consultation.room)
        await specialist.page.wait_for_selector("[data-test=self]")
        yield specialist.page, client, consultation.link


async def _signed_in(server: LiveServer, browser: Browser) -> BrowserContext:
    context = await person(browser)
    await sign_in(context, server.address, "specialist")
    return context


SUBJECT = Subject((*OPENED, SLOW, *ADMITTED), measure)
