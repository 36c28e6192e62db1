"""An administrator fills in a year and closes a day; coordinators keep the rooms that are booked beside people."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in, signed_in

LOCALES = {"ru": "ru-RU", "en": "en-GB"}
THIS_YEAR = datetime.now(UTC).year


async def page_of(browser: Browser, server: LiveServer, role: str, path: str) -> Page:
    page = await page_for(browser)
    await sign_in(page.context, server.address, role)
    await page.goto(server.address + path)
    return page


async def test_an_administrator_fills_in_a_year_and_sees_whom_a_day_off_touches(
    live_server: LiveServer, browser: Browser
) -> None:
    async with signed_in(live_server.address, "coordinator") as office:
        weeks_ahead = f"{datetime.now(UTC) + timedelta(days=21):%Y-%m-%d}"
        special = {each["day"] for each in (await office.get("/holidays", year=int(weeks_ahead[:4])))["items"]}
        slots = await office.slots({"specialist": 1, "from": weeks_ahead, "limit": 200})
        slot = next(each for each in slots if each["starts"][:10] not in special)
        (await office.book(1, slot)).ok()
    page = await page_of(browser, live_server, "administrator", "/staff/calendar")
    for _ in range(2028 - THIS_YEAR):
        await page.click("[data-test=year-after]")
    await expect(page.locator("[data-test=days] h2")).to_contain_text("2028")
    await expect(page.locator("[data-day]")).to_have_count(0)
    await page.fill("#move-1-off", "2028-01-08")
    await page.fill("#move-1-to", "2028-01-15")
    await page.click("[data-test=year-fill]")
    await expect(page.locator("#move-1-to-error")).to_be_visible()
    await page.fill("#move-1-to", "2028-01-14")
    await page.click("[data-test=year-fill]")
    await page.wait_for_selector("[data-day='2028-01-14'][data-kind=closed]")
    await page.wait_for_selector("[data-day='2028-02-22'][data-kind=short]")
    days = await page.locator("[data-day]").count()

    # A second time it asks, because days are there already.
    await page.click("[data-test=move-add]")
    await page.fill("#move-2-off", "2028-02-19")
    await page.fill("#move-2-to", "2028-02-21")
    await page.click("[data-test=year-fill]")
    await expect(page.locator("[data-test=year-form] [role=alert]")).to_contain_text(str(days))
    await page.click("[data-test=year-fill]")
    await page.wait_for_selector("[data-day='2028-02-19'][data-kind=working]")
    await expect(page.locator("[data-day]")).to_have_count(days + 2)

    day = slot["starts"][:10]
    await page.goto(f"{live_server.address}/staff/calendar")
    for _ in range(int(day[:4]) - THIS_YEAR):
        await page.click("[data-test=year-after]")
    await page.fill("#field-day", day)
    await page.fill("#field-name", "День области")
    await page.locator("[data-test=holiday-form] button.primary").click()
    line = page.locator(f"[data-day='{day}']").filter(has_text="День области")
    await expect(line.locator("[data-test=day-bookings]")).to_have_text("1 запись")
    await expect(page.locator("[data-test=standing]")).to_be_visible()
    await line.locator(".drop").click()
    await line.locator(".act-bad").click()
    await expect(line).to_have_count(0)
    await expect(page.locator("[data-test=standing]")).to_have_count(0)


async def test_two_coordinators_keep_the_rooms_of_a_district(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    one = await page_of(browser, live_server, "coordinator", "/staff/places")
    other = await page_of(second_browser, live_server, "coordinator", "/staff/places")
    form = one.locator("[data-test=new-place]")
    await form.locator("[name=name]").fill("Пункт связи, школа в Шарчино")
    await form.locator("[name=address]").fill("с. Шарчино, ул. Школьная, 2")
    await form.locator("button.primary").click()
    rooms = one.locator("[data-test=list-room]")
    await expect(rooms).to_contain_text("с. Шарчино, ул. Школьная, 2")
    await form.locator("[name=kind]").select_option("interpreter")
    await form.locator("[name=name]").fill("Айгуль Сериковна Ахметова")
    await form.locator("[value=kk]").check()
    await form.locator("button.primary").click()
    await expect(one.locator("[data-test=list-interpreter]")).to_contain_text("казахский")

    # A room of another district is not theirs to change.
    foreign = rooms.locator("[data-resource]").filter(has_text="Куйбышев").first
    await expect(foreign).to_be_visible()
    await expect(foreign.locator("[data-test=change-place]")).to_have_count(0)

    # Both open the same room; who saves second is told, and nothing of the first is lost.
    await other.reload()
    for page in (one, other):
        await page.locator("[data-resource]").filter(has_text="Шарчино").locator("[data-test=change-place]").click()
    await one.locator("[data-test=change-form] [name=active]").uncheck()
    await one.locator("[data-test=change-form] button.primary").click()
    await expect(rooms.locator("[data-resource]").filter(has_text="Шарчино")).to_contain_text("не выбирают")
    await other.locator("[data-test=change-form] [name=name]").fill("Школа")
    await other.locator("[data-test=change-form] button.primary").click()
    await other.click("[data-test=place-moved]")
    await expect(other.locator("[data-test=change-form] [name=active]")).not_to_be_checked()
    await expect(other.locator("[data-test=change-form] [name=name]")).to_have_value("Пункт связи, школа в Шарчино")


@pytest.mark.parametrize("language", LOCALES)
async def test_the_pages_of_days_and_rooms_are_for_everybody(
    live_server: LiveServer, browser: Browser, language: str
) -> None:
    async with signed_in(live_server.address, "coordinator") as office:
        slot = (await office.slots())[0]
        (await office.book(1, slot)).ok()
    async with signed_in(live_server.address, "administrator") as admin:
        later = (datetime.fromisoformat(slot["starts"]) + timedelta(hours=7)).date().isoformat()
        await admin.post("/holidays", {"day": later, "name": "День района", "district_id": 1})
    context = await person(browser, language=LOCALES[language], phone=True)
    await sign_in(context, live_server.address, "administrator")
    page = await context.new_page()
    look = Look(page, live_server.address)

    async def over(what: str) -> None:
        await look.over(what)
        await look.words(what)
        await look.narrow(what)

    await look.open("/staff/calendar")
    await page.wait_for_selector("[data-day]")
    await page.select_option("#field-kind", "working")
    await page.fill("#move-1-off", f"{THIS_YEAR}-01-14")
    await page.click("[data-test=year-fill]")
    await page.click("[data-test=year-fill]")
    await page.wait_for_selector("[data-test=year-form] .fault")
    await page.locator("[data-day] .drop").first.click()
    await over("days")
    await look.open("/staff/places")
    await page.locator("[data-test=change-place]").first.click()
    await page.locator("[data-test=change-place]").last.click()
    await page.select_option("#field-kind", "interpreter")
    await over("places")
    assert look.faults == []
