"""A page without a browser that keeps its seat through every fault, as docs/protocol.md tells pages to."""

import asyncio
import contextlib
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    DummyCookieJar,
    TCPConnector,
    WSMsgType,
)

from tests.support.crowd import Place

Json = dict[str, Any]
BEAT_S, ANSWER_S, ACK_S = 4.0, 2.5, 2.0
CONNECT_S = 9.0
RETRY_S, GROWTH, LONGEST_S = 0.25, 1.7, 3.0
AT_ONCE = 20
NOT_NOW = frozenset({"out_of_order", "unavailable", "too_fast", "not_entered"})


class Lost(Exception):  # noqa: N818 - what happened to the line, not an error of ours
    """The line is gone; another is tried soon."""


@dataclass(eq=False)
class Said:
    """A message that waits for its acknowledgement."""

    seq: int
    kind: str
    data: Json
    done: asyncio.Future[Any]


class Steadfast:
    """`addresses` are tried in turn: the nodes behind one name. `ups` and `downs` are the instants of both."""

    def __init__(self, http: ClientSession, addresses: Sequence[str], place: Place, *, turn: int = 0) -> None:
        self.place = place
        self.entries: list[Json] = []
        self.chat: dict[tuple[int, str], str] = {}
        self.view: Json = {}
        self.ups: list[float] = []
        self.downs: list[float] = []
        self.faults: Counter[str] = Counter()
        self.up = False
        self._http = http
        self._addresses = addresses
        self._turn = turn
        self._instance = secrets.token_hex(12)
        self._outbox: list[Said] = []
        self._seq = 0
        self._epoch, self._cursor = "", 0
        self._wishes: asyncio.Queue[str] = asyncio.Queue()
        self._more = asyncio.Event()

    @property
    def address(self) -> str:
        """The node it is at, or tries next."""
        return self._addresses[self._turn % len(self._addresses)]

    @property
    def admitted(self) -> bool:
        return any(seat["admitted"] for seat in self.view.get("seats", ()) if seat["seat"] == self.place.seat)

    def ask(self, kind: str, **data: Any) -> asyncio.Future[Any]:
        """Once, in order, through any trouble. The future has the server's value."""
        self._seq += 1
        said = Said(self._seq, kind, data, asyncio.get_running_loop().create_future())
        self._outbox.append(said)
        self._more.set()
        return said.done

    def heard(self, kind: str) -> list[Any]:
        """What the log said of this kind, in its order."""
        return [entry["data"] for entry in self.entries if entry["kind"] == kind]

    async def live(self) -> None:
        """Be there for ever."""
        delay = RETRY_S
        while True:
            with contextlib.suppress(Lost, ClientError, OSError):
                await self._once()
            if self.up:
                self.up, delay = False, RETRY_S
                self.downs.append(time.monotonic())
            else:
                self._turn += 1
            # Not all at the same moment, and a little later each time.
            await asyncio.sleep(delay * (0.5 + secrets.randbelow(1000) / 2000))
            delay = min(LONGEST_S, delay * GROWTH)

    async def _once(self) -> None:
        """From the ticket to the end of this line."""
        async with asyncio.timeout(CONNECT_S):
            ticket = await self._ticket()
            url = f"{self.address}/socket.io/?EIO=4&transport=websocket"
            socket = await self._http.ws_connect(url, headers={"Origin": self.address}, compress=0)
        line, self._wishes = _Line(socket, self._hear), asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(line.listen())
                life.create_task(self._dwell(line, ticket))
        except* (Lost, ClientError, OSError):
            pass
        finally:
            await socket.close()

    async def _ticket(self) -> str:
        headers = {"Cookie": self.place.cookie, "Origin": self.address, "Idempotency-Key": secrets.token_hex(8)}
        async with self._http.post(f"{self.address}{self.place.ticket_path}", headers=headers, json={}) as answer:
            if answer.status != 200:
                raise Lost(f"{answer.status} {await answer.text()}")
            return str((await answer.json())["ticket"])

    async def _dwell(self, line: "_Line", ticket: str) -> None:
        """Enter, then beat and speak, until the line ends."""
        async with asyncio.timeout(CONNECT_S):
            await line.connect({"v": 1, "ticket": ticket, "instance": self._instance})
        await self._enter(line)
        async with asyncio.TaskGroup() as life:
            life.create_task(self._speak(line))
            life.create_task(self._follow(line))

    async def _follow(self, line: "_Line") -> None:
        """What the log makes necessary, and a beat each four seconds."""
        acts = {"enter": self._enter, "replay": self._replay, "beat": self._beat}
        beat_at = time.monotonic() + BEAT_S
        while True:
            try:
                async with asyncio.timeout(max(0.01, beat_at - time.monotonic())):
                    wish = await self._wishes.get()
            except TimeoutError:
                wish, beat_at = "beat", time.monotonic() + BEAT_S
            await acts[wish](line)

    async def _speak(self, line: "_Line") -> None:
        """What waits is said in order; what was not taken, from the oldest on again."""
        while True:
            self._more.clear()
            if not self._outbox:
                await self._more.wait()
            batch = self._outbox[:AT_ONCE]
            answers = [await line.send(said.kind, {**said.data, "seq": said.seq}) for said in batch]
            await asyncio.wait(answers, timeout=ACK_S)
            for said, answer in zip(batch, answers, strict=True):
                self._settle(said, answer)
            if self._outbox[:1] == batch[:1]:
                await asyncio.sleep(0.3)  # "not now"

    def _settle(self, said: Said, answered: asyncio.Future[Json]) -> None:
        if not answered.done():
            return
        answer = answered.result()
        if answer["ok"]:
            self._outbox.remove(said)
            said.done.set_result(answer["value"])
            return
        code = answer["fault"]["code"]
        self.faults[code] += 1
        if code not in NOT_NOW:
            self._outbox.remove(said)
            said.done.set_exception(RuntimeError(str(answer["fault"])))
        elif code == "not_entered":
            self._wishes.put_nowait("enter")

    async def _enter(self, line: "_Line") -> None:
        seq = self._outbox[0].seq if self._outbox else self._seq + 1
        # Asked once and waited for: many who enter again at the same moment must not be doubled by impatience.
        asked = await line.send("enter", {"seq": seq, "cursor": self._cursor, "epoch": self._epoch})
        async with asyncio.timeout(CONNECT_S):
            answer = await asked
        if not answer["ok"]:
            raise Lost(str(answer))
        value = answer["value"]
        if value["epoch"] != self._epoch:
            # Of another log nothing was seen yet; the very first `enter` begins at the end.
            self._epoch, self._cursor = value["epoch"], 0 if self._epoch else value["head"]
        for entry in value["entries"]:
            if entry["n"] > self._cursor:
                self._keep(entry)
        self._cursor = max(self._cursor, value["head"])
        self._look(value["room"])
        for said in value["chat"]:
            self._said(said)
        if not self.up:
            self.up = True
            self.ups.append(time.monotonic())

    async def _replay(self, line: "_Line") -> None:
        answer = await line.question("replay", {"cursor": self._cursor})
        for entry in answer["value"]["entries"] if answer["ok"] else ():
            self._hear(entry)

    async def _beat(self, line: "_Line") -> None:
        answer = await line.question("beat", {"cursor": self._cursor})
        if answer["ok"] and answer["value"]["epoch"] != self._epoch:
            await self._enter(line)
        elif answer["ok"] and answer["value"]["head"] > self._cursor:
            await self._replay(line)
        elif not answer["ok"] and answer["fault"]["code"] == "not_entered":
            await self._enter(line)

    def _hear(self, entry: Json) -> None:
        if entry["epoch"] != self._epoch:
            self._wishes.put_nowait("enter")
        elif entry["prev"] > self._cursor:
            self._wishes.put_nowait("replay")
        elif entry["n"] > self._cursor:
            self._keep(entry)

    def _keep(self, entry: Json) -> None:
        self._cursor = entry["n"]
        self.entries.append(entry)
        if entry["kind"] == "chat":
            self._said(entry["data"])
        if entry["kind"] == "room":
            self._look(entry["data"])

    def _look(self, view: Json) -> None:
        """The log may have run ahead of an answer to `enter`: what is older than what is known is not taken."""
        if not self.view or view["version"] >= self.view["version"]:
            self.view = view

    def _said(self, line: Json) -> None:
        """A line whose keeping was not answered may come twice; its name tells."""
        self.chat[line["seat"], line["id"]] = line["text"]


