"""What happens in the middle of a conversation: the server is killed, a second tab, another device, leaving, muting."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import Client, Specialist, page_for, reads, says
from tests.support.consultation import Consultation, open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.parts import Serve
from tests.support.staff import signed_in_as


class Talk:
    """Two people in the middle of their conversation."""

    def __init__(self, server: LiveServer, found: Consultation, client: Client, specialist: Specialist) -> None:
        self.server = server
        self.found = found
        self.client = client
        self.specialist = specialist


@pytest.fixture
async def talk(request: pytest.FixtureRequest, serve: Serve, browser: Browser, second_browser: Browser) -> Talk:
    """On SQLite, unless a test asks for "postgres" or for "two_nodes", one for each of the two people."""
    place = getattr(request, "param", "sqlite")
    if place == "two_nodes":
        server = await serve("postgres", redis=request.getfixturevalue("redis"))
        his = await serve(beside=server)
    else:
        server = his = await serve(place)
    found = await open_consultation(server)
    specialist = Specialist(await page_for(browser), server.address)
    client = Client(await page_for(second_browser, phone=True), his.address)
    await specialist.signs_in("orlova")
    await specialist.enters(found.booking)
    await client.page.goto(found.link.replace(server.address, his.address))
    await through_the_check(client.page)
    await specialist.admits()
    await asyncio.gather(client.sees_and_hears(), specialist.sees_and_hears())
    return Talk(server, found, client, specialist)


@pytest.mark.parametrize("talk", ["sqlite", "postgres", "two_nodes"], indirect=True)
async def test_killing_the_server_does_not_interrupt_the_conversation(
    talk: Talk, request: pytest.FixtureRequest, tell: Callable[[str], None]
) -> None:
    quiet = await longest_gap(talk, asyncio.sleep(4))
    began = 0.0

    async def killed() -> None:
        nonlocal began
        await talk.server.kill()
        await asyncio.sleep(2)
        await talk.server.start()
        began = time.monotonic()
        await says(talk.client, "Я вас вижу и слышу")
        await reads(talk.specialist, "Я вас вижу и слышу")

    gap = await longest_gap(talk, killed())
    back = time.monotonic() - began
    tell(
        f"server killed ({request.node.callspec.id}): media gap {gap:.0f} ms (left alone {quiet:.0f} ms),"
        f" signalling back after {back:.1f} s"
    )
    assert back < 5
    assert gap <= 500 + quiet, "half a second, and what this machine does to a call that is left alone"
    async with signed_in_as(talk.server.address, "suzun", "ryadom-demo") as desk:
        journal = await desk.get(f"/bookings/{talk.found.booking}/journal")
    assert journal["states"] == ["waiting", "live"]
    assert [stay["left_at"] for stay in journal["presences"]] == [None, None], "one stretch each, without a hole"


async def longest_gap(talk: Talk, meanwhile: Awaitable[None]) -> float:
    """The longest time in ms in which one of the two saw no new picture."""
    pages = (talk.client.page, talk.specialist.page)
    for page in pages:
        await page.evaluate("__frames.begin()")
    await meanwhile
    return max([float(await page.evaluate("__frames.gap()")) for page in pages])


async def test_a_second_tab_takes_the_seat_and_the_first_is_asked(talk: Talk) -> None:
    second = await talk.client.page.context.new_page()
    await second.goto(f"{talk.server.address}/visit")
    await second.wait_for_selector("[data-test=remote]")
    await talk.client.page.wait_for_selector("[data-test=continue-here]")
    await second.close()
    await talk.client.page.click("[data-test=continue-here]")
    await talk.client.sees_and_hears()


async def test_another_device_comes_in_when_the_specialist_allows_it(talk: Talk, second_browser: Browser) -> None:
    other = Client(await page_for(second_browser, phone=True), talk.server.address)
    await other.types_the_code(talk.found.code)
    await other.page.click("[data-test=takeover]")
    await talk.specialist.page.click("[data-test=takeover-allow]")
    await other.is_in_the_room()
    await asyncio.gather(other.sees_and_hears(), talk.specialist.sees_and_hears())


async def test_leaving_is_one_tap_and_coming_back_needs_no_second_admission(talk: Talk) -> None:
    await talk.client.page.click("[data-test=leave]")
    await talk.client.page.wait_for_selector("[data-test=return]")
    await talk.client.page.click("[data-test=return]")
    await asyncio.gather(talk.client.sees_and_hears(), talk.specialist.sees_and_hears())


async def test_voice_only_and_mute_are_said_to_the_other(talk: Talk) -> None:
    await talk.client.page.click("[data-test=camera]")
    await expect(talk.specialist.page.locator("#call")).to_contain_text("камер", ignore_case=True)
    await talk.client.page.click("[data-test=camera]")
    await asyncio.gather(talk.client.sees_and_hears(), talk.specialist.sees_and_hears())


async def test_a_new_code_puts_the_old_device_out_at_once(talk: Talk) -> None:
    async with signed_in_as(talk.server.address, "suzun", "ryadom-demo") as desk:
        (await desk.post(f"/bookings/{talk.found.booking}/code")).ok()
    await talk.client.page.wait_for_selector("[data-test=continue-here]", timeout=5000)
    await talk.specialist.page.wait_for_selector("[data-test=self]")
    await talk.client.page.click("[data-test=continue-here]")
    await expect(talk.client.page.locator("main")).to_have_attribute("data-step", "refused")
