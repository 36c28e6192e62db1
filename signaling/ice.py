"""ICE servers for one seat: STUN and TURN addresses of the settings, with coturn credentials that soon expire."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AFTER_SLOT = timedelta(minutes=30)
# coturn accepts any expiry, even ten years ahead, so the cap is ours.
LONGEST = timedelta(hours=4)


@dataclass(frozen=True)
class IceServer:
    """An RTCIceServer; the credentials stand only with TURN."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True)
class IceSettings:
    """What the administrator wrote down; the secret is coturn's `static-auth-secret`."""

    stun: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()
    secret: str = ""


def servers(settings: IceSettings, *, room: int, seat: int, closes_at: datetime, now: datetime) -> Sequence[IceServer]:
    """The list a browser takes as `iceServers`; empty without settings (one building, one network)."""
    found = [IceServer(settings.stun)] if settings.stun else []
    if settings.turn and settings.secret:
        username, credential = _credentials(settings.secret, f"{room}-{seat}", expiry(closes_at, now))
        found.append(IceServer(settings.turn, username, credential))
    return found


def expiry(closes_at: datetime, now: datetime) -> datetime:
    """Half an hour after the slot, but never further than four hours away."""
    return min(closes_at + AFTER_SLOT, now + LONGEST)


def _credentials(secret: str, who: str, until: datetime) -> tuple[str, str]:
    """coturn's REST scheme (draft-uberti-behave-turn-rest): username = expiry:who, password = HMAC-SHA1 of it."""
    username = f"{int(until.timestamp())}:{who}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()
