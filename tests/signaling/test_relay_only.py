"""A service that demands the relay: two real browsers meet, and neither side ever learns an address of the other."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocket

from server.lan import own_address
from signaling.ice import IceSettings
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk, room_of
from tests.signaling.house import House, served
from tests.signaling.test_faults import pages
from tests.support.chromium import person
from tests.support.coturn import Coturn, coturn

# A page that does as it likes: it gathers every address it has, whatever it was told.
DISOBEDIENT = """(() => {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(settings) { super({ ...settings, iceTransportPolicy: "all" }); }
    setConfiguration(settings) { super.setConfiguration({ ...settings, iceTransportPolicy: "all" }); }
  };
})()"""
COME = "async (seat) => { window.me = await house.person({ room: 7, seat }); }"
SEES = "async () => (await house.frames(me)) > 3"
PATH = """async () => {
  const rows = [...(await me.call.peers()[0].pc.getStats()).values()];
  const pair = rows.find((row) => row.type === "candidate-pair" && row.nominated && row.state === "succeeded");
  return [pair.localCandidateId, pair.remoteCandidateId].map((id) => rows.find((row) => row.id === id).candidateType);
}"""


@pytest.fixture
async def relay() -> AsyncIterator[Coturn]:
    async with coturn() as running:
        yield running


@pytest.fixture
async def here(desk: FakeDesk, relay: Coturn) -> AsyncIterator[House]:
    desk.ice_settings = IceSettings(relays=(relay.relay,))
    desk.open(replace(room_of(7), relay_only=True))
    async with served(desk, more=pages) as house:
        yield house


class Heard:
    """Everything the wire brought to one page, as text."""

    def __init__(self, page: Page) -> None:
        self.frames: list[str] = []
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    @property
    def text(self) -> str:
        return "\n".join(self.frames)

    def candidates(self) -> list[str]:
        """Those told apart and those within descriptions."""
        signals = [entry["data"] for entry in map(_entry, self.frames) if entry and entry["kind"] == "signal"]
        apart = [each["candidate"] for data in signals for each in data.get("candidates") or []]
        within = [
            line.removeprefix("a=")
            for data in signals
            for line in (data.get("description") or {"sdp": ""})["sdp"].splitlines()
            if line.startswith("a=candidate")
        ]
        return [line for line in apart + within if line]


def _entry(frame: str) -> dict[str, Any] | None:
    """The log entry in a Socket.IO packet `42/room,["log",{…}]`."""
    if '["log",' not in frame:
        return None
    found: dict[str, Any] = json.loads(frame[frame.index("[") :])[1]
    return found


async def meet(browser: Browser, house: House, *, disobedient: bool) -> tuple[list[Page], list[Heard]]:
    """Two profiles, and the client let in."""
    found: list[Page] = []
    heard: list[Heard] = []
    for seat in (SPECIALIST, CLIENT):
        context: BrowserContext = await person(browser)
        page = await context.new_page()
        if disobedient:
            await page.add_init_script(DISOBEDIENT)
        heard.append(Heard(page))
        await page.goto(f"{house.url}/pair")
        await page.wait_for_function("() => window.house")
        await page.evaluate(COME, seat)
        found.append(page)
    await found[0].evaluate("() => me.line.ask('admit', { seat: 2 })")
    return found, heard


@pytest.mark.parametrize("disobedient", [False, True], ids=["our page", "a page that gathers all it can"])
async def test_no_address_of_a_person_is_on_the_wire(browser: Browser, here: House, disobedient: bool) -> None:
    both, heard = await meet(browser, here, disobedient=disobedient)
    async with asyncio.timeout(15):
        for page in both:
            while not await page.evaluate(SEES):  # noqa: ASYNC110 - a page tells nothing by itself
                await asyncio.sleep(0.05)
    for page, wire in zip(both, heard, strict=True):
        candidates = wire.candidates()
        assert candidates, "they found each other by what was told"
        assert [line for line in candidates if " typ relay" not in line] == []
        assert {line.split(" raddr ")[1].split()[0] for line in candidates} == {"0.0.0.0"}  # noqa: S104 - nothing is bound to it
        assert own_address() not in wire.text
        local, remote = await page.evaluate(PATH)
        assert remote == "relay"
        assert disobedient or local == "relay"
        await page.context.close()
