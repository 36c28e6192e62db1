"""An analyst publishes a version for one district and two desks differ; a coordinator sees what remains."""

from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import Coordinator, page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import sign_in, signed_in

LOCALES = {"ru": "ru-RU", "en": "en-GB"}


async def desk_of(browser: Browser, server: LiveServer, login: str) -> Page:
    who = Coordinator(await page_for(browser), server.address)
    await who.signs_in(login)
    return who.page


@pytest.mark.parametrize("engine", get_args(Engine))
async def test_an_analyst_publishes_for_one_district_and_two_desks_differ(
    serve: Serve, browser: Browser, engine: Engine
) -> None:
    server = await serve(engine)
    page = await page_for(browser)
    await sign_in(page.context, server.address, "analyst")
    await page.goto(f"{server.address}/staff/standards?code=1740")
    line = page.locator("[data-test=line]")
    await expect(line.locator("tbody tr")).to_have_count(1)

    await page.click("[data-test=new-version]")
    await expect(page.locator("#field-duration_min")).to_have_value("30")
    await page.fill("#field-duration_min", "50")
    await page.fill("#field-because", "Пилот: тридцати минут не хватает")
    await page.click("[data-test=some-districts]")
    # Nobody is named yet, and the server says so at the field.
    await page.click("[data-test=publish]")
    await expect(page.locator("[data-test=publish-form] .fault")).to_be_visible()
    await page.locator(".district-list label", has_text="Куйбышевский район").click()
    changes = page.locator("[data-test=changes]")
    await expect(changes.locator("[data-fact=duration_min]")).to_contain_text("50 минут")
    await expect(changes.locator("[data-fact]")).to_have_count(2)
    await page.click("[data-test=publish]")

    await expect(line.locator("tbody tr")).to_have_count(2)
    own = line.locator("tr", has_text="Куйбышевский район")
    await expect(own.locator("[data-version='2']")).to_contain_text("50 минут")
    await expect(page.locator("[data-test=differences] [data-fact=duration_min]")).to_contain_text("30 минут")

    for login, minutes in (("suzun", "30 мин"), ("kuybyshev", "50 мин")):
        desk = await desk_of(browser, server, login)
        await desk.goto(f"{server.address}/staff/booking")
        service = desk.locator("label.service", has_text="Психодиагностика")
        await expect(service).to_contain_text(minutes)
        await desk.context.close()


