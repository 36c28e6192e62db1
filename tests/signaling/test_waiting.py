"""While a guest waits all is prepared and nothing of him is sent: counted on the wire and in the browser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page

from signaling.ice import IceSettings
from tests.signaling import tap
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, FakeDesk, room_of
from tests.signaling.house import House, served
from tests.signaling.tap import Tap, tapped
from tests.signaling.test_faults import page_of, pages
from tests.support.coturn import HOST, coturn

KEEP_CONNECTIONS = """(() => {
  const Original = RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Original {
    setLocalDescription(...given) {
      if (!connections.includes(this)) connections.push(this);
      return super.setLocalDescription(...given);
    }
  };
})()"""
COME = """async () => {
  window.two = { anna: await house.person({room: 7, seat: 1}), ivan: await house.person({room: 7, seat: 2}) };
  window.told = [];
  for (const [name, { call }] of Object.entries(two)) {
    for (const event of ["stream", "state", "sample"]) call.on(event, () => told.push([name, event]));
  }
}"""
READY = "() => connections.length === 2 && connections.every(({connectionState}) => connectionState === 'connected')"
SENT = """async () => {
  const rows = (await Promise.all(connections.map((each) => each.getStats()))).flatMap((all) => [...all.values()]);
  return rows.filter(({type}) => type === "outbound-rtp").map(({packetsSent}) => packetsSent);
}"""
SENDERS = "() => connections.flatMap((each) => each.getSenders().map(({track}) => track && track.kind))"


@pytest.fixture
async def wire(desk: FakeDesk) -> AsyncIterator[Tap]:
    """All that the two say to each other goes over a relay, and through the tap."""
    async with coturn() as relay, tapped((HOST, relay.port)) as wire:
        through = replace(relay.relay, urls=(f"turn:{HOST}:{wire.port}?transport=udp",))
        desk.ice_settings = IceSettings(relays=(through,))
        desk.open(replace(room_of(7), relay_only=True))
        yield wire


@pytest.fixture
async def here(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk, more=pages) as house:
        yield house


async def waiting(browser: Browser, house: House) -> Page:
    """Both are here, he is not let in, and their connection stands."""
    page = await page_of(browser, house)
    await page.evaluate(KEEP_CONNECTIONS)
    await page.evaluate(COME)
    await page.wait_for_function(READY)
    return page


async def test_nothing_of_him_is_on_the_wire_before_he_is_let_in(browser: Browser, wire: Tap, here: House) -> None:
    page = await waiting(browser, here)
    await asyncio.sleep(3)
    assert wire.up.other > 10, "the tap sees what prepares the connection"
    assert (wire.up.media, wire.down.media) == (0, 0)
    assert await page.evaluate(SENT) == [0, 0, 0, 0]
    assert await page.evaluate(SENDERS) == [None, None, None, None]
    await page.evaluate("two.anna.line.ask('admit', {seat: 2})")
    assert await page.evaluate("house.seeEachOther(two.anna, two.ivan, 10000)") is not None
    await eventually(lambda: wire.up.media > 10)
    await page.close()


async def test_a_page_hears_of_nobody_before_he_is_let_in(browser: Browser, here: House) -> None:
    page = await waiting(browser, here)
    assert await page.evaluate("[two.anna.call.peers(), two.ivan.call.peers(), told]") == [[], [], []]
    await page.evaluate("two.anna.line.ask('admit', {seat: 2})")
    await page.wait_for_function("() => two.anna.call.peers().length === 1 && two.ivan.call.peers().length === 1")
    assert await page.evaluate("told.filter(([, event]) => event === 'stream').length") == 2
    await page.close()


async def test_letting_in_only_lets_flow(browser: Browser, here: House, tell: Callable[[str], None]) -> None:
    """The descriptions stand before, and no new one is said for it."""
    page = await waiting(browser, here)
    before = await page.evaluate("connections.map(({localDescription}) => localDescription.sdp)")
    await page.evaluate("two.anna.line.ask('admit', {seat: 2})")
    ms = await page.evaluate("house.seeEachOther(two.anna, two.ivan, 10000)")
    tell(f"admitted in two waiting pages: both decode the other's first picture after {ms} ms")
    assert await page.evaluate("connections.length") == 2
    assert await page.evaluate("connections.map(({localDescription}) => localDescription.sdp)") == before
    await page.close()


async def test_who_is_asked_to_leave_is_neither_seen_nor_sent_to_any_more(browser: Browser, here: House) -> None:
    page = await waiting(browser, here)
    await page.evaluate("two.anna.line.ask('admit', {seat: 2})")
    assert await page.evaluate("house.seeEachOther(two.anna, two.ivan, 10000)") is not None
    await page.evaluate("seat => two.anna.line.ask('dismiss', {seat})", CLIENT)
    await page.wait_for_function("() => two.ivan.events.some(([, what]) => what === 'dismissed')")
    await page.wait_for_function("() => connections.every(({connectionState}) => connectionState === 'closed')")
    assert await page.evaluate("[two.anna.call.peers(), two.ivan.call.peers()]") == [[], []]
    await page.close()


def test_the_tap_knows_sound_and_picture_from_all_else() -> None:
    rtp = bytes([0x80, 111]) + bytes(10) + b"sound" + bytes(10)
    assert tap.is_media(rtp)
    assert not tap.is_media(bytes([0x80, 200]) + bytes(40)), "RTCP"
    assert not tap.is_media(bytes([22, 254]) + bytes(40)), "DTLS"
    assert not tap.is_media(bytes([0xA0, 111]) + bytes(200)), "padding"
    assert list(tap.brought(b"\x40\x00\x00\x1b" + rtp)) == [rtp]
    assert list(tap.brought(bytes([0, 1, 0, 0]) + bytes(16))) == []
