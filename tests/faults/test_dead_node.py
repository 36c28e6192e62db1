"""One of two nodes is killed: its people go on at the other, and of what they said nothing is lost."""

import asyncio
import time
from collections.abc import Callable

from tests.faults.steadfast import eventually, people
from tests.faults.talk import talks_of
from tests.support.crowd import consultations
from tests.support.parts import Serve
from tests.support.redis import Redis

ROOMS = 4
EACH_SAYS = 50
PACE_S = 0.1


async def test_the_people_of_a_killed_node_go_on_at_the_other(
    serve: Serve, redis: Redis, tell: Callable[[str], None]
) -> None:
    one = await serve("postgres", redis=redis)
    other = await serve(beside=one)
    places = [place for pair in await consultations(one, ROOMS) for place in pair]
    async with people(places, one.address, other.address, spread=True) as crowd:
        theirs = [person for person in crowd if person.address == one.address]
        talks = talks_of(crowd, pace_s=PACE_S)
        speaking = [asyncio.create_task(talk.go_on(EACH_SAYS)) for talk in talks]
        await asyncio.sleep(EACH_SAYS * PACE_S / 2)
        began = time.monotonic()
        await one.kill()
        await eventually(lambda: all(person.up and person.address == other.address for person in theirs), 30)
        back = max(person.ups[-1] - began for person in theirs)
        await asyncio.gather(*speaking)
        await asyncio.gather(*(talk.is_acknowledged() for talk in talks))
        await eventually(lambda: not any(talk.lost() for talk in talks), 10)
        assert [talk.said for talk in talks] == [EACH_SAYS * 2] * ROOMS
    tell(
        f"node killed: its {len(theirs)} people at the other node after {back:.1f} s at the latest;"
        f" 0 of {EACH_SAYS * 2} messages lost in each of {ROOMS} rooms"
    )
    assert len(theirs) == ROOMS
    assert back < 5
