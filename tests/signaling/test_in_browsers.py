"""The browser's end against a real server: restarts, reloads, bad proxies, a second tab, a silent line."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk
from tests.signaling.house import House, served
from tests.signaling.test_faults import page_of, pages
from tests.support.patience import comes_true

MEET = "async () => { window.two = await house.meet({room: 7}); return house.seeEachOther(two.anna, two.ivan, 10000) }"
UP = "() => two.anna.line.state === 'up' && two.ivan.line.state === 'up'"
ANOTHER_CAMERA = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  await two.ivan.call.use("video", stream.getVideoTracks()[0]);
}"""
STILL = "async () => { const [a, b] = [await house.frames(two.anna), await house.frames(two.ivan)]; return [a, b] }"


@pytest.fixture
async def here(desk: FakeDesk) -> AsyncIterator[House]:
    async with served(desk, more=pages) as house:
        yield house


async def frames(page: Page) -> list[int]:
    found: list[int] = await page.evaluate(STILL)
    return found


async def flowing(page: Page) -> None:
    """Both see new pictures."""
    more = f"async (before) => (await ({STILL})()).every((count, which) => count > before[which] + 3)"
    await comes_true(page, more, await frames(page))


async def test_a_restart_of_the_server_does_not_interrupt_them(browser: Browser, desk: FakeDesk) -> None:
    async with served(desk, more=pages) as house:
        page = await page_of(browser, house)
        assert await page.evaluate(MEET)
        pair = await page.evaluate("two.anna.call.peers()[0].pc.localDescription.sdp")
        port = house.server.port
    await page.wait_for_function("() => two.anna.line.state !== 'up' && two.ivan.line.state !== 'up'", timeout=15_000)
    await flowing(page)
    said = page.evaluate("two.ivan.line.ask('chat', {id: two.ivan.line.name(), text: 'вы здесь?'})")
    async with served(desk, more=pages, port=port):
        await page.wait_for_function(UP, timeout=10_000)
        assert (await said)["text"] == "вы здесь?"
        await page.wait_for_function("() => two.anna.line.chat.length === 1")
        await flowing(page)
        assert await page.evaluate("two.anna.call.peers()[0].pc.localDescription.sdp") == pair
        assert await page.evaluate("two.ivan.line.you.admitted")
        assert desk.history[7] == ["empty", "waiting", "live"]
        await page.close()


async def test_nothing_is_said_before_its_turn_or_twice(browser: Browser, here: House) -> None:
    answers, handle = [], here.signaling.rooms.trigger_event

    async def watched(event: str, *args: Any) -> Any:
        answer = await handle(event, *args)
        answers.append((event, answer))
        return answer

    here.signaling.rooms.trigger_event = watched
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    assert [answer for _, answer in answers if answer and not answer["ok"]] == []
    assert [event for event, _ in answers].count("media") == 2, "each says once what it sends"
    await page.close()


async def test_a_listener_that_comes_late_hears_what_another_device_asked(browser: Browser, here: House) -> None:
    here.desk.asked = ["41"]
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await here.signaling.rooms.ask_takeover(7, "42")
    await page.evaluate("two.heard = []; two.anna.line.on('takeover', ({request}) => two.heard.push(request))")
    await page.wait_for_function("() => two.heard.length === 2")
    await page.evaluate("two.anna.line.ask('takeover', {request: '41', allow: false})")
    await page.evaluate("two.late = []; two.anna.line.on('takeover', ({request}) => two.late.push(request))")
    assert await page.evaluate("[two.heard, two.late]") == [["41", "42"], ["42"]]
    await page.close()


