"""Coordinators at one schedule: a time in hand is seen by all, a drag has one winner, keys and a phone do it too."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import select

from scheduling.db import Tx
from scheduling.people import Account
from server import demo
from server.api.account import HASHER
from server.database import Database
from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.patience import comes_true
from tests.support.staff import Json, Staff, signed_in_as

WIDE = {"width": 1600, "height": 900}
ORLOVA, ZIMIN, VORONOVA = 1, 2, 5
FOCUSED = "(selector) => Boolean(document.activeElement && document.activeElement.matches(selector))"


@dataclass
class Board:
    """The schedule in one tab; `day` is the one it shows."""

    page: Page
    day: str

    def start(self, specialist: int, starts: str) -> Locator:
        return self.page.locator(f"[data-lane='{specialist}'] [data-starts='{starts}']")

    def booking(self, number: int, specialist: int | None = None) -> Locator:
        lane = "" if specialist is None else f"[data-lane='{specialist}'] "
        return self.page.locator(f"{lane}[data-booking='{number}']")

    async def takes_hold(self, number: int) -> float:
        """The mouse lies on the booking and has begun to drag it; how far it holds it from its left edge."""
        grip = 12.0
        await self.booking(number).hover(position={"x": grip, "y": 8})  # once it lies still
        box = await self.booking(number).bounding_box()
        assert box
        down = box["height"] / 2
        await self.page.mouse.move(box["x"] + grip, box["y"] + down)
        await self.page.mouse.down()
        await self.page.mouse.move(box["x"] + grip + 9, box["y"] + down + 9, steps=3)
        await expect(self.page.locator(".sb-rooms > span").first).to_be_attached()
        return grip

    async def carries(self, number: int, specialist: int, starts: str) -> None:
        """Drags it over a free start, without letting go."""
        grip = await self.takes_hold(number)
        # Only now: taking hold may have scrolled the lines.
        box = await self.start(specialist, starts).bounding_box()
        assert box
        await self.page.mouse.move(box["x"] + grip, box["y"] + box["height"] / 2, steps=6)
        await expect(self.page.locator(f"[data-lane='{specialist}'] .sb-ghost")).to_be_attached()

    async def says(self, kind: str) -> Locator:
        news = self.page.locator(f"[data-test=news][data-news='{kind}']")
        await expect(news).to_be_visible()
        return news


async def opened(browser: Browser, server: LiveServer, login: str, day: str, **looks: Any) -> Board:
    context = await person(browser, **looks)
    facts = {"login": login, "password": demo.PASSWORD}
    answer = await context.request.post(
        f"{server.address}/api/v1/session", data=facts, headers={"Origin": server.address}
    )
    assert answer.ok
    page = await context.new_page()
    if not looks.get("phone"):
        await page.set_viewport_size(WIDE)  # type: ignore[arg-type] # a plain dict is what the call takes
    await page.goto(f"{server.address}/staff/board?day={day}")
    await page.wait_for_selector("[data-test=schedule][data-live]")
    return Board(page, day)


async def a_free_day(office: Staff) -> tuple[str, dict[int, list[str]]]:
    """The first day on which three of them have four hours free in common, and what is free then."""
    for ahead in range(2, 29):
        day = str(datetime.now(UTC).date() + timedelta(days=ahead))
        shown = await office.get("/calendars", service="1739", **{"from": day})
        free = {column["specialist"]["id"]: list(column["free"]) for column in shown["items"]}
        if len(no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])) >= 4:
            return day, free
    raise AssertionError("the demo's people have no free day")


async def booked(office: Staff, client: int, specialist: int, starts: str) -> Json:
    facts = {"client": client, "specialist": specialist, "service": "1739", "starts": starts}
    return dict((await office.post("/bookings", facts)).ok()["booking"])


async def a_second_coordinator(server: LiveServer) -> str:
    """Somebody who works at the same desk as the demo's first coordinator."""
    database = Database(server.database_url)

    async def work(tx: Tx) -> None:
        first = await tx.scalar(select(Account).where(Account.login == "suzun"))
        assert first
        facts = {"login": "kostina", "name": "Вера Ильинична Костина", "roles": ["coordinator"]}
        hashed = HASHER.hash(demo.PASSWORD)
        tx.add(Account(**facts, institution_id=first.institution_id, password_hash=hashed))

    try:
        await database.written(work)
    finally:
        await database.close()
    return "kostina"


