"""The Socket.IO server with /room on it: put together with every limit of docs/protocol.md, started and stopped."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import socketio  # type: ignore[import-untyped]

from signaling.engine import Engine
from signaling.gate import MESSAGE_MOST, Address, Gate, TextPacket
from signaling.namespace import NAMESPACE, RoomNamespace
from signaling.port import Desk
from signaling.presence import Presence
from signaling.telling import Clock

GRACE_S = 8.0
# How long a stop waits for answers under way and for lines to close.
PARTING_S = 1.0

OriginTest = Callable[[str, Any], bool]


@dataclass(frozen=True)
class Signaling:
    """The Socket.IO server with /room on it: attach `sio`, start, and stop it with the application."""

    sio: socketio.AsyncServer
    rooms: RoomNamespace
    gate: Gate

    async def start(self) -> None:
        """Begin to look after the rooms."""
        await self.rooms.start()

    async def let_go(self) -> None:
        """Take nothing more, tell and answer what was taken, close every line properly: pages come back at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PARTING_S):
                await self.rooms.fall_silent()
        await self.sio.eio.let_go(PARTING_S)

    async def stop(self) -> None:
        """Let go of everybody and everything; seats stay taken, so that whoever comes back finds his."""
        self.gate.close()
        await self.let_go()
        await self.rooms.stop()
        await self.sio.shutdown()


class _Server(socketio.AsyncServer):  # type: ignore[misc]
    # The gate sets it: a socket was put out of a namespace.
    parted: Callable[[str], None]

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None:
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace or "/")
        await super().disconnect(sid, namespace, ignore_queue)
        if eio_sid:
            self.parted(eio_sid)


def build(
    desk: Desk,
    presence: Presence,
    *,
    origins: Sequence[str] | OriginTest,
    address: Address = lambda request: str(request.remote),
    clock: Clock = lambda: datetime.now(UTC),
    node: str | None = None,
    grace: timedelta = timedelta(seconds=GRACE_S),
    connect_within: timedelta = timedelta(seconds=5),
    most: int = 5000,
) -> Signaling:
    """A Socket.IO server with every limit of docs/protocol.md. `origins` are the public addresses, or a test of one.

    `address` says whose a request is: so many sockets of one address may be open that did not say why they came.
    """
    quiet = logging.getLogger("signaling.transport")
    # The library logs SDP, tickets and chat from INFO on, and an ERROR line for every stranger with a wrong address.
    quiet.setLevel(logging.CRITICAL)
    sio = _Server(
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
    return Signaling(sio, namespace, Gate(sio, address=address, connect_within_s=connect_within.total_seconds()))


def _asked_with_origin(allowed: OriginTest) -> Callable[[str | None, Any], bool]:
    """The library also asks about requests that name no origin; those need no CORS headers."""

    def asked(origin: str | None, environ: Any) -> bool:
        return origin is not None and allowed(origin, environ)

    return asked
