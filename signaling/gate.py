"""What may reach the namespaces at all: text of a known shape, not too much, from a client that says why it came."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import socketio  # type: ignore[import-untyped]
from engineio.async_drivers import aiohttp as driver  # type: ignore[import-untyped]
from socketio import packet as packets

from signaling.engine import Direct
from signaling.websocket import PING, PONG

log = logging.getLogger(__name__)

MESSAGE_MOST = 64 * 1024
CONNECT_WITHIN_S = 5.0
# Above this somebody is not a browser page of ours: no fault, the line is cut.
FLOOD_RATE, FLOOD_BURST = 150.0, 300.0
# How many sockets of one address may be open that did not say why they came, or by no ticket and no cookie that holds.
UNPROVEN_MOST = 60
# How many of one address may have said it and wait for the answer: the whole of an institution after a power cut.
ASKING_MOST = 600
# What Engine.IO itself takes in one request of long polling.
FRAMES_A_BODY = 16
_RESERVED = frozenset({"connect", "disconnect"})
_CLOSE, _MESSAGE = "1", "4"
_ENGINE_FRAMES = frozenset({_CLOSE, "2probe", "3", "3probe", "5"})

Address = Callable[[Any], str]


class Malformed(ValueError):  # noqa: N818 - named for the frame
    """A frame no client of ours sends."""


class Bucket:
    """A token bucket: `burst` at once, `rate` a second for long."""

    __slots__ = ("_at", "_clock", "_left", "burst", "rate")

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._left, self._at = burst, clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        left = self._left + (now - self._at) * self.rate
        self._left = left if left < self.burst else self.burst
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class TextPacket(packets.Packet):  # type: ignore[misc]
    """A Socket.IO packet as our pages send it: CONNECT, DISCONNECT, ACK, EVENT of a name and a value; never binary."""

    uses_binary_events = False

    def decode(self, encoded_packet: Any) -> int:
        if not isinstance(encoded_packet, str) or not encoded_packet[:1].isascii():
            raise Malformed("not text")
        try:
            attachments = super().decode(encoded_packet)
        except (ValueError, IndexError, TypeError, RecursionError) as error:
            raise Malformed("unreadable") from error
        if attachments or not _well_shaped(self.packet_type, self.data):
            raise Malformed("wrong shape")
        return 0


def _well_shaped(kind: int, data: Any) -> bool:
    if kind == packets.CONNECT:
        return data is None or isinstance(data, dict)
    if kind == packets.DISCONNECT:
        return True
    if kind == packets.ACK:
        return isinstance(data, list)
    if kind != packets.EVENT or not isinstance(data, list) or not 1 <= len(data) <= 2:
        return False
    return isinstance(data[0], str) and data[0] not in _RESERVED


@dataclass(slots=True)
class _Line:
    """One Engine.IO connection. `counted` says where: among the unproven, those asking, or nowhere (None).

    `named` are the namespaces it asked for.
    """

    address: str
    bucket: Bucket = field(default_factory=lambda: Bucket(FLOOD_RATE, FLOOD_BURST))
    cut: bool = False
    counted: "Counter[str] | None" = None
    named: frozenset[str] = frozenset()
    socket: "Any | None" = None


class _Body:
    """A request body that was already read; Engine.IO asks for it by length."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int) -> bytes:
        return self._body[:length]


