"""A client with an old phone changes his own booking: another time, no time at all; and what the others see of it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.people import page_for
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import Json, Staff, sign_in, signed_in

OLD_PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
LOCALES = {"ru": "ru-RU", "en": "en-GB"}
OFFICE_PHONE = "tel:+73834621140"


@dataclass
class Phone:
    """A client's phone at the page of his own time."""

    page: Page
    server: LiveServer

    async def opens(self, made: Json) -> None:
        """The link of the letter; the server may be reached by another name than the one printed in it."""
        await self.page.goto(f"{self.server.address}/visit#{made['link'].partition('#')[2]}")

    async def is_at(self, step: str) -> None:
        await expect(self.page.locator("main")).to_have_attribute("data-step", step)

    async def taps(self, hook: str, nth: int = 0) -> None:
        await self.page.locator(f"[data-test={hook}]").nth(nth).tap()

    async def chooses(self, *, day: int, hour: int) -> str:
        """Another time, as far as the question whether he is sure; the instant he chose."""
        await self.taps("own-days")
        await self.is_at("own-days")
        await self.taps("own-day", day)
        await self.is_at("own-hours")
        chosen = self.page.locator("[data-test=own-hour]").nth(hour)
        starts = await chosen.get_attribute("data-starts")
        assert starts
        await chosen.tap()
        await self.is_at("own-sure")
        return starts

    async def reads(self, text: str) -> None:
        await expect(self.page.locator("main")).to_contain_text(text)


@asynccontextmanager
async def old_phone(browser: Browser, server: LiveServer, **looks: Any) -> AsyncIterator[Phone]:
    context = await browser.new_context(
        **{"locale": "ru-RU", "timezone_id": "Asia/Novosibirsk", **OLD_PHONE, **looks},
    )
    context.set_default_timeout(15_000)
    yield Phone(await context.new_page(), server)
    await context.close()


async def always_open(server: LiveServer) -> int:
    """A specialist who takes bookings at any hour of the next days, so that the wall's clock decides nothing."""
    async with signed_in(server.address, "specialist") as orlova:
        number = int(orlova.me["specialist_id"])
        mine = f"/specialists/{number}"
        limits = {"notice_min": 0, "horizon_days": 30, "max_per_day": None, "step_min": 15}
        ever = {"start": "00:00", "end": "24:00", "valid_from": None, "valid_until": None, "services": None}
        hours = {"hours": [{"weekday": day, **ever} for day in range(7)]}
        for path, body in ((f"{mine}/limits", limits), (f"{mine}/hours", hours)):
            found = await orlova.ask("GET", f"{mine}/calendar")
            (await orlova.ask("PUT", path, body, headers={"If-Match": found.etag or ""})).ok()
        return number


async def booked(office: Staff, specialist: int, name: str, *, after: timedelta) -> Json:
    """A client of that name, booked at the first free time so much later: booking, code and link."""
    client = await office.register(name)
    slot = await free_after(office, specialist, datetime.now(UTC) + after)
    return (await office.book(client["id"], slot)).ok()


async def free_after(office: Staff, specialist: int, since: datetime) -> Json:
    day = f"{since.astimezone(ZoneInfo('Asia/Novosibirsk')):%Y-%m-%d}"
    slots = await office.slots({"specialist": specialist, "from": day, "limit": 200})
    return next(slot for slot in slots if datetime.fromisoformat(slot["starts"]) >= since)


async def is_free(office: Staff, specialist: int, starts: str) -> bool:
    slot = await free_after(office, specialist, datetime.fromisoformat(starts))
    return bool(slot["starts"] == starts)


