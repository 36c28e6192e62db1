"""A certificate from the draft to another provider: issued, printed, chosen from by its holder, changed."""

import asyncio
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, expect

from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import Staff, sign_in, signed_in

HOLDER, SESSIONS = "Раиса Кузьминична Голикова", 4
NGO, STATE = "АНО «Тёплый дом»", "КЦСОН Сузунского района"


async def test_an_officer_issues_the_holder_chooses_an_ngo_and_goes_elsewhere(
    serve: Serve, browser: Browser, engine: Engine
) -> None:
    server = await serve(engine)
    async with signed_in(server.address, "coordinator") as desk, signed_in(server.address, "officer") as department:
        client = (await desk.register(HOLDER))["id"]
        for provider in (None, NGO, STATE):
            await has_money(department, provider)
        page = await at_the_department(browser, server)
        await forms_a_draft(page, server)
        code = await issues(page)
        await prints(page)
        await chooses(page, NGO, code=code)
        await expect(page.locator("[data-test=choice]")).to_contain_text(NGO)
        booked = await books(desk, client, NGO)
        await page.reload()
        await expect(page.locator("[data-test=history] li")).to_have_count(4)  # formed, issued, chosen, in use
        await goes_elsewhere(page, STATE, booked)
        await expect(page.locator("[data-line='1739'] .cert-left")).to_contain_text(
            f"осталось {SESSIONS} из {SESSIONS}"
        )
        number = re.search(r"id=(\d+)", page.url)
        assert number
        await the_books_agree(department, int(number[1]))


async def test_the_holder_opens_it_on_a_phone_and_chooses_by_himself(serve: Serve, browser: Browser) -> None:
    """Each of his screens is looked over as it comes: axe-core, missing words, 320 px."""
    server = await serve()
    async with signed_in(server.address, "coordinator") as desk, signed_in(server.address, "officer") as department:
        client = (await desk.register(HOLDER))["id"]
        await has_money(department, None)
        await has_money(department, NGO)
        number, code = await handed_out(department, client)
        page = await (await person(browser, phone=True)).new_page()
        look = Look(page, server.address)
        await look.open("/certificate")
        await page.fill("#number", number.replace("-", " - "))
        await page.fill("#code", code)
        await page.click("[data-test=own-open]")
        await expect(page.locator("main")).to_contain_text(f"{SESSIONS} занятия")
        await looked_over(look, "what is left")
        await page.click("[data-test=own-choose]")
        cards = page.locator("[data-provider]")
        await expect(cards.filter(has_text="Государственное учреждение").first).to_be_visible()
        await looked_over(look, "the list")
        await cards.filter(has_text=NGO).locator("[data-test=own-pick]").click()
        await looked_over(look, "the question")
        await page.click("[data-test=own-yes]")
        await expect(page.locator("h1")).to_have_text("Ваш выбор записан")
        await looked_over(look, "it is written down")
        await page.click("[data-test=own-on]")
        await expect(page.locator("[data-test=own-provider]")).to_contain_text(NGO)
        await page.click("[data-test=own-leave]")
        await expect(page.locator("h1")).to_have_text("Страница закрыта")
        await page.reload()
        await expect(page.locator("#number")).to_have_value("")
        assert look.faults == []


async def handed_out(department: Staff, client: int) -> tuple[str, str]:
    """The number and the six digits on the paper."""
    year = datetime.now(ZoneInfo(department.me["district"]["zone"])).year
    lines = [{"code": "1739", "quantity": SESSIONS}]
    draft = (
        await department.post("/certificates", {"client": client, "valid_until": f"{year}-12-31", "lines": lines})
    ).ok()
    issued = (await department.post(f"/certificates/{draft['id']}/issue", If_Match=f'"{draft["version"]}"')).ok()
    return str(draft["number"]), str(issued["code"])


async def looked_over(look: Look, what: str) -> None:
    await look.over(what)
    await look.words(what)
    await look.narrow(what)


async def has_money(department: Staff, provider: str | None) -> None:
    """What is in a budget already stays in it; there is more."""
    year = datetime.now(ZoneInfo(department.me["district"]["zone"])).year
    houses = (await department.get("/institutions"))["items"]
    whose = next((each["id"] for each in houses if each["name"] == provider), None)
    made = (await department.post("/budgets", {"year": year, "provider": whose})).ok()
    plan = {"planned_kopecks": made["planned"] + 1_000_000, "because": "План на год"}
    match = {"If-Match": f'"{made["version"]}"'}
    (await department.ask("PUT", f"/budgets/{made['id']}", plan, headers=match)).ok()


