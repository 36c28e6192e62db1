"""A specialist at her calendar: what her mouse and her keys do there, and which free time that must come to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from tests.support.patience import comes_true
from tests.support.staff import Json, Staff

Hours = tuple[str, str]
Plan = dict[date, list[Hours]]

# Where on the screen a minute of a day is; scrolls the hours there first, so that a hand can reach it.
WHERE = """([day, minute]) => {
  const box = document.querySelector("[data-scrolls]");
  const column = document.querySelector(`[data-test=week] [data-day="${day}"]`);
  const { top, bottom } = box.getBoundingClientRect();
  const [low, high] = [top + 110, Math.min(bottom, innerHeight) - 60];
  const at = () => { const c = column.getBoundingClientRect(); return c.top + c.height * minute / 1440; };
  if (at() < low) box.scrollTop -= low - at();
  if (at() > high) box.scrollTop += at() - high;
  const c = column.getBoundingClientRect();
  return [c.left + c.width * 0.25, at()];
}"""
FOCUSED = "(selector) => Boolean(document.activeElement && document.activeElement.matches(selector))"
MOST_TABS = 80


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def spoken(hours: Hours) -> str:
    """9:00-13:00 as the page writes it."""
    return "–".join(clock.removeprefix("0") for clock in hours)


@dataclass
class Desk:
    """The calendar in one tab."""

    page: Page
    address: str

    async def opens(self, day: date, *, shape: str = "week", mode: str = "") -> None:
        await self.page.goto(f"{self.address}/staff/calendar?as={shape}&day={day}&mode={mode}")
        await self.page.wait_for_selector("[data-test=calendar]")

    def window(self, day: date, hours: Hours) -> Locator:
        return self.page.locator(f"[data-test=week] [data-day='{day}'] [data-hours='{spoken(hours)}']")

    async def shows(self, day: date, *hours: Hours) -> None:
        """That day has these windows and no others."""
        shown = self.page.locator(f"[data-test=week] [data-day='{day}'] [data-window]")
        await expect(shown).to_have_count(len(hours))
        for each in hours:
            await expect(self.window(day, each)).to_have_count(1)

    async def says(self, *parts: str) -> None:
        for part in parts:
            await expect(self.page.locator("[data-test=said]")).to_contain_text(part)

    async def is_done(self) -> None:
        """The server has answered, and the page shows what it has now."""
        await expect(self.page.locator("dialog")).to_have_count(0)
        await self.page.wait_for_selector("[data-test=done]")
        await self.page.wait_for_selector("[data-test=calendar][data-busy=false]")

    async def version(self) -> int:
        return int(await self.page.get_attribute("[data-test=calendar]", "data-version") or 0)


class Mouse(Desk):
    """What a hand does. It takes a block below its upper edge and lets go a little before the line it means."""

    async def draws(self, day: date, hours: Hours) -> None:
        await self._drags((day, minutes(hours[0]) + 3), (day, minutes(hours[1]) - 3))
        await self.page.wait_for_selector("[data-test=window-dialog]")

    async def moves(self, day: date, hours: Hours, to: tuple[date, str]) -> None:
        """By its middle line, as far as its beginning moves."""
        held = (minutes(hours[0]) + minutes(hours[1])) // 2
        await self._drags((day, held), (to[0], minutes(to[1]) + held - minutes(hours[0])))

    async def stretches(self, day: date, hours: Hours, *, end: str) -> None:
        await self._drags((day, minutes(hours[1]) - 3), (day, minutes(end)))

    async def means(self, scope: str) -> None:
        await self.page.click(f"[data-test=scope-dialog] [data-scope={scope}]")
        await self.is_done()

    async def saves(self) -> None:
        await self.page.click("[data-test=window-save]")
        await self.is_done()

    async def turns_on(self) -> None:
        await self.page.click("button[aria-label='Следующая неделя']")

    async def chooses_days(self, first: date, last: date) -> None:
        """In the month: pressed on one day, let go on another."""
        mouse = self.page.mouse
        await self.page.locator(f"[data-test=month] [data-day='{last}']").scroll_into_view_if_needed()
        for number, day in enumerate((first, last)):
            box = await self.page.locator(f"[data-test=month] [data-day='{day}']").bounding_box()
            assert box
            await mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
            await (mouse.down() if number == 0 else mouse.up())

    async def _drags(self, start: tuple[date, int], end: tuple[date, int]) -> None:
        mouse = self.page.mouse
        x, y = await self.page.evaluate(WHERE, [str(start[0]), start[1]])
        await mouse.move(x, y)
        await mouse.down()
        await mouse.move(x, y + 8, steps=2)
        x, y = await self.page.evaluate(WHERE, [str(end[0]), end[1]])
        await mouse.move(x, y, steps=6)
        await mouse.up()


class Keys(Desk):
    """No mouse at all: whoever uses it only presses keys."""

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def tabs_to(self, selector: str, key: str = "Tab") -> None:
        for _ in range(MOST_TABS):
            if await self.page.evaluate(FOCUSED, selector):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{selector} is not reached by {MOST_TABS} times {key}")

    async def focus_is_on(self, selector: str) -> None:
        await comes_true(self.page, FOCUSED, selector)

    async def draws(self, hours: Hours) -> None:
        """From where the cursor is: to the hour, begin, to the other hour, end."""
        await self.presses(*hours[0].split(":")[0].removeprefix("0"), "Enter")
        await self.page.wait_for_selector("[data-draft]")
        await self.presses(*hours[1].split(":")[0].removeprefix("0"), "Enter")
        await self.page.wait_for_selector("[data-test=window-dialog]")
        await self.focus_is_on("#window-start")

    async def saves(self) -> None:
        await self.tabs_to("[data-test=window-save]")
        await self.presses("Enter")
        await self.is_done()
        await self.focus_is_on("[data-test=week]")

    async def is_at(self, day: date, clock: str) -> None:
        await expect(self.page.locator(f"[data-day='{day}'] [data-cursor]")).to_have_count(1)
        await self.says(clock.removeprefix("0"))


# --- what it comes to -------------------------------------------------------------------------------------------------


def starts_of(plan: Mapping[date, Sequence[Hours]], *, lasts: int, step: int) -> list[datetime]:
    """Every start on the wall, as plainly as can be: each step of each window from which a session ends in time."""
    found = []
    for day, windows in plan.items():
        for start, end in windows:
            steps = range(minutes(start), minutes(end) - lasts + 1, step)
            found += [datetime.combine(day, time()) + timedelta(minutes=at) for at in steps]
    return sorted(found)


async def free_starts(staff: Staff, days: Sequence[date]) -> list[datetime]:
    """What the booking desk offers of her on these days, on the wall of her zone."""
    found = []
    for day in days:
        slots = await staff.slots({"specialist": staff.me["specialist_id"], "from": str(day), "days": 1, "limit": 200})
        found += [_wall(slot) for slot in slots]
    return sorted(found)


async def without_hours(staff: Staff) -> None:
    """An empty calendar to begin a month with, open far ahead; what is booked in it stays."""
    calendar = await staff.get(_path(staff))
    limits = {"notice_min": 60, "horizon_days": 300, "step_min": 15, "max_per_day": None}
    emptied = await changes(staff, "PUT", "/hours", {"hours": []}, calendar)
    await changes(staff, "PUT", "/limits", limits, emptied)


async def quiet_month(staff: Staff) -> date:
    """The Monday of four weeks to come without a holiday, in which nothing is booked yet."""
    today = datetime.now(ZoneInfo("Asia/Novosibirsk")).date()
    years = [await staff.get("/holidays", year=year) for year in (today.year, today.year + 1)]
    special = {date.fromisoformat(each["day"]) for year in years for each in year["items"]}
    monday = today + timedelta(days=14 - today.weekday())
    while any(monday <= day < monday + timedelta(days=28) for day in special):
        monday += timedelta(days=7)
    return monday


async def changes(staff: Staff, method: str, path: str, body: Json, calendar: Json, *, of: int | None = None) -> Json:
    """A change of a calendar as it stood when it was looked at."""
    specialist = of or staff.me["specialist_id"]
    answer = await staff.ask(
        method, f"/specialists/{specialist}{path}", body, headers={"If-Match": f'"{calendar["version"]}"'}
    )
    return answer.ok()


def _wall(slot: Json) -> datetime:
    return datetime.fromisoformat(slot["starts"]).astimezone(ZoneInfo(slot["zone"])).replace(tzinfo=None)


def _path(staff: Staff) -> str:
    return f"/specialists/{staff.me['specialist_id']}/calendar"


def number_in(text: str) -> int:
    found = re.search(r"\d+", text)
    assert found, text
    return int(found[0])
