"""One conversation in several ways: voice only by choice, by telephone and back, a call for help, another time."""

import asyncio
import os
import signal
import time
from collections.abc import Callable

from playwright.async_api import Browser, expect

from tests.journeys.people import Client
from tests.journeys.talking import Talk, hears_more, reads_aloud, two_in_the_waiting_room, two_who_talk
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import signed_in_as

# A screen to choose, without the browser's own window that no test can press.
A_SCREEN = """() => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 1600, height: 900 });
  const paper = canvas.getContext("2d");
  let nth = 0;
  setInterval(() => {
    paper.fillStyle = "white";
    paper.fillRect(0, 0, 1600, 900);
    paper.fillStyle = "black";
    paper.font = "60px sans-serif";
    paper.fillText(`Дыхательное упражнение ${(nth += 1)}`, 100, 200);
  }, 200);
  navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(canvas.captureStream(5));
}"""
WIDTH = "() => document.querySelector('[data-test=remote]').videoWidth"


async def test_the_client_chooses_his_voice_alone_and_the_picture_again(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    await chooses(talk.client, "voice")
    await reads_aloud(talk.client, "Вы выбрали «Только голос»")
    await reads_aloud(talk.specialist, "выбран только голос")
    await asyncio.gather(hears_more(talk.client), hears_more(talk.specialist))
    assert await own_tracks(talk.client) == ["audio"], "the camera is let go"

    await chooses(talk.client, "auto")
    await asyncio.gather(talk.client.sees_and_hears(30), talk.specialist.sees_and_hears(30))
    await expect(talk.client.page.locator("[data-test=saying]")).to_be_hidden(timeout=20_000)
    assert await own_tracks(talk.client) == ["audio", "video"]
    await the_specialist_shows_her_screen(talk)


async def the_specialist_shows_her_screen(talk: Talk) -> None:
    hers, his = talk.specialist.page, talk.client.page
    await hers.evaluate(A_SCREEN)
    await hers.click(".tool[data-test=share]")
    await reads_aloud(talk.client, "показывает свой экран")
    await reads_aloud(talk.specialist, "Вы показываете свой экран")
    await his.wait_for_function(f"() => ({WIDTH})() === 1600", timeout=30_000)
    await hers.click(".tool[data-test=share]")
    await his.wait_for_function(f"() => ({WIDTH})() < 1600", timeout=30_000)
    await expect(his.locator("[data-test=saying]")).not_to_contain_text("экран")


async def test_the_conversation_goes_on_by_telephone_and_comes_back(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    await chooses(talk.client, "call-phone", "call-phone")
    await expect(talk.client.page.locator(".call-news:visible")).to_contain_text("вам позвонят")
    await talk.client.page.click("[data-test=panel-close]")
    await talk.specialist.page.click("[data-test=asked][data-why=phone] [data-test=asked-phone]")

    await reads_aloud(talk.client, "●●-12")
    await reads_aloud(talk.specialist, "журнал ведётся")
    link = talk.specialist.page.locator("[data-test=notice] a[href^='tel:']")
    await expect(link).to_have_attribute("href", "tel:+79135550112")
    for person in (talk.client, talk.specialist):
        assert await own_tracks(person) == [], "the telephone gets the microphone"
    assert "phone" in await modes(talk)

    await talk.specialist.page.click("[data-test=phone-off]")
    await asyncio.gather(talk.client.sees_and_hears(30), talk.specialist.sees_and_hears(30))
    await reads_aloud(talk.client, "по видео")
    await he_may_close_his_page_while_he_is_rung(talk)


async def he_may_close_his_page_while_he_is_rung(talk: Talk) -> None:
    await talk.specialist.page.click("[data-test=phone-start]")
    await reads_aloud(talk.client, "Эту страницу можно закрыть")
    context = talk.client.page.context
    await talk.client.page.close()
    await talk.in_the_list("Анна Петровна Воробьёва").get_by_text("вышел").wait_for()
    async with signed_in_as(talk.server.address, "suzun", "ryadom-demo") as desk:
        room = (await desk.get(f"/bookings/{talk.found.booking}"))["room"]
    assert room["state"] == "live", "by telephone the session goes on without his page"
    await talk.specialist.page.click("[data-test=phone-off]")
    again = Client(await context.new_page(), talk.server.address)
    await again.page.goto(f"{talk.server.address}/visit")
    await again.is_in_the_room()


async def test_a_picture_and_a_voice_that_stop_are_put_into_words(
    live_server: LiveServer, browser: Browser, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    pages = await renderers(second_browser)
    began = time.monotonic()
    for pid in pages:
        os.kill(pid, signal.SIGSTOP)
    await reads_aloud(talk.specialist, "Сейчас не слышно")
    tell(f"the other's sound stops: said in words after {time.monotonic() - began:.1f} s")
    for pid in pages:
        os.kill(pid, signal.SIGCONT)
    await asyncio.gather(talk.client.sees_and_hears(30), talk.specialist.sees_and_hears(30))
    await expect(talk.specialist.page.locator("[data-test=saying]")).not_to_contain_text("не слышно", timeout=20_000)


async def renderers(browser: Browser) -> list[int]:
    """The processes in which this browser's pages live: a phone that hangs is one that runs no more."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    return [int(each["id"]) for each in processes if each["type"] == "renderer"]


async def test_help_is_called_while_waiting_and_another_time_is_asked_for(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_in_the_waiting_room(live_server, browser, second_browser)
    page = talk.client.page
    await page.click("[data-test=call-help]")
    await expect(page.locator(".call-news")).to_contain_text("Координатор видит")
    await expect(page.locator(".call-news a[href^='tel:']")).to_be_visible()
    await expect(talk.specialist.page.locator("[data-test=asked][data-why=help]")).to_be_visible()
    async with signed_in_as(live_server.address, "suzun", "ryadom-demo") as desk:
        [live] = [each for each in (await desk.get("/live"))["items"] if each["booking"] == talk.found.booking]
    assert (live["help"]["why"], live["help"]["role"]) == ("help", "client")

    await talk.specialist.admits()
    await talk.client.is_in_the_room()
    await chooses(talk.client, "call-time", "call-time")
    await expect(talk.specialist.page.locator("[data-test=asked][data-why=time]")).to_be_visible()
    await expect(talk.specialist.page.locator("[data-test=next-slot]").first).to_be_visible()
    await what_a_page_without_its_seat_cannot_do_is_said(talk)


async def what_a_page_without_its_seat_cannot_do_is_said(talk: Talk) -> None:
    left = talk.specialist.page
    taken = await left.context.new_page()
    await taken.goto(left.url)
    await expect(left.get_by_text("Кабинет открыт в другом окне")).to_be_visible(timeout=20_000)
    await left.click("[data-test=phone-start]")
    await expect(left.locator("[data-test=modes] [role=alert]")).to_contain_text("Вернитесь в комнату")
    await left.click("[data-test=dismiss]")
    await left.click("[data-test=dismiss-yes]")
    await expect(left.locator("[data-test=guests] > [role=alert]")).to_contain_text("Вернитесь в комнату")


async def test_what_is_said_and_offered_can_be_read_by_everybody(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    looks = [Look(talk.client.page, live_server.address), Look(talk.specialist.page, live_server.address)]
    page = talk.client.page
    await looks[0].over("in the conversation")
    for panel in ("choose", "help", "devices", "chat"):
        await opens(talk.client, panel)
        await looks[0].over(panel)
        await looks[0].words(panel)
        await looks[0].narrow(panel)
        await page.click("[data-test=panel-close]")
    await talk.specialist.page.click("[data-test=invite-open]")
    await looks[1].over("her room with the invitation")
    await looks[1].words("her room with the invitation")
    await talk.specialist.page.click("[data-test=phone-start]")
    await reads_aloud(talk.client, "по телефону")
    for look, whose in zip(looks, ("his", "her"), strict=True):
        await look.over(f"by telephone, {whose} page")
        await look.words(f"by telephone, {whose} page")
    assert [fault for look in looks for fault in look.faults] == []


async def opens(client: Client, panel: str) -> None:
    """What is rarely needed stands behind "more" on a phone."""
    button = client.page.locator(f".tool[data-test={panel}]")
    if not await button.is_visible():
        await client.page.click(".tool[data-test=more]")
    await button.click()
    await client.page.wait_for_selector("[data-test=panel-close]")


async def chooses(client: Client, what: str, hook: str = "") -> None:
    await opens(client, "choose")
    await client.page.click(f"[data-test={hook or f'choose-{what}'}]")
    if not hook:
        await client.page.click("[data-test=panel-close]")


async def own_tracks(person: Client) -> list[str]:
    """What this page has of its devices."""
    kinds = "() => document.querySelector('[data-test=self]').srcObject.getTracks().map((track) => track.kind).sort()"
    return list(await person.page.evaluate(kinds))


async def modes(talk: Talk) -> set[str]:
    async with signed_in_as(talk.server.address, "suzun", "ryadom-demo") as desk:
        journal = await desk.get(f"/bookings/{talk.found.booking}/journal")
    return {stay["mode"] for stay in journal["presences"]}
