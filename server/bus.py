"""The bus: wake-ups between the parts and nodes of one installation; numbers only, never the one copy of a thing."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

Kind = Literal["changed", "waiting", "help", "takeover"]
CHANNEL = "ryadom:bus"
log = structlog.get_logger()


@dataclass(frozen=True)
class Wake:
    """Something about a booking moved. Whoever cares looks it up where it is kept."""

    kind: Kind
    booking: int
    specialist: int
    district: int


class Bus:
    """Listeners of this process hear at once; with Redis those of the other nodes hear too."""

    def __init__(self, redis: Redis | None = None) -> None:
        self._redis = redis
        self._listeners: list[Callable[[Wake], None]] = []
        self._task: asyncio.Task[None] | None = None

    def listen(self, listener: Callable[[Wake], None]) -> None:
        self._listeners.append(listener)

    async def tell(self, wake: Wake) -> None:
        """Never raises: a lost wake-up costs a page a few seconds, a failed write would cost the person more."""
        if self._redis is None:
            self._hear(wake)
            return
        try:
            await self._redis.publish(CHANNEL, json.dumps(asdict(wake)))
        except (RedisError, OSError):
            self._hear(wake)
            log.warning("bus_silent")

    async def start(self) -> None:
        if self._redis is not None:
            self._task = asyncio.create_task(self._follow(self._redis))

    async def stop(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def reached(self) -> None:
        """Raises when Redis is part of the installation and does not answer within a second."""
        if self._redis is not None:
            async with asyncio.timeout(1):
                await self._redis.ping()

    def _hear(self, wake: Wake) -> None:
        for listener in self._listeners:
            listener(wake)

    async def _follow(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._hear(Wake(**json.loads(message["data"])))
            except (RedisError, OSError):
                log.warning("bus_lost")
                await asyncio.sleep(1)  # the pause between two tries to reach Redis again
