"""The namespace /room: each message validated, done once and in order, acknowledged; each change a numbered entry."""

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import socketio  # type: ignore[import-untyped]
from pydantic import ValidationError

from signaling import rooms, wire
from signaling.gate import MESSAGE_MOST, Bucket, Gate, TextPacket
from signaling.ice import IceServer
from signaling.port import Desk, Refusal, Said, Sample, SeatPass
from signaling.presence import Entry, Here, Presence, Tail, Unavailable
from signaling.rooms import Room, Seat

log = logging.getLogger(__name__)

NAMESPACE = "/room"
RATE, BURST = 30.0, 60.0
SWEEP_S = 2.0
GRACE_S = 8.0
ACKS_KEPT = 64
TAB_KEPT_S = 3600.0
FORGET_AFTER_S = 60.0

Clock = Callable[[], datetime]
OriginTest = Callable[[str, Any], bool]
Answer = dict[str, Any]
Message = TypeVar("Message", bound=wire.Wire)


@dataclass(eq=False)
class Line:
    """One socket, `entered` once it took its seat; its log is read up to `cursor`, `sent` is its last entry."""

    sid: str
    seat: SeatPass
    instance: str
    bucket: Bucket = field(default_factory=lambda: Bucket(RATE, BURST))
    entered: bool = False
    epoch: str = ""
    cursor: int = 0
    sent: int = 0


