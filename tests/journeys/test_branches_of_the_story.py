"""What else becomes of a session paid by a certificate: cancelled, broken off, corrected, elsewhere, no money left."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys import past
from tests.journeys.department import Officer, chosen_aloud
from tests.journeys.people import Coordinator, page_for
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import Staff, signed_in, works_round_the_clock

HOLDER, SESSIONS = "Зинаида Макаровна Лыкова", 4
NGO, NGO_LOGIN = "АНО «Тёплый дом»", "voronova"
STATE, STATE_LOGIN = "КЦСОН Сузунского района", "orlova"
PRICE, VORONOVA = "474,29", 5


@dataclass
class Office:
    """A coordinator and an officer at their pages, and a client with a certificate for whom a session is booked."""

    server: LiveServer
    desk: Coordinator
    officer: Officer
    staff: Staff
    client: int
    looks: list[Look]
    certificate: int = 0

    async def over(self) -> None:
        """Both pages as they stand: no key of a word is shown where the word should be."""
        for look in self.looks:
            await look.words(look.page.url)

    async def at_the_record(self, booking: int) -> Page:
        await self.desk.page.goto(f"{self.server.address}/staff/record?booking={booking}")
        await expect(self.desk.page.locator("h1")).to_have_text(HOLDER)
        return self.desk.page

    async def books(self, provider: str, *, minutes_ago: int = 0) -> int:
        """By telephone, with the first who is free; that it began so long ago is written down."""
        houses = (await self.staff.get("/institutions"))["items"]
        whose = next(each["id"] for each in houses if each["name"] == provider)
        slot = (await self.staff.slots({"institution": whose, "client": self.client}))[0]
        wish = {"client": self.client, "specialist": slot["specialist"]["id"], "service": "1739", "mode": "phone"}
        wish |= {"starts": slot["starts"], "certificate": self.certificate}
        number = int((await self.staff.post("/bookings", wish)).ok()["booking"]["id"])
        if minutes_ago:
            await past.began_earlier(self.server, number, minutes=minutes_ago)
        return number

    async def says_how_it_ended(self, booking: int, outcome: str) -> None:
        page = await self.at_the_record(booking)
        card = page.locator("[data-test=outcome-card]")
        button = card.locator(f"[data-outcome={outcome}]")
        await card.locator("[data-test=ending]").wait_for()
        if not await button.is_visible():
            await card.locator("summary").click()
        await button.click()
        await expect(card.locator(".ending-said")).to_be_visible()

    async def brings_his_yes(self, booking: int) -> None:
        """The client told the coordinator."""
        page = await self.at_the_record(booking)
        await page.click("[data-test=rendered-card] [data-deed=confirm]")
        await page.check("[data-test=confirm-form] [value=coordinator]")
        await page.click("[data-test=confirm-form] .primary")
        await expect(page.locator("[data-test=rendered-card] [data-state=confirmed]")).to_be_visible()


@pytest.fixture
async def office(serve: Serve, engine: Engine, browser: Browser) -> AsyncIterator[Office]:
    server = await serve(engine)
    for login in (NGO_LOGIN, STATE_LOGIN):
        await works_round_the_clock(server.address, login)
    desk = Coordinator(await page_for(browser), server.address)
    officer = Officer(await page_for(browser), server.address)
    looks = [Look(desk.page, server.address), Look(officer.page, server.address)]
    async with signed_in(server.address, "coordinator") as staff:
        client = (await staff.register(HOLDER))["id"]
        await desk.signs_in("suzun")
        await officer.signs_in()
        told = Office(server, desk, officer, staff, client, looks)
        yield told
    await told.over()
    assert [fault for look in looks for fault in look.faults] == []
    assert "Traceback" not in server.log, server.log


@pytest.fixture
async def chosen(office: Office) -> Office:
    """The certificate is issued, and its holder has chosen the NGO."""
    async with signed_in(office.server.address, "officer") as department:
        office.certificate = await chosen_aloud(department, office.client, NGO, sessions=SESSIONS)
    return office


async def test_what_is_cancelled_in_time_or_fails_for_a_dead_line_costs_the_holder_nothing(chosen: Office) -> None:
    booking = await chosen.books(NGO)
    await chosen.officer.sees_used(chosen.certificate, "записано: 1 занятие", "осталось: 3 занятия")
    page = await chosen.at_the_record(booking)
    await page.click("[data-act=cancel]")
    await page.click("[data-test=cancel-confirm]")
    await expect(page.locator("[data-act=cancel]")).to_have_count(0)
    await chosen.officer.sees_used(chosen.certificate, "осталось: 4 занятия")

    failed = await chosen.books(NGO, minutes_ago=60)
    await chosen.officer.sees_used(chosen.certificate, "записано: 1 занятие", "осталось: 3 занятия")
    await chosen.says_how_it_ended(failed, "failed_technically")
    await chosen.officer.sees_used(chosen.certificate, "осталось: 4 занятия")
    await expect(page.locator("[data-test=rendered-card]")).to_have_count(0)


async def test_the_rest_goes_along_to_another_provider(chosen: Office) -> None:
    officer = chosen.officer
    booking = await chosen.books(NGO, minutes_ago=60)
    await chosen.says_how_it_ended(booking, "took_place")
    spent = await (await officer.budget(NGO)).locator("[data-kind=consumed]").inner_text()
    await officer.sees_used(chosen.certificate, "использовано: 1 занятие", "осталось: 3 занятия")
    await officer.turns_the_screen()
    await officer.hears(STATE)
    await officer.has_heard(STATE)
    await officer.sees_used(chosen.certificate, "использовано: 1 занятие", "осталось: 3 занятия")
    await expect((await officer.budget(NGO)).locator("[data-kind=consumed]")).to_have_text(spent)

    page = chosen.desk.page
    await page.goto(f"{chosen.server.address}/staff/booking?client={chosen.client}&specialist={VORONOVA}")
    await page.check(f"[data-certificate='{chosen.certificate}'] input")
    await expect(page.locator("[data-test=payment]")).to_contain_text(STATE)
    await expect(page.locator("[data-test=slot]").first).to_contain_text(STATE)
    await expect(page.locator("[data-test=slot]").filter(has_text=NGO)).to_have_count(0)


async def test_what_turns_out_otherwise_after_signing_is_a_line_of_the_next_act(chosen: Office) -> None:
    officer = chosen.officer
    booking = await chosen.books(NGO, minutes_ago=60)
    await chosen.says_how_it_ended(booking, "took_place")
    await chosen.brings_his_yes(booking)
    month = await past.month_of(chosen.server, booking)
    await officer.makes_the_act(NGO, month)
    await expect(officer.line(HOLDER)).to_contain_text(PRICE)
    number = await officer.signs()
    signed = officer.page.url

    await chosen.says_how_it_ended(booking, "missed")
    rendered = chosen.desk.page.locator("[data-test=rendered-card]")
    await expect(rendered).to_contain_text("Не оказана")
    await expect(rendered).not_to_contain_text(PRICE)
    await officer.sees_used(chosen.certificate, "осталось: 4 занятия")
    await officer.makes_the_act(NGO, month)
    correction = officer.line(HOLDER)
    await expect(correction).to_contain_text(number)
    await expect(correction).to_contain_text(f"−{PRICE}")
    assert await officer.signs() != number
    await officer.page.goto(signed)
    await expect(officer.line(HOLDER)).to_contain_text(PRICE)
    await expect(officer.page.locator("[data-test=act-status]")).to_have_text("Подписан")


async def test_a_budget_that_is_exhausted_says_what_is_missing(office: Office) -> None:
    """The district's, when a certificate is issued, and the provider's, when he is chosen; then each gets more."""
    officer = office.officer
    left = max([await sum_of(officer, None, "left"), await sum_of(officer, NGO, "left")])
    certificate = await officer.forms(HOLDER, sessions=int(left / 474.29) + 1)
    await officer.page.click("[data-test=issue]")
    await says_what_is_missing(officer.page, "Сузунский район")
    await office.over()
    await officer.has_status("forming")
    await officer.plans(None, "2 000 000,00")
    await officer.opens(f"/staff/certificate?id={certificate}")
    code = await officer.issues()

    await officer.turns_the_screen()
    await officer.hears(NGO, code=code)
    await says_what_is_missing(officer.page, NGO)
    await office.over()
    await officer.plans(NGO, "200 000,00")
    await officer.opens(f"/staff/certificate?id={certificate}")
    await officer.turns_the_screen()
    await officer.hears(NGO, code=code)
    await officer.has_heard(NGO)


async def sum_of(officer: Officer, provider: str | None, kind: str) -> float:
    text = await (await officer.budget(provider)).locator(f"[data-kind={kind}]").inner_text()
    return float(re.sub(r"[^\d,]", "", text).replace(",", "."))


async def says_what_is_missing(page: Page, of: str) -> None:
    refusal = page.locator("main .notice.bad")
    await expect(refusal).to_contain_text("Не хватает денег в бюджете")
    await expect(refusal).to_contain_text(of)
    await expect(refusal).to_contain_text(re.compile(r"не хватает [\d\s]+,\d\d"))
