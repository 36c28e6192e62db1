"""Redis goes away, hangs, or only stops telling the news: nothing acknowledged is lost, and all heals by itself."""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

import pytest

from tests.faults.readiness import watched
from tests.faults.steadfast import eventually, people
from tests.faults.talk import all_hear_each_other, talking, talks_of
from tests.support.between import Between
from tests.support.crowd import consultations
from tests.support.parts import Serve
from tests.support.redis import Redis

ROOMS = 4
AWAY_S = 13
PACE_S = 0.5
# Two nodes, each with one channel for its rooms and one for its boards.
LISTENERS = 4


@pytest.mark.parametrize("how", ["gone and back empty", "hanging"])
async def test_redis_away_for_thirteen_seconds(
    how: Literal["gone and back empty", "hanging"], serve: Serve, redis: Redis, tell: Callable[[str], None]
) -> None:
    leave, come = (redis.hang, redis.go_on) if how == "hanging" else (redis.stop, redis.start)
    one = await serve("postgres", redis=redis)
    other = await serve(beside=one)
    places = [place for pair in await consultations(one, ROOMS) for place in pair]
    async with people(places, one.address, other.address, spread=True) as crowd, watched(one, other) as ready:
        talks = talks_of(crowd, pace_s=PACE_S)
        async with talking(talks):
            await asyncio.sleep(2)
            leave()
            left = time.monotonic()
            await asyncio.sleep(AWAY_S)
            come()
            back = time.monotonic()
            healed = await all_hear_each_other(crowd)
            await eventually(lambda: ready.green_after(back), 30)
        await asyncio.gather(*(talk.is_acknowledged() for talk in talks))
        await eventually(lambda: not any(talk.lost() for talk in talks), 10)
    red, green = ready.red_after(left), ready.green_after(back)
    assert red is not None
    assert green is not None
    tell(
        f"Redis {how} for {AWAY_S} s: /readyz red after {red:.1f} s, green {green:.1f} s after its return,"
        f" everybody hears everybody after {healed:.1f} s; {sum(talk.said for talk in talks)} messages acknowledged,"
        f" 0 lost; {sum(len(person.downs) for person in crowd)} lines hung up"
    )
    assert red < 5
    assert green < 3
    assert healed < 10, "and that is what people notice: it is given room on a busy machine"
    assert any(person.faults["unavailable"] for person in crowd)


async def test_a_deaf_listener_is_noticed_and_cured(serve: Serve, redis: Redis, tell: Callable[[str], None]) -> None:
    async with Between(redis.socket) as between:
        one = await serve("postgres", redis=between)
        other = await serve(beside=one)
        places = [place for pair in await consultations(one, ROOMS) for place in pair]
        async with people(places, one.address, other.address, spread=True) as crowd, watched(one, other) as ready:
            assert between.deafen() == LISTENERS
            began = time.monotonic()
            waited = await all_hear_each_other(crowd)
            await eventually(lambda: between.listening == LISTENERS, 60)
            resubscribed = time.monotonic()
            await eventually(lambda: ready.green_after(resubscribed), 30)
            quick = await all_hear_each_other(crowd)
    noticed, cured = ready.red_after(began), resubscribed - began
    tell(
        f"deaf Redis listeners of two nodes: noticed after {noticed:.1f} s, the last cured after {cured:.1f} s;"
        f" a message meanwhile took {waited:.1f} s, afterwards {quick:.2f} s"
    )
    assert noticed
    assert cured < 15
