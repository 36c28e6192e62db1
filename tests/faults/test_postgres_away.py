"""PostgreSQL goes away or hangs: what cannot be kept is not acknowledged, and all heals by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.faults.readiness import watched
from tests.faults.steadfast import eventually, people
from tests.faults.talk import all_hear_each_other, talking, talks_of
from tests.support.crowd import consultations
from tests.support.live_server import LiveServer, command
from tests.support.postgres import Postgres

ROOMS = 4
AWAY_S = 13
PACE_S = 0.5


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """The server that other tests share must not fall."""
    with Postgres(durable=False) as server:
        yield server


@pytest.fixture
async def server(own_postgres: Postgres, tmp_path: Path) -> AsyncIterator[LiveServer]:
    environment = {"RYADOM_DATABASE_URL": own_postgres.url(own_postgres.create())}
    await command(tmp_path, "demo", environment=environment)
    server = LiveServer(tmp_path, environment)
    await server.start()
    yield server
    await server.kill()


@pytest.mark.parametrize("how", ["gone", "hanging"])
async def test_postgres_away_for_thirteen_seconds(
    how: Literal["gone", "hanging"], server: LiveServer, own_postgres: Postgres, tell: Callable[[str], None]
) -> None:
    leave, come = (
        (own_postgres.hang, own_postgres.go_on) if how == "hanging" else (own_postgres.stop, own_postgres.start)
    )
    places = [place for pair in await consultations(server, ROOMS) for place in pair]
    async with people(places, server.address) as crowd, watched(server) as ready:
        talks = talks_of(crowd, pace_s=PACE_S)
        async with talking(talks):
            await asyncio.sleep(2)
            leave()
            left = time.monotonic()
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(come)
            back = time.monotonic()
            healed = await all_hear_each_other(crowd)
            await eventually(lambda: ready.green_after(back), 30)
        await asyncio.gather(*(talk.is_acknowledged() for talk in talks))
        await eventually(lambda: not any(talk.lost() for talk in talks), 10)
        assert all(talk.in_order() for talk in talks)
    red, green = ready.red_after(left), ready.green_after(back)
    assert red is not None
    assert green is not None
    tell(
        f"PostgreSQL {how} for {AWAY_S} s: /readyz red after {red:.1f} s, green {green:.1f} s after its return,"
        f" everybody hears everybody after {healed:.1f} s; {sum(talk.said for talk in talks)} messages acknowledged,"
        f" 0 lost; {sum(len(person.downs) for person in crowd)} lines hung up"
    )
    assert red < (5 if how == "gone" else 10)
    assert green < 3
    assert healed < 10
