"""Whom a district without a specialist asks first: an administrator names the institution, and it stays so."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in, signed_in

# Those of the demo who sign in and have hours.
DEMO = {"Орлова", "Зимин", "Лебедева", "Ким", "Воронова"}
LOCALES = {"ru": "ru-RU", "en": "en-GB"}


@pytest.mark.parametrize("language", LOCALES)
async def test_an_administrator_names_who_is_asked_first_and_takes_it_back(
    live_server: LiveServer, browser: Browser, language: str
) -> None:
    context = await person(browser, language=LOCALES[language])
    page = await context.new_page()
    look = Look(page, live_server.address)
    await sign_in(context, live_server.address, "administrator")
    await look.open("/staff/districts")
    card = page.locator("[data-district]").first
    number = int(await card.get_attribute("data-district") or 0)
    chosen = card.get_by_role("combobox")
    await expect(chosen).to_have_value("")
    house = await chosen.locator("option").nth(1).get_attribute("value")
    for value in (house, ""):
        await chosen.select_option(value)
        await card.locator("button").click()
        await expect(card.locator("[data-test=kept]")).not_to_be_empty()
        await look.over("saved")
        await page.reload()
        await expect(chosen).to_have_value(value or "")
        async with signed_in(live_server.address, "analyst") as analyst:
            kept = (await analyst.get(f"/districts/{number}/fallback"))["institution"]
        assert kept is None if not value else str(kept["id"]) == value
    await look.words("districts")
    await look.narrow("districts")
    assert look.faults == []
    await context.close()


async def test_only_those_with_hours_are_called_free(live_server: LiveServer) -> None:
    """The pilot's psychologists without hours have nothing to do, and nobody can be sent to them."""
    async with signed_in(live_server.address, "administrator") as staff:
        free = (await staff.get("/districts/1/fallback"))["most_free"]
        specialists = (await staff.get("/specialists"))["items"]
    with_hours = {each["institution"]["id"] for each in specialists if each["name"].split()[-1] in DEMO}
    assert len(with_hours) < len({each["institution"]["id"] for each in specialists})
    assert free
    assert {each["id"] for each in free} <= with_hours
    assert [each["load_tenths"] for each in free] == sorted(each["load_tenths"] for each in free)
