"""The self test: one light for each thing an administrator must be able to trust."""

import asyncio
import shutil
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiosmtplib
from redis.asyncio import Redis
from sqlalchemy import text

from scheduling import ledger
from scheduling.standards import in_force_anywhere
from server.database import Database
from server.settings import Settings, private_folder
from server.turn.addresses import address
from server.turn.proof import Proof, prove
from server.words import Words
from signaling.ice import Relay

Colour = Literal["green", "yellow", "red"]
LITTLE_SPACE, NO_SPACE = 5 * 2**30, 500 * 2**20
PATIENCE_S = 5
# The last clock law of the pilot's region: from 24 July 2016 Novosibirsk is seven hours ahead of UTC.
KNOWN_ZONE, KNOWN_OFFSET_H = "Asia/Novosibirsk", 7


@dataclass(frozen=True)
class Light:
    """`name` and `what` are words under `checkup.` in static/locales; `data` fills the second."""

    name: str
    colour: Colour
    what: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def said(self, words: Words, language: str) -> tuple[str, str]:
        """What it is about, and how it is."""
        return words(language, f"checkup.{self.name}"), words(language, f"checkup.{self.what}", **self.data)


async def lights(settings: Settings, now: datetime) -> list[Light]:
    return [
        await _database(settings),
        await _ledger(settings),
        _zones(now),
        _disk(settings),
        await _redis(settings),
        *(await relays(settings.relays, now) if settings.relays else [await _no_relay(settings, now)]),
        await _mail(settings),
    ]


async def _database(settings: Settings) -> Light:
    database = Database(settings.database)

    async def ask() -> Light:
        async with database.read() as tx:
            revision = await tx.scalar(text("SELECT version_num FROM alembic_version"))
            facts = {"engine": database.url.get_backend_name(), "revision": revision}
            return Light("database", "green", "database.ok", facts)

    light = await _asked("database", ask())
    await database.close()
    return light


async def _ledger(settings: Settings) -> Light:
    """Every balance is the sum of its movements: SQLite cannot forbid that somebody writes one by hand."""
    database = Database(settings.database)

    async def ask() -> Light:
        async with database.read() as tx:
            wrong = await ledger.disagreements(tx)
        if wrong:
            return Light("ledger", "red", "ledger.disagrees", {"accounts": ", ".join(map(str, wrong[:20]))})
        return Light("ledger", "green", "ledger.ok")

    light = await _asked("ledger", ask())
    await database.close()
    return light


def _zones(now: datetime) -> Light:
    offset = now.astimezone(ZoneInfo(KNOWN_ZONE)).utcoffset()
    if offset is None or offset.total_seconds() != KNOWN_OFFSET_H * 3600:
        return Light("clock", "red", "clock.old", {"zone": KNOWN_ZONE, "hours": KNOWN_OFFSET_H})
    return Light("clock", "green", "clock.ok", {"now": f"{now:%Y-%m-%d %H:%M}", "version": version("tzdata")})


def _disk(settings: Settings) -> Light:
    private_folder(settings.data)
    free = shutil.disk_usage(settings.data).free
    colour: Colour = "red" if free < NO_SPACE else "yellow" if free < LITTLE_SPACE else "green"
    return Light("disk", colour, "disk.free", {"free": f"{free / 2**30:.1f}", "folder": settings.data})


async def _redis(settings: Settings) -> Light:
    if not settings.redis_url:
        return Light("redis", "green", "redis.unused")
    client = Redis.from_url(settings.redis_url)

    async def ask() -> Light:
        await client.ping()
        return Light("redis", "green", "redis.ok")

    light = await _asked("redis", ask())
    await client.aclose()
    return light


async def relays(named: tuple[Relay, ...], now: datetime) -> list[Light]:
    """Each way of each relay, proven by two peers that have nothing else between them."""
    unusable = [light for relay in named for light in _unusable(relay)]
    if unusable:
        return unusable
    proofs = await asyncio.gather(*(prove(relay, address(url), now) for relay in named for url in relay.urls))
    # While one way works people meet; each that does not shuts somebody out whose network allows no other.
    worse: Colour = "yellow" if any(proof.is_well for proof in proofs) else "red"
    return [_proven(proof, "green" if proof.is_well else worse) for proof in proofs]


async def _no_relay(settings: Settings, now: datetime) -> Light:
    """A pity for those whose network needs one; the end of each service that hides addresses behind it."""
    database = Database(settings.database)

    async def ask() -> Light:
        async with database.read() as tx:
            hidden = [each.name for each in await in_force_anywhere(tx, now.date()) if each.relay_only]
        if hidden:
            return Light("relay", "red", "relay.needed", {"services": "; ".join(hidden)})
        return Light("relay", "yellow", "relay.none")

    light = await _asked("relay", ask())
    await database.close()
    return light


def _unusable(relay: Relay) -> list[Light]:
    if not relay.secret:
        return [Light("relay", "red", "relay.no_secret", {"relay": relay.name})]
    return [
        Light("relay", "red", "relay.unreadable", {"relay": relay.name, "url": url})
        for url in relay.urls
        if not _is_readable(url)
    ]


def _is_readable(url: str) -> bool:
    try:
        address(url)
    except ValueError:
        return False
    return True


def _proven(proof: Proof, colour: Colour) -> Light:
    where = proof.address
    facts = {
        "relay": proof.relay,
        "way": where.way,
        "host": where.host,
        "port": where.port,
        "protocol": where.transport.upper(),
        "ms": proof.ms,
        "code": proof.code or "—",
    }
    return Light("relay", colour, f"relay.{proof.why}", facts)


async def _mail(settings: Settings) -> Light:
    if not settings.smtp_url:
        return Light("mail", "yellow", "mail.none")
    parts = urlsplit(settings.smtp_url)

    async def ask() -> Light:
        async with aiosmtplib.SMTP(
            hostname=parts.hostname or "localhost",
            port=parts.port,
            username=parts.username,
            password=parts.password,
            use_tls=parts.scheme == "smtps",
            timeout=PATIENCE_S,
        ) as mail:
            await mail.noop()
        return Light("mail", "green", "mail.ok", {"host": parts.hostname})

    return await _asked("mail", ask())


async def _asked(name: str, question: Awaitable[Light]) -> Light:
    """What it said; red with the kind of failure, never with an address or a password of it."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await question
    except Exception as error:
        return Light(name, "red", "silent", {"kind": type(error).__name__})
