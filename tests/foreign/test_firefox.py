"""A consultation through our pages where one side or both sit at Debian's Firefox."""

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.foreign.conftest import Browser, Opens
from tests.foreign.people import Client, Person, Specialist
from tests.support.consultation import open_consultation
from tests.support.firefox import Window as FirefoxWindow
from tests.support.live_server import LiveServer


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


async def both(*waiting: object) -> None:
    await asyncio.gather(*waiting)  # type: ignore[call-overload]


def complaints(*people: Person) -> list[str]:
    """What our scripts threw, or what a Firefox wrote to its console as an error."""
    return [error for each in people if isinstance(each.window, FirefoxWindow) for error in each.window.errors]
