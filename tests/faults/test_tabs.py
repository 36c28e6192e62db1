"""Reloads, second tabs and second devices: one seat, the newest has it, and closing any of them never ends the call."""

import time
from collections.abc import Callable

from playwright.async_api import Browser

from tests.faults.calls import ARRIVALS, Call, call, page_of
from tests.support.crowd import consultations
from tests.support.parts import Serve
from tests.support.staff import signed_in_as

WITHIN_S = 10


async def test_a_reload_a_second_tab_and_closing_either_never_end_the_call(
    serve: Serve, browser: Browser, second_browser: Browser, tell: Callable[[str], None]
) -> None:
    server = await serve()
    [(hers, his)] = await consultations(server, 1)
    her_page = await page_of(browser, server.address, hers)
    first = await page_of(second_browser, server.address, his)
    talk = await call(server.address, her_page, first, hers)
    took = {}
    for who, page in (("his", first), ("her", her_page)):
        began = time.time()
        await page.reload()
        took[f"{who} reload"] = await talk.flows_after(began, WITHIN_S)
    second = await first.context.new_page()
    await second.add_init_script(ARRIVALS)
    began = time.time()
    await second.goto(f"{server.address}/visit")
    took["a second tab"] = await Call(second, her_page).flows_after(began, WITHIN_S)
    await first.wait_for_selector("[data-test=continue-here]")
    await second.close()
    began = time.time()
    await first.click("[data-test=continue-here]")
    took["continue here, the second closed"] = await talk.flows_after(began, WITHIN_S)
    third = await first.context.new_page()
    await third.add_init_script(ARRIVALS)
    await third.goto(f"{server.address}/visit")
    await first.wait_for_selector("[data-test=continue-here]")
    began = time.time()
    await first.close()
    took["the replaced one closed"] = await Call(third, her_page).flows_after(began, WITHIN_S)
    tell("media both ways again: " + ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items()))
    async with signed_in_as(server.address, "suzun", "ryadom-demo") as desk:
        journal = await desk.get(f"/bookings/{hers.booking}/journal")
    assert "closed" not in journal["states"]