async def at_the_department(browser: Browser, server: LiveServer) -> Page:
    context = await person(browser)
    await sign_in(context, server.address, "officer")
    return await context.new_page()


async def forms_a_draft(page: Page, server: LiveServer) -> None:
    await page.goto(f"{server.address}/staff/certificates")
    await page.click("[data-test=new-certificate]")
    await page.fill("#finder-query", "Голикова")
    await page.locator(".finder-one").filter(has_text=HOLDER).click()
    await page.fill("#line-0-quantity", str(SESSIONS))
    await expect(page.locator("[data-test=nominal]")).to_contain_text("1 897,16")
    await page.click("[data-test=form-certificate]")
    await expect(page.locator(".page-head [data-status]")).to_have_attribute("data-status", "forming")


async def issues(page: Page) -> str:
    """The six digits, which are shown this once."""
    await page.click("[data-test=issue]")
    digits = re.sub(r"\D", "", await page.locator("[data-test=digits]").inner_text())
    assert len(digits) == 6
    await expect(page.locator(".page-head [data-status]")).to_have_attribute("data-status", "issued")
    return digits


async def prints(page: Page) -> None:
    async with page.expect_download() as coming:
        await page.click("[data-test=print-code]")
    paper = await asyncio.to_thread((await (await coming.value).path()).read_bytes)
    assert paper.startswith(b"%PDF-")


async def chooses(page: Page, provider: str, *, code: str) -> None:
    await page.click("[data-test=to-choice]")
    cards = page.locator("[data-test=offers] .offer")
    await expect(cards.filter(has_text="Государственное учреждение").first).to_be_visible()
    await expect(page.locator("[data-test=offers] input:checked")).to_have_count(0)
    await cards.filter(has_text=provider).click()
    await page.click("[data-test=go-on]")
    await page.check("input[name=how][value=code]")
    await page.fill("[data-test=holder-code]", f"{code[:3]} {code[3:]}")
    await page.click("[data-test=choose]")
    await page.locator("[data-test=choice-done] a").click()


async def books(desk: Staff, client: int, provider: str) -> dict[str, Any]:
    """One session by the certificate, with a specialist of that provider."""
    houses = (await desk.get("/institutions"))["items"]
    whose = next(each["id"] for each in houses if each["name"] == provider)
    slot = (await desk.slots({"institution": whose, "client": client, "days": 60}))[0]
    [paying] = (await desk.get(f"/clients/{client}/certificates", service="1739"))["items"]
    wish = {"client": client, "specialist": slot["specialist"]["id"], "service": "1739", "starts": slot["starts"]}
    return (await desk.post("/bookings", wish | {"certificate": paying["id"]})).ok()["booking"]  # type: ignore[no-any-return]


async def goes_elsewhere(page: Page, provider: str, booked: dict[str, Any]) -> None:
    """The open session is cancelled in time, and comes back to him."""
    await page.click("[data-test=to-choice]")
    await page.locator("[data-test=offers] .offer").filter(has_text=provider).click()
    await page.click("[data-test=go-on]")
    await page.check("input[name=how][value=aloud]")
    await expect(page.locator("[data-test=choose]")).to_be_disabled()
    await page.check(f"input[name=booking-{booked['id']}][value=cancel]")
    await page.fill("#field-because", "Ближе к дому")
    await page.click("[data-test=choose]")
    await page.locator("[data-test=choice-done] a").click()
    choices = page.locator("[data-test=choice]")
    await expect(choices.first).to_contain_text(provider)
    await expect(choices.first).to_contain_text("Ближе к дому")
    await expect(choices).to_have_count(2)


async def the_books_agree(department: Staff, number: int) -> None:
    """The session came back to the certificate, and the sums of each budget are its plan."""
    found = await department.get(f"/certificates/{number}")
    assert [each["act"] for each in found["movements"]] == ["grant", "reserve", "release"]
    budgets = (await department.get("/budgets", year=found["year"]))["items"]
    kinds = ("left", "issued", "reserved", "consumed", "expired")
    assert [each["id"] for each in budgets if sum(each[kind] for kind in kinds) != each["planned"]] == []
