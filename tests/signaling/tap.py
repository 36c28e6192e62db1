"""A tap on the wire between a browser and its relay: hands everything on and counts the media that really went by."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Address = tuple[str, int]
# RFC 8656: a channel's number starts with the bits 01; indications carry what they bring in the attribute DATA.
CHANNELS = range(0x40, 0x80)
SEND, DATA_CAME = 0x0016, 0x0017
DATA = 0x0013
STUN_HEAD = 20
LARGEST = 65536
# RFC 7983 and RFC 5761: first bytes 128-191 are RTP or RTCP, and RTCP has 192-223 in the second.
MEDIA = range(128, 192)
RTCP = range(192, 224)
# The shortest tag of SRTP: what is left after it and the headers is sound or picture.
TAG = 10


@dataclass
class Count:
    """Packets of one direction, by what they are."""

    media: int = 0
    other: int = 0


@dataclass
class Tap:
    """`up` leads away from the browser, `down` to it."""

    up: Count = field(default_factory=Count)
    down: Count = field(default_factory=Count)
    port: int = 0


@asynccontextmanager
async def tapped(to: Address) -> AsyncIterator[Tap]:
    """Stands before the relay; its `port` is what the page is told."""
    loop = asyncio.get_running_loop()
    tap = Tap()
    face = _socket()
    face.bind(("127.0.0.1", 0))
    tap.port = int(face.getsockname()[1])
    behind: dict[Address, socket.socket] = {}

    def from_browser() -> None:
        data, browser = face.recvfrom(LARGEST)
        count(tap.up, data)
        if browser not in behind:
            behind[browser] = back = _socket()
            back.connect(to)
            loop.add_reader(back, from_relay, back, browser)
        behind[browser].send(data)

    def from_relay(back: socket.socket, browser: Address) -> None:
        data = back.recv(LARGEST)
        count(tap.down, data)
        face.sendto(data, browser)

    loop.add_reader(face, from_browser)
    try:
        yield tap
    finally:
        for each in (face, *behind.values()):
            loop.remove_reader(each)
            each.close()


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def count(direction: Count, packet: bytes) -> None:
    for inner in brought(packet):
        if is_media(inner):
            direction.media += 1
        else:
            direction.other += 1


def brought(packet: bytes) -> Iterator[bytes]:
    """What a packet to or from a relay brings from one browser to the other; nothing for talk with the relay itself."""
    if len(packet) >= 4 and packet[0] in CHANNELS:
        yield packet[4 : 4 + struct.unpack_from("!H", packet, 2)[0]]
    elif len(packet) >= STUN_HEAD and struct.unpack_from("!H", packet)[0] in {SEND, DATA_CAME}:
        at = STUN_HEAD
        while at + 4 <= len(packet):
            kind, size = struct.unpack_from("!HH", packet, at)
            if kind == DATA:
                yield packet[at + 4 : at + 4 + size]
            at += 4 + (size + 3) // 4 * 4


def is_media(packet: bytes) -> bool:
    """RTP that carries sound or picture: not RTCP, and not the empty packets by which a browser measures a line."""
    if len(packet) < 12 or packet[0] not in MEDIA or packet[1] in RTCP:
        return False
    size = len(packet) - 12 - 4 * (packet[0] & 0x0F) - TAG
    if packet[0] & 0x10:
        after = 12 + 4 * (packet[0] & 0x0F)
        size -= 4 + 4 * int(struct.unpack_from("!H", packet, after + 2)[0])
    padded = bool(packet[0] & 0x20)
    return size > 0 and not padded
