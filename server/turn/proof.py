"""the proof that a relay relays: two peers that may use nothing else talk through it, over UDP, TCP and TLS apart."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from aioice import stun, turn
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
)

from server.turn.addresses import Address
from signaling.ice import Relay, with_credential

# What stands in the way; the words for an administrator are checkup.relay.<why> in static/locales.
Why = Literal[
    "ok",
    "unknown_host",
    "unreachable",
    "refused",
    "certificate",
    "tls",
    "credentials",
    "quota",
    "forbidden",
    "answer",
    "silent",
]
PATIENCE_S = 6.0
MESSAGES = 5
VALID = timedelta(minutes=5)
# STUN error codes (RFC 8489, 14.8; RFC 8656, 19).
WHYS: dict[int, Why] = {401: "credentials", 403: "forbidden", 438: "credentials", 486: "quota", 508: "quota"}

# The first that fits: a failed certificate is a TLS error, and each of them an OSError.
FAILURES: tuple[tuple[type[Exception], Why], ...] = (
    (TimeoutError, "unreachable"),
    (stun.TransactionTimeout, "unreachable"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    (socket.gaierror, "unknown_host"),
    (OSError, "unreachable"),
    (Exception, "answer"),
)


@dataclass(frozen=True)
class Proof:
    """One address of one relay; `ms` is the median way there and back through it and back again."""

    relay: str
    address: Address
    why: Why
    ms: float | None = None
    code: int | None = None

    @property
    def is_well(self) -> bool:
        return self.why == "ok"


async def prove(relay: Relay, address: Address, now: datetime) -> Proof:
    """First an allocation, whose refusal has a reason; then two peers with nothing but this relay between them."""
    server = with_credential(Relay(relay.name, (address.url,), relay.secret), "check", now + VALID)
    why, code = await allocation(address, server.username or "", server.credential or "")
    if why != "ok":
        return Proof(relay.name, address, why, code=code)
    peer = RTCIceServer([_for_aiortc(address)], server.username, server.credential)
    try:
        async with asyncio.timeout(2 * PATIENCE_S):
            return Proof(relay.name, address, "ok", await _talk(peer))
    except Exception:  # it gave an address and nothing came through it: whatever failed, that is what it means
        return Proof(relay.name, address, "silent")


async def allocation(address: Address, username: str, password: str) -> tuple[Why, int | None]:
    """Whether the relay gives an address to these credentials (freed at once), and its STUN code where it refused."""
    try:
        async with asyncio.timeout(PATIENCE_S), allocated(address, username, password):
            return "ok", None
    except stun.TransactionFailed as refusal:
        code = int(refusal.response.attributes["ERROR-CODE"][0])
        return WHYS.get(code, "answer"), code
    except Exception as error:
        return next(why for kind, why in FAILURES if isinstance(error, kind)), None


@asynccontextmanager
async def allocated(address: Address, username: str, password: str) -> AsyncIterator[turn.TurnTransport]:
    """An allocation for as long as the block lasts."""
    made, _ = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        (address.host, address.port),
        username,
        password,
        ssl=address.tls or None,
        transport=address.transport,
    )
    try:
        yield made
    finally:
        made.close()


async def _talk(server: RTCIceServer) -> float:
    """The median milliseconds of some messages there and back over a data channel between two peers."""
    # RELAY on both: neither offers nor tries an address of its own.
    settings = RTCConfiguration([server], iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    asking, answering = RTCPeerConnection(settings), RTCPeerConnection(settings)
    try:
        channel = asking.createDataChannel("proof")
        answering.on("datachannel", _echo)
        opened = _Opened(channel)
        await asking.setLocalDescription(await asking.createOffer())
        await answering.setRemoteDescription(asking.localDescription)
        await answering.setLocalDescription(await answering.createAnswer())
        await asking.setRemoteDescription(answering.localDescription)
        await opened.wait()
        took = sorted([await opened.there_and_back() for _ in range(MESSAGES)])
        return round(took[MESSAGES // 2], 1)
    finally:
        for peer in (asking, answering):
            with contextlib.suppress(Exception):
                await peer.close()


def _echo(channel: RTCDataChannel) -> None:
    channel.on("message", channel.send)


class _Opened:
    """A data channel as something to wait for."""

    def __init__(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        self._open = asyncio.Event()
        self._heard: asyncio.Queue[object] = asyncio.Queue()
        channel.on("open", self._open.set)
        channel.on("message", self._heard.put_nowait)

    async def wait(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._open.wait()

    async def there_and_back(self) -> float:
        begun = monotonic()
        self._channel.send("здесь?")
        async with asyncio.timeout(PATIENCE_S):
            await self._heard.get()
        return (monotonic() - begun) * 1000


def _for_aiortc(address: Address) -> str:
    return f"{'turns' if address.tls else 'turn'}:{address.host}:{address.port}?transport={address.transport}"
