"""Where the specialist is there already nobody is kept waiting by a check; and a check ends with its visit."""

from playwright.async_api import Browser, expect

from tests.journeys.people import Client, Specialist, page_for
from tests.support.consultation import open_consultation
from tests.support.live_server import LiveServer

MIRRORED = """() => {
  window.mirrored = document.querySelector("video.mirror").srcObject.getTracks();
  return window.mirrored.map(({ readyState }) => readyState);
}"""
STEPS = """window.steps = [];
new MutationObserver(() => window.steps.push(document.getElementById("step").dataset.step))
  .observe(document, { subtree: true, attributes: true, attributeFilter: ["data-step"] });"""


async def test_who_is_awaited_goes_straight_in(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    found = await open_consultation(live_server)
    specialist = Specialist(await page_for(browser), live_server.address)
    await specialist.signs_in("orlova")
    await specialist.enters(found.booking)
    await specialist.page.wait_for_selector("[data-test=self]")
    client = Client(await page_for(second_browser, phone=True), live_server.address)
    await client.page.add_init_script(STEPS)
    await client.page.goto(found.link)
    await specialist.admits()
    await client.sees_and_hears(20)
    await specialist.sees_and_hears(20)
    for somebody in (client, specialist):
        light = somebody.page.locator("[data-test=light]")
        await expect(light).to_have_attribute("data-level", "good", timeout=1000)  # before the first sample of 5 s
    assert list(dict.fromkeys(await client.page.evaluate("window.steps"))) == ["opening", "waiting", "room"]


async def test_a_check_ends_with_its_visit_and_lets_go_of_the_devices(
    live_server: LiveServer, browser: Browser
) -> None:
    found = await open_consultation(live_server)
    client = Client(await page_for(browser, phone=True), live_server.address)
    await client.page.goto(found.link)
    await client.page.click("[data-test=check-start]")
    await client.page.wait_for_selector("[data-test=check-done]")
    assert await client.page.evaluate(MIRRORED) == ["live", "live"]
    await client.page.context.clear_cookies()
    await live_server.kill()
    await live_server.start()
    await expect(client.page.locator("#step")).to_have_attribute("data-step", "refused", timeout=30_000)
    assert await client.page.evaluate("window.mirrored.map(({ readyState }) => readyState)") == ["ended", "ended"]