class _Line:
    """One Socket.IO connection to /room over a WebSocket."""

    def __init__(self, socket: ClientWebSocketResponse, hear: Callable[[Json], None]) -> None:
        self._socket = socket
        self._hear = hear
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._connected = asyncio.Event()

    async def listen(self) -> None:
        """Until the line ends, which is Lost."""
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                break
            await self._took(str(message.data))
        raise Lost("the line ended")

    async def connect(self, auth: Json) -> None:
        await self._socket.send_str("40/room," + json.dumps(auth))
        await self._connected.wait()

    async def send(self, kind: str, data: Json) -> asyncio.Future[Json]:
        """What comes back is its acknowledgement, some time."""
        number = len(self._answers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(f"42/room,{number}" + json.dumps([kind, data], ensure_ascii=False))
        return answer

    async def question(self, kind: str, data: Json) -> Json:
        """Asked twice before the line is called dead."""
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_S):
                    return await (await self.send(kind, data))
        raise Lost(f"no answer to {kind}")

    async def _took(self, text: str) -> None:
        if text == "2":
            await self._socket.send_str("3")
        elif text.startswith("40/room,"):
            self._connected.set()
        elif text.startswith(("41/room", "44/room")):
            raise Lost(text)
        elif text.startswith("43/room,"):
            number, _, answer = text.removeprefix("43/room,").partition("[")
            self._answered(int(number), json.loads("[" + answer)[0])
        elif text.startswith("42/room,"):
            self._hear(json.loads(text.removeprefix("42/room,"))[1])

    def _answered(self, number: int, answer: Json) -> None:
        if not self._answers[number].done():  # else nobody waits for it any more
            self._answers[number].set_result(answer)