@pytest.mark.parametrize("who", ["anna", "ivan"])
async def test_a_reload_of_either_is_back_with_media(browser: Browser, here: House, who: str) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    seat = SPECIALIST if who == "anna" else CLIENT
    ms = await page.evaluate(
        """async ({who, seat}) => {
          two[who].line.stop();
          const start = performance.now();
          two[who] = await house.person({room: 7, seat});
          const found = await house.seeEachOther(two.anna, two.ivan, 5000);
          return found === null ? null : performance.now() - start;
        }""",
        {"who": who, "seat": seat},
    )
    print(f"\n{who} reloads: both see each other again after {ms:.0f} ms")
    assert ms is not None
    assert await page.evaluate("two.anna.call.peers().length") == 1
    assert here.desk.history[7] == ["empty", "waiting", "live"]
    await page.close()


async def test_a_second_tab_takes_the_seat_and_the_first_stops(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await page.evaluate("async () => { window.tab = await house.person({room: 7, seat: 2}) }")
    await page.wait_for_function("() => two.ivan.events.some(([, what]) => what === 'replaced')")
    await comes_true(page, "async () => await house.frames(two.anna) > 2 && await house.frames(tab) > 2")
    assert await page.evaluate("two.anna.call.peers().length") == 1
    await page.close()


async def test_the_path_is_renewed_when_it_dies(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    for who in ("anna", "ivan"):
        before = await page.evaluate("two.anna.call.peers()[0].pc.localDescription.sdp")
        await page.evaluate(f"two.{who}.call.restart()")
        await page.wait_for_function(
            "before => two.anna.call.peers()[0].pc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
            " !== before.match(/ice-ufrag:(.*)/)[1]",
            arg=before,
        )
        await flowing(page)
    await page.close()


async def test_camera_off_and_another_camera_need_no_negotiation(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    before = await page.evaluate("two.ivan.call.peers()[0].pc.remoteDescription.sdp")
    await page.evaluate("two.ivan.call.use('video', null)")
    await eventually(lambda: not here.desk.rooms[7].seat(CLIENT).video)
    await page.evaluate(ANOTHER_CAMERA)
    await eventually(lambda: here.desk.rooms[7].seat(CLIENT).video)
    await flowing(page)
    assert await page.evaluate("two.ivan.call.peers()[0].pc.remoteDescription.sdp") == before
    await page.close()


async def test_a_client_without_a_camera_is_seen_when_he_finds_one(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    await page.evaluate("async () => { window.two = await house.meet({room: 7, without: true}) }")
    await page.wait_for_function("() => two.anna.call.peers().some(({state}) => state === 'connected')")
    await page.evaluate(ANOTHER_CAMERA)
    await comes_true(page, "async () => await house.frames(two.anna) > 2")
    await page.close()


async def test_samples_and_first_sight_reach_the_desk(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await eventually(lambda: {(1, 2), (2, 1)} <= set(here.desk.seen_pairs))
    await eventually(lambda: {seat.seat for seat, _ in here.desk.samples} == {1, 2}, seconds=16)
    _, sample = here.desk.samples[-1]
    assert sample.path == "direct"
    assert sample.codec
    assert sample.in_kbps is not None
    await page.close()


async def test_a_proxy_that_knows_no_websockets_is_got_around(browser: Browser, desk: FakeDesk) -> None:
    def without(app: web.Application) -> None:
        pages(app)

        @web.middleware
        async def refuse(request: web.Request, handler: object) -> web.StreamResponse:
            if "Upgrade" in request.headers:
                return web.Response(status=502)
            answer: web.StreamResponse = await handler(request)  # type: ignore[operator]
            return answer

        app.middlewares.append(refuse)

    async with served(desk, more=without) as house:
        page = await page_of(browser, house)
        assert await page.evaluate(MEET) is not None
        await page.close()


async def test_the_end_ends_it_for_both(browser: Browser, here: House) -> None:
    page = await page_of(browser, here)
    assert await page.evaluate(MEET)
    await page.evaluate("two.anna.line.ask('close', {})")
    await page.wait_for_function(
        "() => [two.anna, two.ivan].every(({events}) => events.some(([, what]) => what === 'ended'))"
    )
    assert await page.evaluate("two.ivan.call.peers().length") == 0
    refused = await page.evaluate("two.ivan.line.ask('help', {}).catch(({code}) => code)")
    assert refused == "stopped"
    await page.close()
