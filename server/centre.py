"""The centre: one dataclass that holds what the edges share, under one typed key of the application."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import web

from scheduling.finding import Warm
from scheduling.glance import Opened
from server.bus import Bus
from server.database import Database
from server.settings import Settings
from server.words import Words
from signaling.linecheck import LineChecks
from signaling.presence import Presence
from signaling.server import Signaling

STATIC = Path(__file__).parent.parent / "static"


@dataclass(frozen=True)
class Centre:
    settings: Settings
    database: Database
    words: Words
    bus: Bus
    signaling: Signaling
    presence: Presence
    line_checks: LineChecks
    warm: Warm
    key: bytes
    now: Callable[[], datetime]
    opened: Opened = field(default_factory=Opened)
    one_try: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a password or digits are tried: many at once would pass the limit before the first is counted."""


CENTRE: web.AppKey[Centre] = web.AppKey("centre", Centre)
