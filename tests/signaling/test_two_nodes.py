"""The same room served by two nodes over Redis, and what holds when a node or Redis goes away."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from signaling.presence import RedisPresence
from tests.signaling.conftest import eventually
from tests.signaling.fake_desk import CLIENT, SPECIALIST, FakeDesk
from tests.signaling.house import House, served
from tests.signaling.test_namespace import OFFER
from tests.support.redis import Redis


@pytest.fixture
async def nodes(desk: FakeDesk, redis: Redis) -> AsyncIterator[tuple[House, House]]:
    async with AsyncExitStack() as stack:
        a = await stack.enter_async_context(served(desk, RedisPresence(redis.url), node="a"))
        b = await stack.enter_async_context(served(desk, RedisPresence(redis.url), node="b"))
        yield a, b


async def test_two_people_on_two_nodes_hear_each_other(nodes: tuple[House, House], desk: FakeDesk) -> None:
    anna, ivan = await nodes[0].person(7, SPECIALIST), await nodes[1].person(7, CLIENT)
    await eventually(lambda: anna.heard("room") and anna.heard("room")[-1]["seats"][1]["here"])
    assert (await anna.ask("admit", seat=CLIENT))["ok"]
    await eventually(lambda: ivan.heard("room") and ivan.heard("room")[-1]["state"] == "live")
    await anna.ask("signal", to=CLIENT, data=OFFER)
    await ivan.ask("chat", id="line-0001", text="слышу")
    await eventually(lambda: ivan.heard("signal") == [OFFER] and anna.heard("chat"))
    assert [entry["n"] for entry in anna.entries] == sorted(entry["n"] for entry in anna.entries)
    again = await nodes[0].person(7, CLIENT, "the-tab-after")
    await eventually(lambda: not ivan.client.connected)
    assert again.value["you"]["admitted"]
    assert desk.history[7] == ["empty", "waiting", "live"]


async def test_who_lost_the_right_is_put_out_at_the_other_node_too(nodes: tuple[House, House], desk: FakeDesk) -> None:
    anna, ivan = await nodes[0].person(7, SPECIALIST), await nodes[1].person(7, CLIENT)
    await anna.ask("admit", seat=CLIENT)
    assert (await ivan.ask("chat", id="line-0001", text="слышу"))["ok"]
    desk.give(7, CLIENT, "another device")
    await nodes[0].signaling.rooms.put_out_who_lost_the_right(7)
    await eventually(lambda: ivan.heard("replaced") == [{"instance": ""}] and not ivan.client.connected)
    await eventually(lambda: not anna.heard("room")[-1]["seats"][1]["here"])


async def test_a_tab_that_comes_back_at_the_other_node_missed_nothing(nodes: tuple[House, House]) -> None:
    anna, ivan = await nodes[0].two()
    cursor, epoch = (await ivan.say("beat", cursor=0))["value"]["head"], ivan.value["epoch"]
    await ivan.gone()
    await anna.ask("signal", to=CLIENT, data=OFFER)
    ivan.house = nodes[1]
    await ivan.come(cursor=cursor, epoch=epoch)
    assert [entry["data"] for entry in ivan.value["entries"] if entry["kind"] == "signal"] == [OFFER]


async def test_the_people_of_a_dead_node_are_given_up_by_the_other(desk: FakeDesk, redis: Redis) -> None:
    async with served(desk, RedisPresence(redis.url), node="a", grace=timedelta(seconds=1)) as alive:
        anna = await alive.person(7, SPECIALIST)
        async with served(desk, RedisPresence(redis.url), node="b") as dying:
            await dying.person(7, CLIENT)
            await anna.ask("admit", seat=CLIENT)
            assert desk.rooms[7].state == "live"
        await eventually(lambda: desk.rooms[7].state == "paused", seconds=15)
        assert desk.rooms[7].seat(SPECIALIST).here
        await eventually(lambda: anna.heard("room")[-1]["state"] == "paused")


async def test_without_redis_nothing_is_acknowledged_and_with_it_all_goes_on(
    nodes: tuple[House, House], redis: Redis
) -> None:
    anna, ivan = await nodes[0].person(7, SPECIALIST), await nodes[1].person(7, CLIENT)
    await anna.ask("admit", seat=CLIENT)
    redis.stop()
    assert (await ivan.say("signal", seq=1, to=SPECIALIST, data=OFFER))["fault"]["code"] == "unavailable"
    assert (await ivan.say("beat", cursor=0))["fault"]["code"] == "unavailable"
    redis.start()
    # Redis is back and empty: the log begins anew, everybody enters again and says again what was not kept.
    await eventually(lambda: {entry["epoch"] for entry in ivan.entries} > {ivan.value["epoch"]})
    entered = (await anna.say("enter", seq=2, cursor=0, epoch=anna.value["epoch"]))["value"]
    assert entered["epoch"] != anna.value["epoch"]
    await ivan.say("enter", seq=1, cursor=0, epoch=ivan.value["epoch"])
    assert (await ivan.say("signal", seq=1, to=SPECIALIST, data=OFFER))["ok"]
    await eventually(lambda: anna.heard("signal") == [OFFER])
