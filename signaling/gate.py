"""What may reach the namespaces at all: text of a known shape, not too much, from a client that says why it came."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import socketio  # type: ignore[import-untyped]
from engineio.async_drivers import aiohttp as driver  # type: ignore[import-untyped]
from socketio import packet as packets

log = logging.getLogger(__name__)

MESSAGE_MOST = 64 * 1024
CONNECT_WITHIN_S = 5.0
# Above this somebody is not a browser page of ours: no fault, the line is cut.
FLOOD_RATE, FLOOD_BURST = 150.0, 300.0
# What Engine.IO itself takes in one request of long polling.
FRAMES_A_BODY = 16
_RESERVED = frozenset({"connect", "disconnect"})
_ENGINE_FRAMES = frozenset({"1", "2probe", "3", "3probe", "5"})


class Malformed(ValueError):  # noqa: N818 - named for the frame
    """A frame no client of ours sends."""


@dataclass
class Bucket:
    """A token bucket: `burst` at once, `rate` a second for long."""

    rate: float
    burst: float
    clock: Callable[[], float] = monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = self.burst, self.clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self.clock()
        self._left = min(self.burst, self._left + (now - self._at) * self.rate)
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


@dataclass
class _Line:
    """One Engine.IO connection."""

    bucket: Bucket = field(default_factory=lambda: Bucket(FLOOD_RATE, FLOOD_BURST))
    cut: bool = False
    named: set[str] = field(default_factory=set)
    socket: "Any | None" = None


class _Body:
    """A request body that was already read; Engine.IO asks for it by length."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int) -> bytes:
        return self._body[:length]


class Gate:
    """Stands between Engine.IO and Socket.IO. Install once: `Gate(sio)`."""

    def __init__(self, sio: socketio.AsyncServer, *, connect_within_s: float = CONNECT_WITHIN_S) -> None:
        self._sio = sio
        self._within = connect_within_s
        self._lines: dict[str, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._inner = dict(sio.eio.handlers)
        sio.eio.on("connect", self._connected)
        sio.eio.on("message", self._message)
        sio.eio.on("disconnect", self._disconnected)
        # Engine.IO offers no other place to refuse compression, or to look at a frame before it is parsed.
        parts = {"websocket": self._websocket, "translate_request": self._translate}
        sio.eio._async = {**sio.eio._async, **parts}

    async def _connected(self, eio_sid: str, environ: Mapping[str, Any]) -> Any:
        self._lines[eio_sid] = environ.get("ryadom.line") or _Line()
        self._later(self._expect_connect(eio_sid))
        return await self._inner["connect"](eio_sid, environ)

    async def _expect_connect(self, eio_sid: str) -> None:
        await asyncio.sleep(self._within)
        line = self._lines.get(eio_sid)
        if line and not any(self._is_in(eio_sid, name) for name in line.named):
            await self._cut(eio_sid, line)

    def _is_in(self, eio_sid: str, namespace: str) -> bool:
        return self._sio.manager.sid_from_eio_sid(eio_sid, namespace) is not None

    async def _message(self, eio_sid: str, data: Any) -> None:
        line = self._lines.get(eio_sid)
        if line is None or line.cut:
            return
        try:
            if not line.bucket.take():
                raise Malformed("flood")
            if data[:1] == "0" and self._is_double_connect(eio_sid, line, TextPacket(encoded_packet=data)):
                return
            await self._inner["message"](eio_sid, data)
        except Malformed as error:
            log.info("line cut: %s", error)
            line.cut = True
            self._later(self._cut(eio_sid, line))
        except Exception:
            # The text of the frame stays out of the log: it may hold a ticket, SDP or chat.
            log.exception("a frame could not be handled")

    def _is_double_connect(self, eio_sid: str, line: _Line, packet: TextPacket) -> bool:
        """A CONNECT said twice (a proxy, a retry) must not refuse the first one."""
        namespace = packet.namespace or "/"
        if namespace in line.named and self._is_in(eio_sid, namespace):
            return True
        line.named.add(namespace)
        return False

    async def _disconnected(self, eio_sid: str, reason: str) -> None:
        self._lines.pop(eio_sid, None)
        await self._inner["disconnect"](eio_sid, reason)

    async def _cut(self, eio_sid: str, line: _Line) -> None:
        line.cut = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sio.eio.disconnect(eio_sid), 1.0)
        if line.socket:
            await line.socket.close()

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Forget what waits."""
        for task in self._tasks:
            task.cancel()

    def _websocket(self, handler: Any, server: Any) -> Any:
        return _PlainSocket(handler, server)

    async def _translate(self, request: Any) -> dict[str, Any]:
        environ: dict[str, Any] = driver.translate_request(request)
        sid = parse_qs(request.query_string).get("sid", [""])[0]
        environ["ryadom.line"] = self._lines.get(sid) or _Line()
        if request.method == "POST" and not await _read_body(request, environ):
            # Engine.IO hangs on a body it finds wrong: it waits for a farewell nobody fetches. It never sees this one.
            environ["QUERY_STRING"] = "transport=refused"
            if line := self._lines.get(sid):
                line.cut = True
                self._later(self._cut(sid, line))
        return environ


async def _read_body(request: Any, environ: dict[str, Any]) -> bool:
    """Long polling: the whole body is looked at before Engine.IO parses it."""
    length = request.content_length
    if length is None or length > MESSAGE_MOST:
        return False
    try:
        body = await asyncio.wait_for(request.content.readexactly(length), 5.0)
        frames = body.decode().split("\x1e")
        for frame in frames:
            check_frame(frame)
    except (Malformed, UnicodeDecodeError, TimeoutError, EOFError):
        return False
    environ["wsgi.input"] = _Body(body)
    return len(frames) <= FRAMES_A_BODY


def check_frame(frame: Any) -> None:
    """An Engine.IO frame of a client: a probe, a pong, an upgrade, a close, or a message with a Socket.IO packet."""
    if not isinstance(frame, str):
        raise Malformed("binary")
    if frame in _ENGINE_FRAMES or (frame[:1] == "4" and frame[1:2].isascii() and frame[1:2].isdigit()):
        return
    raise Malformed("frame")


class _PlainSocket(driver.WebSocket):  # type: ignore[misc]
    """Without permessage-deflate (four times the memory of an idle socket); deaf to what no client of ours sends."""

    async def __call__(self, environ: dict[str, Any]) -> Any:
        self._line: _Line = environ["ryadom.line"]
        self._line.socket = self
        most = self.server.max_http_buffer_size
        self._sock = driver.WebSocketResponse(compress=False, max_msg_size=most, timeout=2.0)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str:
        frame = await super().wait()
        if self._line.cut:
            raise OSError("cut")
        try:
            check_frame(frame)
        except Malformed as error:
            raise OSError(str(error)) from error
        return str(frame)