def no_overlap(*free: list[str]) -> list[str]:
    """Free starts an hour apart that all of them have."""
    found: list[str] = []
    for start in sorted(set.intersection(*(set(each) for each in free))):
        if not found or datetime.fromisoformat(start) - datetime.fromisoformat(found[-1]) >= timedelta(hours=1):
            found.append(start)
    return found


async def test_two_coordinators_work_on_one_schedule(
    serve: Serve, engine: Engine, browser: Browser, second_browser: Browser
) -> None:
    server = await serve(engine)
    async with (
        signed_in_as(server.address, "suzun", demo.PASSWORD) as irina,
        signed_in_as(server.address, "kuybyshev", demo.PASSWORD) as tatyana,
    ):
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        theirs = (await tatyana.get("/clients"))["items"][0]["id"]
        number = (await booked(tatyana, theirs, ORLOVA, times[0]))["id"]
        a = await opened(browser, server, "suzun", day)
        b = await opened(second_browser, server, "kuybyshev", day)

        # A opens a time: B sees that it is in hand; A shuts the window or leaves the page, and it is free again.
        await a.start(ZIMIN, times[1]).click()
        held = b.page.locator(f"[data-lane='{ZIMIN}'] [data-held='{times[1]}']")
        await expect(held).to_be_visible()
        await expect(held).to_contain_text("занято сейчас")
        await expect(b.start(ZIMIN, times[1])).to_have_count(0)
        await a.page.keyboard.press("Escape")
        await expect(b.start(ZIMIN, times[1])).to_be_visible()
        await a.start(ZIMIN, times[1]).click()
        await expect(held).to_be_visible()
        await a.page.goto(f"{server.address}/staff/today")
        await expect(b.start(ZIMIN, times[1])).to_be_visible()
        await a.page.goto(f"{server.address}/staff/board?day={day}")

        # A books it: B sees a block that says no more than that it is taken.
        await a.start(ZIMIN, times[1]).click()
        await a.page.locator("[data-client]").first.click()
        await a.page.click("[data-test=book-confirm]")
        made = int(await a.page.locator("[data-test=booked]").get_attribute("data-booking") or 0)
        await expect(b.booking(made, ZIMIN)).to_contain_text("Занято")
        assert await b.booking(made).get_attribute("data-movable") is None
        await a.page.click("[data-test=book-done]")
        await expect(a.booking(made, ZIMIN)).to_be_visible()

        # B drags a booking of her own district to another specialist: A sees it there, and only there.
        await b.carries(number, VORONOVA, times[2])
        await b.page.mouse.up()
        await expect(await b.says("moved")).to_contain_text("Перенесено")
        for board in (a, b):
            await expect(board.booking(number, VORONOVA)).to_be_visible()
            await expect(board.booking(number, ORLOVA)).to_have_count(0)
        assert (await tatyana.get(f"/bookings/{number}"))["starts"] == times[2]

        # And takes it back.
        await b.page.click("[data-test=undo]")
        await expect(await b.says("moved")).to_contain_text("Возвращено")
        for board in (a, b):
            await expect(board.booking(number, ORLOVA)).to_be_visible()
            await expect(board.booking(number, VORONOVA)).to_have_count(0)
        back = await tatyana.get(f"/bookings/{number}")
        assert (back["starts"], back["specialist"]["id"]) == (times[0], ORLOVA)
        assert [each["what"] for each in (await tatyana.get(f"/bookings/{number}/history"))["items"]] == [
            *("booked", "moved", "moved")
        ]


