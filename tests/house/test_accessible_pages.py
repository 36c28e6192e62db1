"""Every page in both languages, at phone width, light and dark, with demo data: axe-core finds nothing."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from server.routes import CLIENT_PAGES, STAFF_PAGES
from tests.support.chromium import person
from tests.support.consultation import open_consultation, to_the_waiting_room
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in, signed_in
from tests.support.tree import STATIC, name, pages

LOCALES = {"ru": "ru-RU", "en": "en-GB"}
LANGUAGE = pytest.mark.parametrize("language", LOCALES)
# Pages that are about one thing need to be told which.
ABOUT = {
    "application": "?id=1",
    "client": "?id={client}",
    "record": "?booking={booking}",
    "slip": "?booking={booking}",
    "room": "?booking={booking}",
    "certificate": "?id={certificate}",
    "act": "?id={act}",
    "choice": "?certificate={certificate}",
}
OFFICE = (
    "today",
    "applications",
    "application",
    "live",
    "board",
    "booking",
    "clients",
    "client",
    "calendar",
    "places",
    "slip",
    "account",
)
HERS = ("today", "calendar", "records", "record", "account", "room")
DEPARTMENT = ("certificates", "certificate", "choice", "budgets", "lists", "rendered", "acts", "act")
ANALYSES = ("today", "live", "quality", "standards", "glance", "workbench", "districts")


@LANGUAGE
async def test_the_pages_of_clients(live_server: LiveServer, browser: Browser, language: str) -> None:
    context = await person(browser, language=LOCALES[language], phone=True)
    page = await context.new_page()
    look = Look(page, live_server.address)
    for path in CLIENT_PAGES:
        await look.open(path)
        assert await page.get_attribute("html", "lang") == language
        await look.over(path)
        await look.words(path)
        await look.narrow(path)
    await look.open("/api/v1/")
    await look.over("the interface")
    await look.open("/there-is-no-such-page")
    await look.over("the page of a wrong address")
    await look.words("the page of a wrong address")
    await look.narrow("the page of a wrong address")
    visit = await open_consultation(live_server)
    await look.open(visit.link)
    await look.over("before the check")
    await to_the_waiting_room(page)
    await look.over("in the waiting room")
    await look.words("in the waiting room")
    await look.narrow("in the waiting room")
    assert look.faults == []


@LANGUAGE
@pytest.mark.parametrize(
    ("role", "names"),
    [("coordinator", OFFICE), ("specialist", HERS), ("officer", DEPARTMENT), ("analyst", ANALYSES)],
    ids=["coordinator", "specialist", "officer", "analyst"],
)
async def test_the_pages_of_staff(
    live_server: LiveServer, browser: Browser, language: str, role: str, names: tuple[str, ...]
) -> None:
    visit = await open_consultation(live_server)
    async with signed_in(live_server.address, "coordinator") as office:
        client = (await office.get("/clients"))["items"][0]["id"]
    async with signed_in(live_server.address, "officer") as department:
        certificate = (await department.get("/certificates", status="issued"))["items"][0]["id"]
        months = (await department.get("/acts", year=datetime.now(UTC).year))["items"]
        act = next(each["acts"][0]["id"] for each in months if each["acts"])
    context = await person(browser, language=LOCALES[language], phone=True)
    page = await context.new_page()
    look = Look(page, live_server.address)
    await look.open("/staff/sign-in")
    await look.over("sign-in")
    await sign_in(context, live_server.address, role)
    for each in names:
        about = ABOUT.get(each, "").format(client=client, booking=visit.booking, certificate=certificate, act=act)
        await look.open(f"/staff/{each}{about}")
        assert f"/staff/{each}" in page.url
        await look.over(each)
        await look.words(each)
    assert look.faults == []


def test_no_page_is_left_out() -> None:
    looked = {f"staff/{each}" for each in {*OFFICE, *HERS, *DEPARTMENT, *ANALYSES, "sign-in"}} | {
        Path(file).stem for file in CLIENT_PAGES.values()
    }
    present = {re.sub(r"\.html$", "", page.relative_to(STATIC).as_posix()) for page in pages()} - {"api", "error"}
    assert present <= looked, [name(STATIC / f"{each}.html") for each in present - looked]
    assert set(STAFF_PAGES) <= {*OFFICE, *HERS, *DEPARTMENT, *ANALYSES}
