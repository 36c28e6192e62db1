"""The self test: one light for each thing an administrator must be able to trust."""

import asyncio
import shutil
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiosmtplib
from redis.asyncio import Redis
from sqlalchemy import text

from server.database import Database
from server.settings import Settings, private_folder

Colour = Literal["green", "yellow", "red"]
LITTLE_SPACE, NO_SPACE = 5 * 2**30, 500 * 2**20
PATIENCE_S = 5
# The last clock law of the pilot's region: from 24 July 2016 Novosibirsk is seven hours ahead of UTC.
KNOWN_ZONE, KNOWN_OFFSET_H = "Asia/Novosibirsk", 7


@dataclass(frozen=True)
class Light:
    name: str
    colour: Colour
    said: str


async def lights(settings: Settings, now: datetime) -> list[Light]:
    return [
        await _database(settings),
        _zones(now),
        _disk(settings),
        await _redis(settings),
        await _turn(settings),
        await _mail(settings),
    ]


async def _database(settings: Settings) -> Light:
    database = Database(settings.database)

    async def ask() -> str:
        async with database.read() as tx:
            revision = await tx.scalar(text("SELECT version_num FROM alembic_version"))
            return f"{database.url.get_backend_name()}, tables at revision {revision}"

    light = await _asked("database", ask())
    await database.close()
    return light


def _zones(now: datetime) -> Light:
    offset = now.astimezone(ZoneInfo(KNOWN_ZONE)).utcoffset()
    if offset is None or offset.total_seconds() != KNOWN_OFFSET_H * 3600:
        return Light("clock", "red", f"{KNOWN_ZONE} is not at UTC+{KNOWN_OFFSET_H}: the time zone data are old")
    return Light("clock", "green", f"{now:%Y-%m-%d %H:%M} UTC, time zone data {version('tzdata')}")


def _disk(settings: Settings) -> Light:
    private_folder(settings.data)
    free = shutil.disk_usage(settings.data).free
    colour: Colour = "red" if free < NO_SPACE else "yellow" if free < LITTLE_SPACE else "green"
    return Light("disk", colour, f"{free / 2**30:.1f} GB free at {settings.data}")


async def _redis(settings: Settings) -> Light:
    if not settings.redis_url:
        return Light("redis", "green", "not used: one process")
    client = Redis.from_url(settings.redis_url)

    async def ask() -> str:
        await client.ping()
        return "answers"

    light = await _asked("redis", ask())
    await client.aclose()
    return light


async def _turn(settings: Settings) -> Light:
    if not settings.relays:
        return Light("turn", "yellow", "none: people behind strict firewalls will not see each other")
    if not all(relay.secret for relay in settings.relays):
        return Light("turn", "red", "TURN addresses without RYADOM_TURN_SECRET")
    reached = [await _reached(url) for relay in settings.relays for url in relay.urls]
    colour: Colour = "green" if all(reached) else "yellow" if any(reached) else "red"
    return Light("turn", colour, f"{sum(reached)} of {len(reached)} answer on TCP")


async def _reached(url: str) -> bool:
    host, _, port = url.split(":", 1)[1].split("?", maxsplit=1)[0].partition(":")
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, int(port or 3478))
    except (OSError, TimeoutError, ValueError):
        return False
    writer.close()
    return True


async def _mail(settings: Settings) -> Light:
    if not settings.smtp_url:
        return Light("mail", "yellow", "no RYADOM_SMTP_URL: nothing is sent by mail")
    parts = urlsplit(settings.smtp_url)

    async def ask() -> str:
        async with aiosmtplib.SMTP(
            hostname=parts.hostname or "localhost",
            port=parts.port,
            username=parts.username,
            password=parts.password,
            use_tls=parts.scheme == "smtps",
            timeout=PATIENCE_S,
        ) as mail:
            await mail.noop()
        return f"{parts.hostname} answers"

    return await _asked("mail", ask())


async def _asked(name: str, question: Awaitable[str]) -> Light:
    """Green with what it said; red with the kind of failure, never with an address or a password of it."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return Light(name, "green", await question)
    except Exception as error:
        return Light(name, "red", f"does not answer ({type(error).__name__})")
