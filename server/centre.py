"""The centre: one dataclass that holds what the edges share, under one typed key of the application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from signaling.linecheck import LineChecks

from server.bus import Bus
from server.database import Database
from server.settings import Settings
from server.words import Words
from signaling.namespace import Signaling

STATIC = Path(__file__).parent.parent / "static"


@dataclass(frozen=True)
class Centre:
    settings: Settings
    database: Database
    words: Words
    bus: Bus
    signaling: Signaling
    line_checks: LineChecks
    key: bytes
    now: Callable[[], datetime]


CENTRE: web.AppKey[Centre] = web.AppKey("centre", Centre)
