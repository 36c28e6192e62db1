"""From an application to an act by hands on pages: a person asks for help on a phone, and in the end it is paid for."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from tests.journeys import past
from tests.journeys.department import Officer, chosen_aloud
from tests.journeys.people import Client, Coordinator, Specialist, asks_for_help, page_for
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.patience import comes_true
from tests.support.staff import signed_in, works_round_the_clock

NAME, PHONE = "Зинаида Макаровна Лыкова", "+7 913 555-77-10"
NGO, HELPER, HELPER_LOGIN = "АНО «Тёплый дом»", "Наталья Игоревна Воронова", "voronova"
# Half of its time both must have been there.
FRAGILE, VORONOVA = "1741", 5
# The journal knows that sound or picture has arrived; without that no length makes a session.
SEEN = """
async (booking) => {
  const answer = await fetch(`/api/v1/bookings/${booking}/journal`);
  return (await answer.json()).events.some((each) => each.kind === "saw_media");
}
"""


@dataclass
class Story:
    """Everybody at a page of his own; each page is looked over as it goes by."""

    server: LiveServer
    phone: Client
    desk: Coordinator
    officer: Officer
    looks: list[Look] = field(default_factory=list)

    async def over(self, *who: Client | Coordinator | Officer | Specialist) -> None:
        """No key of a word stands where the word should, and nothing is wider than its screen."""
        for each in who:
            look = next(one for one in self.looks if one.page is each.page)
            await look.words(each.page.url)

    def watch(self, page: Page) -> None:
        self.looks.append(Look(page, self.server.address))

    def is_well(self) -> None:
        assert [fault for look in self.looks for fault in look.faults] == []
        assert "Traceback" not in self.server.log, self.server.log


@pytest.fixture
async def story(serve: Serve, engine: Engine, browser: Browser, second_browser: Browser) -> AsyncIterator[Story]:
    server = await serve(engine)
    await works_round_the_clock(server.address, HELPER_LOGIN)
    told = Story(
        server,
        Client(await page_for(second_browser, phone=True), server.address),
        Coordinator(await page_for(browser), server.address),
        Officer(await page_for(browser), server.address),
    )
    for each in (told.phone, told.desk, told.officer):
        told.watch(each.page)
    yield told
    told.is_well()


async def test_from_a_phone_at_home_to_a_signed_act(story: Story, browser: Browser) -> None:
    phone, desk, officer = story.phone, story.desk, story.officer
    await officer.signs_in()
    before = await officer.counts()
    application = await asks_for_help(phone.page, story.server.address, name=NAME, phone=PHONE)
    await desk.signs_in("suzun")
    await finds_and_assigns(story, application, HELPER)

    certificate, code = await is_given_a_certificate(story, sessions=4)
    await officer.turns_the_screen()
    await story.over(officer)
    await officer.hears(NGO, code=code)
    await officer.has_heard(NGO)
    booking, digits = await books_from(story, application, certificate)
    await officer.sees_used(certificate, "записано: 1 занятие", "осталось: 3 занятия")
    await story.over(officer)

    specialist = await they_talk(story, browser, booking, digits)
    await past.lasted_longer(story.server, booking, minutes=38)
    await specialist.ends()
    await expect(specialist.page.locator("[data-test=proposal]")).to_have_attribute("data-outcome", "took_place")
    await story.over(specialist)
    await officer.sees_used(certificate, "использовано: 1 занятие", "осталось: 3 занятия")

    await phone.page.click("[data-test=held-yes]")
    await phone.page.wait_for_selector("[data-test=held-said]")
    await story.over(phone)
    await desk.page.goto(f"{story.server.address}/staff/application?id={application}")
    await story.over(desk)

    month = await past.month_of(story.server, booking)
    await officer.makes_the_act(NGO, month)
    await expect(officer.line(NAME)).to_contain_text("474,29")
    await expect(officer.line(NAME)).to_contain_text("38")
    await story.over(officer)
    await officer.signs()
    await story.over(officer)
    await the_papers_say(story, await officer.takes_along("pdf"), await officer.takes_along("xlsx"))
    after = await officer.counts()
    await story.over(officer)
    assert after == {name: count + 1 for name, count in before.items()}


async def test_a_line_that_dies_in_the_middle_costs_the_holder_nothing(
    story: Story, browser: Browser, second_browser: Browser
) -> None:
    """Ten minutes of forty are no session by this service's standard, and nobody went of his own will."""
    async with signed_in(story.server.address, "coordinator") as office:
        client = (await office.register(NAME))["id"]
        async with signed_in(story.server.address, "officer") as department:
            certificate = await chosen_aloud(department, client, NGO, service=FRAGILE)
        slot = (await office.slots({"service": FRAGILE, "specialist": VORONOVA, "client": client}))[0]
        wish = {"client": client, "specialist": VORONOVA, "service": FRAGILE, "starts": slot["starts"]}
        booked = (await office.post("/bookings", wish | {"certificate": certificate})).ok()
    booking, officer, desk = int(booked["booking"]["id"]), story.officer, story.desk
    await officer.signs_in()
    await officer.sees_used(certificate, "записано: 1 занятие", "осталось: 3 занятия", service=FRAGILE)
    await desk.signs_in("suzun")
    specialist = await they_talk(story, browser, booking, booked["code"]["digits"])
    await past.lasted_longer(story.server, booking, minutes=10)
    await desk.watches(booking)
    await second_browser.close()
    await desk.sees_on_the_board(booking, "paused")
    await specialist.ends()
    page = specialist.page
    await expect(page.locator("[data-test=proposal]")).to_have_attribute("data-outcome", "failed_technically")
    await page.click("[data-test=outcome-confirm]")
    await expect(page.locator("[data-test=outcome-kept]")).to_be_visible()
    await story.over(specialist, desk)
    await officer.sees_used(certificate, "осталось: 4 занятия", service=FRAGILE)


