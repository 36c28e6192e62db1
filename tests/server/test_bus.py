"""The bus between nodes: nobody waits for Redis, and nothing foreign on it ends the listening."""

import asyncio
import os
import signal
import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis as Client

from server.bus import CHANNEL, Bus, Wake
from tests.support.redis import Redis

WAKE = Wake("changed", booking=1, specialist=2, district=3)


async def test_telling_waits_for_no_silent_redis(redis: Redis) -> None:
    bus = Bus(redis.url)
    heard: list[Wake] = []
    bus.listen(heard.append)
    await bus.start()
    assert redis._process
    os.kill(redis._process.pid, signal.SIGSTOP)  # there, and not answering
    try:
        began = time.perf_counter()
        await bus.tell(WAKE)
        assert time.perf_counter() - began < 0.1
        await _until(lambda: heard == [WAKE])  # those of this process hear all the same
    finally:
        os.kill(redis._process.pid, signal.SIGCONT)
    await bus.stop()


@pytest.mark.parametrize(
    "foreign", [b"\xff\xfe", b"no JSON", b"[]", b"7", b'{"kind": "changed"}', b'{"kind": "new", "booking": 1}']
)
async def test_a_foreign_message_does_not_end_the_listening(redis: Redis, foreign: bytes) -> None:
    bus = Bus(redis.url)
    heard: list[Wake] = []
    bus.listen(heard.append)
    await bus.start()
    client = Client.from_url(redis.url)
    await _somebody_listens(client)
    await client.publish(CHANNEL, foreign)
    await bus.tell(WAKE)
    await _until(lambda: heard == [WAKE])
    await client.aclose()
    await bus.stop()


async def test_listening_goes_on_when_redis_comes_back(redis: Redis) -> None:
    bus = Bus(redis.url)
    heard: list[Wake] = []
    bus.listen(heard.append)
    await bus.start()
    client = Client.from_url(redis.url)
    await _somebody_listens(client)
    redis.stop()
    redis.start()
    await client.aclose()
    client = Client.from_url(redis.url)
    await _somebody_listens(client)
    await bus.tell(WAKE)
    await _until(lambda: heard == [WAKE])
    await client.aclose()
    await bus.stop()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what another process says sets no event here
            await asyncio.sleep(0.01)


async def _somebody_listens(client: Client) -> None:
    async with asyncio.timeout(10):
        while not dict(await client.pubsub_numsub(CHANNEL))[CHANNEL.encode()]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
