"""A consultation from the desk to the last tap, with real browsers: the story this product exists for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from tests.journeys.people import Client, Coordinator, Specialist, page_for, reads, says
from tests.support.live_server import LiveServer
from tests.support.parts import Serve
from tests.support.redis import Redis
from tests.support.staff import Staff, signed_in_as, works_round_the_clock

PSYCHOLOGIST = "Марина Сергеевна Орлова"
NAME = "Клавдия Петровна Тихонова"


@dataclass
class Cast:
    coordinator: Coordinator
    client: Client
    specialist: Specialist
    desk: Staff  # the coordinator's own eyes on the interface, to look at journal and board
    hers: LiveServer
    his: LiveServer


@pytest.fixture(params=["sqlite", "postgres", "two_nodes"])
async def cast(
    request: pytest.FixtureRequest, serve: Serve, browser: Browser, second_browser: Browser
) -> AsyncIterator[Cast]:
    """One process on SQLite, one on PostgreSQL, and two nodes over Redis with the two people on different ones."""
    if request.param == "two_nodes":
        redis: Redis = request.getfixturevalue("redis")
        hers = await serve("postgres", redis=redis)
        his = await serve(beside=hers)
    else:
        hers = his = await serve(request.param)
    await works_round_the_clock(hers.address, "orlova")
    async with signed_in_as(hers.address, "suzun", "ryadom-demo") as desk:
        yield Cast(
            coordinator=Coordinator(await page_for(browser), hers.address),
            client=Client(await page_for(second_browser, phone=True), his.address),
            specialist=Specialist(await page_for(browser), hers.address),
            desk=desk,
            hers=hers,
            his=his,
        )


async def test_from_the_desk_to_the_last_tap(cast: Cast) -> None:
    coordinator, client, specialist = cast.coordinator, cast.client, cast.specialist
    await coordinator.signs_in("suzun")
    await coordinator.registers(NAME, 1948, "+7 913 555-77-88")
    booking, digits = await coordinator.books_the_earliest(PSYCHOLOGIST)
    await coordinator.watches(booking)

    await client.types_the_code(digits)
    await client.checks_the_line()
    await specialist.signs_in("orlova")
    await specialist.is_told_that_somebody_waits(booking)
    await coordinator.sees_on_the_board(booking, "waiting")

    await specialist.enters_and_admits(booking)
    await asyncio.gather(client.sees_and_hears(), specialist.sees_and_hears())
    await coordinator.sees_on_the_board(booking, "live")
    await says(client, "Здравствуйте, вас хорошо слышно")
    await reads(specialist, "Здравствуйте, вас хорошо слышно")
    await says(specialist, "И вас, Клавдия Петровна")
    await reads(client, "И вас, Клавдия Петровна")

    for reloaded, other in ((client, specialist), (specialist, client)):
        await reloaded.page.reload()
        await asyncio.gather(reloaded.sees_and_hears(), other.sees_and_hears())
    await reads(client, "И вас, Клавдия Петровна")
    await only_two_are_there(cast, booking)

    await specialist.writes("Спокойна. Сон лучше. Договорились о дыхательных упражнениях.")
    next_digits = await specialist.books_the_next()
    assert len(next_digits) == 6
    await asyncio.sleep(5.5)  # one sample of the line's quality is taken every five seconds
    await specialist.ends()
    await client.says_how_it_was()
    await coordinator.sees_on_the_board(booking, "closed")
    await the_journal_tells_it(cast, booking)
    assert "Traceback" not in cast.hers.log + cast.his.log, cast.hers.log + cast.his.log


async def only_two_are_there(cast: Cast, booking: int) -> None:
    journal = await cast.desk.get(f"/bookings/{booking}/journal")
    there = [stay for stay in journal["presences"] if stay["left_at"] is None]
    assert sorted(stay["role"] for stay in there) == ["client", "specialist"]


async def the_journal_tells_it(cast: Cast, booking: int) -> None:
    journal = await cast.desk.get(f"/bookings/{booking}/journal")
    assert [state for state in journal["states"] if state != "paused"] in (
        ["waiting", "live", "closed"],
        ["waiting", "live", "live", "closed"],
        ["waiting", "live", "live", "live", "closed"],
    )
    kinds = [event["kind"] for event in journal["events"]]
    assert kinds.count("admitted") == 1
    assert {"entered", "admitted", "saw_media", "reloaded"} <= set(kinds)
    assert {stay["mode"] for stay in journal["presences"]} == {"video"}
    assert all(stay["left_at"] for stay in journal["presences"])
    assert {sample["path"] for sample in journal["quality"]} <= {"direct", "relay"}
    assert journal["quality"]
    assert journal["both_present_s"] > 5
    seen = await cast.desk.get(f"/bookings/{booking}")
    assert seen["feedback"] == {"score": 3}
    assert seen["line_check"]["verdict"] in {"good", "voice_only"}
    note = await cast.desk.ask("GET", f"/bookings/{booking}/note")
    assert note.status == 403, "a coordinator never reads a psychologist's note"
