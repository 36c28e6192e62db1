"""ICE servers for one seat: STUN and TURN addresses of the settings, with coturn credentials that soon expire."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AFTER_SLOT = timedelta(minutes=30)
# coturn accepts any expiry, even ten years ahead, so the cap is ours.
LONGEST = timedelta(hours=4)
# A browser gathers at all of them and takes longer with each (Firefox says so from five addresses on).
MOST_RELAYS = 2
# "The address MUST be set to 0.0.0.0 or :: and the port to 9" where the related one is not to be told (RFC 8839, 5.1).
NO_PORT = "9"
# In c=, o= and a=rtcp: of SDP. Where candidates come apart, 0.0.0.0 is what stands there anyway (RFC 8829, 5.2.1).
NAMED_ADDRESS = re.compile(r"IN\s+IP[46]\s.*", re.IGNORECASE)


@dataclass(frozen=True)
class IceServer:
    """An RTCIceServer; the credentials stand only with TURN."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True)
class Relay:
    """One TURN server with all its addresses; the secret is its coturn's `static-auth-secret`."""

    name: str
    urls: tuple[str, ...]
    secret: str


@dataclass
class IceSettings:
    """What the administrator wrote down. The health watch keeps `relays` in order: the best first, no sick ones."""

    stun: tuple[str, ...] = ()
    relays: tuple[Relay, ...] = ()


def servers(settings: IceSettings, *, room: int, seat: int, closes_at: datetime, now: datetime) -> Sequence[IceServer]:
    """The list a browser takes as `iceServers`; empty without settings (one building, one network)."""
    found = [IceServer(settings.stun)] if settings.stun else []
    until = expiry(closes_at, now)
    usable = [relay for relay in settings.relays if relay.urls and relay.secret]
    return [*found, *(with_credential(relay, f"{room}-{seat}", until) for relay in usable[:MOST_RELAYS])]


def with_credential(relay: Relay, who: str, until: datetime) -> IceServer:
    """coturn's REST scheme (draft-uberti-behave-turn-rest): username = expiry:who, password = HMAC-SHA1 of it."""
    username = f"{int(until.timestamp())}:{who}"
    digest = hmac.new(relay.secret.encode(), username.encode(), hashlib.sha1).digest()
    return IceServer(relay.urls, username, base64.b64encode(digest).decode())


def expiry(closes_at: datetime, now: datetime) -> datetime:
    """Half an hour after the slot, but never further than four hours away."""
    return min(closes_at + AFTER_SLOT, now + LONGEST)


def relay_only(data: Mapping[str, Any]) -> dict[str, Any]:
    """`signal.data` without any address of a person: only `typ relay` candidates, and no address beside them.

    A page that was told `relay_only` gathers nothing else; this holds for a page that does otherwise. What cannot be
    read is left out rather than let through.
    """
    clean = dict(data)
    if data.get("candidates"):
        clean["candidates"] = [kept for each in data["candidates"] if (kept := _only_relay(each))]
    if data.get("description"):
        description = data["description"]
        clean["description"] = {**description, "sdp": _without_addresses(description["sdp"])}
    return clean


def _only_relay(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    line = _relay_candidate(entry["candidate"])
    return None if line is None else {**entry, "candidate": line}


def _relay_candidate(line: str) -> str | None:
    """The candidate without its related address (RFC 8839, 5.1); None if it is none of a relay. "" ends a gathering."""
    if not line.strip():
        return ""
    words = line.split()
    if not words[0].removeprefix("a=").startswith("candidate:") or len(words) < 8 or words[6:8] != ["typ", "relay"]:
        return None
    hidden = {"raddr": "::" if ":" in words[4] else "0.0.0.0", "rport": NO_PORT}  # noqa: S104 - nothing is bound to it
    pairs = zip(words[8::2], words[9::2], strict=False)
    rest = [word for name, value in pairs for word in (name, hidden.get(name, value))]
    return " ".join([*words[:8], *rest])


def _without_addresses(sdp: str) -> str:
    # A lone carriage return ends a line for some readers, so it does here.
    lines = sdp.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\r\n".join(kept for line in lines if (kept := _clean_line(line)) is not None)


def _clean_line(line: str) -> str | None:
    said = line.strip().lower()
    if said.startswith(("a=candidate", "candidate")):
        return _relay_candidate(line.strip())
    if said.startswith("a=remote-candidates"):
        return None
    if said.startswith(("c=", "o=", "a=rtcp:")):
        return NAMED_ADDRESS.sub("IN IP4 0.0.0.0", line)
    return line
