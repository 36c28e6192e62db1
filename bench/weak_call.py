"""A call over a weak line: two browsers, coturn, and between it and one of them a link that does as it is told.

`python -m bench.weak_call 30kbit` measures one condition and prints what every window gave; see `--help`.
"""

import argparse
import asyncio
import base64
import json
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from bench import floor
from bench.understood import resampled, understood
from bench.watch import now
from signaling.ice import with_credential
from signaling.presence import MemoryPresence
from signaling.server import build
from tests.signaling.fake_desk import FakeDesk, room_of
from tests.support.chromium import chromium, person
from tests.support.coturn import HOST, Coturn, coturn
from tests.support.link import NO_LINE, Line, Remote, link
from tests.support.patience import comes_true
from tests.support.speech import speech, spoken

Kind = Literal["ours", "plain"]
HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
# 60 ms there and back, both directions alike, and what waits before a bottleneck is 300 ms at the most.
GOOD = Line(delay_ms=30)
LINES = {
    "good": GOOD,
    "5": Line(loss=0.05, delay_ms=30),
    "15": Line(loss=0.15, delay_ms=30),
    "15bursts": Line(loss=0.15, burst=3, delay_ms=30),
    "30": Line(loss=0.3, delay_ms=30),
    "150kbit": Line(kbit=150, delay_ms=30),
    "60kbit": Line(kbit=60, delay_ms=30),
    "30kbit": Line(kbit=30, delay_ms=30),
}
MOVING = "async () => { const s = await __weak.now(); return !!s && s.frames > 5 && s.packets > 20; }"
SETTLE_S = 8
WINDOW_S = 12
BACK_PATIENCE_S = 15


@dataclass(frozen=True)
class Window:
    """What one end heard and saw of the other in one window."""

    end: str
    concealed: float
    """Per cent of the sound."""
    fps: float
    sound_gap_ms: float
    still_ms: float
    """The longest time without a new picture and without a word about it."""
    loss: float
    kbps: float
    rtt_ms: float
    buffer_ms: float
    heard: bytes
    """16-bit samples at 10 kHz, where they were recorded."""
    rungs: list[Any]

    def line(self) -> str:
        facts = {**vars(self), "heard": len(self.heard)}
        return json.dumps({name: round(v, 2) if isinstance(v, float) else v for name, v in facts.items()})


@dataclass
class Place:
    """The browsers, the relay and the server that all calls of one measurement share."""

    weak: Browser
    good: Browser
    relay: Coturn
    server: tuple[str, int]
    desk: FakeDesk

    @asynccontextmanager
    async def call(self, kind: Kind, *, seed: int) -> AsyncIterator["Call"]:
        """A running call on a good line; the weak end's packets all go through `call.link`."""
        room = self.desk.open(room_of(len(self.desk.rooms) + 1)).room
        async with AsyncExitStack() as stack:
            line = await stack.enter_async_context(link((HOST, self.relay.port), web=self.server, seed=seed))
            await line.set(GOOD)
            far = await stack.enter_async_context(self._page(self.good, self.relay.port))
            near = await stack.enter_async_context(self._page(self.weak, line.port))
            call = Call(kind, near, far, line)
            pages = {"plain": ("plain", "plain#answer"), "ours": (f"ours?room={room}#1", f"ours?room={room}#2")}[kind]
            await far.goto(f"http://{HOST}:{self.server[1]}/{pages[0]}")
            if kind == "plain":
                await far.wait_for_function("socket.readyState === 1")
            await near.goto(f"http://{HOST}:{line.web_port}/{pages[1]}")
            await call.is_up()
            yield call

    @asynccontextmanager
    async def _page(self, browser: Browser, port: int) -> AsyncIterator[Page]:
        context: BrowserContext = await person(browser)
        # A seat of its own for each page: what closed pages had stays allocated for ten minutes, and counts as theirs.
        relay = with_credential(self.relay.relay, secrets.token_hex(4), datetime.now(UTC) + timedelta(hours=1))
        server = {"urls": [f"turn:{HOST}:{port}?transport=udp"], "username": relay.username}
        page = await context.new_page()
        await page.add_init_script(f"window.__relay = {json.dumps({**server, 'credential': relay.credential})}")
        await page.add_init_script((HERE / "weak.js").read_text())
        try:
            yield page
        finally:
            await context.close()


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    """Everything that stays the same over all conditions; both microphones hear the same sentences."""
    with tempfile.TemporaryDirectory(prefix="ryadom-bench-") as folder:
        voice = speech(Path(folder) / "voice.wav")
        desk = FakeDesk()
        async with (
            coturn() as relay,
            _served(desk) as server,
            chromium(microphone=voice) as weak,
            chromium(microphone=voice) as good,
        ):
            yield Place(weak, good, relay, server, desk)


