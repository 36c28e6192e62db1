"""The namespace /room: each message validated, done once and in order, acknowledged; each change a numbered entry."""

import asyncio
import contextlib
import json
import logging
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

import socketio  # type: ignore[import-untyped]
from pydantic import ValidationError

from signaling import rooms, wire
from signaling.caretaker import Caretaker
from signaling.fields import Wire
from signaling.ice import relay_only
from signaling.port import Desk, Refusal, Sample, Unavailable
from signaling.presence import Entry, Here, MemoryPresence, Presence
from signaling.relaying import Relay
from signaling.rooms import Room
from signaling.tabs import Tab, Tabs
from signaling.telling import Clock, Line, Teller
from signaling.views import Answer, again, chat_line, fault, ice_view, instant, ok, readable, rendered, room_view

log = logging.getLogger(__name__)

NAMESPACE = "/room"

Message = TypeVar("Message", bound=Wire)


class RoomNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """Answers /room. It keeps no truth: rooms are the desk's, the log and the presences are the presence's."""

    def __init__(self, desk: Desk, presence: Presence, *, clock: Clock, node: str, grace_s: float, most: int) -> None:
        super().__init__(NAMESPACE)
        self._desk = desk
        self._presence = presence
        self._clock = clock
        self._node = node
        self._most = most
        self._lines: dict[str, Line] = {}
        self._tabs = Tabs()
        self._teller = Teller(desk, presence, clock, send=self._send, hang_up=self._hang_up)
        self._caretaker = Caretaker(
            desk, presence, self._teller, self._lines, self._tabs, clock=clock, node=node, grace_s=grace_s
        )
        self._relay = Relay(self._teller, presence, clock) if isinstance(presence, MemoryPresence) else None
        self._sweeper: asyncio.Task[None] | None = None
        self._silent = False

    async def start(self) -> None:
        """Listen for wake-ups and look after time and dead lines, until `stop`."""
        await self._presence.start(self._teller.wake)
        self._sweeper = asyncio.create_task(self._caretaker.run())

    async def stop(self) -> None:
        """Stop looking after things; seats stay taken, so that a restart finds everybody in place."""
        if self._sweeper:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        await self._teller.stop()
        await self._presence.stop()

    async def fall_silent(self) -> None:
        """Before the lines are closed: nothing is taken any more, and what was acknowledged goes out to the others.

        What is said meanwhile is answered `unavailable`; the pages say it again to the next process.
        """
        self._silent = True
        if self._relay:
            self._relay.open = False
        await self._tabs.finish()
        await self._teller.finish()

    async def sweep(self, now: float) -> None:
        """What happens every two seconds anyhow; `now` by the loop's clock."""
        await self._caretaker.sweep(now)

    def kept(self) -> dict[str, int]:
        """How many lines, tabs and rooms this node holds in its memory now."""
        return {"lines": len(self._lines), "tabs": len(self._tabs), "rooms": len(self._teller.floors)}

    # For the house

    async def put_out_who_lost_the_right(self, room: int) -> None:
        """To be called after the commit that gave a new code, moved or cancelled a booking.

        At every node those whose right to their seat ended hear it and are hung up on; the others see the room as it
        is now. It never raises: what cannot be told now the next sweep of each node finds by itself.
        """
        try:
            stands = await self._desk.look(room)
            if stands.version and stands.state == "empty":
                # Nobody has been here since it was moved, or since a code was given anew: who comes next reads nothing
                # of what was for others.
                await self._presence.begin_anew(room)
            await self._teller.call_review(room)
            if stands.version:  # somebody entered it once
                stands = await self._desk.step(room, rooms.Reviewed(), self._clock())
                await self._teller.publish(stands)
        except Unavailable:
            log.warning("a change of rights could not be told, the next sweep will")
        except Exception as error:
            log.error("a change of rights could not be told: %s", type(error).__name__)

    async def go_on_by_phone(self, room: int, on: bool) -> None:
        """The coordinator's word that the conversation goes on by telephone, or back here. Refuses: room_closed."""
        await self._teller.publish(await self._desk.step(room, rooms.PhoneSet(None, on), self._clock()))

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
            return ok(await self._answer(args[0], event, args[1:]))
        except Refusal as refusal:
            return fault(refusal.code, **refusal.data)
        except Unavailable:
            return fault("unavailable")
        except Exception:
            log.exception("event %r was not handled", event if event in wire.ASKED else "unknown")
            return fault("internal")

    async def _connect(self, sid: str, environ: Any, auth: Any = None) -> None:
        try:
            said = _validated(wire.Auth, auth)
            if said.v != wire.VERSION:
                raise Refusal("version_unknown", version=wire.VERSION)
            if len(self._lines) >= self._most:
                raise Refusal("too_busy")
            seat = await self._desk.redeem(said.ticket)
            self._lines[sid] = Line(sid, seat, said.instance, environ.get("ryadom.direct"))
        except Refusal as refusal:
            raise _refused(refusal) from None
        except Exception:
            log.exception("a ticket could not be redeemed")
            raise _refused(Refusal("too_busy")) from None

    async def _disconnect(self, sid: str) -> None:
        line = self._lines.pop(sid, None)
        if not line:
            return
        self._teller.unseat(line)
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
            raise await self._tab(line).unread(args, Refusal("unknown_event"))
        slow = {"enter": line.reading, "replay": line.reading, "media": line.muting}.get(event)
        if slow and not slow.take():
            raise Refusal("too_fast")
        try:
            message = _validated(wire.ASKED[event][0], args[0] if args else None)
        except Refusal as refusal:
            numbered = issubclass(wire.ASKED[event][0], wire.Numbered)
            raise (await self._tab(line).unread(args, refusal) if numbered else refusal) from None
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
            tab.expect(message.seq)
        # Read before the others can know of this tab: what they say to it at once must come after its first `head`.
        began = await self._presence.since(room_id, message.cursor)
        await self._presence.arrive(room_id, self._here(line))
        room = await self._desk.step(room_id, rooms.Entered(number, line.instance, line.seat.right), self._clock())
        await self._teller.publish(room)
        seat = room.seat(number)
        chat = await self._desk.chat(room_id) if seat.admitted else ()
        ice = await self._desk.ice(line.seat)
        # Who saw another log has missed all of this one; who saw none begins at its end.
        known = message.epoch == began.epoch and message.cursor <= began.head
        after = message.cursor if known else 0
        tail = await self._presence.since(room_id, after) if message.epoch else began
        if line.sid not in self._lines:
            raise Refusal("not_entered")
        line.epoch, line.cursor, line.sent, line.entered = tail.epoch, tail.head, tail.head, True
        self._teller.seat(line)
        if self._relay and line.direct:
            line.direct.at_once = partial(self._relay.take, line, tab)
        return {
            "epoch": tail.epoch,
            "head": tail.head,
            "you": {"seat": number, "role": seat.role, "name": seat.name, "admitted": seat.admitted},
            "room": room_view(room),
            "entries": readable(tail, seat, after) if message.epoch else [],
            "chat": [chat_line(said) for said in chat],
            "ice": [ice_view(server) for server in ice],
            "relay_only": room.relay_only,
            "takeovers": await self._takeovers(line),
        }

    async def _takeovers(self, line: Line) -> list[Answer]:
        """What was asked while the specialist was away is in no entry she will read."""
        if line.seat.role != "specialist":
            return []
        open_ones = await self._desk.takeovers(line.seat.room)
        return [wire.TakeoverAsked(request=request).model_dump() for request in open_ones]

    def _other_line(self, line: Line) -> bool:
        """The same tab may already be back on a new socket when the old one is noticed dead."""
        return any(other.place == line.place for other in self._lines.values())

    # Asking for what was missed

    async def _replay(self, line: Line, message: wire.Replay) -> Answer:
        tail = await self._presence.since(line.seat.room, message.cursor)
        entries = readable(tail, (await self._known(line)).seat(line.seat.seat), message.cursor)
        return {"epoch": tail.epoch, "head": entries[-1]["n"] if entries else message.cursor, "entries": entries}

    async def _beat(self, line: Line, message: wire.Beat) -> Answer:
        # Only what was not sent yet is read: a beat that names an old place would cost a whole log.
        tail = await self._presence.since(line.seat.room, line.cursor)
        if tail.epoch != line.epoch or tail.head > line.cursor:
            self._teller.wake(line.seat.room)
        entries = rendered(tail, line.seat.seat, line.sent) if tail.epoch == line.epoch else []
        return {"epoch": tail.epoch, "head": entries[-1]["n"] if entries else max(line.sent, message.cursor)}

    # Acting

    async def _in_order(self, line: Line, message: wire.Numbered) -> Any:
        """Once and in order, over all sockets of the tab. What was not kept is not counted: it will be said again."""
        tab = self._tab(line)
        async with tab.lock:
            if message.seq < tab.expected:
                return again(tab.acks.get(message.seq, ok({})))
            if message.seq > tab.expected:
                raise Refusal("out_of_order", expected=tab.expected)
            if self._silent:
                raise Unavailable
            if not line.may_say(message):
                raise Refusal("too_fast")
            answer = await self._acted(line, message)
            tab.keep(answer)
            return again(answer)

    async def _acted(self, line: Line, message: wire.Numbered) -> Answer:
        """The answer for good. What is only away for now is no answer and goes through: it is not counted as done."""
        try:
            return ok(await self._act(line, message))
        except Refusal as refusal:
            return fault(refusal.code, **refusal.data)
        except Unavailable:
            raise
        except Exception:
            # Said again it would fail again, and everything behind it in the tab's queue would wait for ever.
            log.exception("a %s was not done", type(message).__name__)
            return fault("internal")

    async def _act(self, line: Line, message: wire.Numbered) -> Any:
        seat, at = line.seat, self._clock()
        match message:
            case wire.Signal():
                await self._signal(line, message)
            case wire.Media():
                sends = message.model_dump(exclude={"seq"})
                await self._step(line, rooms.MediaSet(seat.seat, **sends))
            case wire.Admit(seat=number):
                await self._step(line, rooms.Admitted(seat.seat, number))
            case wire.Dismiss(seat=number):
                await self._dismiss(line, number)
            case wire.Phone(on=on):
                await self._step(line, rooms.PhoneSet(seat.seat, on))
            case wire.Help(why=why):
                await self._standing(line)
                await self._desk.help(seat, why, at)
            case wire.Leave():
                await self._leave(line)
            case wire.Close():
                await self._step(line, rooms.Closed(seat.seat))
            case wire.Takeover(request=request, allow=allow):
                if seat.role != "specialist":
                    raise Refusal("not_permitted")
                await self._desk.takeover(seat, request, allow, at)
                await self.put_out_who_lost_the_right(seat.room)
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
                own = [Sample(**sample.model_dump()) for sample in samples if room.seat(sample.seat)]
                await self._desk.measured(line.seat, own, at)

    async def _signal(self, line: Line, message: wire.Signal) -> None:
        """The recipient is a seat of the sender's own room who may hear him; anything else is refused alike."""
        room = await self._standing(line)
        if not rooms.may_signal(room, line.seat.seat, message.to):
            room = await self._fresh(line)
        if not rooms.may_signal(room, line.seat.seat, message.to):
            raise Refusal("seat_unknown" if room.seat(line.seat.seat).admitted else "not_admitted")
        data = message.data.model_dump(exclude_unset=True)
        if room.relay_only:
            data = relay_only(data)
        entry = Entry("signal", data, self._at(), sender=line.seat.seat, to=(message.to,))
        await self._presence.append(line.seat.room, entry)

    async def _chat(self, line: Line, name: str, text: str) -> Answer:
        await self._admitted(line)
        said = chat_line(await self._desk.said(line.seat, name, text, self._clock()))
        to = tuple(seat.seat for seat in (await self._fresh(line)).seats if seat.admitted)
        await self._presence.append(line.seat.room, Entry("chat", said, self._at(), sender=line.seat.seat, to=to))
        return said

    async def _dismiss(self, line: Line, number: int) -> None:
        """First every node forgets that he was let in, then he hears it."""
        await self._step(line, rooms.Dismissed(line.seat.seat, number))
        await self._teller.call_review(line.seat.room)
        await self._presence.append(line.seat.room, Entry("dismissed", {}, self._at(), to=(number,)))

    async def _leave(self, line: Line) -> None:
        await self._step(line, rooms.Left(line.seat.seat, line.instance))
        self._teller.unseat(line)
        await self._presence.depart(line.seat.room, self._here(line))

    async def _step(self, line: Line, event: rooms.Event) -> None:
        await self._teller.publish(await self._desk.step(line.seat.room, event, self._clock()))

    async def _admitted(self, line: Line) -> Room:
        """The room, if this seat was let in."""
        room = await self._standing(line)
        if not room.seat(line.seat.seat).admitted:
            raise Refusal("not_admitted")
        return room

    async def _standing(self, line: Line) -> Room:
        """The room, if this line's right stands."""
        room = await self._known(line)
        if room.ended:
            raise Refusal("room_closed")
        if room.seat(line.seat.seat).right != line.seat.right:
            raise Refusal("replaced")
        return room

    async def _known(self, line: Line) -> Room:
        """The room. That he was let in may be old until a review is called; that he was not is asked anew."""
        known = self._teller.floor(line.seat.room).known
        return known if known and known.seat(line.seat.seat).admitted else await self._fresh(line)

    async def _fresh(self, line: Line) -> Room:
        return await self._desk.look(line.seat.room)

    # Small things

    async def _send(self, line: Line, entry: Answer) -> None:
        if line.direct:
            line.say(f"2{NAMESPACE}," + json.dumps(["log", entry], separators=(",", ":")))
        else:
            await self.emit("log", entry, to=line.sid)

    async def _hang_up(self, line: Line) -> None:
        await self.server.disconnect(line.sid, namespace=NAMESPACE)

    def _tab(self, line: Line) -> Tab:
        return self._tabs.of(line.place, asyncio.get_running_loop().time())

    def _here(self, line: Line) -> Here:
        return Here(line.seat.seat, line.instance, self._node)

    def _at(self) -> str:
        return instant(self._clock())


def _validated(model: type[Message], data: Any) -> Message:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        where = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)][:5]
        raise Refusal("malformed", fields=where) from None


def _refused(refusal: Refusal) -> Exception:
    data = {"code": refusal.code, **refusal.data}
    return cast(Exception, socketio.exceptions.ConnectionRefusedError(refusal.code, data))
