"""A call between real pages over its life: renewals at once, lost sight, four people, a shared screen, lost devices."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from playwright.async_api import Browser

from signaling.rooms import Seat
from tests.signaling.fake_desk import SPECIALIST, FakeDesk, room_of
from tests.signaling.house import House, served
from tests.signaling.test_faults import page_of, pages
from tests.signaling.test_in_browsers import ANOTHER_CAMERA, MEET, flowing
from tests.support.patience import comes_true

GLARES = 200
PAIRS_AT_ONCE = 4
# Both want a new path in the same instant, or nearly so, until each has asked so often; then the call must stand.
GLARE = """async ({room, times}) => {
  const { anna, ivan } = await house.meet({ room });
  if ((await house.seeEachOther(anna, ivan, 15000)) === null) return "never met";
  for (let time = 0; time < times; time += 1) {
    const [first, second] = time % 2 ? [anna, ivan] : [ivan, anna];
    first.call.restart();
    await house.pause(time % 7);
    second.call.restart();
    await house.pause(310);
  }
  const [one, two] = [anna.call.peers()[0].pc, ivan.call.peers()[0].pc];
  const ufrag = ({ sdp }) => sdp.match(/ice-ufrag:(.*)/)[1];
  const half = (near, far) => ufrag(near.localDescription) === ufrag(far.remoteDescription);
  const whole = (pc) => pc.signalingState === "stable" && /connected|completed/.test(pc.iceConnectionState);
  const stands = () => half(one, two) && half(two, one) && whole(one) && whole(two);
  for (let wait = 0; wait < 100 && !stands(); wait += 1) await house.pause(100);
  const before = [await house.frames(anna), await house.frames(ivan)];
  await house.pause(1500);
  const after = [await house.frames(anna), await house.frames(ivan)];
  const same = anna.call.peers()[0].pc === one && ivan.call.peers()[0].pc === two;
  const found = { stands: stands(), moves: after.every((count, which) => count > before[which]), same };
  anna.leave();
  ivan.leave();
  return found;
}"""
FOUR = """async (seats) => {
  window.four = [await house.person({ room: 9, seat: seats[0] })];
  const [anna] = four;
  const admit = ({ seat, here, admitted }) => here && !admitted && anna.line.ask("admit", { seat }).catch(() => {});
  anna.line.on("room", (view) => view.seats.forEach(admit));
  for (const seat of seats.slice(1)) four.push(await house.person({ room: 9, seat }));
}"""
EACH_SEES_THREE = """async () => {
  for (const { call } of four) {
    const peers = call.peers();
    if (peers.length !== 3) return false;
    for (const { pc } of peers) {
      let frames = 0;
      (await pc.getStats()).forEach((row) => (frames += (row.type === "inbound-rtp" && row.framesDecoded) || 0));
      if (!frames) return false;
    }
  }
  return true;
}"""
BUDGETS = """() => four.flatMap(({ call }) => call.peers().map(({ pc }) =>
  pc.getSenders().filter(({ track }) => track && track.kind === "video").map((one) => one.getParameters().encodings[0])
).map((encodings) => (encodings.length ? encodings[0].maxBitrate : null)))"""


@pytest.fixture
async def here(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk, more=pages) as house:
        yield house


async def test_both_renewing_at_once_two_hundred_times_never_breaks_it(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    for room in range(100, 100 + PAIRS_AT_ONCE):
        here.desk.open(room_of(room))
    each = GLARES // PAIRS_AT_ONCE
    asked = [{"room": 100 + number, "times": each} for number in range(PAIRS_AT_ONCE)]
    found = await asyncio.gather(*(page.evaluate(GLARE, one) for one in asked))
    assert found == [{"stands": True, "moves": True, "same": True}] * PAIRS_AT_ONCE
    await page.close()


async def test_whom_only_the_server_lost_from_sight_is_still_seen(browser: Browser, desk: FakeDesk) -> None:
    """His line to the server is away for longer than the grace; picture and sound take another way and go on."""
    closed = False

    def door(app: web.Application) -> None:
        pages(app)

        @web.middleware
        async def shut(request: web.Request, handler: Callable[..., object]) -> web.StreamResponse:
            if closed and request.path == "/ticket/7/2":
                raise web.HTTPServiceUnavailable
            return await handler(request)  # type: ignore[misc, no-any-return]

        app.middlewares.append(shut)

    async with served(desk, more=door, grace=timedelta(seconds=1)) as house:
        page = await page_of(browser, house)
        assert await page.evaluate(MEET)
        pair = await page.evaluate("two.anna.call.peers()[0].pc.localDescription.sdp")
        closed = True
        await hang_up(house, seat=2)
        await page.wait_for_function("() => two.anna.line.view.seats.some(({seat, here}) => seat === 2 && !here)")
        await flowing(page)
        closed = False
        await page.wait_for_function("() => two.anna.line.view.seats.every(({seat, here}) => seat === 3 || here)")
        await flowing(page)
        assert await page.evaluate("two.anna.call.peers()[0].pc.localDescription.sdp") == pair
        await page.close()


async def hang_up(house: House, seat: int) -> None:
    for line in list(house.signaling.rooms._lines.values()):
        if line.seat.seat == seat:
            await house.signaling.sio.disconnect(line.sid, namespace="/room")


async def test_four_people_see_each_other_and_share_the_line(browser: Browser, here: House) -> None:
    room = room_of(9)
    here.desk.open(replace(room, seats=(*room.seats, Seat(4, "interpreter", "Ольга"))))
    page = await page_of(browser, here)
    await page.evaluate(FOUR, [1, 2, 3, 4])
    await comes_true(page, EACH_SEES_THREE, within_s=20)
    await page.wait_for_function(f"() => ({BUDGETS})().every((bits) => bits === 400000)")
    await page.evaluate("four[3].leave()")
    await page.wait_for_function("() => four.slice(0, 3).every(({call}) => call.peers().length === 2)", timeout=20_000)
    await page.close()


async def test_a_shared_screen_takes_the_place_of_the_camera_and_gives_it_back(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await page.evaluate(
        """() => {
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [640, 400];
          const paint = canvas.getContext("2d");
          let count = 0;
          setInterval(() => paint.fillText(String(count++), 20, 20), 50);
          window.screenTrack = canvas.captureStream(20).getVideoTracks()[0];
          return two.anna.call.share(screenTrack);
        }"""
    )
    width = """async (wanted) => {
      const rows = [...(await two.ivan.call.peers()[0].pc.getStats()).values()];
      return rows.some(({ type, frameWidth }) => type === "inbound-rtp" && frameWidth === wanted);
    }"""
    await page.wait_for_function(width, arg=640)
    assert await page.evaluate("two.anna.call.sharing && screenTrack.contentHint") == "text"
    await page.wait_for_function("() => two.ivan.line.view.seats[0].media.screen")
    await page.evaluate("screenTrack.stop(); screenTrack.dispatchEvent(new Event('ended'))")
    await page.wait_for_function(width, arg=160)
    await page.wait_for_function("() => !two.ivan.line.view.seats[0].media.screen")
    await page.close()


async def test_a_device_that_another_program_takes_is_told_to_both(browser: Browser, here: House) -> None:
    """As a phone call does on iOS: the track is muted, and the page is told so that it opens the device anew."""
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    told = await page.evaluate(
        """async () => {
          const told = [];
          const microphone = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
          await two.ivan.call.use("audio", microphone);
          two.ivan.call.on("capture", ({ kind, state }) => told.push([kind, state]));
          for (const event of ["mute", "unmute", "ended"]) microphone.dispatchEvent(new Event(event));
          await two.ivan.call.use("audio", null);
          microphone.dispatchEvent(new Event("ended"));
          return told;
        }"""
    )
    assert told == [["audio", "muted"], ["audio", "live"], ["audio", "ended"]]
    await page.close()


async def test_a_sound_that_stops_coming_is_told(browser: Browser, here: House) -> None:
    """The sender stops behind the call's back, as a hung encoder would; the room still says that it sends."""
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    sends = """(on) => {
      const sender = two.ivan.call.peers()[0].pc.getSenders().find(({track}) => track && track.kind === "audio");
      const parameters = sender.getParameters();
      parameters.encodings[0].active = on;
      return sender.setParameters(parameters);
    }"""
    await page.evaluate("window.heard = []; void two.anna.call.on('silent', ({silent}) => heard.push(silent))")
    await page.evaluate(sends, False)
    await page.wait_for_function("() => heard[0] === true", polling=100)
    await page.evaluate(sends, True)
    await page.wait_for_function("() => heard[1] === false", polling=100)
    await page.close()


