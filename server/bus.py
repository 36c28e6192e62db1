"""The bus: wake-ups between the parts and nodes of one installation; numbers only, never the one copy of a thing."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

import structlog
from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from signaling.hearing import Channel, client

Kind = Literal["changed", "waiting", "help", "takeover", "calendar"]
CHANNEL = "ryadom:bus"
PATIENCE_S = 1
log = structlog.get_logger()


@dataclass(frozen=True)
class Wake:
    """Something about a booking moved, or (`calendar`, booking 0) in a specialist's calendar. Whoever cares looks it up
    where it is kept."""

    kind: Kind
    booking: int
    specialist: int
    district: int


WAKE = TypeAdapter(Wake)


def of_calendar(specialist: int) -> Wake:
    return Wake("calendar", 0, specialist, 0)


class Bus:
    """Listeners of this process hear at once; with Redis those of the other nodes hear too."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._redis = client(redis_url) if redis_url else None
        self._channel = Channel(redis_url, CHANNEL) if redis_url else None
        self._listeners: list[Callable[[Wake], None]] = []
        self._telling: set[asyncio.Task[None]] = set()

    def listen(self, listener: Callable[[Wake], None]) -> None:
        self._listeners.append(listener)

    async def tell(self, wake: Wake) -> None:
        """Never raises and never waits: a lost wake-up costs a page a few seconds, an answer held back costs more."""
        if self._redis is None:
            self._hear(wake)
            return
        task = asyncio.create_task(self._publish(self._redis, wake))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def start(self) -> None:
        if self._channel is not None:
            self._channel.start(self._received, lambda: None)

    async def stop(self) -> None:
        if self._redis is None or self._channel is None:
            return
        if self._telling:
            await asyncio.wait(self._telling, timeout=PATIENCE_S)
        await self._channel.stop()
        for task in [*self._telling]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    async def reached(self) -> None:
        """Raises when Redis is part of the installation and does not answer within a second."""
        if self._redis is not None:
            async with asyncio.timeout(PATIENCE_S):
                await self._redis.ping()

    @property
    def hears(self) -> bool:
        """Whether wake-ups of other nodes arrive here."""
        return self._channel is None or self._channel.hears

    async def _publish(self, redis: Redis, wake: Wake) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await redis.publish(CHANNEL, json.dumps(asdict(wake)))
        except (RedisError, OSError, TimeoutError):
            self._hear(wake)
            log.warning("bus_silent")

    def _hear(self, wake: Wake) -> None:
        for listener in self._listeners:
            listener(wake)

    def _received(self, data: bytes) -> None:
        """Another version of this program, or anybody else, may have said something that is no wake-up."""
        try:
            wake = WAKE.validate_json(data)
        except ValueError:
            log.warning("bus_malformed")
            return
        self._hear(wake)
