"""A consultation through our pages where one side or both sit at Debian's Firefox."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from scheduling.standards import ServiceStandard
from server import demo
from server.database import Database
from tests.foreign.conftest import Browser, Opens, Stands
from tests.foreign.people import Client, Person, Specialist
from tests.support.consultation import open_consultation
from tests.support.coturn import coturn
from tests.support.firefox import Window as FirefoxWindow
from tests.support.live_server import LiveServer
from tests.support.staff import signed_in_as

TOLD = ("loss", "rtt_ms", "in_kbps", "out_kbps", "codec", "width", "fps", "path")


@pytest.mark.parametrize(
    ("hers", "his"),
    [("chromium", "firefox"), ("firefox", "chromium"), ("firefox", "firefox")],
    ids=["chromium_and_firefox", "firefox_and_chromium", "firefox_and_firefox"],
)
async def test_a_consultation_from_the_code_to_the_last_tap(
    live_server: LiveServer, window: Opens, hers: Browser, his: Browser, tell: Callable[[str], None]
) -> None:
    consultation = await open_consultation(live_server)
    specialist = Specialist(await window(hers), live_server.address)
    client = Client(await window(his), live_server.address)
    for somebody in (specialist, client):
        await somebody.keeps_connections()

    await client.types_the_code(consultation.code)
    await client.checks_the_line()
    await specialist.signs_in("orlova")
    await specialist.enters(consultation.booking)
    await specialist.admits()
    began = time.monotonic()
    await both(client.sees_and_hears(), specialist.sees_and_hears())
    tell(f"{hers} specialist, {his} client: both see and hear {time.monotonic() - began:.1f} s after the admission")

    await client.says("Здравствуйте, вас хорошо слышно")
    await specialist.reads("Здравствуйте, вас хорошо слышно")
    await specialist.says("И вас, Клавдия Петровна")
    await client.reads("И вас, Клавдия Петровна")

    for reloaded, other, who in ((client, specialist, "client"), (specialist, client, "specialist")):
        began = time.monotonic()
        await reloaded.reloads()
        await both(reloaded.sees_and_hears(), other.sees_and_hears())
        tell(f"{hers} specialist, {his} client: {time.monotonic() - began:.1f} s from reload of the {who} to media")
    await client.reads("И вас, Клавдия Петровна")

    await specialist.ends()
    await client.says_how_it_was()
    assert complaints(specialist, client) == []
    assert "Traceback" not in live_server.log


async def test_voice_alone_and_back_and_what_firefox_tells_of_its_line(
    live_server: LiveServer, window: Opens, tell: Callable[[str], None]
) -> None:
    booking, specialist, client = await two_who_talk(live_server, window, hers="firefox", his="chromium")
    await specialist.chooses("voice")
    await client.is_told("выбран только голос")
    await both(client.hears_more(), specialist.hears_more())
    await specialist.chooses("auto")
    await both(client.sees_and_hears(30), specialist.sees_and_hears(30))

    samples = await what_they_told(live_server, booking)
    for role, sample in samples.items():
        assert sample["path"] == "direct", role
        assert 0 <= sample["loss"] <= 1, role
        tell(f"quality as told by the {role}: {sample['codec']}, {sample['rtt_ms']} ms, {sample['in_kbps']} kbit/s in")
    assert complaints(specialist, client) == []


async def test_a_killed_server_leaves_the_talk_alone(
    live_server: LiveServer, window: Opens, tell: Callable[[str], None]
) -> None:
    _, specialist, client = await two_who_talk(live_server, window, hers="chromium", his="firefox")
    await live_server.kill()
    await both(client.sees_and_hears(), specialist.sees_and_hears())
    began = time.monotonic()
    await live_server.start()
    await client.says("Вы ещё здесь?")
    await specialist.reads("Вы ещё здесь?")
    tell(f"Firefox client: a line of chat is there {time.monotonic() - began:.1f} s after a killed server is started")
    await both(client.sees_and_hears(), specialist.sees_and_hears())
    assert await connections(client) == await connections(specialist) == 1, "nothing had to be connected anew"


async def test_where_nobody_may_learn_an_address(stands: Stands, window: Opens) -> None:
    async with coturn() as turn:
        server = await stands(**turn.environment)
        await every_service_by_relay_only(server)
        booking, specialist, client = await two_who_talk(server, window, hers="chromium", his="firefox")
        samples = await what_they_told(server, booking)
        assert {sample["path"] for sample in samples.values()} == {"relay"}
        await both(client.sees_and_hears(), specialist.sees_and_hears())


async def two_who_talk(
    server: LiveServer, window: Opens, *, hers: Browser, his: Browser
) -> tuple[int, Specialist, Client]:
    """In a consultation, admitted, and both see and hear."""
    consultation = await open_consultation(server)
    specialist = Specialist(await window(hers), server.address)
    client = Client(await window(his), server.address)
    for somebody in (specialist, client):
        await somebody.keeps_connections()
    await client.types_the_code(consultation.code)
    await client.skips_the_check()
    await specialist.signs_in("orlova")
    await specialist.enters(consultation.booking)
    await specialist.admits()
    await both(client.sees_and_hears(), specialist.sees_and_hears())
    return consultation.booking, specialist, client


async def every_service_by_relay_only(server: LiveServer) -> None:
    database = Database(server.database_url)
    try:
        async with database.write() as tx:
            await tx.execute(update(ServiceStandard).values(relay_only=True))
    finally:
        await database.close()


async def connections(person: Person) -> int:
    """To other people: the line check had one of its own, which is closed."""
    return int(
        await person.window.evaluate("window.__connections.filter((each) => each.signalingState !== 'closed').length")
    )


async def what_they_told(server: LiveServer, booking: int) -> dict[str, dict[str, Any]]:
    """The last sample of each role in which nothing is missing: one is kept every five seconds."""
    async with signed_in_as(server.address, "suzun", demo.PASSWORD) as desk, asyncio.timeout(30):
        while True:
            journal = await desk.get(f"/bookings/{booking}/journal")
            roles = {stay["seat"]: stay["role"] for stay in journal["presences"]}
            whole = [each for each in journal["quality"] if all(each[name] is not None for name in TOLD)]
            found = {roles[each["seat"]]: each for each in whole}
            if len(found) == 2:
                return found
            await asyncio.sleep(0.5)


async def both(*waiting: object) -> None:
    await asyncio.gather(*waiting)  # type: ignore[call-overload]


def complaints(*people: Person) -> list[str]:
    """What our scripts threw, or what a Firefox wrote to its console as an error."""
    return [error for each in people if isinstance(each.window, FirefoxWindow) for error in each.window.errors]
