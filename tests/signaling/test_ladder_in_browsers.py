"""The ladder between two real pages: what is chosen, what is wished, and a line that becomes too narrow in a call."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page

from signaling.ice import IceSettings
from tests.signaling.fake_desk import FakeDesk, room_of
from tests.signaling.house import House, served
from tests.signaling.test_faults import page_of, pages
from tests.signaling.test_in_browsers import MEET, flowing
from tests.support.coturn import HOST, coturn
from tests.support.link import Line, link

WITHIN_S = 5
BUSY_S = 5
SENT = """async ([who, kind]) => {
  const pc = two[who].call.peers()[0].pc;
  const rows = [...(await pc.getStats()).values()];
  const row = rows.find((one) => one.type === "outbound-rtp" && one.kind === kind);
  return [row.packetsSent, performance.now()];
}"""
WISH = """(voice) => {
  const pair = [two.anna.line.instance, two.ivan.line.instance].join(".");
  return two.ivan.line.ask("signal", { to: 1, data: { pair, generation: 1, wish: { picture: "high", voice } } });
}"""
ASKED = """() => {
  const { sdp } = two.anna.call.peers()[0].pc.remoteDescription;
  const [, voice] = sdp.split(/(?=^m=)/m);
  const first = /^m=audio \\S+ \\S+ (\\d+)/.exec(voice)[1];
  return [new RegExp(`a=rtpmap:${first} (\\\\w+)`).exec(voice)[1], /a=ptime:(\\d+)/.exec(voice)[1]];
}"""
RUNGS = """() => {
  window.moves = [];
  for (const [name, { call }] of Object.entries(two)) {
    call.on("rung", ({ sends, gets, why }) => moves.push({ name, sends, gets, why, at: performance.now() }));
  }
}"""


@pytest.fixture
async def here(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk, more=pages) as house:
        yield house


async def packets_a_second(page: Page, who: str, kind: str, seconds: float = 2) -> float:
    before, began = await page.evaluate(SENT, [who, kind])
    await asyncio.sleep(seconds)
    after, ended = await page.evaluate(SENT, [who, kind])
    return float((after - before) / (ended - began) * 1000)


async def test_one_who_chooses_voice_gets_and_sends_no_picture_and_both_are_told(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await page.evaluate(RUNGS)
    await page.evaluate("two.ivan.call.choose('voice')")
    await page.wait_for_function("() => two.anna.line.view.seats[1].media.rung === 'voice'")
    await page.wait_for_function("() => two.ivan.line.view.seats[0].media.rung === 'voice'")
    assert await page.evaluate("two.anna.line.view.seats[1].media.why") == "choice"
    ivan = "moves.filter(({name}) => name === 'ivan').map(({sends, gets, why}) => [sends, gets, why])"
    assert await page.evaluate(ivan) == [["voice", "voice", "choice"]]
    await asyncio.sleep(1)
    assert await packets_a_second(page, "ivan", "video") == 0
    assert await packets_a_second(page, "anna", "video") == 0
    assert await packets_a_second(page, "anna", "audio") > 5
    await page.evaluate("two.ivan.call.choose('auto')")
    await flowing(page)
    assert await page.evaluate("[two.ivan.call.chosen, two.ivan.call.sending.rung]") == ["auto", "high"]
    await page.close()


async def test_the_voice_changes_its_packets_without_a_word_over_the_wire(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    own = await page.evaluate("two.ivan.call.peers()[0].pc.remoteDescription.sdp.match(/o=.*/)[0]")
    assert await page.evaluate(ASKED) == ["opus", "20"]
    for voice, codec, packet in (("redundant", "red", "20"), ("lean", "opus", "60"), ("plain", "opus", "20")):
        await page.evaluate(WISH, voice)
        await page.wait_for_function(
            f"(wanted) => JSON.stringify(({ASKED})()) === JSON.stringify(wanted)", arg=[codec, packet]
        )
        rate = await packets_a_second(page, "anna", "audio")
        assert rate <= 1000 / int(packet) * 1.3, f"{voice}: {rate} packets a second"
        await flowing(page)
    assert await page.evaluate("two.ivan.call.peers()[0].pc.remoteDescription.sdp.match(/o=.*/)[0]") == own
    await page.close()


async def test_voice_goes_first_and_silence_and_loss_are_provided_for(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    sdp = await page.evaluate("two.anna.call.peers()[0].pc.remoteDescription.sdp")
    assert "useinbandfec=1" in sdp
    assert "usedtx=1" in sdp
    priorities = (
        "() => two.anna.call.peers()[0].pc.getSenders().map((one) => one.getParameters().encodings[0].priority)"
    )
    assert await page.evaluate(priorities) == ["high", "low"]
    await page.close()


async def test_picture_yields_within_five_seconds_when_the_line_becomes_narrow(
    browser: Browser, desk: FakeDesk, tell: Callable[[str], None]
) -> None:
    """30 kbit/s bear a lean voice and nothing else. The loss of both ends goes over one link; each says why."""
    async with coturn() as relay, link((HOST, relay.port)) as line:
        through = replace(relay.relay, urls=(f"turn:{HOST}:{line.port}?transport=udp",))
        desk.ice_settings = IceSettings(relays=(through,))
        desk.open(replace(room_of(7), relay_only=True))
        async with served(desk, more=pages) as house:
            page = await page_of(browser, house)
            await line.set(Line(delay_ms=15))
            assert await page.evaluate(MEET)
            await asyncio.sleep(3)
            await page.evaluate(RUNGS)
            began = time.monotonic()
            await line.set(Line(kbit=60, delay_ms=15))
            await page.wait_for_function("() => moves.some(({why}) => why === 'line')", timeout=30_000, polling=50)
            first = time.monotonic() - began
            await page.wait_for_function(
                "() => [two.anna, two.ivan].some(({call}) => call.sending.rung === 'voice')", timeout=30_000, polling=50
            )
            tell(f"60 kbit/s for two who share it: the ladder moves after {first:.1f} s")
            assert first <= WITHIN_S + BUSY_S
            await page.wait_for_function("() => two.anna.line.view.seats.some(({media}) => media.why === 'line')")
            await page.close()
