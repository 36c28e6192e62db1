"""A tap on a host's link: counts the datagrams that carry sound or picture, whoever they are for. Linux, as root."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

EVERY_PROTOCOL = 0x0003
IPV4, UDP = 0x0800, 17
# The first byte tells what shares the port (RFC 7983); the second one, among RTP and RTCP, which of both (RFC 5761).
RTP_FIRST = range(128, 192)
RTCP_SECOND = range(192, 224)
FIXED = 12
# Questions of names begin with a random byte; no browser takes this port for media.
DNS = 53


@dataclass(frozen=True)
class Media:
    """One RTP packet with something in it."""

    source: str
    target: str
    payload_type: int
    size: int


@dataclass
class Tap:
    """What passed so far; names being asked for is left out."""

    media: list[Media] = field(default_factory=list)
    datagrams: int = 0

    def sent(self, source: str) -> int:
        """RTP packets with payload that came from this address."""
        return sum(packet.source == source for packet in self.media)

    def hear(self, frame: bytes) -> None:
        if len(frame) < 34 or struct.unpack_from("!H", frame, 12)[0] != IPV4 or frame[23] != UDP:
            return
        at = 14 + (frame[14] & 0x0F) * 4
        source_port, target_port, size = struct.unpack_from("!HHH", frame, at)
        if DNS in {source_port, target_port}:
            return
        self.datagrams += 1
        found = _media(frame[at + 8 : at + size])
        if found:
            source, target = (socket.inet_ntoa(frame[where : where + 4]) for where in (26, 30))
            self.media.append(Media(source, target, *found))


def _media(datagram: bytes) -> tuple[int, int] | None:
    """Payload type and size of the payload of an RTP packet; None for all else, also for one that only probes."""
    if len(datagram) < FIXED or datagram[0] not in RTP_FIRST or datagram[1] in RTCP_SECOND:
        return None
    at = FIXED + (datagram[0] & 0x0F) * 4
    if datagram[0] & 0x10 and len(datagram) >= at + 4:
        at += 4 + struct.unpack_from("!H", datagram, at + 2)[0] * 4
    size = len(datagram) - at
    return (datagram[1] & 0x7F, size) if size > 0 else None


@asynccontextmanager
async def tapped(interface: str) -> AsyncIterator[Tap]:
    """Everything that passes this interface, in both directions."""
    tap = Tap()
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL)) as raw:
        raw.bind((interface, 0))
        raw.setblocking(False)

        def ready() -> None:
            tap.hear(raw.recv(65535))

        loop.add_reader(raw, ready)
        try:
            yield tap
        finally:
            loop.remove_reader(raw)