async def test_the_workbench_brings_its_targets_along_and_a_version_to_come_is_taken_back(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await page_for(browser)
    await sign_in(page.context, live_server.address, "analyst")
    await page.goto(f"{live_server.address}/staff/standards?from=2&target.waiting_days=7&target.both_share=855")
    await expect(page.locator("#target-waiting_days")).to_have_value("7")
    await expect(page.locator("#target-both_share")).to_have_value("85.5")
    await page.fill("#field-valid_from", "2099-01-01")
    await page.click("[data-test=publish]")
    coming = page.locator("[data-test=line] .is-coming")
    await expect(coming).to_have_count(1)
    await page.locator("[data-test=take-back]").click()
    await page.locator("dialog .danger").click()
    await expect(coming).to_have_count(0)


async def test_a_coordinator_writes_a_programme_down_and_sees_at_the_desk_what_is_left_of_it(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await desk_of(browser, live_server, "suzun")
    await page.goto(f"{live_server.address}/staff/client?id=3")
    await page.click("[data-test=new-programme]")
    await page.fill("#field-number", "54-26-0300")
    await page.select_option("#line-0-code", "1740")
    await page.fill("#line-0-volume", "2")
    await page.click("[data-test=save-programme]")
    written = page.locator("[data-line='1740']")
    await expect(written).to_have_attribute("data-remaining", "2")

    await page.goto(f"{live_server.address}/staff/booking?client=3")
    await page.locator("label.service", has_text="Психодиагностика").click()
    programme = page.locator("[data-test=allowance] [data-source=programme]")
    await expect(programme).to_contain_text("осталось 2 из 2")
    await page.locator("[data-starts]").first.click()
    await page.click("#confirm")
    await page.wait_for_selector("[data-test=code], .code, [data-test=done]")
    await page.goto(f"{live_server.address}/staff/client?id=3")
    await expect(written).to_have_attribute("data-remaining", "1")

    await page.click("[data-test=end-programme]")
    await page.locator("dialog .danger").click()
    await expect(page.locator("[data-programme][data-state=ended]")).to_have_count(1)


@pytest.mark.parametrize("language", LOCALES)
async def test_standards_and_programmes_are_for_everybody(
    live_server: LiveServer, browser: Browser, language: str
) -> None:
    context = await person(browser, language=LOCALES[language], phone=True)
    await sign_in(context, live_server.address, "analyst")
    page = await context.new_page()
    look = Look(page, live_server.address)

    async def over(what: str) -> None:
        await look.over(what)
        await look.words(what)
        await look.narrow(what)

    await look.open("/staff/standards?code=1741")
    await over("standards")
    await look.open("/staff/standards?from=3&target.waiting_days=7")
    await page.click("[data-test=some-districts]")
    await page.click("[data-test=add-way]")
    await page.click("[data-test=publish]")
    await page.wait_for_selector(".fault")
    await over("a new version")
    await sign_in(context, live_server.address, "coordinator")
    await look.open("/staff/client?id=1")
    await page.click("[data-test=others] summary")
    await over("a client's services")
    await page.click("[data-test=new-programme]")
    await page.locator("[data-row='0'] [type=checkbox]").check()
    await over("a programme")
    await look.open("/staff/booking?client=1")
    await page.wait_for_selector("[data-test=allowance]")
    await over("what remains at the desk")
    assert look.faults == []


async def test_a_specialists_desk_shows_what_holds_where_her_client_lives(
    live_server: LiveServer, browser: Browser
) -> None:
    facts = {"code": "1739", "name": "Консультирование", "duration_min": 55, "price_kopecks": 60_000, "districts": [2]}
    async with signed_in(live_server.address, "analyst") as analyst:
        today = f"{datetime.now(ZoneInfo('Asia/Novosibirsk')):%Y-%m-%d}"
        (await analyst.post("/standards", facts | {"valid_from": today})).ok()
    # The other district's desk books one of its clients with her.
    api = f"{live_server.address}/api/v1"
    office = (await desk_of(browser, live_server, "kuybyshev")).request
    slot = (await (await office.get(f"{api}/slots?service=1739&specialist=1&client=5")).json())["items"][0]
    wish = {"client": 5, "specialist": 1, "service": "1739", "starts": slot["starts"]}
    assert (await office.post(f"{api}/bookings", data=wish, headers={"Origin": live_server.address})).ok
    async with signed_in(live_server.address, "specialist") as orlova:
        clients = (await orlova.get("/clients"))["items"]
    lives = {each["district"]["name"]: each["id"] for each in clients}
    page = await page_for(browser)
    await sign_in(page.context, live_server.address, "specialist")
    for district, minutes in (("Сузунский район", "40 мин"), ("Куйбышевский район", "55 мин")):
        await page.goto(f"{live_server.address}/staff/booking?client={lives[district]}")
        await expect(page.locator("label.service [value='1739']").locator("xpath=..")).to_contain_text(minutes)
        await expect(page.locator("label.service [value='1739']")).to_be_checked()


async def test_what_came_out_while_one_wrote_is_shown_before_it_is_hidden(
    live_server: LiveServer, browser: Browser
) -> None:
    page, other = await page_for(browser), await page_for(browser)
    for each in (page, other):
        await sign_in(each.context, live_server.address, "analyst")
        await each.goto(f"{live_server.address}/staff/standards?code=1740")
        await each.click("[data-test=new-version]")
    await other.fill("#field-duration_min", "45")
    await other.click("[data-test=publish]")
    await expect(other.locator("[data-test=line] [data-version='2']")).to_be_visible()

    await page.fill("#field-buffer_min", "25")
    await page.click("[data-test=publish]")
    meanwhile = page.locator("[data-test=meanwhile]")
    await expect(meanwhile).to_contain_text("45 минут")
    await expect(page.locator("#field-buffer_min")).to_have_value("25")
    await expect(page.locator("h1")).to_contain_text("3")
    look = Look(page, live_server.address)
    await look.over("meanwhile")
    await page.fill("#field-duration_min", "45")
    await page.click("[data-test=publish]")
    await expect(page.locator("[data-test=line] [data-version='3']")).to_be_visible()
    assert look.faults == []
