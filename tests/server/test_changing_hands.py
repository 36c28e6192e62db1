"""Another specialist by the client's word, and his certificate: what was chosen holds for bookings that go along."""

from typing import Any

from tests.server import paid
from tests.server.house import House, body, booked
from tests.server.test_applications import API, do, taken

ORLOVA, VORONOVA = 1, 5


async def proposed(ryadom: House, coordinator: Any, certificate: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """An application with one booking, and the word of another house's specialist for a time of hers."""
    made = (await booked(coordinator, client=1, specialist=ORLOVA, certificate=certificate))["booking"]
    told = await taken(coordinator, client=1, name="Анна Петровна Воробьёва")
    told = await do(coordinator, told, "specialist", specialist=ORLOVA)
    told = await do(coordinator, told, "proposal", specialist=VORONOVA, because="отпуск")
    query = {"service": "1739", "specialist": f"{VORONOVA}"}
    slots = await body(await coordinator.get(f"{API}/slots", params=query), 200)
    return told, {"booking": made["id"], "version": made["version"], "starts": slots["items"][3]["starts"]}


async def test_a_booking_that_a_certificate_pays_goes_to_no_other_house(ryadom: House) -> None:
    officer, coordinator = await ryadom.staff("officer"), await ryadom.staff("suzun")
    await paid.planned(officer, 10_000_000, paid.SUZUN)
    card = (await paid.issued(officer))["certificate"]
    await paid.chosen(officer, card, paid.SUZUN)
    told, move = await proposed(ryadom, coordinator, card["id"])
    refused = await do(coordinator, told, "answer", 409, agreed=True, how="phone", moves=[move])
    assert refused["code"] == "other_provider"
    assert (await body(await coordinator.get(f"{API}/bookings/{move['booking']}"), 200))["specialist"]["id"] == ORLOVA
    told = await do(coordinator, told, "answer", agreed=True, how="phone", moves=[])
    assert told["specialist"]["id"] == VORONOVA


async def test_what_no_certificate_pays_goes_along_and_is_hers(ryadom: House) -> None:
    coordinator = await ryadom.staff("suzun")
    told, move = await proposed(ryadom, coordinator, None)
    await do(coordinator, told, "answer", agreed=True, how="phone", moves=[move])
    history = (await body(await coordinator.get(f"{API}/bookings/{move['booking']}/history"), 200))["items"]
    assert [each["what"] for each in history] == ["booked", "moved"]
    hers = await ryadom.staff("voronova")
    assert (await body(await hers.get(f"{API}/bookings/{move['booking']}"), 200))["specialist"]["id"] == VORONOVA
