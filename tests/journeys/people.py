"""The people of the story in their browsers: each does with the pages what that person does, in her words."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from bench.watch import FRAMES
from server import demo
from tests.support.arrived import CONNECTIONS, arrived, more_arrives
from tests.support.chromium import person


@dataclass
class Visitor:
    """A person at a page of a server."""

    page: Page
    address: str

    async def arrived(self) -> dict[str, float]:
        return await arrived(self.page)

    async def sees_and_hears(self, within_s: float = 15) -> None:
        await more_arrives(self.page, within_s=within_s)


class Coordinator(Visitor):
    async def signs_in(self, login: str) -> None:
        await sign_in(self, login)
        await expect(self.page).to_have_url(re.compile("/staff/today"))

    async def registers(self, name: str, year: int, phone: str) -> None:
        page = self.page
        await page.goto(f"{self.address}/staff/booking")
        await page.click("[data-test=register-client]")
        await page.fill("#client-name", name)
        await page.fill("#client-birth-year", str(year))
        await page.fill("#client-phone", phone)
        await page.check("#consent-processing")
        await page.click("#client-save")
        await expect(page.locator("[data-test=chosen-client]")).to_contain_text(name)

    async def books_the_earliest(self, specialist: str) -> tuple[int, str]:
        """The number of the booking and the six digits that she prints."""
        page = self.page
        await page.locator("[data-test=slot]").filter(has_text=specialist).first.click()
        await page.click("#confirm")
        await page.wait_for_selector("[data-test=booked]")
        await page.click("[data-test=slip]")
        paper = page.locator("[data-test=slip-paper]")
        await expect(paper).to_contain_text("UTC+7")
        await expect(paper.locator("svg")).to_have_count(1)
        digits = re.sub(r"\D", "", await paper.locator("[data-test=code]").inner_text())
        number = re.search(r"booking=(\d+)", page.url)
        assert number
        assert len(digits) == 6
        return int(number[1]), digits

    async def watches(self, booking: int) -> None:
        await self.page.goto(f"{self.address}/staff/today")
        await self.page.wait_for_selector(f"[data-booking='{booking}']")

    async def sees_on_the_board(self, booking: int, state: str) -> None:
        await self.page.wait_for_selector(f"[data-booking='{booking}'][data-state='{state}']")


class Client(Visitor):
    async def types_the_code(self, digits: str) -> None:
        page = self.page
        await page.goto(self.address)
        await page.fill("[data-test=code]", f"{digits[:3]} {digits[3:]}")
        await page.click("[data-test=code-submit]")

    async def checks_the_line(self) -> None:
        page = self.page
        await page.click("[data-test=check-start]")
        await page.wait_for_selector("[data-test=verdict]", timeout=30_000)
        await page.click("[data-test=check-done]")
        await page.wait_for_selector("[data-test=waiting]")

    async def is_in_the_room(self) -> None:
        await self.page.wait_for_selector("[data-test=remote]")

    async def says_how_it_was(self) -> None:
        await self.page.click("[data-test=held-yes]")
        await self.page.click("[data-test=feedback-3]")
        await self.page.wait_for_selector("[data-test=thanks]")


class Specialist(Visitor):
    async def signs_in(self, login: str) -> None:
        await sign_in(self, login)

    async def is_told_that_somebody_waits(self, booking: int) -> None:
        await self.page.goto(f"{self.address}/staff/today")
        await self.page.wait_for_selector(f"[data-test=waiting][data-booking='{booking}']", timeout=20_000)

    async def enters_and_admits(self, booking: int) -> None:
        """One press on her day page."""
        await self.page.click(f"[data-test=waiting][data-booking='{booking}'] [data-test=admit]")

    async def enters(self, booking: int) -> None:
        await self.page.goto(f"{self.address}/staff/room?booking={booking}")

    async def admits(self) -> None:
        await self.page.click("[data-test=admit]")

    async def writes(self, text: str) -> None:
        await self.page.fill("[data-test=note]", text)
        await self.page.wait_for_function(
            "() => document.querySelector('[data-test=note-news]').textContent.trim().length > 0"
        )

    async def books_the_next(self) -> str:
        """The digits of the next session's code."""
        page = self.page
        await page.click("[data-test=next-find]")
        await page.locator("[data-test=next-slot]").last.click()
        return re.sub(r"\D", "", await page.locator("[data-test=next-code]").inner_text())

    async def ends(self) -> None:
        await self.page.click("[data-test=end]")
        await self.page.click("[data-test=end-yes]")


async def says(visitor: Visitor, text: str) -> None:
    """Writes into the chat; the panel is opened if it is shut."""
    page = visitor.page
    if not await page.locator("[data-test=chat-input]").is_visible():
        await page.click("[data-test=chat]")
    await page.fill("[data-test=chat-input]", text)
    await page.click("[data-test=chat-send]")


async def reads(visitor: Visitor, text: str) -> None:
    page = visitor.page
    if not await page.locator("[data-test=chat-list]").is_visible():
        await page.click("[data-test=chat]")
    await expect(page.locator("[data-test=chat-list]")).to_contain_text(text)


async def asks_for_help(page: Page, address: str, *, name: str, phone: str) -> int:
    """The steps of the form, one question a screen; the number that is shown at the end."""
    await page.goto(f"{address}/apply")
    await page.get_by_text("Сузунский район").click()
    await page.fill("#apply-settlement", "с. Битки")
    await page.click("[data-test=next]")
    await page.get_by_text("для себя").click()
    await page.fill("#apply-name", name)
    await page.fill("#apply-birth_year", "1951")
    await page.click("[data-test=next]")
    await page.fill("#apply-phone", phone)
    await page.click("[data-test=next]")
    await page.get_by_text("Одиночество").click()
    await page.fill("#apply-remark", "Поговорить не с кем")
    await page.click("[data-test=next]")
    await page.get_by_text("Если всё равно").wait_for()
    await page.click("[data-test=next]")
    await page.get_by_text("Я прочитал").click()
    await page.dblclick("[data-test=next]")
    return int(await page.locator("[data-test=number]").inner_text())


async def page_for(browser: Browser, **looks: Any) -> Page:
    """A fresh profile with camera and microphone, whose connections and pictures can be looked at."""
    context: BrowserContext = await person(browser, **looks)
    page = await context.new_page()
    await page.add_init_script(CONNECTIONS)
    await page.add_init_script(FRAMES)
    return page


async def sign_in(visitor: Visitor, login: str) -> None:
    page = visitor.page
    await page.goto(f"{visitor.address}/staff/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", demo.PASSWORD)
    await page.click("#submit")
    await page.wait_for_url("**/staff/today")
