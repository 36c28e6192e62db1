"""A channel of Redis, followed for ever: its own beats through it show that it hears, a deaf one is opened anew."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = logging.getLogger(__name__)

# Redis answers within a millisecond; a page waits 2.5 s for the answer to a beat, which may stand behind others.
TIMEOUT_S = 1.0
# A connection can stand, and even answer PING, while nothing published reaches it: after a failover, behind a proxy
# that forgot it, with a subscription lost. Only what went the whole way shows that the way is open.
BEAT_S, DEAF_S = 2.0, 6.0
AGAIN_S = 0.3

Heard = Callable[[bytes], None]


def client(url: str, **options: Any) -> redis.Redis:
    """A client that gives up soon: the library's own ten tries take half a minute, in which nobody gets an answer."""
    # One more try, for a connection of the pool that Redis closed meanwhile; none for a Redis that does not answer.
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=retry, **options)


class Channel:
    """One name to publish under and to hear. Publishing by other means (a script) is heard alike."""

    def __init__(self, url: str, name: str, *, beat_s: float = BEAT_S, deaf_s: float = DEAF_S) -> None:
        self._redis = client(url)
        self.name = name
        self._beat_s = beat_s
        self._deaf_s = deaf_s
        self._beat = f"beat {secrets.token_hex(6)}".encode()
        self._heard_at: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._over = False

    @property
    def hears(self) -> bool:
        """Whether its own beat came back through the channel lately."""
        now = asyncio.get_running_loop().time()
        return self._heard_at is not None and now - self._heard_at < self._deaf_s

    def start(self, heard: Heard, anew: Callable[[], None]) -> None:
        """`heard` gets all that is published; `anew` follows each subscription: anything may have been missed."""
        self._task = asyncio.create_task(self._follow(heard, anew))

    async def stop(self) -> None:
        # Said twice: a cancellation that meets an error of the connection is lost in the library.
        self._over = True
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(redis.RedisError, OSError):
            await self._redis.aclose()

    async def _follow(self, heard: Heard, anew: Callable[[], None]) -> None:
        while not self._over:
            try:
                await self._listen(heard, anew)
            except (redis.RedisError, OSError) as error:
                log.warning("the channel %s is silent (%s), subscribing again", self.name, type(error).__name__)
            except Exception:
                # A fault of those who listen must not leave this node deaf for ever.
                log.exception("what came through the channel %s was not taken", self.name)
            self._heard_at = None
            await asyncio.sleep(AGAIN_S)  # the pause between two tries to reach Redis

    async def _listen(self, heard: Heard, anew: Callable[[], None]) -> None:
        """Until the connection breaks, or none of the own beats comes back."""
        now = asyncio.get_running_loop().time
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self.name)
            beat_at, deaf_at = now(), now() + self._deaf_s
            while now() < deaf_at and not self._over:
                if now() >= beat_at:
                    await self._redis.publish(self.name, self._beat)
                    beat_at = now() + self._beat_s
                message = await pubsub.get_message(timeout=max(0.0, beat_at - now()))
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    anew()
                elif message["data"] == self._beat:
                    self._heard_at = now()
                    deaf_at = self._heard_at + self._deaf_s
                elif message["type"] == "message" and not message["data"].startswith(b"beat "):
                    heard(message["data"])
        raise TimeoutError
