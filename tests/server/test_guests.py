"""Guests of a booking: who may come, how he gets in, and how his seat is taken back."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduling import joincodes, sessions
from scheduling.consents import Consent
from scheduling.errors import NotFound
from scheduling.joincodes import Seat
from tests.server import visit
from tests.server.house import Browser, House, body, booked


async def opened(house: House, *, consent: bool = True) -> tuple[Browser, dict[str, Any], str]:
    """A coordinator, a booking whose door is open, its address; the client agreed to a third person."""
    coordinator = await house.staff("suzun")
    made = await booked(coordinator)
    client = made["booking"]["client"]["id"]
    if consent:
        agreed = {"purpose": "third_person", "how": "aloud"}
        await body(await coordinator.post(f"/api/v1/clients/{client}/consents", json=agreed), 201)
    house.at(datetime.fromisoformat(made["booking"]["starts"]))
    return coordinator, made, f"/api/v1/bookings/{made['booking']['id']}"


async def invited(coordinator: Browser, path: str, name: str = "Дочь Ольга", role: str = "relative") -> dict[str, Any]:
    found: dict[str, Any] = await body(await coordinator.post(f"{path}/seats", json={"role": role, "name": name}), 201)
    return found


async def test_a_relative_gets_a_code_of_her_own_and_comes_in_as_herself(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    assert guest["code"]["digits"] != made["code"]["digits"]
    assert guest["link"] != made["link"]
    picture = await body(await coordinator.post("/api/v1/qr", json={"link": guest["link"]}), 200)
    assert picture["svg"].startswith("<svg")
    phone = ryadom.browser()
    visit = await body(await phone.post("/api/v1/join", json={"code": guest["code"]["digits"]}), 200)
    assert (visit["role"], visit["feedback_given"]) == ("relative", True)
    await body(await phone.post("/api/v1/join/ticket"), 200)
    assert (await body(await phone.post("/api/v1/join/feedback", json={"score": 1}), 403))["code"] == "not_permitted"
    listed = await body(await coordinator.get(f"{path}/seats"), 200)
    assert [(each["name"], each["code_used"]) for each in listed["items"]] == [("Дочь Ольга", True)]


async def test_nobody_is_invited_without_the_clients_consent(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom, consent=False)
    asked = {"role": "interpreter", "name": "Айгуль"}
    refused = await body(await coordinator.post(f"{path}/seats", json=asked), 422)
    assert (refused["code"], refused["purpose"]) == ("consent_needed", "third_person")
    assert (await body(await coordinator.get(f"{path}/seats"), 200))["consent"] is False
    orlova = await ryadom.staff("orlova")
    aloud = {"purpose": "third_person", "how": "aloud"}
    client = made["booking"]["client"]["id"]
    given = await body(await orlova.post(f"/api/v1/clients/{client}/consents", json=aloud), 201)
    await body(await orlova.post(f"{path}/seats", json=asked), 201)
    kept = f"/api/v1/clients/{client}/consents/{given['id']}"
    shown = await body(await coordinator.get(f"{kept}/effects"), 200)
    assert [(each["code"], each["count"]) for each in shown["items"]] == [("guests_leave", 1), ("no_new_guests", 1)]
    await body(await coordinator.post(f"{kept}/withdrawal", json={"how": "aloud", "shown": shown["stamp"]}), 200)
    assert (await body(await coordinator.get(f"{path}/seats"), 200))["items"] == []
    assert (await body(await orlova.post(f"{path}/seats", json=asked), 422))["code"] == "consent_needed"


async def test_a_room_holds_two_guests_and_a_place_taken_back_is_free_again(ryadom: House) -> None:
    coordinator, _, path = await opened(ryadom)
    first = await invited(coordinator, path, "Дочь")
    await invited(coordinator, path, "Сын")
    full = await body(await coordinator.post(f"{path}/seats", json={"role": "companion", "name": "Внук"}), 409)
    assert (full["code"], full["most"]) == ("seats_full", 2)
    await body(await coordinator.delete(f"{path}/seats/{first['seat']}"), 204)
    await invited(coordinator, path, "Внук")


async def test_a_seat_taken_back_opens_with_nothing(ryadom: House) -> None:
    coordinator, _, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    phone = ryadom.browser()
    await body(await phone.post("/api/v1/join", json={"code": guest["code"]["digits"]}), 200)
    await body(await coordinator.delete(f"{path}/seats/{guest['seat']}"), 204)
    assert (await phone.get("/api/v1/join")).status == 401
    assert (await phone.post("/api/v1/join/ticket")).status == 401
    secret = guest["link"].partition("#")[2]
    assert (await ryadom.browser().post("/api/v1/join", json={"code": guest["code"]["digits"]})).status == 404
    assert (await ryadom.browser().post("/api/v1/join", json={"secret": secret})).status == 404
    await body(await coordinator.delete(f"{path}/seats/{guest['seat']}"), 404)


async def test_a_new_code_is_the_guests_alone(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    phone, clients = ryadom.browser(), ryadom.browser()
    await body(await phone.post("/api/v1/join", json={"code": guest["code"]["digits"]}), 200)
    await body(await clients.post("/api/v1/join", json={"code": made["code"]["digits"]}), 200)
    fresh = await body(await coordinator.post(f"{path}/seats/{guest['seat']}/code"), 200)
    assert (fresh["seat"], fresh["name"]) == (guest["seat"], guest["name"])
    assert (await phone.get("/api/v1/join")).status == 401
    await body(await clients.get("/api/v1/join"), 200)
    await body(await ryadom.browser().post("/api/v1/join", json={"code": fresh["code"]["digits"]}), 200)


async def test_the_seats_of_the_two_themselves_cannot_be_taken_back(ryadom: House) -> None:
    coordinator, _, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    for seat in (guest["seat"] - 1, guest["seat"] - 2):
        await body(await coordinator.delete(f"{path}/seats/{seat}"), 404)
        await body(await coordinator.post(f"{path}/seats/{seat}/code"), 404)


async def test_a_booking_that_is_over_invites_nobody(ryadom: House) -> None:
    coordinator, _, path = await opened(ryadom)
    ryadom.later(hours=2)
    over = await body(await coordinator.post(f"{path}/seats", json={"role": "relative", "name": "Дочь"}), 409)
    assert over["code"] == "booking_not_open"


async def test_a_guests_line_check_does_not_stand_for_the_clients(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    weak = {"microphone": "blocked", "camera": "ok", "loss": 0.5, "rtt_ms": 2000, "kbps": 10}
    for code, measured in (
        (made["code"]["digits"], weak | {"microphone": "ok", "loss": 0, "rtt_ms": 20, "kbps": 900}),
        (guest["code"]["digits"], weak),
    ):
        phone = ryadom.browser()
        await body(await phone.post("/api/v1/join", json={"code": code}), 200)
        await body(await phone.put("/api/v1/join/line-check", json=measured), 200)
    shown = await body(await coordinator.get(path), 200)
    assert (shown["line_check"]["verdict"], shown["line_check"]["microphone"]) == ("good", "ok")


async def test_an_early_guest_is_told_the_hour_like_the_client(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    ryadom.at(datetime.fromisoformat(made["booking"]["starts"]) - timedelta(minutes=45))
    early = await body(await ryadom.browser().post("/api/v1/join", json={"code": guest["code"]["digits"]}), 409)
    assert early["code"] == "join_too_early"


async def test_no_new_code_for_a_guest_whom_the_client_wants_no_more(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom, consent=False)
    consents = f"/api/v1/clients/{made['booking']['client']['id']}/consents"
    agreed = {"purpose": "third_person", "how": "aloud"}
    given = await body(await coordinator.post(consents, json=agreed), 201)
    guest = await invited(coordinator, path)
    async with ryadom.centre.database.write() as tx:  # as it was before seats were taken back with the consent
        (await tx.get_one(Consent, given["id"])).withdrawn_at = ryadom.now
    refused = await body(await coordinator.post(f"{path}/seats/{guest['seat']}/code"), 422)
    assert (refused["code"], refused["purpose"]) == ("consent_needed", "third_person")


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("whose", ["client", "guest"])
async def test_a_letting_in_under_way_does_not_outlive_a_new_code(ryadom: House, whose: str, *, entered: bool) -> None:
    """The room reads its seats and writes them back under the lock of its row: a new code waits for it."""
    held = await visit.opened(ryadom)
    guest = await held.invites()
    if entered:
        await held.enters(held.specialist, 0)
    seat, door = (guest.seat, f"seats/{guest.seat}/code") if whose == "guest" else (held.client.seat, "code")
    async with ryadom.centre.database.write() as tx:
        await sessions.opened(tx, held.booking)
        row = await tx.get_one(Seat, seat)
        renewed = asyncio.create_task(held.coordinator.post(f"{held.path}/{door}"))
        await asyncio.sleep(0.5)
        assert not renewed.done()
        row.admitted_at = ryadom.now
    await body(await renewed, 200)
    async with ryadom.centre.database.read() as tx:
        assert (await tx.get_one(Seat, seat)).admitted_at is None


async def test_a_new_code_or_a_seat_taken_back_makes_no_room_that_nobody_entered(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    await body(await coordinator.post(f"{path}/code"), 200)
    await body(await coordinator.post(f"{path}/seats/{guest['seat']}/code"), 200)
    await body(await coordinator.delete(f"{path}/seats/{guest['seat']}"), 204)
    async with ryadom.centre.database.read() as tx:
        assert await tx.get(sessions.Session, made["booking"]["id"]) is None


async def test_nobody_takes_over_a_seat_that_was_taken_back(ryadom: House) -> None:
    coordinator, made, path = await opened(ryadom)
    guest = await invited(coordinator, path)
    await body(await ryadom.browser().post("/api/v1/join", json={"code": guest["code"]["digits"]}), 200)
    other = ryadom.browser()
    asked = await body(await other.post("/api/v1/join/takeover", json={"code": guest["code"]["digits"]}), 202)
    await body(await coordinator.delete(f"{path}/seats/{guest['seat']}"), 204)
    place = f"/api/v1/join/takeover/{asked['request']}"
    assert await body(await other.get(place), 200) == {"state": "refused"}
    async with ryadom.centre.database.write() as tx:  # as if it had been asked at that very moment
        (await tx.get_one(joincodes.Takeover, asked["request"])).state = "asked"
    async with ryadom.centre.database.write() as tx:
        word: dict[str, Any] = {"booking_id": made["booking"]["id"], "allow": True, "now": ryadom.now}
        with pytest.raises(NotFound):
            await joincodes.decide_takeover(tx, asked["request"], **word)
