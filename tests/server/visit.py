"""A consultation in the demo house whose door is open, told through the desk of its room: who came, when, how."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scheduling import sessions, tickets
from server.desk import HouseDesk
from signaling import rooms
from signaling.ice import IceSettings
from signaling.port import Sample, SeatPass
from tests.server.house import Browser, House, body, booked

GOOD = {"loss": 0.0, "rtt_ms": 40.0, "concealed": 0.0, "frozen_ms": 0.0}
BAD = {"loss": 0.4, "rtt_ms": 900.0, "concealed": 0.3, "frozen_ms": 0.0}


@dataclass
class Visit:
    """`specialist`, `client` and `guests` are seats with the right to sit in them; `phone` is the client's, `code` his
    digits; `minute` counts from the start."""

    house: House
    desk: HouseDesk
    coordinator: Browser
    booking: int
    starts: datetime
    client_id: int
    specialist: SeatPass
    client: SeatPass
    phone: Browser
    code: str
    guests: list[SeatPass] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/api/v1/bookings/{self.booking}"

    def at(self, minute: float) -> datetime:
        self.house.at(self.starts + timedelta(minutes=minute))
        return self.house.now

    async def enters(self, seat: SeatPass, minute: float) -> None:
        await self._step(rooms.Entered(seat.seat, f"tab-{seat.seat}", seat.right), minute)

    async def leaves(self, seat: SeatPass, minute: float) -> None:
        """By his own word."""
        await self._step(rooms.Left(seat.seat, f"tab-{seat.seat}"), minute)

    async def is_lost(self, seat: SeatPass, minute: float) -> None:
        """His line died, and the sweep found it."""
        await self._step(rooms.Left(seat.seat, f"tab-{seat.seat}", lost=True), minute)

    async def is_let_in(self, seat: SeatPass, minute: float) -> None:
        await self._step(rooms.Admitted(self.specialist.seat, seat.seat), minute)
        await self.desk.seen(seat, self.specialist.seat, self.house.now)

    async def goes_by_phone(self, minute: float, *, on: bool = True) -> None:
        await self._step(rooms.PhoneSet(self.specialist.seat, on), minute)

    async def closes(self, minute: float) -> None:
        await self._step(rooms.Closed(self.specialist.seat), minute)

    async def is_closed_by_the_clock(self, minute: float) -> None:
        await self._step(rooms.TimeUp(self.at(minute)), minute)

    async def reports(self, seat: SeatPass, minute: float, **figures: Any) -> None:
        """What his browser measured of the specialist, or hers of the client."""
        other = self.client if seat is self.specialist else self.specialist
        known: dict[str, Any] = dict.fromkeys(("in_kbps", "out_kbps", "codec", "width", "height", "fps", "path"))
        await self.desk.measured(seat, [Sample(seat=other.seat, **known, **figures)], self.at(minute))

    async def ending(self) -> dict[str, Any]:
        found: dict[str, Any] = await body(await self.coordinator.get(f"{self.path}/outcome"), 200)
        return found

    async def booking_now(self) -> dict[str, Any]:
        found: dict[str, Any] = await body(await self.coordinator.get(self.path), 200)
        return found

    async def invites(self, name: str = "Ольга, дочь", role: str = "relative") -> SeatPass:
        """A guest with her phone at the door; the client agreed."""
        agreed = {"purpose": "third_person", "how": "aloud"}
        await body(await self.coordinator.post(f"/api/v1/clients/{self.client_id}/consents", json=agreed), 201)
        asked = await self.coordinator.post(f"{self.path}/seats", json={"role": role, "name": name})
        guest = await body(asked, 201)
        phone = self.house.browser()
        await body(await phone.post("/api/v1/join", json={"code": guest["code"]["digits"]}), 200)
        self.guests.append(await self._passed(guest["seat"]))
        return self.guests[-1]

    async def passes(self, minute: float) -> None:
        """Time goes by with the sweeps that see who is there."""
        until = self.starts + timedelta(minutes=minute)
        while self.house.now < until:
            self.house.at(min(until, self.house.now + timedelta(seconds=20)))
            await self.desk.open_rooms()

    async def _step(self, event: rooms.Event, minute: float) -> None:
        await self.passes(minute)
        await self.desk.step(self.booking, event, self.at(minute))

    async def _passed(self, seat: int) -> SeatPass:
        async with self.house.centre.database.write() as tx:
            token, _ = await tickets.issue(tx, seat, now=self.house.now)
        return await self.desk.redeem(token)


async def opened(house: House, *, service: str = "1739", **booking: Any) -> Visit:
    """The booking is made, the client's phone has opened its seat, nobody has come in yet.

    The house's own sweeps rest: they know of no tab behind these seats, and would give them up in the time of the wall.
    """
    await house.centre.signaling.rooms.stop()
    coordinator = await house.staff("suzun")
    made = await booked(coordinator, service=service, **booking)
    starts = datetime.fromisoformat(made["booking"]["starts"])
    house.at(starts)
    phone = house.browser()
    await body(await phone.post("/api/v1/join", json={"code": made["code"]["digits"]}), 200)
    centre, number = house.centre, made["booking"]["id"]
    desk = HouseDesk(centre.database, centre.bus, centre.now, IceSettings())
    async with centre.database.write() as tx:
        tokens = [(await tickets.issue(tx, seat.id, now=house.now))[0] for seat in await sessions.seats(tx, number)]
    specialist, client = [await desk.redeem(token) for token in tokens]
    client_id = made["booking"]["client"]["id"]
    return Visit(house, desk, coordinator, number, starts, client_id, specialist, client, phone, made["code"]["digits"])
