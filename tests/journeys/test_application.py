"""A person asks for help on a phone; the coordinator finds out whose it is, finds a specialist, and books from it."""

import re

import pytest
from playwright.async_api import Browser, Page, Request, Route, expect

from server import demo
from tests.journeys.people import asks_for_help, page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import sign_in, signed_in_as

LOCALES = {"ru": "ru-RU", "en": "en-GB"}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_from_a_phone_at_home_to_a_booking(serve: Serve, browser: Browser, engine: Engine) -> None:
    server = await serve(engine)
    phone = await (await person(browser, phone=True)).new_page()
    number = await asks_for_help(phone, server.address, name="Лапин Виктор Семенович", phone="8 923 555 02 49")
    assert "Лапин" not in phone.url

    desk = await page_for(browser)
    await sign_in(desk.context, server.address, "coordinator")
    await desk.goto(f"{server.address}/staff/today")
    await desk.locator("[data-test=asked-line] [data-need=new]").click()
    line = desk.locator(f"[data-application='{number}']")
    await expect(line.locator("[data-need]")).to_have_text(["новое", "Похоже на знакомого"])
    await line.get_by_role("link").click()

    card = desk.locator("[data-test=alike] li")
    await expect(card).to_contain_text("Виктор Семёнович Лапин")
    await expect(card).to_contain_text("телефон отличается одной цифрой")
    await card.locator("[data-test=same]").click()
    await expect(desk.locator("[data-step=whose].step-done")).to_be_visible()

    await desk.locator("[data-test=able] li").first.locator("[data-test=give]").click()
    await expect(desk.locator("[data-test=specialist]")).to_be_visible()
    await desk.click("[data-test=book]")
    await expect(desk.locator("[data-test=chosen-client]")).to_contain_text("Лапин")
    await desk.locator("[data-test=slot]").first.click()
    await desk.click("#confirm")
    await desk.wait_for_selector("[data-test=booked]")

    await desk.goto(f"{server.address}/staff/application?id={number}")
    await expect(desk.locator("[data-status=scheduled]")).to_be_visible()
    await expect(desk.locator("[data-test=bookings] li")).to_have_count(1)
    did = desk.locator("[data-test=history] li")
    await expect(did.nth(0)).to_have_attribute("data-what", "scheduled")
    await expect(did.last).to_have_attribute("data-what", "received")


