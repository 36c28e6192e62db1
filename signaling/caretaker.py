"""Looks after time and dead lines: every two seconds, on every node, each step of it harmless when done twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TypeVar

from signaling import rooms
from signaling.port import Desk, Refusal, Unavailable
from signaling.presence import Here, Presence
from signaling.rooms import Room
from signaling.tabs import Place, Tabs
from signaling.telling import Clock, Line, Teller

log = logging.getLogger(__name__)
Thing = TypeVar("Thing")

SWEEP_S = 2.0
# So many rooms or lines are looked after in one go; then whoever speaks has his turn.
AT_ONCE = 16
FORGET_AFTER_S = 60.0


class Caretaker:
    """`lines` are those of this node; seats whose line stayed dead for `grace_s` are given up."""

    def __init__(
        self,
        desk: Desk,
        presence: Presence,
        teller: Teller,
        lines: Mapping[str, Line],
        tabs: Tabs,
        *,
        clock: Clock,
        node: str,
        grace_s: float,
    ) -> None:
        self._desk = desk
        self._presence = presence
        self._teller = teller
        self._lines = lines
        self._tabs = tabs
        self._clock = clock
        self._node = node
        self._grace_s = grace_s
        self._missing: dict[Place, float] = {}
        # Lines whose seat was found left, in the sweep before and in this one.
        self._unseated: set[Place] = set()
        self._now_unseated: set[Place] = set()

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep(asyncio.get_running_loop().time())
            except Unavailable:
                log.warning("presences could not be read")
            except Exception:
                log.exception("the sweep failed")

    async def sweep(self, now: float) -> None:
        """Renew our presences, close rooms whose time is over, give up seats of dead lines, tell what was not told."""
        async for line in _in_turns([line for line in self._lines.values() if line.entered]):
            await self._presence.arrive(line.seat.room, Here(line.seat.seat, line.instance, self._node))
        self._unseated, self._now_unseated = self._now_unseated, set()
        gone: set[Place] = set()
        seats: dict[tuple[int, int], str | None] = {}
        async for room in _in_turns(await self._rooms()):
            gone |= await self._looked_after(room, now)
            self._teller.wake(room.room)
            seats |= {(room.room, seat.seat): seat.instance for seat in room.seats}
        for ended in list(self._teller.ended):
            self._teller.wake(ended)
        self._missing = {key: since for key, since in self._missing.items() if key in gone}
        self._forget_tabs(now, seats)
        await self._tidy(now)

    async def _looked_after(self, room: Room, now: float) -> set[Place]:
        if self._teller.knows_newer(room):
            return {key for key in self._missing if key[0] == room.room}
        try:
            return await self._look_after(room, now)
        except Refusal as refusal:
            # Somebody else was quicker: the next sweep sees the room as it is.
            log.info("a room could not be looked after: %s", refusal.code)
        except Unavailable:
            raise
        except Exception as error:
            # One room's trouble is no other room's. Its text may hold what somebody said: the kind is enough.
            log.error("room %d could not be looked after: %s", room.room, type(error).__name__)
        return set()

    def _forget_tabs(self, now: float, seats: Mapping[tuple[int, int], str | None]) -> None:
        """A tab whose seat has another, or whose room is closed, does not come back."""

        def over(place: Place) -> bool:
            room, seat, instance = place
            return room in self._teller.ended or seats.get((room, seat), instance) != instance

        self._tabs.forget(now, alive={line.place for line in self._lines.values()}, over=over)

    async def _rooms(self) -> list[Room]:
        """Those the desk calls open, and those where somebody of this node sits although it does not."""
        found = {room.room: room for room in await self._desk.open_rooms()}
        ours = {number for number, floor in self._teller.floors.items() if floor.lines}
        more = [await self._desk.look(number) for number in ours - set(found) - set(self._teller.ended)]
        return [*found.values(), *more]

    async def _look_after(self, room: Room, now: float) -> set[Place]:
        """The seats of the room that are taken without a living line."""
        at = self._clock()
        # What a lost wake-up did not tell is found here.
        await self._teller.review(room)
        if at >= room.closes_at or room.ended:
            await self._teller.publish(await self._desk.step(room.room, rooms.TimeUp(at), at))
            return set()
        alive = {(here.seat, here.instance) for here in await self._presence.who(room.room)}
        gone = set()
        for seat in room.seats:
            key = (room.room, seat.seat, str(seat.instance))
            if seat.here and key[1:] not in alive:
                gone.add(key)
                if now - self._missing.setdefault(key, now) >= self._grace_s:
                    room = await self._desk.step(room.room, rooms.Left(seat.seat, key[2], lost=True), at)
            elif not seat.here and key[1:] in alive and (line := self._ours(key)):
                # Who is asked to leave, or goes, still has his line for a moment: only what stays so is an error.
                self._now_unseated.add(key)
                if key in self._unseated:
                    room = await self._desk.step(room.room, rooms.Entered(seat.seat, key[2], line.seat.right), at)
        if room.room in self._teller.floors or gone:
            await self._teller.publish(room)
        return gone

    def _ours(self, key: Place) -> Line | None:
        return next((line for line in self._lines.values() if line.entered and line.place == key), None)

    async def _tidy(self, now: float) -> None:
        for room in [room for room, since in self._teller.ended.items() if now - since > FORGET_AFTER_S]:
            del self._teller.ended[room]
            await self._presence.forget(room)
        for floor in [floor for floor in self._teller.floors.values() if not floor.lines and not floor.pumping]:
            del self._teller.floors[floor.room]


async def _in_turns(things: Sequence[Thing]) -> AsyncIterator[Thing]:
    """One after the other, and a turn for everybody else between: memory answers without ever giving one."""
    for number, thing in enumerate(things, 1):
        yield thing
        if not number % AT_ONCE:
            await asyncio.sleep(0)
