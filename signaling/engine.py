"""Engine.IO over a WebSocket from the first word on, without the library's tasks; long polling stays the library's.

Why: docs/decisions/0011-an-own-hot-path.md.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import engineio  # type: ignore[import-untyped]
from engineio import packet as packets
from engineio.async_drivers import aiohttp as driver  # type: ignore[import-untyped]

from signaling import websocket
from signaling.websocket import WebSocket

# Everybody is asked for a sign of life in turn, a twentieth of them at a time.
TURNS = 20
# Frames that wait for their turn before no more are read.
INBOX_MOST = 32
_HEARD_OF = "3"
_MESSAGE = "4"


class Direct:
    """A socket of the engine whose WebSocket is our own; for the library it looks like one of its own.

    Frames are taken one after the other: `at_once` does what needs no waiting, all others wait for those before them.
    """

    __slots__ = (
        *("__weakref__", "_frames", "_inbox", "_server", "_web", "_work", "alive", "at_once", "closed", "closing"),
        *("gone", "over", "session", "sid"),
    )

    connected = upgraded = True
    upgrading = False

    def __init__(self, server: "Engine", sid: str) -> None:
        self.sid = sid
        self.session: dict[str, Any] = {}
        self.closing = self.closed = False
        self.alive = True
        self.at_once: Callable[[str], bool] | None = None
        # The line is lost; and, after all inside heard of it, there is no more to do for this socket.
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._server = server
        self._web: WebSocket | None = None
        self._inbox: deque[str] | None = None
        self._work: asyncio.Task[None] | None = None

    def open(self, transport: asyncio.Transport, hello: str) -> None:
        """From here on what arrives is heard."""
        most = self._server.max_http_buffer_size
        self._web = WebSocket(transport, heard=self._heard, gone=self._lost, lives=self._lives, most=most)
        self._web.say("0" + hello)

    # Hearing

    def _heard(self, frame: str) -> None:
        if self.closing or not self._server.lets_pass(self.sid, frame):
            return
        if frame == _HEARD_OF:
            self.alive = True
        elif self._inbox is not None:
            self._wait_in_turn(self._inbox, frame)
        elif not (self.at_once and self.at_once(frame)):
            self._inbox = deque((frame,))
            self._work = asyncio.create_task(self._do(self._inbox))

    def _lives(self) -> bool:
        """A ping or pong of the WebSocket itself: no page of ours says one, but proxies do. It counts as a frame."""
        return not self.closing and self._server.lets_pass(self.sid, _HEARD_OF)

    def _wait_in_turn(self, inbox: deque[str], frame: str) -> None:
        inbox.append(frame)
        if len(inbox) >= INBOX_MOST and self._web:
            self._web.stop_reading()

    async def _do(self, inbox: deque[str]) -> None:
        """All that waits, in its order; what came meanwhile too."""
        while inbox and not self.closing:
            frame = inbox.popleft()
            if not (self.at_once and self.at_once(frame)):
                await self._server.act(self.sid, frame)
            if self._web and len(inbox) < INBOX_MOST // 2:
                self._web.read_on()
        self._inbox = self._work = None

    # Saying

    @property
    def waiting(self) -> int:
        """Bytes the other side has not taken yet."""
        return self._web.waiting if self._web else 0

    def say(self, message: str) -> None:
        """Send a message at once."""
        if self._web:
            self._web.say(_MESSAGE + message)

    async def send(self, packet: packets.Packet) -> None:
        """What the library sends through us."""
        if self._web:
            self._web.say(packet.encode())

    def ask_for_life(self) -> None:
        """A ping; who did not answer the one before is gone."""
        if not self._web:
            return
        if not self.alive:
            self._web.abort()
        self.alive = False
        self._web.say("2")

    async def check_ping_timeout(self) -> bool:
        """The engine's own round sees to it."""
        return True

    # Ending

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """As the library closes its own: first those inside hear of it, then the line is closed."""
        if self.closing:
            return
        self.closing = True
        self.at_once = None
        reason = reason or self._server.reason.SERVER_DISCONNECT
        try:
            await self._server._trigger_event("disconnect", self.sid, reason, run_async=False)
        finally:
            self.closed = True
            if self._web:
                self._web.close(websocket.NORMAL)

    async def part(self) -> None:
        """The server ends for now: what came is answered, then a proper close, after which pages come back."""
        if self._web:
            self._web.stop_reading()
            await self.finished()
            self._web.close(websocket.RESTART)
        await asyncio.wait([self.over])

    def cut(self) -> None:
        """Hang up on somebody who is no page of ours."""
        self.at_once = None
        if self._web:
            self._web.abort()

    async def finished(self) -> None:
        """What was taken in is done."""
        if self._work:
            await asyncio.wait([self._work])

    def _lost(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """The library's engine, with `Direct` for whoever comes by WebSocket at once, as our pages do."""

    # The gate sets both: whether a frame may be read at all, and what is done with it.
    lets_pass: Callable[[str, str], bool]
    act: Callable[[str, str], Awaitable[None]]
    lets_in: Callable[[Any], bool]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.start_service_task: bool
        self._turns: Sequence[set[Direct]] = [set() for _ in range(TURNS)]
        self._turn = 0

    @property
    def direct(self) -> list[Direct]:
        return [socket for socket in self.sockets.values() if isinstance(socket, Direct)]

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: Any = None) -> Any:
        if not self.lets_in(environ):
            return {"status": "429 TOO MANY REQUESTS", "headers": [("Retry-After", "2")], "response": b""}
        if transport != "websocket":
            return await super()._handle_connect(environ, transport, jsonp_index)
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(self._service_task)
        return await self._opened(environ["aiohttp.request"], environ["ryadom.line"])

    async def _opened(self, request: Any, line: Any) -> Any:
        socket = Direct(self, self.generate_id())
        self.sockets[socket.sid] = socket
        # The library's picture of a request is sixty strings for as long as the socket lives: nobody reads them.
        environ = {"aiohttp.request": request, "ryadom.line": line, "ryadom.direct": socket}
        response = driver.WebSocketResponse(compress=False)
        turn = self._turns[self._turn]
        turn.add(socket)
        try:
            await self._trigger_event("connect", socket.sid, environ, run_async=False)
            await response.prepare(request)
            if request.transport:
                socket.open(request.transport, self._hello(socket.sid))
                await socket.gone
                await socket.finished()
        finally:
            turn.discard(socket)
            await socket.close(reason=self.reason.TRANSPORT_CLOSE)
            self.sockets.pop(socket.sid, None)
            socket.over.set_result(None)
        return response

    async def let_go(self, within_s: float) -> None:
        """End all sockets, each in order; those that take longer are left to whoever closes the port."""
        ends = [asyncio.create_task(_parted(socket)) for socket in self.sockets.values()]
        if not ends:
            return
        _, late = await asyncio.wait(ends, timeout=within_s)
        for task in late:
            task.cancel()

    def _hello(self, sid: str) -> str:
        times = {"pingInterval": int(self.ping_interval * 1000), "pingTimeout": int(self.ping_timeout * 1000)}
        return json.dumps({"sid": sid, "upgrades": [], **times, "maxPayload": self.max_http_buffer_size})

    async def _service_task(self) -> None:
        """In place of the library's round, which would wake up for each socket alone."""
        self.service_task_event = asyncio.Event()
        while not self.service_task_event.is_set():
            await asyncio.sleep(self.ping_interval / TURNS)
            self._turn = (self._turn + 1) % TURNS
            for socket in list(self._turns[self._turn]):
                socket.ask_for_life()
            if not self._turn:
                await self._look_after_the_library()

    async def _look_after_the_library(self) -> None:
        for socket in list(self.sockets.values()):
            if socket.closed:
                self.sockets.pop(socket.sid, None)
            elif not socket.closing:
                await socket.check_ping_timeout()


async def _parted(socket: Any) -> None:
    if isinstance(socket, Direct):
        await socket.part()
        return
    # Without the goodbye of the protocol, after which some libraries would not come back.
    await socket.close(wait=False, abort=True)
    await socket.queue.put(None)  # what ends the library's writer, which closes the WebSocket
