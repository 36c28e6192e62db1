"""A dispute from the phone to the act: the client says it was not so, the officer sees both versions and settles."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from scheduling import paying
from scheduling.bookings import by_id
from scheduling.certificates import CertificateLine
from server.database import Database
from tests.server.certified import issued
from tests.support.chromium import person
from tests.support.consultation import Consultation, open_consultation, through_the_check
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.parts import Engine, Serve
from tests.support.staff import sign_in, signed_in


async def paid(server: LiveServer, booking: int) -> None:
    """The client has a certificate, and it pays this booking."""
    database = Database(server.database_url)
    try:
        async with database.write() as tx:
            now, booked = datetime.now(UTC), await by_id(tx, booking)
            provider = booked.specialist.institution_id
            certificate = await issued(tx, now=now, client=booked.client_id, provider=provider)
            of_it = select(CertificateLine).where(CertificateLine.certificate_id == certificate)
            await paying.reserve(tx, booked, (await tx.scalars(of_it)).one(), now=now, account=None)
    finally:
        await database.close()


async def talked(server: LiveServer, hers: Browser, his: Browser) -> tuple[Consultation, Page]:
    """The client's phone after a talk that he left."""
    visit = await open_consultation(server)
    await paid(server, visit.booking)
    desk = await person(hers)
    await sign_in(desk, server.address, "specialist")
    room = await desk.new_page()
    await room.goto(visit.room)
    phone = await (await person(his, phone=True)).new_page()
    await phone.goto(visit.link)
    await asyncio.gather(through_the_check(phone), room.click("[data-test=admit]"))
    await phone.wait_for_selector("[data-test=remote]")
    await phone.click("[data-test=leave]")
    return visit, phone


async def was_held(server: LiveServer, booking: int) -> None:
    """The coordinator writes down that it took place."""
    async with signed_in(server.address, "coordinator") as coordinator:
        version = (await coordinator.get(f"/bookings/{booking}"))["version"]
        sent = {"status": "took_place", "because": "Со слов специалиста"}
        (await coordinator.post(f"/bookings/{booking}/outcome", sent, If_Match=f'"{version}"')).ok()


async def test_a_dispute_is_settled_before_the_act(
    serve: Serve, engine: Engine, browser: Browser, second_browser: Browser
) -> None:
    server = await serve(engine)
    visit, phone = await talked(server, browser, second_browser)
    look = Look(phone, server.address)
    await expect(phone.locator("[data-test=held] h2")).to_have_text("Занятие состоялось?")
    await look.over("the question whether it was held")
    await phone.click("[data-test=held-no]")
    await look.over("how it was")
    await phone.select_option("#held-minutes", "20")
    await phone.fill("#held-text", "Потом ничего не было слышно")
    await phone.click("[data-test=held-send]")
    await expect(phone.locator("[data-test=held-said]")).to_contain_text("записали ваши слова")
    assert look.faults == []
    await was_held(server, visit.booking)

    officer = await person(browser)
    await sign_in(officer, server.address, "officer")
    page = await officer.new_page()
    hers = Look(page, server.address)
    await hers.open("/staff/rendered?state=disputed")
    entry = page.locator(f"[data-booking='{visit.booking}']")
    await expect(entry.locator("[data-test=versions]")).to_contain_text("Потом ничего не было слышно")
    await expect(entry.locator("[data-test=versions]")).to_contain_text("20 минут")
    await hers.over("both versions")
    await hers.narrow("both versions", 360)
    await entry.locator("[data-deed=settle]").click()
    await page.check("[data-test=settle-form] input[value=client]")
    await page.fill("[data-test=settle-form] [name=because]", "Журнал комнаты подтверждает")
    await hers.over("settling")
    await page.click("[data-test=settle-form] .primary")
    await expect(entry).to_have_count(0)

    await hers.open("/staff/acts")
    await hers.over("the acts of the year")
    await hers.narrow("the acts of the year", 360)
    month = datetime.now(ZoneInfo("Asia/Novosibirsk")).strftime("%Y-%m-01")
    mine = page.locator(f"[data-month='{month}'] tr", has_text="КЦСОН Сузунского района")
    await mine.locator("[data-test=make-act]").first.click()
    await page.wait_for_selector("[data-test=lines]")
    line = page.locator("[data-line]").filter(has_text="Спор разобран")
    await expect(line).to_contain_text("474,29")
    await expect(line).to_contain_text("20")
    await hers.over("the draft")
    await hers.narrow("the draft", 360)
    await page.click("[data-test=sign]")
    await page.fill("[name=signed_for]", "А. П. Воронцова")
    await page.click("[data-test=sign-now]")
    await expect(page.locator("[data-test=act-status]")).to_have_text("Подписан")
    await expect(page.locator("[data-test=sign]")).to_have_count(0)
    await hers.over("the signed act")
    assert not hers.faults, "\n".join(hers.faults)
