"""A specialist makes a month of her calendar by mouse, another by keyboard alone; what is free is what she drew."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, expect

from tests.journeys.calendar_hands import (
    Desk,
    Hours,
    Keys,
    Mouse,
    Plan,
    changes,
    free_starts,
    number_in,
    quiet_month,
    starts_of,
    without_hours,
)
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import Json, Staff, sign_in, signed_in

ZONE = ZoneInfo("Asia/Novosibirsk")
LASTS, STEP = 40, 15
MORNING: Hours = ("09:00", "13:00")
AFTERNOON: Hours = ("14:00", "17:00")
DAY = timedelta(days=1)
# Set before the page begins, so that not a single movement of a mouse is missed.
NO_MOUSE = """["pointerdown", "pointermove", "mousedown", "wheel"].forEach((name) =>
  addEventListener(name, (event) => { if (event.isTrusted) window.touched = (window.touched || 0) + 1; }, true))"""


async def test_a_month_by_mouse(serve: Serve, engine: Engine, browser: Browser) -> None:
    server = await serve(engine)
    async with _at_her_calendar(server, browser) as (page, her):
        mouse = Mouse(page, server.address)
        first = await quiet_month(her)
        plan: Plan = {}
        await mouse.opens(first)
        await page.click("[data-mode=work]")
        await mouse.shows(first)

        # Every weekday morning for four weeks: drawn once, the days named.
        await mouse.draws(first, MORNING)
        await expect(page.locator("#window-start")).to_have_value("9:00")
        await expect(page.locator("#window-end")).to_have_value("13:00")
        await page.check("[name=repeat][value=days]")
        for weekday in (1, 2, 3, 4):
            await page.check(f"[name=weekday][value='{weekday}']")
        await page.fill("#window-until", str(first + 27 * DAY))
        await mouse.saves()
        await mouse.says("9:00–13:00", "создано")
        _puts(plan, [first + (7 * week + day) * DAY for week in range(4) for day in range(5)], MORNING)

        # Every second Tuesday afternoon, from home.
        tuesday = first + DAY
        await mouse.draws(tuesday, AFTERNOON)
        await page.check("[name=repeat][value=second]")
        await page.check("[name=place][value=home]")
        await page.fill("#window-until", str(first + 27 * DAY))
        await mouse.saves()
        _puts(plan, [tuesday, tuesday + 14 * DAY], AFTERNOON)
        await expect(mouse.window(tuesday, AFTERNOON)).to_contain_text("из дома")

        # The Thursday of the second week begins at eleven.
        await mouse.turns_on()
        thursday = first + 10 * DAY
        await mouse.shows(tuesday + 7 * DAY, MORNING)
        await mouse.moves(thursday, MORNING, (thursday, "11:00"))
        await mouse.means("one")
        plan[thursday] = [("11:00", "15:00")]
        await mouse.shows(thursday, ("11:00", "15:00"))
        await mouse.shows(thursday - DAY, MORNING)

        # Wednesdays last until four from now on, the other weekdays do not.
        wednesday = first + 9 * DAY
        await mouse.stretches(wednesday, MORNING, end="16:00")
        await mouse.means("following")
        for day in (wednesday, wednesday + 7 * DAY, wednesday + 14 * DAY):
            plan[day] = [("09:00", "16:00")]
        await mouse.shows(wednesday, ("09:00", "16:00"))
        await mouse.shows(thursday, ("11:00", "15:00"))
        await mouse.shows(first + 7 * DAY, MORNING)

        # A Saturday that was not meant: drawn, seen, taken back.
        saturday = first + 12 * DAY
        await mouse.draws(saturday, MORNING)
        await mouse.saves()
        await mouse.shows(saturday, MORNING)
        await page.click("[data-test=undo]")
        await mouse.says("Отменено")
        await mouse.shows(saturday)

        # Monday's morning of that week is left in the middle of being moved: Escape leaves all as it was.
        await _is_dropped_by_escape(mouse, first + 7 * DAY)

        # The third week she is away: five days of the month, pressed on the first and let go on the last.
        away = first + 14 * DAY
        await mouse.opens(away, shape="month", mode="work")
        await mouse.chooses_days(away, away + 4 * DAY)
        await expect(page.locator("[data-test=month-acts]")).to_contain_text("5 дней")
        await page.click("[data-days-act=away]")
        await page.click("[data-test=days-save]")
        await mouse.is_done()
        await mouse.says("Отпуск")
        await expect(page.locator(f"[data-test=month] [data-day='{away}']")).to_have_accessible_name(
            re.compile("Отпуск")
        )
        for number in range(7):
            plan.pop(away + number * DAY, None)

        await _is_offered(her, first, plan)


async def test_a_month_by_keyboard_alone(serve: Serve, engine: Engine, browser: Browser) -> None:
    server = await serve(engine)
    async with _at_her_calendar(server, browser, before=NO_MOUSE) as (page, her):
        keys = Keys(page, server.address)
        first = await quiet_month(her)
        plan: Plan = {}
        await keys.opens(first)
        await keys.tabs_to("[data-mode=work]")
        await keys.presses("Enter")
        await keys.tabs_to("[data-test=week]")
        await keys.is_at(first, "9:00")

        # Every weekday afternoon for four weeks.
        await keys.draws(AFTERNOON)
        await keys.tabs_to("[name=repeat]:checked")
        await keys.presses("ArrowRight", "ArrowRight", "ArrowRight")
        for weekday in (1, 2, 3, 4):
            await keys.tabs_to(f"[name=weekday][value='{weekday}']")
            await keys.presses("Space")
        await keys.saves()
        await keys.says("14:00–17:00", "создано")
        _puts(plan, [first + (7 * week + day) * DAY for week in range(4) for day in range(5)], AFTERNOON)

        # Tuesday's morning, this week only, with a break typed into the form.
        await keys.presses("ArrowRight")
        await keys.draws(MORNING)
        await keys.tabs_to("[data-test=add-break]")
        await keys.presses("Enter")
        for name, clock in (("break_start", "1030"), ("break_end", "11")):
            await keys.tabs_to(f"[name={name}]")
            await page.keyboard.type(clock)
        await keys.saves()
        tuesday = first + DAY
        plan[tuesday] = [("09:00", "10:30"), ("11:00", "13:00"), AFTERNOON]
        await keys.shows(tuesday, *plan[tuesday])

        # The next week's Thursday begins at three: Alt and arrows, Enter, and only this day.
        thursday = first + 10 * DAY
        await keys.presses("PageDown", "ArrowRight", "ArrowRight")
        await keys.shows(thursday, AFTERNOON)
        await keys.presses("Home")
        await keys.is_at(thursday, "14:00")
        await keys.presses(*["Alt+ArrowDown"] * 4)
        await keys.says("15:00–18:00")
        await keys.presses("Enter")
        await keys.focus_is_on("[data-scope=one]")
        await keys.presses("Enter")
        await keys.is_done()
        plan[thursday] = [("15:00", "18:00")]
        await keys.shows(thursday, *plan[thursday])

        # Friday begins an hour earlier, from now on: Alt, Shift and arrows, then the second answer.
        await keys.presses("ArrowRight", "Home")
        friday = first + 11 * DAY
        await keys.is_at(friday, "14:00")
        await keys.presses(*["Alt+Shift+ArrowUp"] * 4, "Enter")
        await keys.focus_is_on("[data-scope=one]")
        await keys.presses("Tab")
        await keys.focus_is_on("[data-scope=following]")
        await keys.presses("Enter")
        await keys.is_done()
        for day in (friday, friday + 7 * DAY, friday + 14 * DAY):
            plan[day] = [("13:00", "17:00")]
        await keys.shows(friday, ("13:00", "17:00"))
        await keys.shows(thursday, ("15:00", "18:00"))

        # Monday's goes, and comes back with U.
        monday = first + 7 * DAY
        await keys.presses(*["ArrowLeft"] * 4, "Home")
        await keys.is_at(monday, "14:00")
        await keys.presses("Delete")
        await keys.focus_is_on("[data-scope=one]")
        await keys.presses("Enter")
        await keys.is_done()
        await keys.says("убрано")
        await keys.shows(monday)
        await keys.presses("u")
        await keys.says("Отменено")
        await keys.shows(monday, AFTERNOON)

        # A window begun and given up leaves nothing.
        await keys.presses("9", "Enter", "ArrowDown", "ArrowDown", "Escape")
        await keys.says("Оставлено")
        await keys.shows(monday, AFTERNOON)

        # The third week away, chosen in the month with Shift and arrows.
        await keys.tabs_to("[data-shape=month]", "Shift+Tab")
        await keys.presses("Enter")
        await keys.tabs_to("[data-test=month] [tabindex='0']")
        await keys.presses("ArrowDown", *["Shift+ArrowRight"] * 4)
        await expect(page.locator("[data-test=month-acts]")).to_contain_text("5 дней")
        await keys.presses("Enter")
        await keys.focus_is_on("[name=act][value=hours]")
        await keys.presses("ArrowRight", "ArrowRight")
        await keys.tabs_to("[data-test=days-save]")
        await keys.presses("Enter")
        await keys.is_done()
        for number in range(7):
            plan.pop(first + (14 + number) * DAY, None)

        assert not await page.evaluate("window.touched"), "no mouse took part"
        await _is_offered(her, first, plan)


async def test_somebody_elses_change_is_seen_and_never_overwritten(
    serve: Serve, engine: Engine, browser: Browser
) -> None:
    server = await serve(engine)
    async with (
        _at_her_calendar(server, browser) as (page, her),
        signed_in(server.address, "coordinator") as office,
    ):
        mouse = Mouse(page, server.address)
        first = await quiet_month(her)
        number = her.me["specialist_id"]
        path = f"/specialists/{number}/calendar"
        await mouse.opens(first, mode="work")

        # The coordinator of her institution gives her a Monday: it stands there by itself, and it is said who did it.
        body = _once(first, MORNING)
        await changes(office, "POST", "/rules", body, await office.get(path), of=number)
        await mouse.shows(first, MORNING)
        await expect(page.locator("[data-test=news]")).to_contain_text(office.me["name"])
        await page.click("[data-test=news] button")

        # While her form is open the page waits; what she then sends meets another version and is refused.
        before = await mouse.version()
        await mouse.draws(first + DAY, AFTERNOON)
        await changes(office, "POST", "/rules", _once(first + 2 * DAY, MORNING), await office.get(path), of=number)
        await page.click("[data-test=window-save]")
        dialog = page.locator("[data-test=window-dialog]")
        await expect(dialog.locator("[data-code=version_moved]")).to_contain_text(office.me["name"])
        await expect(dialog.locator("#window-start")).to_have_value("14:00")
        assert await mouse.version() == before + 1, "the other's change is shown"
        await mouse.shows(first + 2 * DAY, MORNING)
        await mouse.shows(first + DAY)
        await mouse.saves()
        await mouse.shows(first + DAY, AFTERNOON)

        # Taking back is refused too, when somebody else came in between unseen: nobody undoes what he did not see.
        await page.route("**/calendar?*", lambda route: route.abort())
        await changes(office, "POST", "/rules", _once(first + 3 * DAY, MORNING), await office.get(path), of=number)
        await page.click("[data-test=undo]")
        await page.wait_for_selector("[data-code=version_moved]")
        await page.unroute("**/calendar?*")
        await mouse.opens(first, mode="work")
        await mouse.shows(first + DAY, AFTERNOON)
        await mouse.shows(first + 3 * DAY, MORNING)


async def test_bookings_outside_the_new_hours_are_named(serve: Serve, engine: Engine, browser: Browser) -> None:
    server = await serve(engine)
    async with (
        _at_her_calendar(server, browser) as (page, her),
        signed_in(server.address, "coordinator") as office,
    ):
        mouse = Mouse(page, server.address)
        first = await quiet_month(her)
        calendar = await her.get(f"/specialists/{her.me['specialist_id']}/calendar")
        await changes(her, "POST", "/rules", _once(first, MORNING), calendar)
        client = (await office.get("/clients"))["items"][0]
        query = {"specialist": her.me["specialist_id"], "from": str(first), "days": 1, "limit": 200}
        late = [slot for slot in await office.slots(query) if _clock(slot) == "12:00"]
        (await office.book(client["id"], late[0])).ok()
        await mouse.opens(first, mode="work")
        await expect(page.locator("[data-test=outside]")).to_have_count(0)

        await mouse.stretches(first, MORNING, end="12:00")
        await mouse.is_done()
        await mouse.shows(first, ("09:00", "12:00"))
        left = page.locator("[data-test=outside]")
        await expect(left.locator("summary")).to_contain_text("1 запись остаётся вне рабочего времени")
        await left.locator("summary").click()
        link = left.locator("a")
        await expect(link).to_contain_text(client["name"])
        assert number_in(await link.get_attribute("href") or "") > 0

        await page.click("[data-test=undo]")
        await mouse.shows(first, MORNING)
        await expect(left).to_have_count(0)


async def test_it_can_be_read_and_used_by_everybody(live_server: LiveServer, browser: Browser) -> None:
    async with _at_her_calendar(live_server, browser, keep=True) as (page, _her):
        look = Look(page, live_server.address)
        desk = Desk(page, live_server.address)
        today = datetime.now(ZONE).date()
        for shape in ("week", "day", "month", "list"):
            for mode in ("", "work"):
                await desk.opens(today, shape=shape, mode=mode)
                await look.over(f"{shape} {mode}")
                await look.words(f"{shape} {mode}")
                await look.narrow(f"{shape} {mode}", width=360)
        await desk.opens(today, shape="week", mode="work")
        await page.click("[data-test=help]")
        await look.over("help")
        await page.keyboard.press("Escape")
        await page.click("[data-test=add-hours]")
        await page.check("[name=repeat][value=days]")
        await look.over("a new window")
        await page.keyboard.press("Escape")
        monday = today + timedelta(days=7 - today.weekday())
        await desk.opens(monday, shape="week", mode="work")
        await page.locator(f"[data-test=week] [data-day='{monday}'] [data-window]").first.click()
        await page.click("[data-test=window-dialog] summary")
        await look.over("a window")
        await page.click("[data-test=window-remove]")
        await look.over("which of them")
        await page.click("[data-test=scope-cancel]")
        for tab in ("hours", "exceptions", "absences", "limits"):
            await page.click(f"[data-tab={tab}]")
            await page.wait_for_selector(f"[data-test={tab.removesuffix('s')}-form], [data-test={tab}-form]")
            await look.over(tab)
            await look.words(tab)
            await look.narrow(tab, width=360)
        assert look.faults == []


async def test_on_a_phone_hours_are_added_by_a_tap(live_server: LiveServer, browser: Browser) -> None:
    async with _at_her_calendar(live_server, browser, phone=True) as (page, her):
        desk = Desk(page, live_server.address)
        first = await quiet_month(her)
        await desk.opens(first, shape="day", mode="work")
        await page.click("[data-test=add-hours]")
        await page.fill("#window-start", "930")
        await page.fill("#window-end", "12")
        await page.click("[data-test=window-save]")
        await desk.is_done()
        await desk.shows(first, ("09:30", "12:00"))
        await page.click("[data-shape=list]")
        await page.click(f"[data-test=list] [data-day='{first}'] [data-window]")
        await page.fill("#window-end", "13")
        await page.click("[data-test=window-save]")
        await desk.is_done()
        await _is_offered(her, first, {first: [("09:30", "13:00")]})


@asynccontextmanager
async def _at_her_calendar(
    server: LiveServer, browser: Browser, *, before: str = "", phone: bool = False, keep: bool = False
) -> AsyncIterator[tuple[Page, Staff]]:
    """The first specialist with a page of hers and, unless it is to be kept, an empty calendar."""
    context = await person(browser, phone=phone)
    if before:
        await context.add_init_script(before)
    await sign_in(context, server.address, "specialist")
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    async with signed_in(server.address, "specialist") as her:
        if not keep:
            await without_hours(her)
        yield page, her
    assert faults == []
    await context.close()


async def _is_dropped_by_escape(mouse: Mouse, day: date) -> None:
    page = mouse.page
    box = await mouse.window(day, MORNING).bounding_box()
    assert box
    await page.mouse.move(box["x"] + 30, box["y"] + 60)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 30, box["y"] + 140, steps=4)
    await page.wait_for_selector("[data-draft]")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-draft]")).to_have_count(0)
    await page.mouse.up()
    await mouse.shows(day, MORNING)


async def _is_offered(her: Staff, first: date, plan: Plan) -> None:
    """What the booking desk finds in these four weeks is what the plan leaves free, to the minute."""
    days = [first + number * DAY for number in range(28)]
    found = await free_starts(her, days)
    assert found == starts_of(plan, lasts=LASTS, step=STEP)
    assert found, "there is something to offer"


def _puts(plan: Plan, days: list[date], hours: Hours) -> None:
    for day in days:
        plan.setdefault(day, []).append(hours)


def _once(day: date, hours: Hours) -> Json:
    return {
        "days": [day.weekday()],
        "first_day": str(day),
        "last_day": str(day),
        "start": hours[0],
        "end": hours[1],
    }


def _clock(slot: Json) -> str:
    return datetime.fromisoformat(slot["starts"]).astimezone(ZONE).strftime("%H:%M")
