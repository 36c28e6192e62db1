"""WebSockets for a load generator, as thin as can be: the client must not be what is measured."""

import asyncio
import zlib
from collections.abc import Callable
from typing import cast

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: cnlhZG9tLXJ5YWRvbS1yeQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
# What every browser adds to it.
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
TEXT, DEFLATED = 0x1, 0x40


class Socket(asyncio.Protocol):
    """Gives every text frame to `heard`. Frames go out with the mask 0, which is valid and costs the client nothing."""

    def __init__(self, host: str, path: str, heard: Callable[[str], None], more: str) -> None:
        self._hello = HANDSHAKE.format(host=host, path=path, more=more).encode()
        self.heard = heard
        self.open = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self._kept = b""
        self._inflate: zlib._Decompress | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class says nothing of its kind
        self._transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self._kept += data
        if not self.open.done() and not self._opened():
            return
        self._take_frames()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set()
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("hung up"))

    def send(self, text: str) -> None:
        assert self._transport
        if self._transport.is_closing():
            return
        body = text.encode()
        size = len(body)
        if size < 126:
            head = bytes((0x80 | TEXT, 0x80 | size))
        else:
            head = bytes((0x80 | TEXT, 0x80 | 126)) + size.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + body)

    def read_no_more(self) -> None:
        """Let everything the server says pile up on its side."""
        assert self._transport
        self._transport.pause_reading()

    def read_on(self) -> None:
        assert self._transport
        self._transport.resume_reading()

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def _opened(self) -> bool:
        head, found, rest = self._kept.partition(b"\r\n\r\n")
        if not found:
            return False
        if b" 101 " not in head.split(b"\r\n")[0]:
            self.open.set_exception(ConnectionError(head.decode(errors="replace")))
            return False
        self._kept = rest
        self.open.set_result(None)
        return True

    def _inflated(self, body: bytes) -> bytes:
        """RFC 7692, for servers that take up the offer."""
        self._inflate = self._inflate or zlib.decompressobj(-15)
        return self._inflate.decompress(body + b"\0\0\xff\xff")

    def _take_frames(self) -> None:
        kept, at = self._kept, 0
        while len(kept) - at >= 2:
            size, body = kept[at + 1] & 0x7F, at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                size, body = int.from_bytes(kept[body : body + width], "big"), body + width
            if len(kept) < body + size:
                break
            if kept[at] & 0x0F == TEXT:
                text = kept[body : body + size]
                self.heard((self._inflated(text) if kept[at] & DEFLATED else text).decode())
            at = body + size
        self._kept = kept[at:]


async def connect(host: str, path: str, heard: Callable[[str], None], *, more: str = "") -> Socket:
    """`host` with its port, `more` header lines; returns when the server has agreed."""
    address, port = host.split(":")
    _, socket = await asyncio.get_running_loop().create_connection(
        lambda: Socket(host, path, heard, more), address, int(port)
    )
    await asyncio.wait_for(socket.open, 10)
    return socket
