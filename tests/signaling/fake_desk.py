"""A desk in memory: the port without a database. It outlives the servers that ask it, as a database would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from signaling import ice, rooms
from signaling.port import HelpWhy, Refusal, Said, Sample, SeatPass, Unavailable
from signaling.rooms import Room, Seat
from signaling.views import seat_pass

SPECIALIST, CLIENT, COMPANION = 1, 2, 3
TURN = ice.IceSettings(relays=(ice.Relay("nowhere", ("turn:127.0.0.1:9",), "not a secret"),))


def room_of(number: int, *, closes_in: timedelta = timedelta(hours=1)) -> Room:
    seats = (
        Seat(SPECIALIST, "specialist", "Анна Петровна"),
        Seat(CLIENT, "client", "Иван Кузьмич"),
        Seat(COMPANION, "companion", "Мария"),
    )
    return rooms.opened(number, datetime.now(UTC) + closes_in, seats)


class FakeDesk:
    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.history: dict[int, list[str]] = {}
        self.lines: dict[int, list[Said]] = {}
        self.samples: list[tuple[SeatPass, Sample]] = []
        self.seen_pairs: list[tuple[int, int]] = []
        self.called_help: list[tuple[int, HelpWhy]] = []
        self.decided: list[tuple[str, bool]] = []
        self.ice_settings = ice.IceSettings()
        self.broken = False
        self.poison = ""
        self.asked: list[str] = []
        self._tickets: dict[str, SeatPass] = {}

    def open(self, room: Room) -> Room:
        self.rooms[room.room] = room
        self.history[room.room] = [room.state]
        return room

    def ticket(self, room: int, seat: int) -> str:
        ticket = f"ticket-{len(self._tickets)}-{room}-{seat}"
        kept = self.rooms[room]
        sitting = kept.seat(seat)
        self._tickets[ticket] = seat_pass(kept, sitting)
        return ticket

    async def redeem(self, ticket: str) -> SeatPass:
        seat = self._tickets.get(ticket)
        if not seat:
            raise Refusal("ticket_spent")
        if self.rooms[seat.room].ended:
            raise Refusal("room_closed")
        # Kept as spent, so that numbers stay unique.
        self._tickets[ticket] = None  # type: ignore[assignment]
        return seat

    async def step(self, room: int, event: rooms.Event, at: datetime) -> Room:
        if self.broken:
            raise Unavailable
        after = self.rooms[room] = rooms.step(self.rooms[room], event)
        if after.state != self.history[room][-1]:
            self.history[room].append(after.state)
        return after

    async def look(self, room: int) -> Room:
        return self.rooms[room]

    async def open_rooms(self) -> Sequence[Room]:
        return [room for room in self.rooms.values() if room.state not in {"empty", "closed"}]

    async def said(self, seat: SeatPass, id: str, text: str, at: datetime) -> Said:  # noqa: A002
        if self.broken:
            raise Unavailable
        if text == self.poison:
            raise ValueError("a fault of ours")
        lines = self.lines.setdefault(seat.room, [])
        for line in lines:
            if (line.seat, line.id) == (seat.seat, id):
                return line
        lines.append(Said(id, seat.seat, text, at))
        return lines[-1]

    async def chat(self, room: int) -> Sequence[Said]:
        return self.lines.get(room, [])

    async def measured(self, seat: SeatPass, samples: Sequence[Sample], at: datetime) -> None:
        self.samples += [(seat, sample) for sample in samples]

    async def seen(self, seat: SeatPass, other: int, at: datetime) -> None:
        self.seen_pairs.append((seat.seat, other))

    async def help(self, seat: SeatPass, why: HelpWhy, at: datetime) -> None:
        self.called_help.append((seat.seat, why))

    async def takeover(self, seat: SeatPass, request: str, allow: bool, at: datetime) -> None:
        self.decided.append((request, allow))

    async def takeovers(self, room: int) -> Sequence[str]:
        return self.asked

    def give(self, room: int, seat: int, right: str) -> None:
        """The house gives the seat to another device, as a new code does."""
        kept = self.rooms[room]
        seats = tuple(replace(s, right=right, admitted=False) if s.seat == seat else s for s in kept.seats)
        self.rooms[room] = replace(kept, seats=seats)

    async def ice(self, seat: SeatPass) -> Sequence[ice.IceServer]:
        now = datetime.now(UTC)
        return ice.servers(self.ice_settings, room=seat.room, seat=seat.seat, closes_at=seat.closes_at, now=now)

    def move(self, room: int, closes_at: datetime) -> None:
        """The house moves the booking: an empty room, other rights, no chat."""
        kept = self.rooms[room]
        seats = (
            Seat(s.seat, s.role, s.name, s.role == "specialist", False, s.instance, right="moved") for s in kept.seats
        )
        self.rooms[room] = Room(room, closes_at, tuple(seats), version=kept.version + 1)
        self.lines.pop(room, None)

    def later(self, room: int, closes_at: datetime) -> None:
        self.rooms[room] = replace(self.rooms[room], closes_at=closes_at)
