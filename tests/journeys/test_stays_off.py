"""What a person switched off, or ended, is not switched on again by something else he presses."""

from playwright.async_api import Browser, expect

from tests.journeys.people import Client, page_for
from tests.journeys.talking import two_who_talk
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer

# A screen to choose, kept within reach, without the browser's own window that no test can press.
A_SCREEN = """() => {
  const stream = document.createElement("canvas").captureStream(5);
  window.__screen = stream.getVideoTracks()[0];
  navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(stream);
}"""


async def test_a_camera_switched_off_stays_off_through_voice_only(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    page = talk.client.page
    own = page.locator("#self").locator("xpath=..")
    await page.click("[data-test=camera]")
    await expect(own).to_have_attribute("data-camera", "off")
    for limit in ("voice", "auto"):
        await page.click("[data-test=more]")
        await page.click("[data-test=choose]")
        await page.click(f"[data-test=choose-{limit}]")
        await page.click("[data-test=panel-close]")
    assert await page.evaluate("document.querySelector('#self').srcObject.getVideoTracks().length") == 0
    await page.click("[data-test=camera]")
    await expect(own).to_have_attribute("data-camera", "on")


async def test_a_screen_that_is_shown_ends_with_the_picture_and_with_the_conversation(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    page = (await two_who_talk(live_server, browser, second_browser)).specialist.page
    for ending in ("[data-test=phone-start]", "[data-test=leave]"):
        await page.evaluate(A_SCREEN)
        await page.click("[data-test=share]")
        await expect(page.locator("[data-test=share]")).to_have_attribute("aria-pressed", "true")
        await page.click(ending)
        await page.wait_for_function("() => window.__screen.readyState === 'ended'")
        if ending == "[data-test=phone-start]":
            await page.click("[data-test=phone-off]")
            await expect(page.locator("[data-test=share]")).to_be_enabled()


async def test_a_skipped_check_is_explained_again_after_a_reload(live_server: LiveServer, browser: Browser) -> None:
    """Nothing was opened before, so the browser's question must not come unexplained."""
    found = await open_consultation(live_server)
    client = Client(await page_for(browser, phone=True), live_server.address)
    await client.page.goto(found.link)
    await client.page.get_by_role("button", name="Пропустить проверку").click()
    await expect(client.page.locator("[data-test=media-ask]")).to_be_visible()
    await client.page.reload()
    await expect(client.page.locator("[data-test=media-ask]")).to_be_visible()
    assert await client.page.evaluate("document.querySelectorAll('video').length") == 0
