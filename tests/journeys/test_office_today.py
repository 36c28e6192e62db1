"""The officer's morning with the demo's pilot: what waits for her, one press for the acts; an analyst's figures."""

from playwright.async_api import Browser, expect

from tests.support.chromium import person
from tests.support.live_server import LiveServer
from tests.support.look import Look
from tests.support.staff import sign_in


async def test_an_officer_is_told_what_waits_and_makes_all_acts_of_a_month(
    live_server: LiveServer, browser: Browser
) -> None:
    officer = await person(browser)
    await sign_in(officer, live_server.address, "officer")
    page = await officer.new_page()
    look = Look(page, live_server.address)
    await look.open("/staff/today")
    disputes = page.locator("[data-task=disputed]")
    await expect(disputes).to_contain_text("2спора ждут вашего решения")
    await look.over("what waits for the officer")
    await look.narrow("what waits for the officer", 320)
    await disputes.locator("a").click()
    await expect(page.locator("[data-test=rendered] > li")).to_have_count(2)

    await look.open("/staff/acts")
    first = page.locator("[data-test=first-month]")
    drafts = first.locator(".tag.warn")
    before = await drafts.count()
    await expect(page.locator(".page .primary")).to_have_count(1)
    await look.narrow("the acts of a year", 320)
    await first.locator("[data-test=make-all]").click()
    await expect(page.locator(".acts-progress")).to_contain_text("Готово")
    await expect(first.locator("[data-test=make-all]")).to_have_count(0)
    assert await drafts.count() > before
    await look.over("acts made for a month")
    assert not look.faults, "\n".join(look.faults)


async def test_an_analyst_begins_with_the_pilots_figures_and_sees_sums_alone(
    live_server: LiveServer, browser: Browser
) -> None:
    analyst = await person(browser)
    await sign_in(analyst, live_server.address, "analyst")
    page = await analyst.new_page()
    look = Look(page, live_server.address)
    await look.open("/staff/today")
    await expect(page.locator("[data-figure=certificates] dd")).to_have_text("318")
    await expect(page.locator("[data-figure=ngo_money] dd")).to_contain_text("2,1")
    await look.over("the analyst's first page")
    await look.narrow("the analyst's first page", 320)
    await look.open("/staff/acts")
    months = page.locator("details.acts-folded")
    await expect(months.first.locator("table")).to_be_visible()
    await expect(page.locator("[data-test=make-act], [data-test=make-all]")).to_have_count(0)
    await look.over("sums of acts")
    await look.narrow("sums of acts", 320)
    assert not look.faults, "\n".join(look.faults)