@dataclass(eq=False)
class Tab:
    """What outlives a socket of one instance: the number expected next and the last acks."""

    expected: int = 1
    acks: OrderedDict[int, Answer] = field(default_factory=OrderedDict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used: float = 0.0


@dataclass(eq=False)
class Floor:
    """One room as this node serves it: the room it told of last, and the newest version it saw in the log."""

    room: int
    lines: set[Line] = field(default_factory=set)
    known: Room | None = None
    published: int = -1
    dirty: bool = False
    pumping: asyncio.Task[None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class RoomNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """Answers /room. It keeps no truth: rooms are the desk's, the log and the presences are the presence's."""

    def __init__(self, desk: Desk, presence: Presence, *, clock: Clock, node: str, grace_s: float, most: int) -> None:
        super().__init__(NAMESPACE)
        self._desk = desk
        self._presence = presence
        self._clock = clock
        self._node = node
        self._grace_s = grace_s
        self._most = most
        self._lines: dict[str, Line] = {}
        self._floors: dict[int, Floor] = {}
        self._tabs: dict[tuple[int, int, str], Tab] = {}
        self._missing: dict[tuple[int, int, str], float] = {}
        self._ended: dict[int, float] = {}
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen for wake-ups and look after time and dead lines, until `stop`."""
        await self._presence.start(self._wake)
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def stop(self) -> None:
        """Stop looking after things; seats stay taken, so that a restart finds everybody in place."""
        tasks = [self._sweeper, *(floor.pumping for floor in self._floors.values())]
        for task in filter(None, tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._presence.stop()

    # For the house

    async def changed(self, room: Room) -> None:
        """The desk changed a room by itself (moved, cancelled, another seat): tell everybody in it."""
        await self._publish(room)

    async def ask_takeover(self, room: int, request: str) -> None:
        """Another device holds the client's code: ask the specialist, if she is here. The desk keeps the question."""
        seats = (await self._desk.look(room)).seats
        to = tuple(seat.seat for seat in seats if seat.role == "specialist")
        asked = wire.TakeoverAsked(request=request).model_dump()
        await self._presence.append(room, Entry("takeover", asked, self._at(), to=to))

    # Socket.IO's side

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """All of Socket.IO comes through here. The gate lets nobody say `connect` or `disconnect` as an event."""
        if event == "connect":
            return await self._connect(*args)
        if event == "disconnect":
            return await self._disconnect(args[0])
        try:
            return _ok(await self._answer(args[0], event, args[1:]))
        except Refusal as refusal:
            return _fault(refusal.code, **refusal.data)
        except Unavailable:
            return _fault("unavailable")
        except Exception:
            log.exception("event %r was not handled", event if event in wire.ASKED else "unknown")
            return _fault("unavailable")

    async def _connect(self, sid: str, _environ: Any, auth: Any = None) -> None:
        try:
            said = _validated(wire.Auth, auth)
            if said.v != wire.VERSION:
                raise Refusal("version_unknown", version=wire.VERSION)
            if len(self._lines) >= self._most:
                raise Refusal("too_busy")
            self._lines[sid] = Line(sid, await self._desk.redeem(said.ticket), said.instance)
        except Refusal as refusal:
            raise _refused(refusal) from None
        except Exception:
            log.exception("a ticket could not be redeemed")
            raise _refused(Refusal("too_busy")) from None

    async def _disconnect(self, sid: str) -> None:
        line = self._lines.pop(sid, None)
        if not line:
            return
        self._unseat(line)
        with contextlib.suppress(Unavailable):
            if not self._other_line(line):
                await self._presence.depart(line.seat.room, self._here(line))

    async def _answer(self, sid: str, event: str, args: tuple[Any, ...]) -> Any:
        line = self._lines.get(sid)
        if not line:
            raise Refusal("not_entered")
        if not line.bucket.take():
            raise Refusal("too_fast")
        if event not in wire.ASKED:
            raise Refusal("unknown_event")
        message = _validated(wire.ASKED[event][0], args[0] if args else None)
        if isinstance(message, wire.Enter):
            return await self._enter(line, message)
        if not line.entered:
            raise Refusal("not_entered")
        if isinstance(message, wire.Numbered):
            return await self._in_order(line, message)
        if isinstance(message, wire.Replay):
            return await self._replay(line, message)
        return await self._beat(line, cast(wire.Beat, message))

    # Taking a seat

    async def _enter(self, line: Line, message: wire.Enter) -> Answer:
        room_id, number = line.seat.room, line.seat.seat
        tab = self._tab(line)
        async with tab.lock:
            tab.expected = max(tab.expected, message.seq)
        await self._presence.arrive(room_id, self._here(line))
        room = await self._desk.step(room_id, rooms.Entered(number, line.instance), self._clock())
        await self._publish(room)
        seat = room.seat(number)
        chat = await self._desk.chat(room_id) if seat.admitted else ()
        ice = await self._desk.ice(line.seat) if seat.admitted else ()
        tail = await self._presence.since(room_id, message.cursor)
        known = message.epoch == tail.epoch and message.cursor <= tail.head
        if line.sid not in self._lines:
            raise Refusal("not_entered")
        line.epoch, line.cursor, line.sent, line.entered = tail.epoch, tail.head, tail.head, True
        self._floor(room_id).lines.add(line)
        # What was appended since the tail was read waits for the next wake-up otherwise.
        self._wake(room_id)
        return {
            "epoch": tail.epoch,
            "head": tail.head,
            "you": {"seat": number, "role": seat.role, "name": seat.name, "admitted": seat.admitted},
            "room": room_view(room),
            "entries": _rendered(tail, number, message.cursor) if known else [],
            "chat": [_chat_line(said) for said in chat],
            "ice": [_ice_view(server) for server in ice],
        }

    def _unseat(self, line: Line) -> None:
        line.entered = False
        floor = self._floors.get(line.seat.room)
        if not floor:
            return
        floor.lines.discard(line)
        if not floor.lines and not floor.pumping:
            self._floors.pop(floor.room, None)

    def _other_line(self, line: Line) -> bool:
        """The same tab may already be back on a new socket when the old one is noticed dead."""
        return any(_place(other) == _place(line) for other in self._lines.values())

    # Asking for what was missed

    async def _replay(self, line: Line, message: wire.Replay) -> Answer:
        tail = await self._presence.since(line.seat.room, message.cursor)
        entries = _rendered(tail, line.seat.seat, message.cursor)
        return {"epoch": tail.epoch, "head": entries[-1]["n"] if entries else message.cursor, "entries": entries}

    async def _beat(self, line: Line, message: wire.Beat) -> Answer:
        tail = await self._presence.since(line.seat.room, message.cursor)
        if tail.epoch != line.epoch or tail.head > line.cursor:
            self._wake(line.seat.room)
        entries = _rendered(tail, line.seat.seat, message.cursor)
        return {"epoch": tail.epoch, "head": entries[-1]["n"] if entries else message.cursor}

    # Acting

    async def _in_order(self, line: Line, message: wire.Numbered) -> Any:
        """Once and in order, over all sockets of the tab. What was not kept is not counted: it will be said again."""
        tab = self._tab(line)
        async with tab.lock:
            if message.seq < tab.expected:
                return _again(tab.acks.get(message.seq, _ok({})))
            if message.seq > tab.expected:
                raise Refusal("out_of_order", expected=tab.expected)
            answer = await self._acted(line, message)
            tab.expected += 1
            tab.acks[message.seq] = answer
            while len(tab.acks) > ACKS_KEPT:
                tab.acks.popitem(last=False)
            return _again(answer)

    async def _acted(self, line: Line, message: wire.Numbered) -> Answer:
        try:
            return _ok(await self._act(line, message))
        except Refusal as refusal:
            return _fault(refusal.code, **refusal.data)

    async def _act(self, line: Line, message: wire.Numbered) -> Any:
        seat, at = line.seat, self._clock()
        match message:
            case wire.Signal():
                await self._signal(line, message)
            case wire.Media(audio=audio, video=video):
                await self._step(line, rooms.MediaSet(seat.seat, audio, video))
            case wire.Admit(seat=number):
                await self._step(line, rooms.Admitted(seat.seat, number))
            case wire.Leave():
                await self._leave(line)
            case wire.Close():
                await self._step(line, rooms.Closed(seat.seat))
            case wire.Takeover(request=request, allow=allow):
                if seat.role != "specialist":
                    raise Refusal("not_permitted")
                await self._desk.takeover(seat, request, allow, at)
            case wire.Chat(id=name, text=text):
                return await self._chat(line, name, text)
            case _:
                await self._report(line, message, at)
        return {}

    async def _report(self, line: Line, message: wire.Numbered, at: datetime) -> None:
        room = await self._admitted(line)
        match message:
            case wire.Seen(seat=number):
                await self._desk.seen(line.seat, room.seat(number).seat, at)
            case wire.Quality(samples=samples):
                await self._desk.measured(line.seat, [Sample(**sample.model_dump()) for sample in samples], at)
            case _:
                await self._desk.help(line.seat, at)

    async def _signal(self, line: Line, message: wire.Signal) -> None:
        """The recipient is a seat of the sender's own room, let in like himself; anything else is refused alike."""
        room = await self._admitted(line)
        if message.to == line.seat.seat or not room.seat(message.to).admitted:
            room = await self._fresh(line)
        if message.to == line.seat.seat or not room.seat(message.to).admitted:
            raise Refusal("seat_unknown")
        data = message.data.model_dump(exclude_unset=True)
        entry = Entry("signal", data, self._at(), sender=line.seat.seat, to=(message.to,))
        await self._presence.append(line.seat.room, entry)

    async def _chat(self, line: Line, name: str, text: str) -> Answer:
        await self._admitted(line)
        said = _chat_line(await self._desk.said(line.seat, name, text, self._clock()))
        to = tuple(seat.seat for seat in (await self._fresh(line)).seats if seat.admitted)
        await self._presence.append(line.seat.room, Entry("chat", said, self._at(), sender=line.seat.seat, to=to))
        return said

    async def _leave(self, line: Line) -> None:
        await self._step(line, rooms.Left(line.seat.seat, line.instance))
        self._unseat(line)
        await self._presence.depart(line.seat.room, self._here(line))

    async def _step(self, line: Line, event: rooms.Event) -> None:
        await self._publish(await self._desk.step(line.seat.room, event, self._clock()))

    async def _admitted(self, line: Line) -> Room:
        """The room, if this seat was let in. Nobody is put out again, so a yes may be old; a no is asked anew."""
        known = self._floor(line.seat.room).known
        room = known if known and known.seat(line.seat.seat).admitted else await self._fresh(line)
        if room.ended:
            raise Refusal("room_closed")
        if not room.seat(line.seat.seat).admitted:
            raise Refusal("not_admitted")
        return room

    async def _fresh(self, line: Line) -> Room:
        return await self._desk.look(line.seat.room)

    # Telling

    async def _publish(self, room: Room) -> None:
        """Write the news of a changed room into its log, once for each version as far as this node knows."""
        floor = self._floor(room.room)
        async with floor.lock:
            if room.version <= floor.published:
                return
            ice = {seat.seat: await self._desk.ice(_pass(room, seat)) for seat in _let_in(floor.known, room)}
            await self._presence.append(room.room, *news(floor.known, room, ice, self._at()))
            floor.known, floor.published = room, room.version
        if room.ended:
            self._ended.setdefault(room.room, asyncio.get_running_loop().time())

    def _wake(self, room: int | None) -> None:
        floors = list(self._floors.values()) if room is None else filter(None, [self._floors.get(room)])
        for floor in floors:
            floor.dirty = True
            if not floor.pumping:
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
        for line in list(floor.lines):
            if line.epoch != tail.epoch:
                await self._tell_new_epoch(line, tail)
                continue
            unread, line.cursor = line.cursor, max(line.cursor, tail.head)
            for entry in _rendered(tail, line.seat.seat, line.sent, unread=unread):
                line.sent = entry["n"]
                await self.emit("log", entry, to=line.sid)
                self._note(floor, entry)
                if entry["kind"] == "replaced" and entry["data"]["instance"] != line.instance:
                    await self._show_out(line)
                    break

    async def _tell_new_epoch(self, line: Line, tail: Tail) -> None:
        """The log began anew: the page enters again and gets everything from there."""
        self._unseat(line)
        await self.emit("log", _entry(tail.epoch, tail.head, 0, Entry("epoch", None, self._at())), to=line.sid)

    async def _show_out(self, line: Line) -> None:
        self._unseat(line)
        await self.server.disconnect(line.sid, namespace=NAMESPACE)

    def _note(self, floor: Floor, entry: Answer) -> None:
        if entry["kind"] == "room":
            floor.published = max(floor.published, entry["data"]["version"])

    # Looking after time and dead lines

    async def _sweep_for_ever(self) -> None:
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
        for line in [line for line in self._lines.values() if line.entered]:
            await self._presence.arrive(line.seat.room, self._here(line))
        gone: set[tuple[int, int, str]] = set()
        for room in await self._desk.open_rooms():
            gone |= await self._look_after(room, now)
        self._missing = {key: since for key, since in self._missing.items() if key in gone}
        self._wake(None)
        await self._tidy(now)

    async def _look_after(self, room: Room, now: float) -> set[tuple[int, int, str]]:
        """The seats of the room that are taken without a living line."""
        at = self._clock()
        if at >= room.closes_at:
            await self._publish(await self._desk.step(room.room, rooms.TimeUp(at), at))
            return set()
        alive = {(here.seat, here.instance) for here in await self._presence.who(room.room)}
        gone = set()
        for seat in room.seats:
            key = (room.room, seat.seat, str(seat.instance))
            if seat.here and key[1:] not in alive:
                gone.add(key)
                if now - self._missing.setdefault(key, now) >= self._grace_s:
                    room = await self._desk.step(room.room, rooms.Left(seat.seat, key[2]), at)
            elif not seat.here and key[1:] in alive and self._is_ours(key):
                room = await self._desk.step(room.room, rooms.Entered(seat.seat, key[2]), at)
        if room.room in self._floors or gone:
            await self._publish(room)
        return gone

    def _is_ours(self, key: tuple[int, int, str]) -> bool:
        return any(line.entered and _place(line) == key for line in self._lines.values())

    async def _tidy(self, now: float) -> None:
        for room in [room for room, since in self._ended.items() if now - since > FORGET_AFTER_S]:
            del self._ended[room]
            await self._presence.forget(room)
        connected = {_place(line) for line in self._lines.values()}
        for key, tab in list(self._tabs.items()):
            if key not in connected and now - tab.used > TAB_KEPT_S:
                del self._tabs[key]
        for floor in [floor for floor in self._floors.values() if not floor.lines and not floor.pumping]:
            del self._floors[floor.room]

    # Small things

    def _tab(self, line: Line) -> Tab:
        tab = self._tabs.setdefault(_place(line), Tab())
        tab.used = asyncio.get_running_loop().time()
        return tab

    def _floor(self, room: int) -> Floor:
        return self._floors.setdefault(room, Floor(room))

    def _here(self, line: Line) -> Here:
        return Here(line.seat.seat, line.instance, self._node)

    def _at(self) -> str:
        return _instant(self._clock())


@dataclass(frozen=True)
class Signaling:
    """The Socket.IO server with /room on it: attach `sio`, start, and stop it with the application."""

    sio: socketio.AsyncServer
    rooms: RoomNamespace
    gate: Gate

    async def start(self) -> None:
        """Begin to look after the rooms."""
        await self.rooms.start()

    async def stop(self) -> None:
        """Let go; seats stay taken."""
        self.gate.close()
        await self.rooms.stop()
        await self.sio.shutdown()


def build(
    desk: Desk,
    presence: Presence,
    *,
    origins: Sequence[str] | OriginTest,
    clock: Clock = lambda: datetime.now(UTC),
    node: str | None = None,
    grace: timedelta = timedelta(seconds=GRACE_S),
    connect_within: timedelta = timedelta(seconds=5),
    most: int = 5000,
) -> Signaling:
    """A Socket.IO server with every limit of docs/protocol.md. `origins` are the public addresses, or a test of one."""
    quiet = logging.getLogger("signaling.transport")
    # The library logs SDP, tickets and chat from INFO on, and an ERROR line for every stranger with a wrong address.
    quiet.setLevel(logging.CRITICAL)
    sio = socketio.AsyncServer(
        async_mode="aiohttp",
        async_handlers=False,
        serializer=TextPacket,
        namespaces=[NAMESPACE],
        cors_allowed_origins=_asked_with_origin(origins) if callable(origins) else list(origins),
        cors_credentials=True,
        max_http_buffer_size=MESSAGE_MOST,
        http_compression=False,
        ping_interval=5,
        ping_timeout=5,
        logger=quiet,
        engineio_logger=quiet,
    )
    namespace = RoomNamespace(
        desk,
        presence,
        clock=clock,
        node=node or secrets.token_hex(4),
        grace_s=grace.total_seconds(),
        most=most,
    )
    sio.register_namespace(namespace)
    return Signaling(sio, namespace, Gate(sio, connect_within_s=connect_within.total_seconds()))


def _asked_with_origin(allowed: OriginTest) -> Callable[[str | None, Any], bool]:
    """The library also asks about requests that name no origin; those need no CORS headers."""

    def asked(origin: str | None, environ: Any) -> bool:
        return origin is not None and allowed(origin, environ)

    return asked


def news(known: Room | None, room: Room, ice: dict[int, Sequence[IceServer]], at: str) -> list[Entry]:
    """What changed since the room known before, as entries: who was replaced, ICE for those let in, view, end."""
    entries = [
        Entry("replaced", {"instance": seat.instance}, at, to=(seat.seat,))
        for seat in room.seats
        if seat.here and seat.replaced and (not known or known.seat(seat.seat).instance != seat.instance)
    ]
    for number, servers in ice.items():
        entries.append(Entry("ice", {"servers": [_ice_view(server) for server in servers]}, at, to=(number,)))
    entries.append(Entry("room", room_view(room), at))
    if room.ended and not (known and known.ended):
        entries.append(Entry("closed", {"reason": room.ended}, at))
    return entries


def room_view(room: Room) -> Answer:
    """The room as wire.RoomView; nobody learns the instance of someone who is not here."""
    return {
        "version": room.version,
        "state": room.state,
        "closes_at": _instant(room.closes_at),
        "seats": [_seat_view(seat) for seat in room.seats],
    }


def _seat_view(seat: Seat) -> Answer:
    return {
        "seat": seat.seat,
        "role": seat.role,
        "name": seat.name,
        "here": seat.here,
        "admitted": seat.admitted,
        "instance": seat.instance if seat.here else None,
        "media": {"audio": seat.audio, "video": seat.video},
    }


def _place(line: Line) -> tuple[int, int, str]:
    return line.seat.room, line.seat.seat, line.instance


def _let_in(known: Room | None, room: Room) -> list[Seat]:
    admitted = [seat for seat in room.seats if seat.here and seat.admitted and seat.role != "specialist"]
    return [seat for seat in admitted if known and not known.seat(seat.seat).admitted]


def _pass(room: Room, seat: Seat) -> SeatPass:
    return SeatPass(room.room, seat.seat, seat.role, seat.name, room.closes_at)


def _rendered(tail: Tail, seat: int, prev: int, *, unread: int = 0) -> list[Answer]:
    """The entries this seat may read, each naming the one before it: a hole shows although others' are left out."""
    found = []
    for n, entry in enumerate(tail.entries, tail.first):
        if n > unread and (entry.to is None or seat in entry.to):
            found.append(_entry(tail.epoch, n, prev, entry))
            prev = n
    return found


def _entry(epoch: str, n: int, prev: int, entry: Entry) -> Answer:
    known = {"epoch": epoch, "n": n, "prev": prev, "at": entry.at}
    return {**known, "kind": entry.kind, "from": entry.sender, "data": entry.data}


def _chat_line(said: Said) -> Answer:
    return {"id": said.id, "seat": said.seat, "text": said.text, "at": _instant(said.at)}


def _ice_view(server: IceServer) -> Answer:
    return {**asdict(server), "urls": list(server.urls)}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _validated(model: type[Message], data: Any) -> Message:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        where = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)][:5]
        raise Refusal("malformed", fields=where) from None


def _ok(value: Any) -> Answer:
    return {"ok": True, "value": value}


def _fault(code: str, **data: Any) -> Answer:
    return {"ok": False, "fault": {"code": code, **data}}


def _again(answer: Answer) -> Any:
    """The value of a kept ack, or its refusal."""
    if answer["ok"]:
        return answer["value"]
    fault = dict(answer["fault"])
    raise Refusal(fault.pop("code"), **fault)


def _refused(refusal: Refusal) -> Exception:
    data = {"code": refusal.code, **refusal.data}
    return cast(Exception, socketio.exceptions.ConnectionRefusedError(refusal.code, data))