@asynccontextmanager
async def people(places: Sequence[Place], *addresses: str, spread: bool = False) -> AsyncIterator[list[Steadfast]]:
    """All of them are there and let in. With `spread` they begin at different nodes."""
    timeout = ClientTimeout(total=None, sock_connect=3)
    async with ClientSession(timeout=timeout, connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar()) as http:
        found = [Steadfast(http, addresses, place, turn=at if spread else 0) for at, place in enumerate(places)]
        lives = [asyncio.create_task(person.live()) for person in found]
        try:
            await eventually(lambda: all(person.up for person in found), 120)
            await asyncio.gather(*(_let_in(person) for person in found))
            await eventually(lambda: all(person.admitted for person in found), 120)
            yield found
        finally:
            await _over(lives)


async def _over(lives: Iterable[asyncio.Task[None]]) -> None:
    """A line that is lost in the very moment hides the cancellation behind its own end: it is said again."""
    left = set(lives)
    while left:
        for life in left:
            life.cancel()
        _, left = await asyncio.wait(left, timeout=1)


async def _let_in(person: Steadfast) -> None:
    if person.place.specialist:
        await person.ask("admit", seat=person.place.other)


async def eventually(true: Callable[[], object], seconds: float) -> float:
    """How long it took to become true; TimeoutError when it did not."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - the thing waited for has no event
            await asyncio.sleep(0.02)
    return time.monotonic() - began