async def test_he_moves_one_booking_and_cancels_another(
    engine: Engine, serve: Serve, browser: Browser, second_browser: Browser
) -> None:
    server = await serve(engine)
    specialist = await always_open(server)
    async with signed_in(server.address, "coordinator") as office, old_phone(second_browser, server) as phone:
        moving = await booked(office, specialist, "Аграфена Ильинична Сомова", after=timedelta(days=2))
        going = await booked(office, specialist, "Пелагея Ильинична Сомова", after=timedelta(days=2, hours=3))
        hers, theirs = await day_of(browser, server), await board_of(browser, server, moving["booking"])
        number, old = moving["booking"]["id"], moving["booking"]["starts"]

        await phone.opens(moving)
        await phone.is_at("own-home")
        await phone.taps("own-confirm")
        await expect(phone.page.locator("[data-test=comes]")).to_be_visible()
        await theirs.wait_for_selector(f"[data-booking='{number}'][data-status=confirmed]")

        new = await phone.chooses(day=3, hour=2)
        await phone.taps("own-yes")
        await phone.is_at("own-done")
        await expect(phone.page.locator("[data-test=own-when]")).to_have_attribute("data-starts", new)
        await hers.wait_for_selector(f"[data-booking='{number}'] time[datetime='{new}']")
        await expect(theirs.locator(f"[data-booking='{number}']")).to_have_count(0)
        assert await is_free(office, specialist, old), "others are offered what he left"
        assert not await is_free(office, specialist, new)
        await theirs.goto(f"{server.address}/staff/today?day={wall_day(new)}")
        await theirs.wait_for_selector(f"[data-booking='{number}'] time[datetime='{new}']")

        await phone.opens(going)
        await phone.is_at("own-home")
        await phone.taps("own-cancel")
        await phone.is_at("own-cancel")
        await phone.taps("own-cancel-yes")
        await phone.is_at("own-cancelled")
        assert await is_free(office, specialist, going["booking"]["starts"])
        standing = f"[data-booking='{going['booking']['id']}']:not([data-status=cancelled])"
        await expect(hers.locator(standing)).to_have_count(0)
        await phone.page.reload()
        await phone.is_at("own-cancelled")

        await phone.opens(moving)
        await phone.is_at("own-home")
        await expect(phone.page.locator("[data-test=own-when]")).to_have_attribute("data-starts", new)


async def day_of(browser: Browser, server: LiveServer) -> Page:
    """The specialist's day, which shows a week."""
    page = await page_for(browser)
    await sign_in(page.context, server.address, "specialist")
    await page.goto(f"{server.address}/staff/today")
    await page.wait_for_selector("[data-booking]")
    return page


async def board_of(browser: Browser, server: LiveServer, booking: Json) -> Page:
    """The coordinator's board of the booking's day."""
    page = await page_for(browser)
    await sign_in(page.context, server.address, "coordinator")
    await page.goto(f"{server.address}/staff/today?day={wall_day(booking['starts'])}")
    await page.wait_for_selector(f"[data-booking='{booking['id']}']")
    return page


def wall_day(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo('Asia/Novosibirsk')):%Y-%m-%d}"


async def test_shortly_before_the_page_says_whom_to_call(live_server: LiveServer, browser: Browser) -> None:
    specialist = await always_open(live_server)
    async with signed_in(live_server.address, "coordinator") as office, old_phone(browser, live_server) as phone:
        soon = await booked(office, specialist, "Евдокия Саввишна Ремезова", after=timedelta(hours=2))
        await phone.opens(soon)
        await phone.is_at("own-home")
        too_late = phone.page.locator("[data-test=too-late]")
        await expect(too_late.locator("a")).to_have_attribute("href", OFFICE_PHONE)
        await expect(phone.page.locator("[data-test=own-days], [data-test=own-cancel]")).to_have_count(0)
        await phone.taps("own-confirm")
        await expect(phone.page.locator("[data-test=comes]")).to_be_visible()
        await phone.taps("to-visit")
        await phone.is_at("check")


async def test_while_he_waits_before_the_hour_his_booking_is_one_press_away(
    live_server: LiveServer, browser: Browser
) -> None:
    specialist = await always_open(live_server)
    async with signed_in(live_server.address, "coordinator") as office:
        early = await booked(office, specialist, "Клавдия Фоминична Ярцева", after=timedelta(hours=5))
        context = await person(browser, phone=True)
        phone = Phone(await context.new_page(), live_server)
        await phone.opens(early)
        await phone.is_at("own-home")
        await phone.page.click("[data-test=to-visit]")
        await phone.page.click("[data-test=check-start]")
        await phone.page.click("[data-test=check-done]")
        await phone.page.wait_for_selector("[data-test=waiting]")
        await phone.page.click("[data-test=own-time]")
        await phone.is_at("own-home")
        await phone.page.click("[data-test=to-visit]")
        await phone.page.wait_for_selector("[data-test=waiting]")


