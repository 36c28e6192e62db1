"""Up to four people: a client brings an interpreter and a daughter; each is let in and asked to leave one by one."""

import asyncio

from playwright.async_api import Browser, Locator, expect

from tests.journeys.people import Client, Visitor
from tests.journeys.talking import Talk, pictures_of, two_who_talk
from tests.support.live_server import LiveServer
from tests.support.look import Look

INTERPRETER = "Асель Нурлановна Ким"
DAUGHTER = "Ольга Викторовна Воробьёва"


async def test_four_people_are_let_in_and_asked_to_leave_one_by_one(
    live_server: LiveServer, browser: Browser, second_browser: Browser
) -> None:
    talk = await two_who_talk(live_server, browser, second_browser)
    await nobody_comes_without_the_clients_consent(talk)
    await talk.specialist.page.check("[data-test=invite-agreed]")
    interpreter = await talk.guest(await talk.invited("interpreter", INTERPRETER))
    await expect(interpreter.page.locator("main")).to_contain_text(INTERPRETER)
    await expect(interpreter.page.locator("main")).to_contain_text("Марина Сергеевна Орлова")
    assert await interpreter.arrived() == {"frames": 0, "energy": 0}, "nothing flows before he is let in"
    await expect(tiles(talk.client)).to_have_count(1)
    await talk.lets_in(INTERPRETER, interpreter)
    await asyncio.gather(pictures_of(interpreter, 2), pictures_of(talk.client, 2))

    daughter = await talk.guest(await talk.invites("relative", DAUGHTER))
    await expect(talk.specialist.page.locator("[data-test=invite-open]")).to_be_hidden()
    await talk.lets_in(DAUGHTER, daughter)
    people = (talk.client, talk.specialist, interpreter, daughter)
    await asyncio.gather(*(pictures_of(each, 3) for each in people))
    for each in people:
        await expect(tiles(each)).to_have_count(3)
    await the_right_one_is_large(talk, interpreter, daughter)
    await one_tap_makes_another_large(talk.client, "Асель")
    look = Look(talk.client.page, live_server.address)
    await look.over("four people")
    await look.narrow("four people")
    assert look.faults == []

    await talk.asks_to_leave(INTERPRETER)
    await expect(interpreter.page.locator("main")).to_have_attribute("data-step", "dismissed")
    look = Look(interpreter.page, live_server.address)
    await look.over("asked to leave")
    await look.words("asked to leave")
    assert look.faults == []
    assert await interpreter.page.evaluate("!document.querySelector('video')"), "nobody is seen there any more"
    await expect(tiles(talk.client)).to_have_count(2)
    await interpreter.page.click("[data-test=wait-again]")
    await interpreter.page.wait_for_selector("[data-test=waiting]")
    await talk.lets_in(INTERPRETER, interpreter)
    await expect(tiles(talk.client)).to_have_count(3)

    await talk.asks_to_leave(DAUGHTER)
    await expect(daughter.page.locator("main")).to_have_attribute("data-step", "dismissed")
    await talk.asks_to_leave(INTERPRETER)
    await expect(interpreter.page.locator("main")).to_have_attribute("data-step", "dismissed")
    await expect(tiles(talk.client)).to_have_count(1)
    await asyncio.gather(talk.client.sees_and_hears(20), talk.specialist.sees_and_hears(20))
    assert "Traceback" not in live_server.log


async def nobody_comes_without_the_clients_consent(talk: Talk) -> None:
    page = talk.specialist.page
    await page.click("[data-test=invite-open]")
    await expect(page.locator("[data-test=invite-consent]")).to_contain_text("152-ФЗ")
    await page.fill("[data-test=invite-name]", INTERPRETER)
    await page.click("[data-test=invite-make]")
    await expect(page.locator("#invite-fault")).to_contain_text("Без согласия")
    await expect(page.locator("[data-test=invited]")).to_have_count(0)


async def the_right_one_is_large(talk: Talk, *guests: Client) -> None:
    """The specialist for everybody else, the client for her."""
    for each in (talk.client, *guests):
        await expect(each.page.locator(".who")).to_have_text("Марина Сергеевна Орлова")
    await expect(talk.specialist.page.locator(".who")).to_have_text("Анна Петровна Воробьёва")


async def one_tap_makes_another_large(client: Client, first_name: str) -> None:
    tile = client.page.locator("[data-test=tile]").filter(has_text=first_name)
    await tile.locator("[data-test=tile-press]").click()
    await expect(client.page.locator(".who")).to_contain_text(first_name)
    await expect(client.page.locator("[data-test=remote]")).to_have_count(1)


def tiles(person: Visitor) -> Locator:
    return person.page.locator("[data-test=tile]")