async def test_of_two_who_drag_one_booking_exactly_one_moves_it(
    serve: Serve, engine: Engine, browser: Browser, second_browser: Browser
) -> None:
    server = await serve(engine)
    login = await a_second_coordinator(server)
    async with signed_in_as(server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        number = (await booked(irina, 1, ORLOVA, times[0]))["id"]
        a = await opened(browser, server, "suzun", day)
        b = await opened(second_browser, server, login, day)

        # Both hold it; A lets go first. B's does not move, and B reads who was quicker and where it is now.
        await a.carries(number, ZIMIN, times[1])
        await b.carries(number, VORONOVA, times[2])
        await a.page.mouse.up()
        await expect(await a.says("moved")).to_be_visible()
        await b.page.mouse.up()
        refused = await b.says("refused")
        assert await refused.get_attribute("data-code") == "version_moved"
        await expect(refused).to_contain_text("Ирина Павловна Соколова")
        await expect(refused).to_contain_text("Алексей Николаевич Зимин")
        for board in (a, b):
            await expect(board.booking(number, ZIMIN)).to_be_visible()
            await expect(board.booking(number)).to_have_count(1)

        # Both let go in the same moment: one wins, the other reads why, and both see the same.
        await a.carries(number, ORLOVA, times[1])
        await b.carries(number, VORONOVA, times[3])
        await asyncio.gather(a.page.mouse.up(), b.page.mouse.up())
        told = "() => document.querySelector('[data-test=news]').dataset.news"
        for board in (a, b):
            await comes_true(board.page, f"({told})")
        await expect(a.page.locator("[data-test=news] strong")).not_to_have_count(0)
        kinds = [await board.page.evaluate(told) for board in (a, b)]
        assert sorted(kinds) == ["moved", "refused"]
        where = ORLOVA if kinds[0] == "moved" else VORONOVA
        for board in (a, b):
            await expect(board.booking(number, where)).to_be_visible()
            await expect(board.booking(number)).to_have_count(1)
        history = (await irina.get(f"/bookings/{number}/history"))["items"]
        assert [each["what"] for each in history] == ["booked", "moved", "moved"]


async def test_a_place_that_is_taken_under_the_hand_is_answered_with_others(
    live_server: LiveServer, browser: Browser
) -> None:
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        number = (await booked(irina, 1, ORLOVA, times[0]))["id"]
        board = await opened(browser, live_server, "suzun", day)
        await board.carries(number, ZIMIN, times[1])
        await booked(irina, 2, ZIMIN, times[1])
        await board.page.mouse.up()
        refused = await board.says("refused")
        assert await refused.get_attribute("data-code") == "slot_taken"
        await expect(board.booking(number, ORLOVA)).to_be_visible()
        offered = refused.locator("[data-test=slot]")
        await expect(offered).to_have_count(3)
        starts = await offered.first.get_attribute("data-starts")
        who = int(await offered.first.get_attribute("data-specialist") or 0)
        await offered.first.click()
        await board.says("moved")
        await expect(board.booking(number, who)).to_be_visible()
        assert (await irina.get(f"/bookings/{number}"))["starts"] == starts

        # Let go where nothing is free, or given up with Escape, it lies where it lay.
        before = (await irina.get(f"/bookings/{number}"))["version"]
        await board.takes_hold(number)
        await board.page.mouse.move(4, 4, steps=3)
        await board.page.mouse.up()
        await board.carries(number, VORONOVA, times[3])
        await board.page.keyboard.press("Escape")
        await board.page.mouse.up()
        await expect(board.page.locator(".sb-ghost")).to_have_count(0)
        assert (await irina.get(f"/bookings/{number}"))["version"] == before


async def test_all_of_it_by_keyboard(live_server: LiveServer, browser: Browser) -> None:
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        number = (await booked(irina, 1, ORLOVA, times[0]))["id"]
        board = await opened(browser, live_server, "suzun", day)
        page, keys = board.page, board.page.keyboard
        await page.locator("#sb-free").focus()
        while not await page.evaluate(FOCUSED, "[data-item]"):
            await keys.press("Tab")
        while not await page.evaluate(FOCUSED, f"[data-lane='{ORLOVA}'] *"):
            await keys.press("ArrowDown")
        await keys.press("Home")
        while not await page.evaluate(FOCUSED, f"[data-booking='{number}']"):
            await keys.press("ArrowRight")

        # M, the first time of another specialist, Enter: moved, and the focus goes with it.
        await keys.press("m")
        await comes_true(page, FOCUSED, "[data-test=move-to]")
        await keys.press("ArrowDown")
        starts = await page.evaluate("() => document.activeElement.dataset.starts")
        who = int(await page.evaluate("() => document.activeElement.dataset.specialist"))
        assert who != ORLOVA
        await keys.press("Enter")
        await board.says("moved")
        await expect(board.booking(number, who)).to_be_focused()
        assert (await irina.get(f"/bookings/{number}"))["starts"] == starts
        await keys.press("Control+z")
        await expect(await board.says("moved")).to_contain_text("Возвращено")
        await expect(board.booking(number, ORLOVA)).to_be_focused()

        # The next free start, Enter: in hand; Escape: given back, and the focus stands where it stood.
        while not await page.evaluate(FOCUSED, "[data-starts]"):
            await keys.press("ArrowRight")
        await keys.press("Enter")
        await expect(page.locator("[data-test=book-when][data-held]")).to_be_visible()
        async with page.expect_response(lambda answer: answer.request.method == "DELETE") as given_back:
            await keys.press("Escape")
        assert (await given_back.value).status == 204
        await comes_true(page, FOCUSED, f"[data-lane='{ORLOVA}'] [data-item]")
        shown = await irina.get("/calendars", service="1739", specialist=ORLOVA, **{"from": day})
        assert shown["items"][0]["held"] == []


async def test_the_focus_stays_with_what_others_move(live_server: LiveServer, browser: Browser) -> None:
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        made = await booked(irina, 2, ORLOVA, times[1])
        board = await opened(browser, live_server, "suzun", day)
        block = board.booking(made["id"], ORLOVA)
        await block.focus()
        # Something earlier on the same line, then the thing itself on another line: drawn anew, not left.
        earlier = await booked(irina, 3, ORLOVA, times[0])
        await expect(board.booking(earlier["id"], ORLOVA)).to_be_visible()
        await expect(block).to_be_focused()
        to = {"specialist": ZIMIN, "starts": times[2]}
        (await irina.ask("POST", f"/bookings/{made['id']}/move", to, headers={"If-Match": f'"{made["version"]}"'})).ok()
        await expect(board.booking(made["id"], ZIMIN)).to_be_focused()
        # Who pressed on nothing has gone away, and nothing calls back.
        await board.page.mouse.click(4, 4)
        why = {"reason": "client_asked"}
        moved = {"If-Match": f'"{made["version"] + 1}"'}
        (await irina.ask("POST", f"/bookings/{made['id']}/cancel", why, headers=moved)).ok()
        await expect(board.booking(made["id"])).to_have_count(0)
        await expect(board.page.locator("[data-test=lines] :focus")).to_have_count(0)


async def test_on_a_phone_free_times_are_big_buttons(live_server: LiveServer, browser: Browser) -> None:
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        board = await opened(browser, live_server, "suzun", day, phone=True)
        page = board.page
        look = Look(page, live_server.address)
        first = board.start(ZIMIN, free[ZIMIN][0])
        box = await first.bounding_box()
        assert box
        assert box["height"] >= 44
        await look.narrow("the list", 360)
        await first.click()
        await page.locator("[data-client]").first.click()
        await look.narrow("the window of booking", 360)
        await page.click("[data-test=book-confirm]")
        number = int(await page.locator("[data-test=booked]").get_attribute("data-booking") or 0)
        await page.click("[data-test=book-done]")
        await page.locator(f"[data-lane='{ZIMIN}'] summary").click()
        await board.booking(number, ZIMIN).click()
        await page.click("[data-test=card-move]")
        await page.locator(f"[data-test=move-to][data-specialist='{ORLOVA}']").first.click()
        await board.says("moved")
        await look.over("after a move on the phone")
        assert (await irina.get(f"/bookings/{number}"))["specialist"]["id"] == ORLOVA
        assert look.faults == []


@pytest.mark.parametrize("language", ["ru-RU", "en-GB"])
async def test_everything_that_opens_can_be_read_and_reached(
    live_server: LiveServer, browser: Browser, language: str
) -> None:
    async with signed_in_as(live_server.address, "suzun", demo.PASSWORD) as irina:
        day, free = await a_free_day(irina)
        times = no_overlap(free[ORLOVA], free[ZIMIN], free[VORONOVA])
        number = (await booked(irina, 1, ORLOVA, times[0]))["id"]
        await irina.post("/holds", {"specialist": ZIMIN, "service": "1739", "starts": times[1]})
    board = await opened(browser, live_server, "suzun", day, language=language)
    page = board.page
    look = Look(page, live_server.address)
    await expect(page.locator("[data-held]")).to_be_visible()
    await look.over("the lines")
    await look.words("the lines")
    await board.start(VORONOVA, times[1]).click()
    await expect(page.locator("[data-test=book-when][data-held]")).to_be_visible()
    await look.over("the window of booking")
    await look.words("the window of booking")
    await page.keyboard.press("Escape")
    await board.booking(number).click()
    await expect(page.locator("[data-test=card-move]")).to_be_visible()
    await look.over("a booking")
    await look.words("a booking")
    await page.click("[data-test=card-move]")
    await expect(page.locator("[data-test=move-to]").first).to_be_visible()
    await look.over("moving it")
    await look.words("moving it")
    await page.locator("[data-test=move-to]").nth(2).click()
    await board.says("moved")
    await look.over("the news")
    await look.words("the news")
    await page.click("[data-days='7']")
    await expect(page.locator("[data-test=cells]")).to_be_visible()
    await look.over("a week")
    await look.words("a week")
    await page.fill("#sb-name", "nobody is called that")
    await expect(page.locator("[data-test=schedule][data-shown='0']")).to_be_visible()
    await look.over("nobody fits")
    await look.words("nobody fits")
    assert look.faults == []