@asynccontextmanager
async def _served(desk: FakeDesk) -> AsyncIterator[tuple[str, int]]:
    """The real wire and the real libraries before a desk in memory, and the bare page beside them."""
    signaling = build(desk, MemoryPresence(), origins=lambda _origin, _environ: True)
    app = web.Application()
    signaling.sio.attach(app)

    async def ours(_: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / "weak.html")

    async def ticket(request: web.Request) -> web.Response:
        given = desk.ticket(int(request.match_info["room"]), int(request.match_info["seat"]))
        return web.json_response({"ticket": given})

    app.add_routes([web.get("/ours", ours), web.get("/ticket/{room}/{seat}", ticket), web.static("/static", STATIC)])
    floor.bare(app, "/plain")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    await signaling.start()
    try:
        yield HOST, runner.addresses[0][1]
    finally:
        await signaling.stop()
        await runner.cleanup()


@dataclass
class Call:
    kind: Kind
    near: Page
    """The end with the weak line."""
    far: Page
    link: Remote
    settling_ms: float = 0

    @property
    def ends(self) -> dict[str, Page]:
        return {"near": self.near, "far": self.far}

    async def is_up(self) -> None:
        """Sound and pictures move both ways."""
        try:
            for page in self.ends.values():
                await comes_true(page, MOVING, within_s=30)
        except TimeoutError:
            seen = {end: await page.evaluate("__weak.now()") for end, page in self.ends.items()}
            raise TimeoutError(f"the {self.kind} call is not up: {seen}") from None

    async def windows(self, line: Line, count: int, *, record: bool = False) -> list[Window]:
        """Two windows (one an end) for each of `count`, after the ladder had its time to settle."""
        await self.still_ms()
        await self.link.set(line)
        await asyncio.sleep(SETTLE_S)
        self.settling_ms = await self.still_ms()
        found: list[Window] = []
        for _ in range(count):
            found += await asyncio.gather(*(_window(name, page, record=record) for name, page in self.ends.items()))
        return found

    async def still_ms(self) -> float:
        """The longest time, since the last asking, in which one end saw no new picture and no word about it."""
        gaps = [await page.evaluate("__weak.gaps()") for page in self.ends.values()]
        return max(float(gap["still"]) for gap in gaps)

    async def back_after(self, seconds: float) -> float:
        """No line for so long, for media and wire alike; then the seconds until both hear each other again."""
        await self.still_ms()
        await self.link.set(NO_LINE)
        await asyncio.sleep(seconds)
        self.settling_ms = await self.still_ms()
        await self.link.set(GOOD)
        returned = now()
        heard = await asyncio.gather(*(_heard_after(page, returned) for page in self.ends.values()))
        return max(heard)


async def _window(name: str, page: Page, *, record: bool) -> Window:
    await page.evaluate("__weak.gaps()")
    before = await page.evaluate("__weak.now()")
    if record:
        heard = _bytes(await page.evaluate(f"__weak.record({WINDOW_S})"))
    else:
        heard = b""
        await asyncio.sleep(WINDOW_S)
    after, gaps = await page.evaluate("__weak.now()"), await page.evaluate("__weak.gaps()")
    # A connection made anew in the window begins its counts anew.
    since = before if before["number"] == after["number"] else dict.fromkeys(before, 0) | {"at": before["at"]}
    grown = {key: after[key] - since[key] for key in after if isinstance(after[key], int | float)}
    seconds = grown["at"] / 1000
    return Window(
        end=name,
        concealed=100 * grown["concealed"] / max(1, grown["heard"]),
        fps=grown["frames"] / seconds,
        sound_gap_ms=gaps["sound"],
        still_ms=gaps["still"],
        loss=100 * grown["lost"] / max(1, grown["lost"] + grown["packets"]),
        kbps=(grown["inBytes"] + grown["pictureBytes"]) * 8 / 1000 / seconds,
        rtt_ms=1000 * after["rtt"],
        buffer_ms=1000 * grown["jitterBuffer"] / max(1, grown["emitted"]),
        heard=heard,
        rungs=await page.evaluate("window.rungs ? window.rungs.splice(0) : []"),
    )


async def _heard_after(page: Page, instant: float) -> float:
    try:
        found = await page.wait_for_function(
            "at => __weak.arrivals(at)", arg=instant, timeout=BACK_PATIENCE_S * 1000, polling=50
        )
    except PlaywrightTimeout:
        return BACK_PATIENCE_S
    return (float(await found.json_value()) - instant) / 1000


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.weak_call", description=__doc__)
    parser.add_argument("line", choices=[*LINES, "away"], help="a condition; away: no line for --seconds")
    parser.add_argument("--kind", choices=["ours", "plain"], default="ours")
    parser.add_argument("--windows", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heard", action="store_true", help="record, and say how well it is understood (0 … 1)")
    asked = parser.parse_args()
    async with place() as here, here.call(asked.kind, seed=asked.seed) as call:
        if asked.line == "away":
            print(json.dumps({"back_s": await call.back_after(asked.seconds), "still_ms": call.settling_ms}))
            return
        windows = await call.windows(LINES[asked.line], asked.windows, record=asked.heard)
        print(json.dumps({"settling_ms": call.settling_ms, "link": str(await call.link.counts())}))
    known = resampled(*spoken())
    for window in windows:
        print(window.line(), understood(window.heard, known) if asked.heard else "", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
