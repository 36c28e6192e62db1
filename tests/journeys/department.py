"""The officer at her pages: budgets, a certificate, its holder's choice, acts, the pilot at a glance."""

import asyncio
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, expect

from tests.journeys.people import Visitor, sign_in
from tests.support.staff import Staff

FOR_THE_PROVIDER = "А. П. Воронцова"


class Officer(Visitor):
    async def signs_in(self) -> None:
        await sign_in(self, "officer")

    async def opens(self, path: str) -> None:
        await self.page.goto(self.address + path)

    async def budget(self, provider: str | None) -> Locator:
        """The row of a provider, or of the district itself, in the table of the region's money."""
        await self.opens("/staff/budgets")
        rows = self.page.locator("[data-test=budgets]").first.locator("tr[data-budget]")
        return rows.filter(has_text=provider) if provider else rows.and_(self.page.locator(".budget-own"))

    async def plans(self, provider: str | None, roubles: str) -> None:
        """What is promised or spent of it stays; the plan is another one."""
        row = await self.budget(provider)
        await row.locator("[data-test=plan]").click()
        form = self.page.locator("[data-test=plan-form]")
        await form.locator("[name=planned_kopecks]").fill(roubles)
        await form.locator("[name=because]").fill("План на год")
        await form.locator("button.primary").click()
        await expect(self.page.locator("[data-test=plan-form]")).to_have_count(0)

    async def forms(self, holder: str, *, sessions: int) -> int:
        """A draft for the first service of the list; its number in the address."""
        page = self.page
        await self.opens("/staff/certificates")
        await page.click("[data-test=new-certificate]")
        await page.fill("#finder-query", holder.split(maxsplit=1)[0])
        await page.locator(".finder-one").filter(has_text=holder).click()
        await page.fill("#line-0-quantity", str(sessions))
        await page.click("[data-test=form-certificate]")
        await self.has_status("forming")
        number = re.search(r"id=(\d+)", page.url)
        assert number
        return int(number[1])

    async def issues(self) -> str:
        """The six digits on the holder's paper, which are shown this once."""
        await self.page.click("[data-test=issue]")
        digits = re.sub(r"\D", "", await self.page.locator("[data-test=digits]").inner_text())
        await self.has_status("issued")
        return digits

    async def has_status(self, status: str) -> None:
        await expect(self.page.locator(".page-head [data-status]")).to_have_attribute("data-status", status)

    async def turns_the_screen(self) -> Locator:
        """The providers as the holder sees them: nothing is chosen yet."""
        await self.page.click("[data-test=to-choice]")
        cards = self.page.locator("[data-test=offers] .offer")
        await expect(cards.first).to_be_visible()
        await expect(self.page.locator("[data-test=offers] input:checked")).to_have_count(0)
        return cards

    async def hears(self, provider: str, *, code: str = "") -> None:
        """The holder names a provider, and dictates his code; without one his word is enough."""
        page = self.page
        await page.locator("[data-test=offers] .offer").filter(has_text=provider).click()
        await page.click("[data-test=go-on]")
        await page.check(f"input[name=how][value={'code' if code else 'aloud'}]")
        if code:
            await page.fill("[data-test=holder-code]", f"{code[:3]} {code[3:]}")
        await page.click("[data-test=choose]")

    async def has_heard(self, provider: str) -> None:
        await expect(self.page.locator("[data-test=choice-done]")).to_contain_text(provider)
        await self.page.locator("[data-test=choice-done] a").click()
        await expect(self.page.locator("[data-test=choice]").first).to_contain_text(provider)

    async def sees_used(self, certificate: int, *words: str, service: str = "1739") -> None:
        """What became of the certificate's sessions, in all the words of its page."""
        await self.opens(f"/staff/certificate?id={certificate}")
        await expect(self.page.locator(f"[data-line='{service}'] .use-words span")).to_have_text(words)

    async def makes_the_act(self, provider: str, month: str) -> None:
        """`month` is its first day."""
        await self.opens("/staff/acts")
        row = self.page.locator(f"[data-month='{month}'] tr").filter(has_text=provider)
        await row.locator("[data-test=make-act]").first.click()
        await self.page.wait_for_selector("[data-test=lines]")

    def line(self, client: str) -> Locator:
        return self.page.locator("[data-test=lines] [data-line]").filter(has_text=client)

    async def signs(self) -> str:
        """The number of the act, which stands from now on."""
        page = self.page
        await page.click("[data-test=sign]")
        await page.fill("[name=signed_for]", FOR_THE_PROVIDER)
        await page.click("[data-test=sign-now]")
        await expect(page.locator("[data-test=act-status]")).to_have_text("Подписан")
        found = re.search(r"\d+/[\d-]+", await page.locator("h1").inner_text())
        assert found
        return found[0]

    async def takes_along(self, kind: str) -> bytes:
        """A file that the page offers, by the end of its address."""
        async with self.page.expect_download() as coming:
            await self.page.locator(f".acts-deeds a[href$='.{kind}']").click()
        return await asyncio.to_thread(Path(await (await coming.value).path()).read_bytes)

    async def counts(self) -> dict[str, int]:
        """The whole figures of the pilot at a glance."""
        await self.opens("/staff/glance")
        await self.page.wait_for_selector("[data-test=largest]")
        figures = {}
        for name in ("people", "sessions", "certificates"):
            value = await self.page.locator(f"[data-figure={name}] .large-value").inner_text()
            figures[name] = int(re.sub(r"\D", "", value))
        return figures


async def chosen_aloud(
    department: Staff, client: int, provider: str, *, service: str = "1739", sessions: int = 4
) -> int:
    """A certificate whose holder has named a provider, without a page: for what comes after."""
    year = datetime.now(ZoneInfo(department.me["district"]["zone"])).year
    lines = [{"code": service, "quantity": sessions}]
    wanted = {"client": client, "valid_until": f"{year}-12-31", "lines": lines}
    draft = (await department.post("/certificates", wanted)).ok()
    path = f"/certificates/{draft['id']}"
    paper = (await department.post(f"{path}/issue", If_Match=f'"{draft["version"]}"')).ok()["certificate"]
    listing = (await department.get(f"{path}/providers"))["listing"]
    whose = next(each["provider"] for each in listing["items"] if each["name"] == provider)
    choice = {"listing": listing["id"], "provider": whose, "confirmed_by": "aloud"}
    (await department.post(f"{path}/choice", choice, If_Match=f'"{paper["version"]}"')).ok()
    return int(draft["id"])
