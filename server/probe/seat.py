"""A seat of `/room`, kept as docs/protocol.md asks of a client: each message once and in order, no hole in the log."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

import socketio  # type: ignore[import-untyped]
from yarl import URL

from server.probe.door import Refusal
from server.probe.verdict import Stopped

Json = dict[str, Any]
T = TypeVar("T")

ROOM = "/room"
VERSION = 1
ACK_S = 2.0
BEAT_S = 4.0
CONNECT_S = 8.0
RETRY_S = (0.2, 0.5, 1.0, 2.0, 3.0)
# "Not now, to be tried again"; every other fault is an answer.
NOT_NOW = frozenset(("out_of_order", "too_fast", "unavailable", "not_entered"))
FATAL = frozenset(("version_unknown", "room_closed", "replaced"))


class Fault(Exception):  # noqa: N818 - a refusal is no error
    """The server answered a message with a fault."""

    def __init__(self, kind: str, fault: Json) -> None:
        self.code = str(fault.get("code"))
        super().__init__(f"{kind}: {self.code}")


@dataclass(eq=False)
class _Said:
    """A message that is kept until its ack."""

    seq: int
    kind: str
    data: Json
    answer: "asyncio.Future[Any]"


@dataclass
class Heard:
    """What the room told this seat so far."""

    you: Json = field(default_factory=dict)
    room: Json = field(default_factory=dict)
    ice: list[Json] = field(default_factory=list)
    relay_only: bool = False
    chat: list[Json] = field(default_factory=list)


class Seat:
    """`sit()` once; afterwards the line is renewed by itself until `go()` or until the room ends it (`ended`)."""

    def __init__(self, server: URL, ticket: Callable[[], Awaitable[str]]) -> None:
        self.instance = secrets.token_hex(12)
        self.heard = Heard()
        self.ended: str | None = None
        self.seated = 0
        """How often the seat was entered: 1 after `sit`, 2 after the first reconnect."""
        self.on_signal: Callable[[int, Json], None] = lambda seat, data: None
        self._server = server
        self._ticket = ticket
        self._sio: Any = None
        self._entered = False
        self._epoch, self._cursor, self._next = "", 0, 1
        self._outbox: list[_Said] = []
        self._early: list[Json] = []
        self._resend_at = 0.0
        self._replaying = False
        self._refused = ""
        self._news = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def sit(self, within_s: float) -> None:
        """Returns when the seat is entered. Stops: `not_seated`."""
        self._keeping = asyncio.create_task(self._keep())
        try:
            await self.until(lambda: self.seated > 0, within_s)
        except TimeoutError:
            raise Stopped("not_seated", because=self._refused or "no answer") from None

    async def ask(self, kind: str, **data: object) -> Any:
        """Said once and in order, whatever happens to the line; the value of its ack. Raises Fault."""
        said = _Said(self._next, kind, data, asyncio.get_running_loop().create_future())
        self._next += 1
        self._outbox.append(said)
        if self._entered:
            await self._send(said)
        return await said.answer

    async def until(self, found: Callable[[], T | None], within_s: float) -> T:
        """What `found` answers as soon as it is true. Raises TimeoutError; Stopped `room_ended` when it never will."""
        async with asyncio.timeout(within_s):
            while not (value := found()):
                if self.ended:
                    raise Stopped("room_ended", because=self.ended)
                await self._news.wait()
        return value

    def other(self, role: str) -> Json | None:
        """The seat of that role, if somebody is here."""
        return next((each for each in self.heard.room.get("seats", []) if each["role"] == role and each["here"]), None)

    @property
    def admitted(self) -> bool:
        mine = self.heard.you.get("seat")
        return any(each["seat"] == mine and each["admitted"] for each in self.heard.room.get("seats", []))

    async def drop(self) -> None:
        """The line breaks without a word, as under a bridge; it is renewed at once."""
        if self._sio:
            await self._sio.eio.disconnect(abort=True)

    async def go(self) -> None:
        """Leaves, and lets the line go."""
        if self._entered and not self.ended:
            with suppress(Fault, TimeoutError, Stopped):
                async with asyncio.timeout(ACK_S):
                    await self.ask("leave")
        self._end("left")
        if self._keeping:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping

    # The line

    async def _keep(self) -> None:
        tries = 0
        while not self.ended:
            before = self.seated
            try:
                await self._live()
            except (socketio.exceptions.SocketIOError, TimeoutError, Fault, OSError) as error:
                self._refused = self._refused or str(error)
            except (Refusal, Stopped) as refusal:
                self._refused = str(refusal)
            tries = 0 if self.seated > before else tries + 1
            await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])

    async def _live(self) -> None:
        """One life of the line: a fresh ticket, CONNECT, enter, and beats until it is dead."""
        self._entered, self._early, self._refused = False, [], ""
        sio = self._sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        sio.on("log", self._log, namespace=ROOM)
        sio.on("connect_error", self._not_connected, namespace=ROOM)
        auth = {"v": VERSION, "ticket": await self._ticket(), "instance": self.instance}
        try:
            await sio.connect(
                str(self._server),
                headers={"Origin": str(self._server.origin())},
                auth=auth,
                transports=["websocket"],
                namespaces=[ROOM],
                wait_timeout=CONNECT_S,
            )
            await self._enter()
            await self._tend(sio)
        finally:
            self._entered = False
            with suppress(Exception):  # whatever a dying line still says is of no use
                await sio.disconnect()

    async def _tend(self, sio: Any) -> None:
        """Beats, and says again what was not acknowledged, until the line is dead."""
        beaten = monotonic()
        while sio.connected and not self.ended:
            await asyncio.sleep(0.1)
            if self._outbox and monotonic() >= self._resend_at:
                await self._resend()
            if monotonic() - beaten >= BEAT_S:
                await self._beat()
                beaten = monotonic()

    async def _beat(self) -> None:
        """Two unanswered ones, and the line is dead."""
        try:
            head = await self._plain("beat", {"cursor": self._cursor})
        except TimeoutError:
            head = await self._plain("beat", {"cursor": self._cursor})
        if head["epoch"] != self._epoch:
            await self._enter()
        elif head["head"] > self._cursor:
            await self._replay()

    def _not_connected(self, *said: Any) -> None:
        data = said[0] if said and isinstance(said[0], dict) else {}
        code = str((data.get("data") or {}).get("code") or data.get("message") or said)
        self._refused = code
        if code in FATAL:
            self._end(code)

    # Entering

    async def _enter(self) -> None:
        self._entered = False
        oldest = self._outbox[0].seq if self._outbox else self._next
        value = await self._plain("enter", {"seq": oldest, "cursor": self._cursor, "epoch": self._epoch})
        same = value["epoch"] == self._epoch
        self._epoch = value["epoch"]
        if not same:
            self._cursor = value["head"]
        known = {line["id"] for line in self.heard.chat}
        chat = [*self.heard.chat, *(line for line in value["chat"] if line["id"] not in known)]
        self.heard = Heard(value["you"], self.heard.room, value["ice"], bool(value.get("relay_only")), chat)
        self._show(value["room"])
        self._entered = True
        self.seated += 1
        waiting = [*(value["entries"] if same else []), *self._early]
        self._early = []
        for entry in sorted(
            (each for each in waiting if each["epoch"] == self._epoch), key=lambda each: int(each["n"])
        ):
            self._take(entry)
        self._cursor = max(self._cursor, value["head"])
        await self._resend()
        self._tell()

    async def _replay(self) -> None:
        if self._replaying:
            return
        self._replaying = True
        try:
            value = await self._plain("replay", {"cursor": self._cursor})
        finally:
            self._replaying = False
        if value["epoch"] != self._epoch:
            await self._enter()
            return
        for entry in value["entries"]:
            self._take(entry)

    # Hearing

    async def _log(self, entry: Json) -> None:
        if not self._entered:
            self._early.append(entry)
            return
        # A question without an answer is asked again by the next beat.
        with suppress(TimeoutError, Fault, socketio.exceptions.SocketIOError):
            if entry["epoch"] != self._epoch or entry["kind"] == "epoch":
                await self._enter()
            elif entry["prev"] > self._cursor:
                await self._replay()
            else:
                self._take(entry)

    def _take(self, entry: Json) -> None:
        if entry["n"] <= self._cursor:
            return
        self._cursor = entry["n"]
        kind, data = entry["kind"], entry["data"]
        if kind == "room":
            self._show(data)
        elif kind == "signal":
            self.on_signal(entry["from"], data)
        elif kind == "chat" and all(line["id"] != data["id"] for line in self.heard.chat):
            self.heard.chat.append(data)
        elif kind == "ice":
            self.heard.ice = data["servers"]
        elif kind == "closed":
            self._end(data["reason"])
        elif kind == "dismissed" or (kind == "replaced" and data["instance"] != self.instance):
            self._end(kind)
        self._tell()

    def _show(self, room: Json) -> None:
        if room["version"] >= self.heard.room.get("version", 0):
            self.heard.room = room

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _end(self, reason: str) -> None:
        if self.ended:
            return
        self.ended = reason
        for said in self._outbox:
            if not said.answer.done():
                said.answer.set_exception(Stopped("room_ended", because=reason))
                said.answer.exception()  # whoever asked may have gone
        self._outbox.clear()
        self._tell()

    # Saying

    async def _send(self, said: _Said) -> None:
        self._resend_at = monotonic() + ACK_S
        with suppress(socketio.exceptions.SocketIOError):
            await self._sio.emit(
                said.kind, {**said.data, "seq": said.seq}, ROOM, callback=lambda answer: self._answered(said, answer)
            )

    async def _resend(self) -> None:
        for said in self._outbox[:20]:
            await self._send(said)

    def _answered(self, said: _Said, answer: Json) -> None:
        if said not in self._outbox or said.answer.done():
            return
        code = "" if answer["ok"] else str(answer["fault"]["code"])
        if code in NOT_NOW:
            self._resend_at = monotonic() + (0.02 if code == "out_of_order" else 0.7)
            return
        self._outbox.remove(said)
        if code:
            said.answer.set_exception(Fault(said.kind, answer["fault"]))
        else:
            said.answer.set_result(answer["value"])
        if code in FATAL:
            self._end(code)

    async def _plain(self, kind: str, data: Json) -> Json:
        """One question outside the order."""
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

        def take(answer: Json) -> None:
            if not answered.done():
                answered.set_result(answer)

        await self._sio.emit(kind, data, ROOM, callback=take)
        async with asyncio.timeout(ACK_S):
            answer = await answered
        if answer["ok"]:
            return dict(answer["value"])
        if answer["fault"]["code"] in FATAL:
            self._end(str(answer["fault"]["code"]))
        raise Fault(kind, answer["fault"])
