"""After warming up, a search finds everything done; whoever searches meanwhile waits for no more than a piece of it."""

import asyncio
from typing import Any

import pytest

from scheduling import finding, slots
from scheduling.finding import Found, Span, Warm, Wish
from server.warming import warm_up
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall


async def found(region: Region, warm: Warm, service: str = "1739", *, days: int = 21) -> Found:
    async with region.database.read() as tx:
        return await finding.find(await warm.look(tx, now=NOW), Wish(service), Span(ZONE, MONDAY, days), limit=200)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A line for each calendar of which free time was computed."""
    lines: list[Any] = []
    real = slots.possible_starts

    def counted(*given: Any, **named: Any) -> list[int]:
        lines.append(given[1].code)
        return real(*given, **named)

    monkeypatch.setattr(slots, "possible_starts", counted)
    return lines


async def test_after_it_no_search_computes_anything(region: Region, computed: list[Any]) -> None:
    warm = Warm()
    await warm_up(region.database, warm, lambda: NOW, pause=0)
    assert sorted(computed) == ["1739"] * 4 + ["1740"] * 4, "each calendar once for each of its services"
    computed.clear()
    assert [(await found(region, warm, service)).items != [] for service in ("1739", "1740")] == [True, True]
    assert computed == []


async def test_again_it_looks_only_at_what_has_moved(region: Region, computed: list[Any]) -> None:
    warm = Warm()
    await warm_up(region.database, warm, lambda: NOW, pause=0)
    async with region.database.write() as tx:
        await region.book(tx, 0, 0, wall("10:00"))
    computed.clear()
    await warm_up(region.database, warm, lambda: NOW, pause=0)
    assert sorted(computed) == ["1739", "1740"]
    assert await found(region, warm) == await found(region, Warm())


async def test_who_searches_at_the_same_time_shares_the_work(region: Region, computed: list[Any]) -> None:
    warm = Warm()
    answers = await asyncio.gather(*(found(region, warm, days=7) for _ in range(3)))
    assert answers[0] == answers[1] == answers[2]
    assert len(computed) == 4, "each calendar once, however many wait for it"
