"""A course of ten at the desk: looked over, a race lost and won, the paper, its rest moved; and a time that is held."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.journeys.people import Coordinator, page_for
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.patience import comes_true
from tests.support.staff import Json, Staff, signed_in_as

ZONE = ZoneInfo("Asia/Novosibirsk")
NAME = "Зинаида Павловна Котова"
OFFERED = "() => [...document.querySelectorAll('[data-test=slot]')].map((each) => each.dataset.starts)"


@dataclass
class Office:
    """Two coordinators: one at the page, one over the interface; and the days on which the course is wanted."""

    server: LiveServer
    here: Coordinator
    there: Staff
    zimin: int
    days: list[date]

    @property
    def page(self) -> Page:
        return self.here.page

    def at(self, number: int, clock: str = "10:00") -> str:
        """The instant of the course's session, from 1 on, as the interface says it."""
        local = datetime.combine(self.days[number - 1], datetime.strptime(clock, "%H:%M").time(), ZONE)  # noqa: DTZ007
        return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    async def takes(self, number: int) -> None:
        """Somebody else books the time of that session."""
        client = (await self.there.get("/clients"))["items"][0]["id"]
        slot = {"specialist": {"id": self.zimin}, "starts": self.at(number)}
        (await self.there.book(client, slot)).ok()

    async def of_client(self) -> list[Json]:
        """What NAME has booked, in order of time."""
        async with signed_in_as(self.server.address, "suzun", "ryadom-demo") as desk:
            last = datetime.now(ZONE).date() + timedelta(days=70)
            found = await desk.get("/bookings", **{"from": f"{datetime.now(ZONE):%Y-%m-%d}", "until": f"{last}"})
        return [each for each in found["items"] if each["client"]["name"] == NAME and each["status"] != "cancelled"]


@pytest.fixture
async def office(engine: Engine, serve: Serve, browser: Browser) -> AsyncIterator[Office]:
    server = await serve(engine)
    days = [each for each in _next_days(2, 60) if each.weekday() in (1, 3)][:10]
    async with signed_in_as(server.address, "zimin", "ryadom-demo") as specialist:
        zimin = specialist.me["specialist_id"]
        # Whatever day it is: she works on each of these, and so may be booked.
        for day in {*days, *(each + timedelta(days=1) for each in days)}:
            windows = [{"start": "10:00", "end": "13:00"}]
            facts: Json = {"day": f"{day}", "windows": windows, "reason": ""}
            await _changed(specialist, zimin, "POST", "exceptions", facts)
    async with signed_in_as(server.address, "kuybyshev", "ryadom-demo") as there:
        here = Coordinator(await page_for(browser), server.address)
        await here.signs_in("suzun")
        yield Office(server, here, there, zimin, days)


async def _changed(specialist: Staff, number: int, method: str, what: str, body: Json | None = None) -> None:
    """A change of her calendar as it stands now."""
    version = (await specialist.get(f"/specialists/{number}/calendar"))["version"]
    path = f"/specialists/{number}/{what}"
    (await specialist.ask(method, path, body, headers={"If-Match": f'"{version}"'})).ok()


def _next_days(first: int, last: int) -> list[date]:
    today = datetime.now(ZONE).date()
    return [today + timedelta(days=each) for each in range(first, last)]


async def _holiday(office: Office, number: int) -> None:
    """The day of that session becomes a day off, for this specialist's whole calendar."""
    day = office.days[number - 1]
    async with signed_in_as(office.server.address, "zimin", "ryadom-demo") as specialist:
        hers = await _exception(specialist, office, day)
        await _changed(specialist, office.zimin, "DELETE", f"exceptions/{hers}")
    async with signed_in_as(office.server.address, "admin", "ryadom-demo") as admin:
        known = await admin.get("/holidays", year=day.year)
        if f"{day}" not in {each["day"] for each in known["items"]}:
            (await admin.post("/holidays", {"day": f"{day}", "name": "День района"})).ok()


async def _exception(specialist: Staff, office: Office, day: date) -> int:
    shown = await specialist.get(f"/specialists/{office.zimin}/calendar", **{"from": f"{day}", "until": f"{day}"})
    return int(next(each["id"] for each in shown["exceptions"] if each["day"] == f"{day}"))


def row(page: Page, office: Office, number: int) -> Locator:
    return page.locator(f"[data-test=preview] [data-day='{office.days[number - 1]}']")


async def asks_for_ten(office: Office) -> None:
    page = office.page
    await page.click("[data-test=course]")
    await page.select_option("#course-specialist", str(office.zimin))
    await page.click("[data-how=weekly]")
    for day in range(7):
        await page.locator(f"[data-marks=course-days] input[value='{day}']").set_checked(day in (1, 3))
    await page.fill("#course-first", f"{office.days[0]}")
    await page.fill("#course-start", "10:00")
    await page.fill("#course-times", "10")
    await page.click("[data-test=course-look]")
    await page.wait_for_selector("[data-test=preview]")


