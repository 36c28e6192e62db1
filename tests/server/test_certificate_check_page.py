"""The page that checks a certificate, in a real browser: what it says and sends, and what it keeps of the paper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from scheduling.certificates import Certificate
from server import certificate_tokens
from server.app import utc_now
from server.certificate_check import Paper, Service
from server.database import Database
from server.settings import installation_key
from tests.support.chromium import person
from tests.support.live_server import LiveServer, command
from tests.support.look import Look

DAY = timedelta(days=1)
# A browser from before 2025: it signs and checks, only not with Ed25519.
WITHOUT_ED25519 = """
const own = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, how, ...rest) =>
  (how === "Ed25519" || how.name === "Ed25519")
    ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError")) : own(form, key, how, ...rest);
"""


async def printed(server: LiveServer, number: str = "54-1", *, since: int = 10, until: int = 100) -> str:
    """The address in the QR code of a paper valid from `since` days ago for `until` days to come."""
    today = utc_now().date()
    services = (Service("1739", "session", 21), Service("1741", "minute", 840), Service("taxi", "kopeck", 1_250_000))
    days = (today - since * DAY, today + until * DAY)
    paper = Paper(number, "Отдел соцзащиты", "Сузунский район", "Иванова Анна Петровна", 1948, *days, services)
    async with data(server) as (database, key), database.read() as tx:
        return certificate_tokens.address(server.address, await certificate_tokens.issue(tx, paper, key=key))


@asynccontextmanager
async def data(server: LiveServer) -> AsyncIterator[tuple[Database, bytes]]:
    database = Database(server.database_url)
    try:
        yield database, installation_key(server.data)
    finally:
        await database.close()


async def revoked(server: LiveServer, number: str, status: str, until: date) -> None:
    facts = {"client_id": 1, "district_id": 1, "issuer_id": 1, "created_by": 1, "year": until.year}
    async with data(server) as (database, _), database.write() as tx:
        tx.add(Certificate(number=number, status=status, valid_until=until, created_at=utc_now(), **facts))


async def scan(page: Page, link: str) -> str:
    """Another paper before the camera: a new page, as telephones open it."""
    await page.goto("about:blank")
    await page.goto(link)
    await page.wait_for_selector("[data-test=verdict]")
    return str(await page.get_attribute("[data-test=verdict]", "data-outcome"))


def spoiled(link: str) -> str:
    """One letter of the signature is another one."""
    return link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:]


async def test_a_paper_is_checked_by_the_browser_itself(live_server: LiveServer, browser: Browser) -> None:
    link = await printed(live_server)
    page = await (await person(browser, phone=True)).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data}"))
    assert await scan(page, link) == "genuine"
    await expect(page.locator("h1")).to_have_text("Сертификат подлинный и действует")
    shown = (await page.inner_text("main")).replace("\u00a0", " ")
    for word in ("54-1", "Иванова А. П., 1948 г. р.", "Отдел соцзащиты", "Сузунский район", "21 занятие", "840 минут"):
        assert word in shown
    assert "12 500,00 ₽" in shown
    assert "Социально-психологическое консультирование" in shown
    assert "Подпись проверил ваш браузер" in shown
    token = link.partition("#")[2]
    assert [each for each in asked if token[-20:] in each.partition("#")[0] or each.startswith("POST")] == []
    assert token[-20:] not in live_server.log


async def test_the_address_and_the_history_forget_the_paper(live_server: LiveServer, browser: Browser) -> None:
    link = await printed(live_server)
    page = await (await person(browser, phone=True)).new_page()
    await page.goto(live_server.address)
    await page.goto(link)
    await page.wait_for_selector("[data-test=verdict]")
    assert page.url == f"{live_server.address}/certificate/check"
    await page.reload()
    await expect(page.locator("[data-test=token]")).to_be_visible()
    await page.go_back()
    await page.go_forward()
    assert "#" not in page.url


async def test_what_is_forged_expired_early_revoked_or_replaced_is_said_so(
    live_server: LiveServer, browser: Browser
) -> None:
    until = utc_now().date() + 100 * DAY
    await revoked(live_server, "54-2", "revoked", until)
    await revoked(live_server, "54-3", "replaced", until)
    papers = {
        "forged": spoiled(await printed(live_server)),
        "genuine_but_expired": await printed(live_server, since=400, until=-3),
        "not_yet_valid": await printed(live_server, since=-3),
        "revoked": await printed(live_server, "54-2"),
        "replaced": await printed(live_server, "54-3"),
        "genuine": await printed(live_server),
    }
    page = await (await person(browser, phone=True)).new_page()
    assert [await scan(page, link) for link in papers.values()] == list(papers)
    await scan(page, papers["forged"])
    assert await page.query_selector("[data-test=paper]") is None, (
        "what is forged is not shown as if it were said by us"
    )
    await expect(page.locator("main a[href^='tel:']")).to_have_text("+7 383 462-11-40")


async def test_an_older_browser_asks_the_server(live_server: LiveServer, browser: Browser) -> None:
    context = await person(browser, phone=True)
    await context.add_init_script(WITHOUT_ED25519)
    page = await context.new_page()
    link = await printed(live_server)
    assert await scan(page, link) == "genuine"
    assert await page.get_attribute("[data-test=verdict]", "data-here") == "false"
    assert "проверил наш сервер" in await page.inner_text("main")
    assert await scan(page, spoiled(link)) == "forged"
    assert link[-20:] not in live_server.log


async def test_a_paper_younger_than_the_keys_of_the_browser_is_genuine(
    live_server: LiveServer, browser: Browser
) -> None:
    page = await (await person(browser, phone=True)).new_page()
    assert await scan(page, await printed(live_server)) == "genuine"
    await command(live_server.data, "certificate", "rotate", environment=live_server.environment)
    assert await scan(page, await printed(live_server)) == "genuine", "the keys were fetched anew"


async def test_text_can_be_pasted_and_another_paper_follows(live_server: LiveServer, browser: Browser) -> None:
    page = await (await person(browser)).new_page()
    await page.goto(f"{live_server.address}/certificate/check")
    await page.click("[data-test=token-check]")
    await expect(page.locator("#token-fault")).to_have_text("Сначала вставьте текст из кода.")
    link = await printed(live_server)
    await page.fill("[data-test=token]", f"  {link[:200]}\n{link[200:]} ")
    await page.click("[data-test=token-check]")
    await expect(page.locator("[data-test=verdict]")).to_have_attribute("data-outcome", "genuine")
    await page.click("[data-test=other]")
    await page.fill("[data-test=token]", "54-2026-000318")
    await page.click("[data-test=token-check]")
    await expect(page.locator("[data-test=verdict]")).to_have_attribute("data-why", "shape")


async def test_the_other_language_keeps_the_paper(live_server: LiveServer, browser: Browser) -> None:
    page = await (await person(browser, phone=True)).new_page()
    await scan(page, await printed(live_server))
    await page.click("a.language")
    await expect(page.locator("h1")).to_have_text("The certificate is genuine and valid")
    assert "#" not in page.url


async def test_without_a_connection_it_says_so_and_tries_again(live_server: LiveServer, browser: Browser) -> None:
    context = await person(browser, phone=True)
    page = await context.new_page()
    await page.goto(f"{live_server.address}/certificate/check")
    await page.fill("[data-test=token]", await printed(live_server))
    await context.set_offline(True)
    await page.click("[data-test=token-check]")
    await expect(page.locator("h1")).to_have_text("Нет связи")
    await context.set_offline(False)
    await page.click("[data-test=again]")
    await expect(page.locator("[data-test=verdict]")).to_have_attribute("data-outcome", "genuine")


@pytest.mark.parametrize("language", ["ru-RU", "en-GB"])
async def test_every_verdict_is_accessible(live_server: LiveServer, browser: Browser, language: str) -> None:
    page = await (await person(browser, language=language, phone=True)).new_page()
    look = Look(page, live_server.address)
    link = await printed(live_server)
    papers = {"genuine": link, "forged": spoiled(link), "old": await printed(live_server, since=400, until=-3)}
    for what, each in papers.items():
        await page.goto("about:blank")
        await look.open(each)
        await page.wait_for_selector("[data-test=verdict]")
        await page.click("summary")
        await look.over(what)
        await look.words(what)
        await look.narrow(what)
    assert look.faults == []
