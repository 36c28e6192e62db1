"""The floor of every call: two bare peer connections in the same two browsers, over a relay of ten lines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser

from bench.watch import first_frame, now, watched

HERE = Path(__file__).parent
WORDS = "bare peer connections"


@dataclass(frozen=True, slots=True)
class Floor:
    """Milliseconds of one run, and what travelled until the first picture."""

    open_to_frame: float
    click_to_frame: float
    bytes: int
    requests: int


async def run(caller: Browser, answerer: Browser) -> Floor:
    async with _served() as address:
        opened, size, requests = await _open_to_frame(caller, answerer, address)
        clicked = await _click_to_frame(caller, answerer, address)
    return Floor(opened, clicked, size, requests)


async def ready_on_a_slow_line(browser: Browser) -> float:
    """From opening the link to a page one could press a button on, in ms."""
    async with _served() as address, watched(browser) as only:
        await only.slow_down()
        begun = now()
        await only.page.goto(f"{address}?wait", wait_until="commit")
        await only.page.wait_for_function("typeof socket !== 'undefined' && socket.readyState === 1", polling=20)
        return now() - begun


async def _open_to_frame(caller: Browser, answerer: Browser, address: str) -> tuple[float, int, int]:
    """The caller sits there already; the other opens the link and sees a picture."""
    async with watched(caller) as first, watched(answerer) as second:
        await first.page.goto(address)
        await first.page.wait_for_function("socket.readyState === 1")
        begun = now()
        await second.page.goto(f"{address}#answer", wait_until="commit")
        shown = await first_frame(second.page)
        return shown - begun, second.bytes, second.requests


async def _click_to_frame(caller: Browser, answerer: Browser, address: str) -> float:
    """Both sit there with their cameras on; the click connects them. The later picture counts."""
    async with watched(caller) as first, watched(answerer) as second:
        await first.page.goto(f"{address}?wait")
        await first.page.wait_for_function("socket.readyState === 1")
        await second.page.goto(f"{address}?wait#answer")
        await first.page.wait_for_function("window.bothHere")
        begun = now()
        await first.page.evaluate("void call()")
        return max(await first_frame(first.page), await first_frame(second.page)) - begun


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    app = web.Application()
    bare(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def bare(app: web.Application, path: str = "/") -> None:
    """Adds the page and its relay: each tab's words go to all others."""
    sockets = set[web.WebSocketResponse]()

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / "floor.html")

    async def relay(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        sockets.add(socket)
        try:
            async for message in socket:
                for other in sockets - {socket}:
                    with suppress(ConnectionError):  # one of an earlier run, whose line was cut
                        await other.send_str(message.data)
        finally:
            sockets.discard(socket)
        return socket

    app.add_routes([web.get(path, page), web.get("/relay", relay)])
