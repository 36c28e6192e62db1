"""A WebSocket of text after its handshake (RFC 6455): hands on what arrives at once; no task, queue or compression."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

# A reader whose line has so much waiting for him is hung up on: he reads too slowly, or not at all.
QUEUED_MOST = 256 * 1024
KERNEL_MOST = 64 * 1024
# An answer to his own question above this may wait beside it: whoever comes back asks for all he missed.
_LARGE = 64 * 1024
_CLOSING_S = 2.0
_CONTINUED, _TEXT, _BINARY, _CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_FINAL, _MASKED = 0x80, 0x80
NORMAL, WRONG, NO_TEXT, UNREADABLE, TOO_BIG, RESTART = 1000, 1002, 1003, 1007, 1009, 1012


class WebSocket(asyncio.Protocol):
    """Takes a transport over from `before`, which hears of its end. `heard` gets each text, `gone` is called once.

    `lives` hears of each ping and pong, and says whether it may be answered.
    """

    __slots__ = ("_allowed", "_before", "_gone", "_heard", "_kept", "_lives", "_most", "_said", "_transport", "closing")

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        heard: Callable[[str], None],
        gone: Callable[[], None],
        most: int,
        lives: Callable[[], bool] = lambda: True,
        queued_most: int = QUEUED_MOST,
    ) -> None:
        self._transport = transport
        self._before = cast(asyncio.Protocol, transport.get_protocol())
        self._heard = heard
        self._gone = gone
        self._lives = lives
        self._most = most
        self._allowed = queued_most
        self._kept = b""
        self._said: list[bytes] | None = None
        self.closing = False
        # What the system may hold for a reader is bounded too: by itself it would take in four megabytes.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_MOST)
        transport.set_protocol(self)

    # The transport's side

    def data_received(self, data: bytes) -> None:
        data = self._kept + data if self._kept else data
        self._kept = b""
        at, end = 0, len(data)
        while end - at >= 2 and not self.closing:
            first, size, body = data[at], data[at + 1], at + 6
            if not size & _MASKED:
                return self.close(WRONG)
            size &= 0x7F
            if size == 126:
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 8
            elif size == 127:
                size, body = int.from_bytes(data[at + 2 : at + 10], "big"), at + 14
            if size > self._most and end >= body:
                return self.close(TOO_BIG)
            if end < body + size:
                break
            at = body + size
            self._frame(first, _unmasked(data[body:at], data[body - 4 : body]))
        if at < end and not self.closing:
            self._kept = data[at:]
        return None

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.closing = True
        self._kept, self._said = b"", None
        self._before.connection_lost(error)
        self._gone()

    def pause_writing(self) -> None:
        """What may wait is counted with each text."""

    def resume_writing(self) -> None:
        """See above."""

    # Hearing

    def _frame(self, first: int, body: bytes) -> None:
        kind = first & 0x0F
        if first & 0x70 or (kind >= _CLOSE and (not first & _FINAL or len(body) > 125)):
            self.close(WRONG)
        elif kind == (_TEXT if self._said is None else _CONTINUED):
            self._piece(body, final=bool(first & _FINAL))
        elif kind in {PING, PONG}:
            if self._lives() and kind == PING:
                self._write(_FINAL | PONG, body)
        elif kind == _CLOSE:
            self.close(NORMAL)
        else:
            self.close(NO_TEXT if kind == _BINARY else WRONG)

    def _piece(self, body: bytes, *, final: bool) -> None:
        if self._said is not None or not final:
            self._said = [*(self._said or ()), body]
            if sum(map(len, self._said)) > self._most or len(self._said) > self._most >> 8:
                return self.close(TOO_BIG)
            if not final:
                return None
            body, self._said = b"".join(self._said), None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self.close(UNREADABLE)
        return self._heard(text)

    def stop_reading(self) -> None:
        """Whoever says more than can be done waits; his own system holds it for him."""
        if not self.closing and self._transport.is_reading():
            self._transport.pause_reading()

    def read_on(self) -> None:
        if not self.closing and not self._transport.is_reading():
            self._transport.resume_reading()

    # Saying

    @property
    def waiting(self) -> int:
        """Bytes the system has not taken yet."""
        return self._transport.get_write_buffer_size()

    def say(self, text: str) -> None:
        """Send one text. Who has too much waiting is hung up on."""
        if not self.closing:
            self._write(_FINAL | _TEXT, text.encode())

    def _write(self, first: int, body: bytes) -> None:
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._allowed:
            return self.abort()
        size = len(body)
        if size < 126:
            head = bytes((first, size))
        elif size < 65536:
            head = bytes((first, 126, size >> 8, size & 0xFF))
        else:
            head = bytes((first, 127)) + size.to_bytes(8, "big")
        if size > _LARGE:
            self._allowed = max(self._allowed, QUEUED_MOST + size)
        return self._transport.write(head + body)

    def close(self, code: int) -> None:
        """Say goodbye and close; who does not read it is left without."""
        if self.closing:
            return
        self._write(_FINAL | _CLOSE, code.to_bytes(2, "big"))
        self.closing = True
        self._transport.close()
        asyncio.get_running_loop().call_later(_CLOSING_S, self._transport.abort)

    def abort(self) -> None:
        """Hang up without a word."""
        self.closing = True
        self._transport.abort()


def _unmasked(body: bytes, mask: bytes) -> bytes:
    """All at once, as one large number: the quickest that Python has."""
    size = len(body)
    key = int.from_bytes((mask * ((size >> 2) + 1))[:size], "little")
    return (int.from_bytes(body, "little") ^ key).to_bytes(size, "little")