async def test_a_code_that_is_too_early_shows_the_way_that_is_open_already(
    live_server: LiveServer, browser: Browser
) -> None:
    specialist = await always_open(live_server)
    async with signed_in(live_server.address, "coordinator") as office, old_phone(browser, live_server) as phone:
        made = await booked(office, specialist, "Акулина Наумовна Пестова", after=timedelta(hours=20))
        by_code = f"{live_server.address}/visit#{made['code']['digits']}"
        await phone.page.goto(by_code)
        await phone.is_at("enter-again")
        await phone.reads("по ссылке или квадрату с памятки")
        await phone.opens(made)
        await phone.is_at("own-home")
        # This phone is known now, so the code shows what the link does.
        await phone.page.goto(by_code)
        await phone.is_at("own-home")


async def test_another_device_and_other_people_cannot_change_it(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    specialist = await always_open(live_server)
    async with (
        signed_in(live_server.address, "coordinator") as office,
        old_phone(browser, live_server) as phone,
        old_phone(second_browser, live_server) as other,
        old_phone(second_browser, live_server) as daughter,
    ):
        made = await booked(office, specialist, "Матрёна Карповна Лыкова", after=timedelta(days=1))
        number, client = made["booking"]["id"], made["booking"]["client"]["id"]
        await phone.opens(made)
        await phone.is_at("own-home")
        await other.opens(made)
        await other.is_at("takeover")
        await other.page.goto(f"{live_server.address}/own-time")
        await other.is_at("own-unknown")

        await office.post(f"/clients/{client}/consents", {"purpose": "third_person", "how": "aloud"})
        guest = (await office.post(f"/bookings/{number}/seats", {"role": "companion", "name": "Дочь"})).ok()
        await daughter.opens(guest)
        await daughter.is_at("check")
        await daughter.page.goto(f"{live_server.address}/own-time")
        await daughter.is_at("check")
        await expect(daughter.page.locator("[data-test^=own-]")).to_have_count(0)

        await phone.chooses(day=1, hour=0)
        elsewhere = await free_after(office, specialist, datetime.now(UTC) + timedelta(days=6))
        wish = {"starts": elsewhere["starts"], "specialist": specialist}
        (await office.ask("POST", f"/bookings/{number}/move", wish, headers={"If-Match": '"1"'})).ok()
        await phone.taps("own-yes")
        await phone.is_at("own-changed")
        await expect(phone.page.locator("[data-test=own-when]")).to_have_attribute("data-starts", elsewhere["starts"])
        await phone.taps("own-good")
        await phone.is_at("own-home")


async def test_a_time_that_is_taken_and_a_line_that_is_gone_lose_him_nothing(
    live_server: LiveServer, browser: Browser
) -> None:
    specialist = await always_open(live_server)
    async with signed_in(live_server.address, "coordinator") as office, old_phone(browser, live_server) as phone:
        made = await booked(office, specialist, "Ефросинья Титовна Белых", after=timedelta(days=2))
        await phone.opens(made)
        wanted = await phone.chooses(day=4, hour=5)
        faster = await office.register("Кто-то другой")
        (await office.book(faster["id"], {"specialist": {"id": specialist}, "starts": wanted})).ok()
        await phone.taps("own-yes")
        await phone.is_at("own-taken")
        others = phone.page.locator("[data-test=own-other]")
        await expect(others).to_have_count(3)
        near = await others.nth(2).get_attribute("data-starts")
        await others.nth(2).tap()
        await phone.is_at("own-sure")

        # The answer of the first try is lost on its way: the server has moved the booking, the phone does not know.
        async def lost(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await phone.page.route("**/join/move", lost)
        await phone.taps("own-yes")
        await expect(phone.page.locator("[data-test=own-news]")).to_be_visible()
        await phone.page.unroute("**/join/move")
        await phone.taps("own-yes")
        await phone.is_at("own-done")
        now = await office.get(f"/bookings/{made['booking']['id']}")
        assert (now["starts"], now["version"]) == (near, 2), "moved once"

        await phone.page.context.set_offline(True)
        await phone.taps("own-good")
        await phone.is_at("own-home")
        await phone.taps("own-cancel")
        await phone.taps("own-cancel-yes")
        await expect(phone.page.locator("[data-test=own-news]")).to_be_visible()
        await phone.page.context.set_offline(False)
        await phone.page.go_back()
        await phone.is_at("own-home")
        assert (await office.get(f"/bookings/{made['booking']['id']}"))["status"] == "booked"


async def test_hours_bear_the_name_of_their_zone_where_the_phone_shows_another(
    live_server: LiveServer, browser: Browser
) -> None:
    specialist = await always_open(live_server)
    async with (
        signed_in(live_server.address, "coordinator") as office,
        old_phone(browser, live_server, timezone_id="Europe/Moscow") as phone,
    ):
        made = await booked(office, specialist, "Степанида Львовна Шубина", after=timedelta(days=2))
        await phone.opens(made)
        new = await phone.chooses(day=1, hour=1)
        wall = f"{datetime.fromisoformat(new).astimezone(ZoneInfo('Asia/Novosibirsk')):%H:%M}"
        await expect(phone.page.locator("h1")).to_have_text(re.compile(f"{wall}.*новосибирское время"))
        await phone.taps("own-back")
        await expect(phone.page.locator("[data-test=own-zone]")).to_contain_text("новосибирское время")


@pytest.mark.parametrize("language", LOCALES)
async def test_every_screen_is_for_everybody(live_server: LiveServer, browser: Browser, language: str) -> None:
    specialist = await always_open(live_server)
    async with (
        signed_in(live_server.address, "coordinator") as office,
        old_phone(browser, live_server, locale=LOCALES[language]) as phone,
    ):
        made = await booked(office, specialist, "Устинья Петровна Глухова", after=timedelta(days=2))
        soon = await booked(office, specialist, "Фёкла Петровна Глухова", after=timedelta(hours=2))
        look = Look(phone.page, live_server.address)

        async def over(what: str) -> None:
            await phone.is_at(what)
            await look.over(what)
            await look.words(what)
            await look.narrow(what)
            for small in await phone.page.evaluate(SMALL):
                look.faults.append(f"{what}: {small}")

        await phone.opens(made)
        await over("own-home")
        starts = await phone.chooses(day=4, hour=3)  # away from his own, which another can not take
        await over("own-sure")
        await phone.page.go_back()
        await over("own-hours")
        await phone.page.go_back()
        await over("own-days")
        await phone.page.go_forward()
        await phone.page.go_forward()
        faster = await office.register("Кто-то другой")
        (await office.book(faster["id"], {"specialist": {"id": specialist}, "starts": starts})).ok()
        await phone.page.context.set_offline(True)
        await phone.taps("own-yes")
        await phone.page.wait_for_selector("[data-test=own-news]")
        await over("own-sure")
        await phone.page.context.set_offline(False)
        await phone.taps("own-yes")
        await over("own-taken")
        await phone.taps("own-other")
        await phone.taps("own-yes")
        await over("own-done")
        await phone.taps("own-good")
        await phone.taps("own-cancel")
        await over("own-cancel")
        await phone.taps("own-cancel-yes")
        await over("own-cancelled")
        await phone.opens(soon)
        await phone.page.wait_for_selector("[data-test=too-late]")
        await over("own-home")
        assert look.faults == []


# Letters under 18 px and places to touch under 44 px.
SMALL = """() => [...document.querySelectorAll("main *, .site-foot *")].flatMap((each) => {
  const box = each.getBoundingClientRect();
  const seen = box.width > 0 && getComputedStyle(each).visibility === "visible";
  const text = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const says = `${each.tagName} ${each.className} "${each.textContent.trim().slice(0, 30)}"`;
  const faults = [];
  if (seen && text && parseFloat(getComputedStyle(each).fontSize) < 18) faults.push(`small letters: ${says}`);
  if (seen && each.matches("button, a.button") && box.height < 44) faults.push(`small target: ${says}`);
  return faults;
})"""