async def they_talk(story: Story, hers: Browser, booking: int, digits: str) -> Specialist:
    """The client by the code on his paper, the specialist by one press on her day; the journal knows of it."""
    specialist = Specialist(await page_for(hers), story.server.address)
    story.watch(specialist.page)
    await specialist.signs_in(HELPER_LOGIN)
    await story.phone.types_the_code(digits)
    await story.phone.checks_the_line()
    await specialist.is_told_that_somebody_waits(booking)
    await specialist.enters_and_admits(booking)
    await asyncio.gather(story.phone.sees_and_hears(), specialist.sees_and_hears())
    await comes_true(story.desk.page, SEEN, booking)
    return specialist


async def finds_and_assigns(story: Story, application: int, helper: str) -> None:
    """In the work-list; a card of what was said on the phone, and a specialist."""
    page = story.desk.page
    await page.locator("[data-test=asked-line] [data-need=new]").click()
    await story.over(story.desk)
    await page.locator(f"[data-application='{application}']").get_by_role("link").click()
    await page.click("[data-test=make-card]")
    await page.check("[data-test=agrees]")
    await story.over(story.desk)
    await page.click("[data-test=save-card]")
    await expect(page.locator("[data-step=whose].step-done")).to_be_visible()
    await story.over(story.desk)
    able = page.locator("[data-test=able] li")
    await able.first.wait_for()
    if not await able.filter(has_text=helper).count():  # whoever is free first comes first, and who that is changes
        await page.click("[data-test=all-able]")
    await able.filter(has_text=helper).locator("[data-test=give]").click()
    await expect(page.locator("[data-test=specialist]")).to_contain_text(helper)


async def is_given_a_certificate(story: Story, *, sessions: int) -> tuple[int, str]:
    """There is money for it; its number and the holder's code."""
    officer = story.officer
    await officer.plans(None, "400 000,00")
    await officer.plans(NGO, "100 000,00")
    await story.over(officer)
    number = await officer.forms(NAME, sessions=sessions)
    await story.over(officer)
    code = await officer.issues()
    await story.over(officer)
    return number, code


async def books_from(story: Story, application: int, certificate: int) -> tuple[int, str]:
    """From the application, and paid by the certificate; the booking, and the digits for the client."""
    page = story.desk.page
    await page.goto(f"{story.server.address}/staff/application?id={application}")
    await page.click("[data-test=book]")
    await page.check(f"[data-certificate='{certificate}'] input")
    await story.over(story.desk)
    return await story.desk.books_the_earliest(HELPER)


async def the_papers_say(story: Story, pdf: bytes, xlsx: bytes) -> None:
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    words = re.sub(r"\s+", " ", printed)
    for each in (NGO, "474,29", "Лыкова З. М."):
        assert each in words, words
    book = load_workbook(io.BytesIO(xlsx))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert NAME in cells
    assert 474.29 in cells