async def test_a_picture_that_stands_still_is_told(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await page.evaluate("window.heard = []; void two.anna.call.on('frozen', ({frozen}) => heard.push(frozen))")
    await page.evaluate("two.ivan.call.peers()[0].pc.getSenders().forEach(({track}) => track.stop())")
    await page.wait_for_function("() => heard[0] === true", polling=100)
    await page.evaluate(ANOTHER_CAMERA)
    await page.wait_for_function("() => heard[1] === false", polling=100)
    await page.close()


async def test_only_the_specialist_waits_with_a_guest(browser: Browser, here: House) -> None:
    """Two guests who wait prepare nothing with each other."""
    page = await page_of(browser, here)
    await page.evaluate(
        """async () => {
          const Original = RTCPeerConnection;
          const made = [];
          window.RTCPeerConnection = class extends Original {
            constructor(settings) { super(settings); made.push(this); }
          };
          window.connections = () => made.filter(({signalingState}) => signalingState !== "closed");
          window.waiting = [await house.person({room: 7, seat: 2}), await house.person({room: 7, seat: 3})];
          await house.pause(1000);
        }"""
    )
    assert await page.evaluate("connections().length") == 0, "the one that wakes the browser's engine is closed again"
    await page.evaluate("async () => waiting.push(await house.person({room: 7, seat: 1}))")
    await page.wait_for_function(
        "() => connections().length === 4 && connections().every((one) => one.connectionState === 'connected')"
    )
    assert await page.evaluate("seat => waiting[2].line.view.seats.find((one) => one.seat === seat).here", SPECIALIST)
    await page.close()
