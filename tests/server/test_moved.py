"""A moved booking is another meeting: who had the old one keeps no way into it, who has the new one learns nothing."""

from datetime import datetime
from typing import Any

import pytest

from scheduling import sessions, tickets
from server.desk import HouseDesk
from signaling import rooms
from signaling.ice import IceSettings
from signaling.port import Refusal
from tests.server import visit
from tests.server.house import Browser, House, body, booked


async def moved(coordinator: Browser, path: str, *, specialist: int = 1, day: str = "2026-11-25") -> dict[str, Any]:
    """The booking at this specialist's earliest time of that day."""
    known = await coordinator.get(path)
    query = {"service": "1739", "specialist": str(specialist), "from": day}
    starts = (await body(await coordinator.get("/api/v1/slots", params=query), 200))["items"][0]["starts"]
    wish = {"starts": starts, "specialist": specialist}
    asked = await coordinator.post(f"{path}/move", json=wish, headers={"If-Match": known.headers["ETag"]})
    found: dict[str, Any] = await body(asked, 200)
    return found


async def test_the_chat_does_not_go_on_to_another_specialist(ryadom: House) -> None:
    held = await visit.opened(ryadom)
    await held.enters(held.specialist, 0)
    await held.enters(held.client, 1)
    await held.is_let_in(held.client, 2)
    await held.desk.said(held.client, "1", "Между нами", ryadom.now)
    await moved(held.coordinator, held.path, specialist=2)
    assert await held.desk.chat(held.booking) == []


async def test_a_ticket_taken_before_the_move_opens_nobodys_seat(ryadom: House) -> None:
    """Also where nobody has entered the room yet."""
    coordinator = await ryadom.staff("suzun")
    made = (await booked(coordinator))["booking"]
    ryadom.at(datetime.fromisoformat(made["starts"]))
    path = f"/api/v1/bookings/{made['id']}"
    orlova = await ryadom.staff("orlova")
    token = (await body(await orlova.post(f"{path}/ticket"), 200))["ticket"]
    later = await moved(coordinator, path, specialist=2)
    assert later["specialist"]["id"] == 2
    with pytest.raises(Refusal, match="ticket_spent"):
        await _desk(ryadom).redeem(token)
    async with ryadom.centre.database.read() as tx:
        assert await tx.get(sessions.Session, made["id"]) is None


async def test_no_ticket_opens_a_seat_before_the_door_is_open(ryadom: House) -> None:
    """Whatever put it there."""
    coordinator = await ryadom.staff("suzun")
    made = (await booked(coordinator))["booking"]
    ryadom.at(datetime.fromisoformat(made["starts"]))
    ryadom.later(minutes=-31)
    async with ryadom.centre.database.write() as tx:
        seat = (await sessions.seats(tx, made["id"]))[0].id
        token, _ = await tickets.issue(tx, seat, now=ryadom.now)
        other, _ = await tickets.issue(tx, seat, now=ryadom.later(minutes=1))
    ryadom.later(minutes=-1)
    with pytest.raises(Refusal, match="ticket_spent"):
        await _desk(ryadom).redeem(token)
    ryadom.later(minutes=1)
    assert (await _desk(ryadom).redeem(other)).seat == seat


async def test_who_was_inside_can_do_nothing_in_the_moved_room(ryadom: House) -> None:
    held = await visit.opened(ryadom)
    await held.enters(held.specialist, 0)
    await moved(held.coordinator, held.path, specialist=2)
    entered = rooms.Entered(held.specialist.seat, "another-tab", held.specialist.right)
    with pytest.raises(Refusal, match="replaced"):
        await held.desk.step(held.booking, entered, ryadom.now)
    with pytest.raises(Refusal, match="replaced"):
        await held.desk.said(held.specialist, "2", "Вы ещё здесь?", ryadom.now)


def _desk(house: House) -> HouseDesk:
    return HouseDesk(house.centre.database, house.centre.bus, house.centre.now, IceSettings())