async def test_back_keeps_what_was_typed_and_a_wrong_word_is_said_where_it_stands(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await (await person(browser, phone=True)).new_page()
    await page.goto(f"{live_server.address}/apply")
    await page.click("[data-test=next]")
    await expect(page.locator("[data-test=apply-fault]")).to_contain_text("Выберите район")
    await page.get_by_text("Сузунский район").click()
    await page.fill("#apply-settlement", "с. Битки")
    await page.keyboard.press("Enter")
    await page.get_by_text("для себя").click()
    await page.fill("#apply-name", "Зоя Львовна Ерёмина")
    await page.fill("#apply-birth_year", "19")
    await page.click("[data-test=next]")
    await expect(page.locator("[data-test=apply-fault]")).to_contain_text("четырьмя цифрами")
    await page.go_back()
    await expect(page.locator("#apply-settlement")).to_have_value("с. Битки")
    await page.go_forward()
    await expect(page.locator("#apply-name")).to_have_value("Зоя Львовна Ерёмина")


async def test_without_a_connection_it_says_so_and_the_same_press_sends_it_once(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await (await person(browser, phone=True)).new_page()
    await to_the_last_press(page, live_server.address)
    fault, asked = page.locator("[data-test=apply-fault]"), list[Request]()
    page.on("request", lambda sent: asked.append(sent) if sent.method == "POST" else None)

    await page.context.set_offline(True)
    await page.click("[data-test=next]")
    await expect(fault).to_contain_text("Сейчас нет связи. Проверьте интернет и попробуйте ещё раз")
    await page.context.set_offline(False)

    async def lost_on_the_way_back(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    async def a_proxy(route: Route) -> None:
        await route.fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>")

    async def a_network_that_wants_a_sign_in(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>")

    for on_the_way in (lost_on_the_way_back, a_proxy, a_network_that_wants_a_sign_in):
        await page.route("**/api/v1/apply", on_the_way)
        await fault.evaluate("(line) => (line.textContent = '')")
        await page.click("[data-test=next]")
        await expect(fault).to_contain_text("Сейчас нет связи")
        await expect(page.locator("[data-test=next]")).to_be_enabled()
        await expect(page.locator("input[name=agreed]")).to_be_checked()
        await page.unroute("**/api/v1/apply")

    await page.click("[data-test=next]")
    number = int(await page.locator("[data-test=number]").inner_text())
    keys = [await each.header_value("Idempotency-Key") for each in asked]
    assert (len(keys), len(set(keys))) == (5, 1)
    desk = await page_for(browser)
    await sign_in(desk.context, live_server.address, "coordinator")
    found = await desk.context.request.get(f"{live_server.address}/api/v1/applications?query=Веденеева")
    assert [each["id"] for each in (await found.json())["items"]] == [number]


async def test_after_it_was_sent_back_shows_nothing_of_the_person(live_server: LiveServer, browser: Browser) -> None:
    page = await (await person(browser, phone=True)).new_page()
    await to_the_last_press(page, live_server.address)
    await page.click("[data-test=next]")
    await page.wait_for_selector("[data-test=number]")
    for step in ("when", "about", "phone", "who", "where"):
        await page.go_back()
        await page.wait_for_selector(f"[data-step=apply-{step}]")
        marked = page.locator("input:checked")
        values = [await each.get_attribute("value") for each in await marked.all()]
        assert values == {"when": [""], "about": [""]}.get(step, []), f"{step}: what was marked before anybody came"
        fields = page.locator("input.input, textarea")
        assert {await each.input_value() for each in await fields.all()} <= {""}, step
    await expect(page.locator("#apply-speaker")).to_have_count(0)


async def to_the_last_press(page: Page, address: str) -> None:
    """All of the form said, for somebody else, and nothing left as it was."""
    await page.goto(f"{address}/apply")
    await page.get_by_text("Сузунский район").click()
    await page.fill("#apply-settlement", "с. Битки")
    await page.click("[data-test=next]")
    await page.locator("input[name=whom][value=other]").dispatch_event("click")
    await page.fill("#apply-name", "Зоя Львовна Веденеева")
    await page.fill("#apply-birth_year", "1951")
    await page.click("[data-test=next]")
    await page.fill("#apply-phone", "+7 913 555-06-41")
    await page.fill("#apply-speaker", "Ольга Веденеева")
    await page.click("[data-test=next]")
    await page.get_by_text("Одиночество").click()
    await page.fill("#apply-remark", "Поговорить не с кем")
    await page.click("[data-test=next]")
    for name, value in (("weekday", "2"), ("part", "12:00-15:00"), ("mode", "phone")):
        await page.locator(f"input[name={name}][value='{value}']").dispatch_event("click")
    await page.click("[data-test=next]")
    await page.locator("input[name=agreed]").dispatch_event("click")


async def test_two_cards_of_one_person_become_one(live_server: LiveServer, browser: Browser) -> None:
    desk = await page_for(browser)
    await sign_in(desk.context, live_server.address, "coordinator")
    headers = {"Origin": live_server.address}
    twice = {"name": "Воробьева Анна Петровна", "birth_year": 1947, "phone": "+7 913 555-01-13"}
    twice |= {"consents": [{"purpose": "processing", "how": "paper"}]}
    made = await desk.context.request.post(f"{live_server.address}/api/v1/clients", data=twice, headers=headers)
    gone = (await made.json())["id"]
    await desk.goto(f"{live_server.address}/staff/client?id=1")
    await desk.locator(f"[data-test=likeness] [data-client='{gone}'] [data-test=compare]").click()
    form = desk.locator("[data-test=merge-form]")
    await form.get_by_label("+7 913 555-01-13").check()
    await form.locator("[data-test=merge]").click()
    await expect(form).to_have_count(0)
    await expect(desk.locator("main")).to_contain_text("+7 913 555-01-13")
    await desk.goto(f"{live_server.address}/staff/client?id={gone}")
    await expect(desk).to_have_url(re.compile(r"id=1$"))


async def test_a_work_list_of_hundreds_is_seen_to_its_end(live_server: LiveServer, browser: Browser) -> None:
    facts = {"source": "desk", "birth_year": 1955, "consent": "aloud"}
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as office:
        for number in range(230):
            (await office.post("/applications", {**facts, "name": f"Сомов Пётр Ильич {number}-й"})).ok()
        whole = (await office.get("/applications", limit=1))["counts"]["open"]
    desk = await page_for(browser)
    await sign_in(desk.context, live_server.address, "coordinator")
    await desk.goto(f"{live_server.address}/staff/applications")
    rows, more = desk.locator("[data-application]"), desk.locator("main > .button")
    await expect(rows).to_have_count(50)
    while await rows.count() < whole:
        seen = await rows.count()
        await more.click()
        await expect(rows).to_have_count(min(seen + 50, whole))
    await expect(more).to_have_count(0)
    # Another question begins at its beginning.
    await desk.click("[data-need=unassigned]")
    await expect(rows).to_have_count(50)


@pytest.mark.parametrize("language", LOCALES)
async def test_every_screen_of_the_form_can_be_read_and_pressed(
    live_server: LiveServer, browser: Browser, language: str
) -> None:
    page = await (await person(browser, language=LOCALES[language], phone=True)).new_page()
    look = Look(page, live_server.address)
    await look.open("/apply")
    for step in ("where", "who", "phone", "about", "when", "agree"):
        await page.wait_for_selector(f"[data-step=apply-{step}]")
        await look.over(step)
        await look.words(step)
        await look.narrow(step)
        if step == "where":
            await page.locator("input[name=district]").first.dispatch_event("click")
        if step == "who":
            await page.locator("input[name=whom]").first.dispatch_event("click")
            await page.fill("#apply-name", "Зоя Львовна Ерёмина")
        if step == "phone":
            await page.fill("#apply-phone", "+7 913 555-06-41")
        if step == "agree":
            await page.locator("input[name=agreed]").dispatch_event("click")
        await page.click("[data-test=next]")
    await page.wait_for_selector("[data-step=apply-done]")
    await look.over("done")
    await look.words("done")
    await look.narrow("done")
    assert look.faults == []