class Gate:
    """Stands between Engine.IO and Socket.IO. Install once: `Gate(sio)`. `address` says whose a request is."""

    def __init__(
        self, sio: socketio.AsyncServer, *, address: Address, connect_within_s: float = CONNECT_WITHIN_S
    ) -> None:
        self._sio = sio
        self._within = connect_within_s
        self._address = address
        self._lines: dict[str, _Line] = {}
        self._unproven: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._inner = dict(sio.eio.handlers)
        sio.eio.on("connect", self._connected)
        sio.eio.on("message", self._message)
        sio.eio.on("disconnect", self._disconnected)
        sio.parted = self._parted
        sio.eio.lets_in, sio.eio.lets_pass, sio.eio.act = self._lets_in, self._lets_pass, self._act
        # Engine.IO offers no other place to refuse compression, or to look at a frame before it is parsed.
        parts = {"websocket": self._websocket, "translate_request": self._translate}
        sio.eio._async = {**sio.eio._async, **parts}

    # Coming

    def _lets_in(self, environ: Mapping[str, Any]) -> bool:
        address = environ["ryadom.line"].address
        return self._unproven[address] < UNPROVEN_MOST and self._asking[address] < ASKING_MOST

    async def _connected(self, eio_sid: str, environ: Mapping[str, Any]) -> Any:
        line = self._lines[eio_sid] = environ["ryadom.line"]
        _count_among(self._unproven, line)
        asyncio.get_running_loop().call_later(self._within, self._expect_connect, eio_sid)
        return await self._inner["connect"](eio_sid, environ)

    def _expect_connect(self, eio_sid: str) -> None:
        line = self._lines.get(eio_sid)
        if line and not any(self._is_in(eio_sid, name) for name in line.named):
            self._cut_later(eio_sid, line)

    def _is_in(self, eio_sid: str, namespace: str) -> bool:
        return self._sio.manager.sid_from_eio_sid(eio_sid, namespace) is not None

    # Saying

    def _lets_pass(self, eio_sid: str, frame: str) -> bool:
        """Whether a frame of a `Direct` socket may be read: each is counted as it comes, before its turn."""
        line = self._lines.get(eio_sid)
        if line is None or line.cut:
            return False
        try:
            _count(line)
            check_frame(frame)
        except Malformed as error:
            self._refuse(eio_sid, line, error)
            return False
        return True

    async def _act(self, eio_sid: str, frame: str) -> None:
        """What a `Direct` socket said, in its turn."""
        line = self._lines.get(eio_sid)
        if line and frame[0] == _MESSAGE:
            await self._handled(eio_sid, line, frame[1:])
        elif line and frame == _CLOSE:
            await self._sio.eio.disconnect(eio_sid)

    async def _message(self, eio_sid: str, data: Any) -> None:
        """What the library's own sockets heard."""
        line = self._lines.get(eio_sid)
        if line is None or line.cut:
            return
        try:
            _count(line)
        except Malformed as error:
            self._refuse(eio_sid, line, error)
        else:
            await self._handled(eio_sid, line, data)

    async def _handled(self, eio_sid: str, line: _Line, data: Any) -> None:
        if line.cut:
            return
        try:
            if data[:1] == "0":
                await self._asked_in(eio_sid, line, data)
            else:
                await self._inner["message"](eio_sid, data)
            if data[:1] == "1":
                self._parted(eio_sid)
        except Malformed as error:
            self._refuse(eio_sid, line, error)
        except Exception:
            # The text of the frame stays out of the log: it may hold a ticket, SDP or chat.
            log.exception("a frame could not be handled")

    async def _asked_in(self, eio_sid: str, line: _Line, data: str) -> None:
        """A CONNECT. Who waits for the answer is no more one who did not say why he came; who is refused is again."""
        namespace = TextPacket(encoded_packet=data).namespace or "/"
        if namespace not in self._sio.namespace_handlers:
            raise Malformed("namespace")  # names are remembered: nobody shall invent them
        if self._is_in(eio_sid, namespace):
            return  # said twice (a proxy, a retry) it must not refuse the first one
        line.named |= {namespace}
        if line.counted is not None:
            _count_among(self._asking, line)
        await self._inner["message"](eio_sid, data)
        if self._is_in(eio_sid, namespace):
            _count_among(None, line)
        elif line.counted is not None and eio_sid in self._lines:
            self._unprove(eio_sid, line)

    def _parted(self, eio_sid: str) -> None:
        """A namespace was left, by either side. Who is in no other is again one who did not say why he is here."""
        line = self._lines.get(eio_sid)
        if not line or line.cut or line.counted is not None or any(self._is_in(eio_sid, name) for name in line.named):
            return
        self._unprove(eio_sid, line)
        asyncio.get_running_loop().call_later(self._within, self._expect_connect, eio_sid)

    def _unprove(self, eio_sid: str, line: _Line) -> None:
        _count_among(self._unproven, line)
        if self._unproven[line.address] > UNPROVEN_MOST:
            self._cut_later(eio_sid, line)

    # Going

    async def _disconnected(self, eio_sid: str, reason: str) -> None:
        if line := self._lines.pop(eio_sid, None):
            _count_among(None, line)
        await self._inner["disconnect"](eio_sid, reason)

    def _refuse(self, eio_sid: str, line: _Line, error: Malformed) -> None:
        log.info("line cut: %s", error)
        self._cut_later(eio_sid, line)

    def _cut_later(self, eio_sid: str, line: _Line) -> None:
        line.cut = True
        task = asyncio.create_task(self._cut(eio_sid, line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _cut(self, eio_sid: str, line: _Line) -> None:
        socket = self._sio.eio.sockets.get(eio_sid)
        if isinstance(socket, Direct):
            socket.cut()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._sio.eio.disconnect(eio_sid)
        if line.socket:
            await line.socket.close()

    def close(self) -> None:
        """Forget what waits."""
        for task in self._tasks:
            task.cancel()

    def _websocket(self, handler: Any, server: Any) -> Any:
        return _PlainSocket(handler, server)

    async def _translate(self, request: Any) -> dict[str, Any]:
        environ: dict[str, Any] = driver.translate_request(request)
        sid = parse_qs(request.query_string).get("sid", [""])[0]
        environ["ryadom.line"] = self._lines.get(sid) or _Line(self._address(request))
        if request.method == "POST" and not await _read_body(request, environ):
            # Engine.IO hangs on a body it finds wrong: it waits for a farewell nobody fetches. It never sees this one.
            environ["QUERY_STRING"] = "transport=refused"
            if line := self._lines.get(sid):
                self._cut_later(sid, line)
        return environ


def _count_among(those: Counter[str] | None, line: _Line) -> None:
    """Take the line out of the count it is in, and into this one."""
    if line.counted is not None:
        line.counted[line.address] -= 1
        if not line.counted[line.address]:
            del line.counted[line.address]
    if those is not None:
        those[line.address] += 1
    line.counted = those


def _count(line: _Line) -> None:
    if not line.bucket.take():
        raise Malformed("flood")


async def _read_body(request: Any, environ: dict[str, Any]) -> bool:
    """Long polling: the whole body is looked at before Engine.IO parses it."""
    length = request.content_length
    if length is None or length > MESSAGE_MOST:
        return False
    try:
        async with asyncio.timeout(5.0):
            body = await request.content.readexactly(length)
        frames = body.decode().split("\x1e")
        for frame in frames:
            check_frame(frame)
            if frame[:1] != _MESSAGE:  # messages are counted as they are handed on
                _count(environ["ryadom.line"])
    except (Malformed, UnicodeDecodeError, TimeoutError, EOFError):
        return False
    environ["wsgi.input"] = _Body(body)
    return len(frames) <= FRAMES_A_BODY


def check_frame(frame: Any) -> None:
    """An Engine.IO frame of a client: a probe, a pong, an upgrade, a close, or a message with a Socket.IO packet."""
    if not isinstance(frame, str):
        raise Malformed("binary")
    if frame in _ENGINE_FRAMES or (frame[:1] == _MESSAGE and frame[1:2].isascii() and frame[1:2].isdigit()):
        return
    raise Malformed("frame")


class _PlainSocket(driver.WebSocket):  # type: ignore[misc]
    """Without permessage-deflate (four times the memory of an idle socket); deaf to what no client of ours sends."""

    async def __call__(self, environ: dict[str, Any]) -> Any:
        self._line: _Line = environ["ryadom.line"]
        self._line.socket = self
        most = self.server.max_http_buffer_size
        # Pings are answered below, where they are counted.
        self._sock = driver.WebSocketResponse(compress=False, max_msg_size=most, timeout=2.0, autoping=False)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str:
        try:
            while (heard := await self._sock.receive()).type in {PING, PONG}:
                _count(self._line)
                if heard.type == PING:
                    await self._sock.pong(heard.data)
            if self._line.cut or not isinstance(heard.data, (str, bytes)):
                raise OSError("cut")
            check_frame(heard.data)
            if heard.data[:1] != _MESSAGE:
                _count(self._line)
        except Malformed as error:
            raise OSError(str(error)) from error
        return str(heard.data)