async def fits_a_narrow_phone(page: Page) -> None:
    """Nothing sticks out to the right; the frame of the page takes a moment to follow its width."""
    before = page.viewport_size
    await page.set_viewport_size({"width": 320, "height": 640})
    await comes_true(page, "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    if before:
        await page.set_viewport_size(before)


async def test_a_course_of_ten_is_booked_in_spite_of_a_holiday_and_of_others(office: Office) -> None:
    page = office.page
    look = Look(page, office.server.address)
    await _holiday(office, 4)
    await office.takes(6)
    await office.here.registers(NAME, 1950, "8 383 46 2-33-44")

    # The holiday and the time of somebody else are named, with what is near in their place.
    await asks_for_ten(office)
    await expect(row(page, office, 4)).to_have_attribute("data-reason", "holiday")
    await expect(row(page, office, 6)).to_have_attribute("data-reason", "slot_taken")
    await expect(page.locator("[data-test=preview] [data-state=free]")).to_have_count(8)
    await expect(page.locator("#confirm")).to_be_disabled()
    await look.over("a course looked over")
    await look.words("a course looked over")
    await fits_a_narrow_phone(page)
    await row(page, office, 4).locator("[data-act=accept]").click()
    await row(page, office, 6).locator("[data-act=accept]").click()

    # Meanwhile somebody takes the second: nothing is booked, that one is named, and only that one.
    await office.takes(2)
    await page.click("#confirm")
    await expect(page.locator("[data-code=series_refused] [data-test=refused] li")).to_have_count(1)
    await expect(page.locator("[data-test=preview] [data-state=open]")).to_have_count(1)
    await expect(row(page, office, 2)).to_have_attribute("data-reason", "slot_taken")
    assert await office.of_client() == []
    await row(page, office, 2).locator("[data-act=accept]").click()
    await page.click("#confirm")
    await page.wait_for_selector("[data-test=course-booked]")
    booked = await office.of_client()
    assert len(booked) == 10
    as_wished = {office.at(number) for number in (1, 3, 5, 7, 8, 9, 10)}
    assert as_wished <= {each["starts"] for each in booked}
    assert {office.at(number) for number in (2, 4, 6)} & {each["starts"] for each in booked} == set()

    # One sheet of paper has all ten codes.
    await page.click("[data-test=slip]")
    paper = page.locator("[data-test=slip-paper]")
    await expect(paper.locator("[data-test=code]")).to_have_count(10)
    codes = await paper.locator("[data-test=code]").all_inner_texts()
    assert len({*codes}) == 10
    assert all(len(code.replace("\u00a0", "").replace(" ", "")) == 6 for code in codes)
    await look.over("the paper of a course")

    # From the third on they go an hour later; the first two stay.
    await page.goto(f"{office.server.address}/staff/record?booking={booked[2]['id']}")
    await expect(page.locator("[data-test=course-card] h2")).to_contain_text("3 из 10")
    await page.click("[data-act=move]")
    await page.check("[name=scope][value=following]")
    await page.fill("#move-start", "11:00")
    await page.click("[data-test=move-look]")
    await expect(page.locator("[data-test=move-preview] li")).to_have_count(8)
    await look.over("a course about to be moved")
    for _ in range(await page.locator("[data-test=move-preview] [data-act=accept]").count()):
        await page.locator("[data-test=move-preview] [data-act=accept]").first.click()
    await page.click("[data-test=course-move-confirm]")
    await page.wait_for_selector("[data-what=moved]")
    after = [each["starts"] for each in await office.of_client()]
    assert after[:2] == [each["starts"] for each in booked[:2]]
    assert {office.at(number, "11:00") for number in (3, 5, 7, 8, 9, 10)} <= {*after}
    assert {office.at(number) for number in (3, 5, 7, 8, 9, 10)} & {*after} == set()
    await look.over("a session of a course")
    await look.words("a session of a course")
    assert look.faults == []


async def test_a_held_time_is_not_offered_to_another_coordinator(office: Office) -> None:
    page = office.page
    look = Look(page, office.server.address)
    await office.here.registers(NAME, 1950, "8 383 46 2-33-44")
    await page.select_option("#wish-specialist", str(office.zimin))
    await page.fill("#slots-from", f"{office.days[0]}")
    await page.wait_for_selector(f".slots [data-starts='{office.at(1)}']")
    await page.click(f".slots [data-starts='{office.at(1)}']")
    await page.wait_for_selector("[data-test=hold][data-hold]")
    await expect(page.locator(f".slots [data-starts='{office.at(1)}']")).to_have_attribute("aria-pressed", "true")
    assert office.at(1) not in await _offered(office)
    await look.over("a time that is held")
    await look.words("a time that is held")

    # Another one instead: the first is free again, the second is not.
    second = office.at(1, "11:30")
    await page.click(f".slots [data-starts='{second}']")
    await page.wait_for_selector(f"[data-test=hold][data-starts='{second}']")
    offered = await _offered(office)
    assert (office.at(1) in offered, second in offered) == (True, False)

    # Who leaves the page gives it back.
    await page.goto(f"{office.server.address}/staff/today")
    await comes_true(_Asking(office, second), "is offered again")
    assert look.faults == []


async def test_a_hold_that_ended_is_said_and_the_search_goes_on(office: Office) -> None:
    page = office.page
    await office.here.registers(NAME, 1950, "8 383 46 2-33-44")
    await page.select_option("#wish-specialist", str(office.zimin))
    await page.fill("#slots-from", f"{office.days[0]}")
    await page.click(f".slots [data-starts='{office.at(1)}']")
    hold = await page.wait_for_selector("[data-test=hold][data-hold]")
    assert hold
    number = await hold.get_attribute("data-hold")
    async with signed_in_as(office.server.address, "suzun", "ryadom-demo") as same:
        (await same.ask("DELETE", f"/holds/{number}")).ok()
    await office.takes(1)
    await page.click("#confirm")
    await expect(page.locator("[data-code=hold_gone], [data-code=slot_taken]")).to_be_visible()
    await expect(page.locator(f".slots [data-starts='{office.at(1)}']")).to_have_count(0)
    await page.click(f".slots [data-starts='{office.at(1, '11:00')}']")
    await page.click("#confirm")
    await page.wait_for_selector("[data-test=booked]")
    assert [each["starts"] for each in await office.of_client()] == [office.at(1, "11:00")]


async def test_where_nothing_is_free_it_says_why_and_what_is_near(office: Office) -> None:
    page = office.page
    look = Look(page, office.server.address)
    await office.here.registers(NAME, 1950, "8 383 46 2-33-44")
    await page.select_option("#wish-specialist", str(office.zimin))
    await page.fill("#slots-from", f"{office.days[0]}")
    await page.select_option("#wish-part", "evening")
    await page.click("[data-test=more-wishes]")
    await page.check("[data-marks=weekday] input[value='6']")
    await expect(page.locator("[data-test=none]")).to_have_attribute("data-because", "not_at_that_time")
    await look.over("nothing is free")
    await look.words("nothing is free")
    await fits_a_narrow_phone(page)
    await page.locator("[data-test=nearest] [data-test=slot]").first.click()
    await page.wait_for_selector("[data-test=hold][data-hold]")
    await page.click("#confirm")
    await page.wait_for_selector("[data-test=booked]")
    assert look.faults == []


async def test_the_same_hour_for_weeks_becomes_a_course(office: Office) -> None:
    page = office.page
    await office.here.registers(NAME, 1950, "8 383 46 2-33-44")
    await page.select_option("#wish-specialist", str(office.zimin))
    await page.fill("#slots-from", f"{office.days[0]}")
    await page.click("[data-way=course]")
    # Until the three weeks are answered, the list of the four can be read, not taken.
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await may_answer.wait()
        await route.continue_()

    await expect(page.locator(".slots-group:not([inert]) .chip:has-text('по ')").first).to_be_visible()
    await page.route("**/api/v1/slots?*weeks=3*", slowly)
    await page.select_option("#slots-weeks", "3")
    await asked.wait()
    await expect(page.locator(".slots-group:not([inert])")).to_have_count(0)
    await expect(page.locator(".slots-group .chip")).not_to_have_count(0)
    may_answer.set()
    await page.locator(".chip:has-text('по ')").first.click()
    await expect(page.locator("#course-times")).to_have_value("3")
    await page.click("[data-test=course-look]")
    await expect(page.locator("[data-test=preview] [data-state=free]")).to_have_count(3)
    await page.click("#confirm")
    await page.wait_for_selector("[data-test=course-booked]")
    starts = [datetime.fromisoformat(each["starts"]) for each in await office.of_client()]
    assert [after - before for before, after in pairwise(starts)] == [timedelta(weeks=1)] * 2


async def _offered(office: Office) -> list[str]:
    """What the other coordinator would be offered of these days."""
    query: dict[str, Any] = {"specialist": office.zimin, "from": f"{office.days[0]}", "days": 2, "limit": 100}
    return [each["starts"] for each in await office.there.slots(query)]


class _Asking:
    """The other coordinator asks again and again, as `comes_true` wants to be asked."""

    def __init__(self, office: Office, starts: str) -> None:
        self._office, self._starts = office, starts

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        return self._starts in await _offered(self._office)
