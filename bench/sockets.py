"""WebSockets for a load generator, as thin as can be: the client must not be what is measured."""

import asyncio
from collections.abc import Callable
from typing import cast

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: cnlhZG9tLXJ5YWRvbS1yeQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT = 0x1


class Socket(asyncio.Protocol):
    """Gives every text frame to `heard`. Frames go out with the mask 0, which is valid and costs nothing."""

    def __init__(self, host: str, path: str, heard: Callable[[str], None]) -> None:
        self._hello = HANDSHAKE.format(host=host, path=path).encode()
        self.heard = heard
        self.open = asyncio.get_running_loop().create_future()
        self._kept = b""
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
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("hung up"))

    def send(self, text: str) -> None:
        assert self._transport
        body = text.encode()
        size = len(body)
        if size < 126:
            head = bytes((0x80 | TEXT, 0x80 | size))
        else:
            head = bytes((0x80 | TEXT, 0x80 | 126)) + size.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + body)

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
                self.heard(kept[body : body + size].decode())
            at = body + size
        self._kept = kept[at:]


async def connect(host: str, path: str, heard: Callable[[str], None]) -> Socket:
    """`host` with its port; returns when the server has agreed."""
    address, port = host.split(":")
    _, socket = await asyncio.get_running_loop().create_connection(
        lambda: Socket(host, path, heard), address, int(port)
    )
    await asyncio.wait_for(socket.open, 10)
    return socket
