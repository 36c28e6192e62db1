"""Tells the people of this node what happens in their rooms: writes news into the log, sends the log to the lines."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from signaling import wire
from signaling.engine import Direct
from signaling.gate import Bucket
from signaling.port import Desk, SeatPass, Unavailable
from signaling.presence import Entry, Presence, Tail
from signaling.rooms import Left, Room
from signaling.tabs import Place
from signaling.views import Answer, ice_entry, instant, let_in, log_entry, news, put_out, rendered, seat_pass

log = logging.getLogger(__name__)

RATE, BURST = 30.0, 60.0
# Answers that may hold a whole log, and what every other seat and the journal hear of, are asked less often.
SLOW_RATE, SLOW_BURST = 1.0, 10.0
# Acts of which each is kept: a second and at once. What a page says of itself stays far below; a chat of sixty lines
# that waited for a connection passes whole. Who calls for help five times in a minute was heard.
KEPT_RATES: dict[type[wire.Numbered], tuple[float, float]] = {
    wire.Chat: (5.0, 60.0),
    wire.Quality: (1.0, 10.0),
    wire.Seen: (1.0, 10.0),
    wire.Help: (0.1, 5.0),
}
# An entry for the nodes alone: no seat may read it, each node asks the desk who still has a right to his seat.
RIGHTS = "rights"

Clock = Callable[[], datetime]


@dataclass(eq=False, slots=True)
class Line:
    """One socket, `entered` once it took its seat; its log is read up to `cursor`, `sent` is its last entry.

    `direct` is its WebSocket, None for long polling. It may signal `to` as long as the room is the one `known`.
    """

    sid: str
    seat: SeatPass
    instance: str
    direct: Direct | None = None
    bucket: Bucket = field(default_factory=lambda: Bucket(RATE, BURST))
    reading: Bucket = field(default_factory=lambda: Bucket(SLOW_RATE, SLOW_BURST))
    muting: Bucket = field(default_factory=lambda: Bucket(SLOW_RATE, SLOW_BURST))
    keeping: dict[type[wire.Numbered], Bucket] = field(default_factory=dict)
    entered: bool = False
    epoch: str = ""
    cursor: int = 0
    sent: int = 0
    known: Room | None = None
    to: int = -1

    @property
    def place(self) -> Place:
        """Room, seat and tab: what stays the same over reconnects."""
        return self.seat.room, self.seat.seat, self.instance

    def may_say(self, message: wire.Numbered) -> bool:
        """Whether one more act of this kind may be kept now; its bucket is made when first asked for."""
        kind = type(message)
        if kind not in KEPT_RATES:
            return True
        bucket = self.keeping.get(kind)
        if bucket is None:
            bucket = self.keeping[kind] = Bucket(*KEPT_RATES[kind])
        return bucket.take()

    def say(self, message: str) -> None:
        """Send a packet of Socket.IO as it stands; only where `direct`."""
        if self.direct:
            self.direct.say(message)


@dataclass(eq=False, slots=True)
class Floor:
    """One room as this node serves it: the room it told of last, and the newest version it saw in the log."""

    room: int
    lines: set[Line] = field(default_factory=set)
    known: Room | None = None
    published: int = -1
    dirty: bool = False
    pumping: asyncio.Task[None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def behind(self) -> bool:
        """Somebody is still to be told something of the log."""
        return self.dirty or self.pumping is not None


def _ends_the_line(entry: Answer, line: Line) -> bool:
    """Another tab has the seat, or its person was asked to leave."""
    if entry["kind"] == "replaced":
        return bool(entry["data"]["instance"] != line.instance)
    return bool(entry["kind"] == "dismissed")


class Teller:
    """Knows the rooms this node serves; `send` and `hang_up` reach a line."""

    def __init__(
        self,
        desk: Desk,
        presence: Presence,
        clock: Clock,
        *,
        send: Callable[[Line, Answer], Awaitable[None]],
        hang_up: Callable[[Line], Awaitable[None]],
    ) -> None:
        self._desk = desk
        self._presence = presence
        self._clock = clock
        self._send = send
        self._hang_up = hang_up
        self.floors: dict[int, Floor] = {}
        # When this node saw a room end, by the loop's clock.
        self.ended: dict[int, float] = {}

    def floor(self, room: int) -> Floor:
        """The room as this node serves it, made when first asked for."""
        return self.floors.setdefault(room, Floor(room))

    def seat(self, line: Line) -> None:
        """From now on this line hears of its room."""
        self.floor(line.seat.room).lines.add(line)
        # What was appended since its tail was read waits for the next wake-up otherwise.
        self.wake(line.seat.room)

    def unseat(self, line: Line) -> None:
        """This line hears no more of its room until it enters again."""
        line.entered = False
        floor = self.floors.get(line.seat.room)
        if not floor:
            return
        floor.lines.discard(line)
        if not floor.lines and not floor.pumping:
            self.floors.pop(floor.room, None)

    async def publish(self, room: Room) -> None:
        """Write the news of a changed room into its log, once for each version as far as this node knows."""
        floor = self.floor(room.room)
        async with floor.lock:
            if room.version <= floor.published:
                return
            admitted = let_in(floor.known, room)
            await self._presence.append(room.room, *news(floor.known, room, instant(self._clock())))
            floor.known, floor.published = room, room.version
        # Their connection stands already, by the servers they were given while they waited: the pictures need not wait.
        for seat in admitted:
            servers = await self._desk.ice(seat_pass(room, seat))
            await self._presence.append(room.room, ice_entry(seat, servers, instant(self._clock())))
        if room.ended:
            self.ended.setdefault(room.room, asyncio.get_running_loop().time())

    async def call_review(self, room: int) -> None:
        """Every node looks again who may stay in this room."""
        await self._presence.append(room, Entry(RIGHTS, None, instant(self._clock()), to=()))

    async def review(self, room: Room) -> None:
        """Put out the lines of this node whose right to their seat ended, and trust no older view of the room."""
        floor = self.floors.get(room.room)
        if not floor or room.ended:
            return
        if floor.known:
            floor.known = room if floor.known.version == room.version else None
        for line in list(floor.lines):
            if entry := put_out(line.seat, room, instant(self._clock())):
                await self._put_out(line, entry)

    async def _put_out(self, line: Line, entry: Entry) -> None:
        """He hears it as the next number after his last; for him no other will come."""
        self.unseat(line)
        await self._send(line, log_entry(line.epoch, line.sent + 1, line.sent, entry))
        await self._hang_up(line)
        left = Left(line.seat.seat, line.instance)
        await self.publish(await self._desk.step(line.seat.room, left, self._clock()))

    def knows_newer(self, room: Room) -> bool:
        """Whether this node told of a later version meanwhile."""
        floor = self.floors.get(room.room)
        return bool(floor and floor.known and floor.known.version > room.version)

    def wake(self, room: int | None) -> None:
        """Something may have been appended to the log of this room, or of any."""
        floors = list(self.floors.values()) if room is None else filter(None, [self.floors.get(room)])
        for floor in floors:
            # Whoever takes a seat later reads the log for himself.
            floor.dirty = bool(floor.lines)
            if floor.dirty and not floor.pumping:
                floor.pumping = asyncio.create_task(self._pump(floor))

    async def _pump(self, floor: Floor) -> None:
        """Send everybody of this node what the log has and he has not."""
        try:
            while floor.dirty:
                floor.dirty = False
                await self._deliver(floor)
        except Unavailable:
            log.warning("the log of a room could not be read, trying again with the next sweep")
        except Exception:
            log.exception("a room could not be told")
        finally:
            floor.pumping = None

    async def _deliver(self, floor: Floor) -> None:
        if not floor.lines:
            return
        tail = await self._presence.since(floor.room, min(line.cursor for line in floor.lines))
        # Another log may hold such a word where this one is not read: first those go who have no right any more.
        anew = any(line.epoch != tail.epoch for line in floor.lines)
        if anew or any(entry.kind == RIGHTS for entry in tail.entries):
            await self.review(await self._desk.look(floor.room))
        for line in list(floor.lines):
            if line.epoch != tail.epoch:
                await self._tell_new_epoch(line, tail)
                continue
            unread, line.cursor = line.cursor, max(line.cursor, tail.head)
            for entry in rendered(tail, line.seat.seat, line.sent, unread=unread):
                line.sent = entry["n"]
                await self._send(line, entry)
                self._note(floor, entry)
                if _ends_the_line(entry, line):
                    self.unseat(line)
                    await self._hang_up(line)
                    break

    async def _tell_new_epoch(self, line: Line, tail: Tail) -> None:
        """The log began anew: the page enters again and gets everything from there."""
        self.unseat(line)
        await self._send(line, log_entry(tail.epoch, tail.head, 0, Entry("epoch", None, instant(self._clock()))))

    def _note(self, floor: Floor, entry: Answer) -> None:
        if entry["kind"] == "room":
            floor.published = max(floor.published, entry["data"]["version"])

    async def finish(self) -> None:
        """Until everybody of this node was told what is in the logs now."""
        await asyncio.gather(*filter(None, [floor.pumping for floor in self.floors.values()]), return_exceptions=True)

    async def stop(self) -> None:
        """Tell nobody any more."""
        for task in filter(None, [floor.pumping for floor in self.floors.values()]):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
