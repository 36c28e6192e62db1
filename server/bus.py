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
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

Kind = Literal["changed", "waiting", "help", "takeover"]
CHANNEL = "ryadom:bus"
PATIENCE_S, QUIET_S = 1, 10
log = structlog.get_logger()


@dataclass(frozen=True)
class Wake:
    """Something about a booking moved. Whoever cares looks it up where it is kept."""

    kind: Kind
    booking: int
    specialist: int
    district: int


WAKE = TypeAdapter(Wake)


class Bus:
    """Listeners of this process hear at once; with Redis those of the other nodes hear too."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._redis = _client(redis_url) if redis_url else None
        self._listeners: list[Callable[[Wake], None]] = []
        self._task: asyncio.Task[None] | None = None
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
        if self._redis is not None:
            self._task = asyncio.create_task(self._follow(self._redis))

    async def stop(self) -> None:
        if self._redis is None:
            return
        if self._telling:
            await asyncio.wait(self._telling, timeout=PATIENCE_S)
        for task in (*self._telling, *([self._task] if self._task else [])):
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

    async def _follow(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    await self._hear_all(channel)
            except (RedisError, OSError, TimeoutError):
                log.warning("bus_lost")
                await asyncio.sleep(1)  # the pause between two tries to reach Redis again

    async def _hear_all(self, channel: PubSub) -> None:
        """Until the connection breaks, or says nothing even when it is asked whether it lives."""
        asked = False
        while True:
            message = await channel.get_message(timeout=QUIET_S)
            if message is None and asked:
                raise TimeoutError
            asked = message is None
            if message is None:
                await channel.ping()
            elif message["type"] == "message":
                self._received(message["data"])

    def _received(self, data: bytes) -> None:
        """Another version of this program, or anybody else, may have said something that is no wake-up."""
        try:
            wake = WAKE.validate_json(data)
        except ValueError:
            log.warning("bus_malformed")
            return
        self._hear(wake)


def _client(url: str) -> Redis:
    # One more try, for a connection of the pool that Redis closed; the library's own ten tries take half a minute.
    retry = Retry(NoBackoff(), 1)
    return Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=retry)
