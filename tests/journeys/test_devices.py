"""Devices taken away: unplugged, held by another program, stopped by a telephone call, refused by the browser."""

import asyncio

from playwright.async_api import Browser, expect

from tests.journeys.talking import Talk, hears_more, reads_aloud, two_who_talk
from tests.support.live_server import LiveServer

# The page's own track, and the browser's words about it, which no fake device says by itself.
OWN = "const own = document.querySelector('[data-test=self]').srcObject.getTracks().find((each) => each.kind === kind);"
UNPLUGGED = f"kind => {{ {OWN} own.stop(); own.dispatchEvent(new Event('ended')); }}"
MUTED = f"""([kind, muted]) => {{
  {OWN}
  Object.defineProperty(own, "muted", {{ configurable: true, get: () => muted }});
  own.dispatchEvent(new Event(muted ? "mute" : "unmute"));
}}"""
HELD = """name => {
  const { mediaDevices } = navigator;
  window.__open = window.__open || mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = name ? () => Promise.reject(new DOMException("", name)) : window.__open;
}"""
SEEN = """state => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
REFUSES_SOUND = """
  const ask = navigator.wakeLock && navigator.wakeLock.request.bind(navigator.wakeLock);
  if (ask) navigator.wakeLock.request = (kind) => ((window.__awake = kind), ask(kind));
  const play = HTMLMediaElement.prototype.play;
  window.__allowed = false;
  addEventListener("click", () => (window.__allowed = true), true);
  HTMLMediaElement.prototype.play = function () {
    const heard = this.srcObject && !this.muted;
    if (heard && !window.__allowed) return Promise.reject(new DOMException("", "NotAllowedError"));
    return play.call(this);
  };
"""
PLAYS = """silently => {
  const video = document.querySelector("[data-test=remote]");
  return video.muted === silently && !video.paused;
}"""


async def test_a_device_that_is_taken_away_is_said_and_replaced_or_comes_back_with_one_press(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    await unplugged(talk)
    await held_by_another_program(talk)
    await paused_by_a_telephone_call(talk)
    await ended_while_hidden(talk)
    await refused_on_return(talk)


async def unplugged(talk: Talk) -> None:
    page = talk.client.page
    await page.evaluate(UNPLUGGED, "audio")
    await reads_aloud(talk.client, "Микрофон отключился. Взяли другой")
    await hears_more(talk.specialist)
    await page.evaluate(UNPLUGGED, "video")
    await reads_aloud(talk.client, "Камера отключилась. Взяли другую", within_s=20)
    await talk.specialist.sees_and_hears(20)


async def held_by_another_program(talk: Talk) -> None:
    page = talk.client.page
    await page.evaluate(HELD, "NotReadableError")
    await page.evaluate(UNPLUGGED, "audio")
    await reads_aloud(talk.client, "Микрофон заняла другая программа")
    await expect(talk.specialist.page.locator("#call")).to_contain_text("микрофон", ignore_case=True)
    await page.evaluate(HELD, "")
    await page.click("[data-test=own-sound-on]")
    await reads_aloud(talk.client, "Микрофон снова работает")
    await hears_more(talk.specialist)


async def paused_by_a_telephone_call(talk: Talk) -> None:
    page = talk.client.page
    await page.evaluate(MUTED, ["audio", True])
    await reads_aloud(talk.client, "Микрофон на паузе")
    await page.evaluate(MUTED, ["audio", False])
    await expect(page.locator("[data-test=own-sound-on]")).to_be_hidden()


async def ended_while_hidden(talk: Talk) -> None:
    """As iOS does it: a call comes, the page is hidden, its tracks end; they can be opened again when it is seen."""
    page = talk.client.page
    await page.evaluate(SEEN, "hidden")
    for kind in ("audio", "video"):
        await page.evaluate(UNPLUGGED, kind)
    await page.evaluate(SEEN, "visible")
    await asyncio.gather(talk.specialist.sees_and_hears(20), talk.client.sees_and_hears(20))
    await expect(page.locator("[data-test=own-sound-on]")).to_be_hidden()


async def refused_on_return(talk: Talk) -> None:
    """One big button then: browsers give the microphone to a press."""
    page = talk.client.page
    await page.evaluate(SEEN, "hidden")
    await page.evaluate(UNPLUGGED, "audio")
    await page.evaluate(HELD, "NotReadableError")
    await page.evaluate(SEEN, "visible")
    button = page.locator("[data-test=own-sound-on]")
    await expect(button).to_be_visible()
    box = await button.bounding_box()
    assert box
    assert box["height"] >= 60
    await page.evaluate(HELD, "")
    await button.click()
    await hears_more(talk.specialist)
    await expect(button).to_be_hidden()


async def test_a_browser_that_refuses_sound_shows_the_picture_and_one_button(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    page = talk.client.page
    await page.add_init_script(REFUSES_SOUND)
    await page.reload()
    button = page.locator("[data-test=sound-on]")
    await expect(button).to_be_visible()
    await page.wait_for_function(PLAYS, arg=True)
    await button.click()
    await expect(button).to_be_hidden()
    await page.wait_for_function(PLAYS, arg=False)
    await page.wait_for_function("() => window.__awake === 'screen'")
    await a_reload_opens_what_was_open_and_no_more(talk)


async def a_reload_opens_what_was_open_and_no_more(talk: Talk) -> None:
    page = talk.client.page
    for tool in ("camera", "microphone"):
        await page.click(f".tool[data-test={tool}]")
    await page.reload()
    await talk.client.is_in_the_room()
    for tool in ("camera", "microphone"):
        await expect(page.locator(f".tool[data-test={tool}]")).to_have_attribute("aria-checked", "false")
    await expect(talk.specialist.page.locator("#call")).to_contain_text("Микрофон собеседника выключен")
