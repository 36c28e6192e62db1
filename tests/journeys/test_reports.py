"""An analyst moves a norm with the keys alone and hears what it would have met; an officer reads her district's
page."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.people import page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in, signed_in

LOCALES = {"ru": "ru-RU", "en": "en-GB"}


def percent(text: str) -> int:
    found = re.search(r"(\d+)\s*%", text)
    assert found, text
    return int(found[1])


async def line_at(card: Locator) -> float:
    """Where the line of the norm stands in the picture."""
    return float(await card.locator(".spread-norm").get_attribute("x1") or "")


async def test_a_norm_is_moved_by_keys_and_the_picture_and_the_words_follow(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await page_for(browser)
    await sign_in(page.context, live_server.address, "analyst")
    await page.goto(f"{live_server.address}/staff/workbench?code=1739")
    card = page.locator("[data-indicator=waiting_days]")
    slider, met = card.get_by_role("slider"), card.locator("[data-test=met]")
    async with signed_in(live_server.address, "analyst") as analyst:
        waited = next(
            each
            for each in (await analyst.get("/workbench", code="1739"))["indicators"]
            if each["name"] == "waiting_days"
        )
    pairs, whole = waited["whole"]["pairs"], waited["whole"]["sessions"]

    def plainly(norm: int) -> int:
        return int(100 * sum(n for value, n in pairs if value <= norm) / whole + 0.5)

    await slider.focus()
    await page.keyboard.press("Home")
    await expect(slider).to_have_js_property("value", "0")
    await expect(met).to_have_text(re.compile(rf"^{plainly(0)}\s*%$"))
    before, shares = await line_at(card), [plainly(0)]
    for norm in range(1, 15):
        await page.keyboard.press("ArrowRight")
        await expect(slider).to_have_js_property("value", str(norm))
        await expect(met).to_have_text(re.compile(rf"^{plainly(norm)}\s*%$"))
        await expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"\b{norm}\b.*\b{plainly(norm)}\s*%"))
        assert await line_at(card) > before
        before = await line_at(card)
        shares.append(plainly(norm))
    assert len(set(shares)) > 3, "the norms were met alike: nothing followed"
    await page.keyboard.press("ArrowLeft")
    await expect(slider).to_have_js_property("value", "13")
    assert await line_at(card) < before
    await page.keyboard.press("End")
    await expect(slider).to_have_js_property("value", "30")
    await expect(card.locator(".spread")).to_be_visible()
    moved = page.locator("[data-test=publish]")
    await expect(moved).to_have_attribute("href", re.compile(r"target\.waiting_days=30"))


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", ["officer", "analyst"])
async def test_the_reports_are_for_everybody(
    live_server: LiveServer, browser: Browser, role: str, language: str
) -> None:
    """On a telephone, light and dark, with every table behind a picture opened."""
    context = await person(browser, language=LOCALES[language], phone=True)
    await sign_in(context, live_server.address, role)
    page = await context.new_page()
    look = Look(page, live_server.address)
    for path in ("/staff/glance", *(("/staff/workbench?code=1739",) if role == "analyst" else ())):
        await look.open(path)
        await page.wait_for_selector("[data-test=largest], [data-indicator]")
        for behind in await page.locator("details.behind > summary").all():
            await behind.click()
        await page.wait_for_load_state("networkidle")
        await look.over(path)
        await look.words(path)
        await look.narrow(path)
    assert look.faults == []
