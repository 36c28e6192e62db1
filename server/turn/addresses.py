"""addresses of relays: `turn:host:port?transport=tcp` taken apart as RFC 7065 writes them."""

import re
from dataclasses import dataclass
from typing import Literal

from signaling.ice import Relay

URI = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-fA-F:.]+\]|[^:?\[\]]+)(:(?P<port>\d{1,5}))?(\?transport=(?P<way>udp|tcp))?"
)
PLAIN_PORT, TLS_PORT = 3478, 5349


@dataclass(frozen=True)
class Address:
    """One way to one relay. TLS is always over TCP here: browsers do not speak TURN over DTLS."""

    url: str
    host: str
    port: int
    transport: Literal["udp", "tcp"]
    tls: bool

    @property
    def way(self) -> str:
        """UDP, TCP or TLS, as an administrator says it."""
        return "TLS" if self.tls else self.transport.upper()


def addresses(relay: Relay) -> list[Address]:
    """All addresses of the relay in their order. ValueError names the one nobody can read."""
    return [address(url) for url in relay.urls]


def address(url: str) -> Address:
    found = URI.fullmatch(url)
    if not found:
        raise ValueError(f"no address of a relay: {url!r}; such as turn:turn.example.ru:3478?transport=udp")
    tls = found["scheme"] == "turns"
    port = int(found["port"] or (TLS_PORT if tls else PLAIN_PORT))
    if not 0 < port < 65536 or (tls and found["way"] == "udp"):
        raise ValueError(f"no address of a relay that browsers can use: {url!r}")
    return Address(url, found["host"].strip("[]"), port, "tcp" if tls or found["way"] == "tcp" else "udp", tls)
