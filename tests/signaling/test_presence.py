"""Both implementations keep the same promises: numbers without holes, epochs, presences that end with their node."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from signaling import presence as module
from signaling.presence import Entry, Here, MemoryPresence, Presence, RedisPresence, Unavailable
from tests.signaling.conftest import eventually
from tests.support.redis import Redis

IVAN = Here(2, "tab-of-ivan", "node-a")
_prefixes = count()


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
async def presence(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    made: Presence
    if request.param == "memory":
        made = MemoryPresence(log_most=50, bytes_most=20_000)
    else:
        url = request.getfixturevalue("redis_server").url
        made = RedisPresence(url, prefix=f"test{next(_prefixes)}", log_most=50, bytes_most=20_000)
    yield made
    await made.stop()


def said(text: object) -> Entry:
    return Entry("chat", {"text": text}, "2026-11-23T03:00:00.000Z", sender=2, to=(1, 2))


async def test_the_log_numbers_without_holes_and_reads_from_a_cursor(presence: Presence) -> None:
    marks = [await presence.append(7, said(i)) for i in range(3)]
    last = await presence.append(7, said(3), said(4))
    assert [mark.n for mark in [*marks, last]] == [1, 2, 3, 5]
    tail = await presence.since(7, 2)
    assert (tail.epoch, tail.head, tail.first) == (last.epoch, 5, 3)
    assert tail.entries == (said(2), said(3), said(4))
    assert (await presence.since(7, 5)).entries == ()
    assert (await presence.since(8, 0)).head == 0


async def test_many_at_once_get_different_numbers(presence: Presence) -> None:
    marks = await asyncio.gather(*(presence.append(7, said(i)) for i in range(40)))
    assert sorted(mark.n for mark in marks) == list(range(1, 41))


async def test_the_epoch_of_an_untouched_room_stays(presence: Presence) -> None:
    before = await presence.since(7, 0)
    mark = await presence.append(7, said(1))
    assert before.epoch == mark.epoch


async def test_a_log_too_long_begins_anew_under_another_epoch(presence: Presence) -> None:
    first = await presence.append(7, *[said(i) for i in range(50)])
    second = await presence.append(7, said("new"))
    assert second.epoch != first.epoch
    assert second.n == 1


async def test_a_log_too_large_begins_anew_under_another_epoch(presence: Presence) -> None:
    first = await presence.append(7, said("x" * 9_000))
    second = await presence.append(7, said("x" * 9_000))
    third = await presence.append(7, said("x" * 9_000))
    fourth = await presence.append(7, said("x" * 9_000))
    assert first.epoch == second.epoch != third.epoch == fourth.epoch
    assert (third.n, fourth.n) == (1, 2)


async def test_a_log_begun_anew_holds_nothing_of_the_old_one(presence: Presence) -> None:
    first = await presence.append(7, said(1))
    await presence.begin_anew(7)
    await presence.begin_anew(7)
    tail = await presence.since(7, 0)
    assert (tail.head, tail.entries) == (0, ())
    assert tail.epoch != first.epoch
    assert (await presence.append(7, said(2))).n == 1


async def test_a_presence_lives_while_its_node_renews_it(presence: Presence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HERE_TTL_S", 0.3)
    await presence.arrive(7, IVAN)
    await presence.arrive(7, Here(1, "tab-of-anna", "node-b"))
    assert await presence.who(7) == {IVAN, Here(1, "tab-of-anna", "node-b")}
    await presence.depart(7, Here(1, "tab-of-anna", "node-b"))
    assert await presence.who(7) == {IVAN}
    await asyncio.sleep(0.35)
    assert await presence.who(7) == frozenset()


async def test_whoever_listens_is_woken(presence: Presence) -> None:
    woken: list[int | None] = []
    await presence.start(woken.append)
    await asyncio.sleep(0.1)
    await presence.append(7, said(1))
    await eventually(lambda: 7 in woken)


async def test_a_closed_room_is_forgotten(presence: Presence) -> None:
    await presence.arrive(7, IVAN)
    await presence.append(7, said(1))
    await presence.forget(7)
    assert await presence.who(7) == frozenset()


async def test_two_nodes_share_one_log(redis_server: Redis) -> None:
    prefix = f"test{next(_prefixes)}"
    a, b = RedisPresence(redis_server.url, prefix=prefix), RedisPresence(redis_server.url, prefix=prefix)
    woken: list[int | None] = []
    await b.start(woken.append)
    await eventually(lambda: woken == [None])
    await a.append(7, said("from a"))
    await eventually(lambda: woken == [None, 7])
    assert (await b.since(7, 0)).entries == (said("from a"),)
    await a.arrive(7, IVAN)
    assert await b.who(7) == {IVAN}
    await a.stop()
    await b.stop()


async def test_nothing_is_promised_while_redis_is_away_and_afterwards_all_is_caught_up(redis: Redis) -> None:
    presence = RedisPresence(redis.url)
    woken: list[int | None] = []
    await presence.start(woken.append)
    await eventually(lambda: woken)
    first = await presence.append(7, said(1))
    await eventually(lambda: 7 in woken)
    redis.stop()
    for call in (presence.append(7, said(2)), presence.since(7, 0), presence.who(7), presence.arrive(7, IVAN)):
        with pytest.raises(Unavailable):
            await call
    woken.clear()
    redis.start()
    await eventually(lambda: None in woken, seconds=15)
    second = await presence.append(7, said(2))
    assert second.n == 1 or second.epoch == first.epoch
    await eventually(lambda: 7 in woken)
    await presence.stop()
