"""Holds: a time kept while a form is filled in; it blocks others, ends by itself, and becomes a booking."""

from datetime import timedelta
from typing import Any

import pytest

from scheduling import bookings, finding, holds
from scheduling.errors import HoldGone, NotFound, SlotTaken, TooManyHolds
from scheduling.finding import Span, Warm, Wish
from scheduling.holds import LASTS, MOST, Hold
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall

TEN = wall("10:00")
SOON = LASTS - timedelta(seconds=1)


async def held(region: Region, *, clock: str = "10:00", actor: Any = None, now: Any = NOW, specialist: int = 0) -> Hold:
    async with region.database.write() as tx:
        return await holds.hold(
            tx,
            actor or region.coordinator,
            now=now,
            specialist=region.specialists[specialist],
            service="1739",
            starts=wall(clock),
        )


async def free(region: Region, warm: Warm, *, now: Any = NOW) -> list[str]:
    async with region.database.read() as tx:
        wish = Wish("1739", specialists=frozenset({region.specialists[0]}))
        found = await finding.find(await warm.look(tx, now=now), wish, Span(ZONE, MONDAY, 1))
    return [f"{slot.starts.astimezone(wall('10:00').tzinfo):%H:%M}" for slot in found.items]


async def test_a_held_time_is_nobody_elses_until_it_ends_by_itself(region: Region) -> None:
    warm = Warm()
    before = await free(region, warm)
    await held(region)
    assert len(await free(region, warm)) < len(before)
    async with region.database.write() as tx:
        with pytest.raises(SlotTaken):
            await region.book(tx, 0, 0, TEN)
    assert await free(region, warm, now=NOW + SOON) != before
    assert await free(region, warm, now=NOW + LASTS) == before, "nobody had to tell what is kept warm"
    async with region.database.write() as tx:
        booked = await region.book(tx, 0, 0, TEN, now=NOW + LASTS)
    assert booked.status == "booked"


async def test_who_holds_a_time_books_it_and_the_hold_is_gone(region: Region) -> None:
    kept = await held(region)
    async with region.database.write() as tx:
        booked = await bookings.book(
            tx,
            region.coordinator,
            now=NOW + SOON,
            client=region.clients[0],
            specialist=region.specialists[0],
            service="1739",
            starts=TEN,
            hold=kept.id,
        )
    assert booked.starts == TEN
    async with region.database.write() as tx:
        with pytest.raises(HoldGone):
            await holds.keep(tx, region.coordinator, kept.id, now=NOW)


async def test_a_hold_lasts_on_while_somebody_is_at_the_form(region: Region) -> None:
    kept = await held(region)
    async with region.database.write() as tx:
        assert (await holds.keep(tx, region.coordinator, kept.id, now=NOW + SOON)).expires_at == NOW + SOON + LASTS
    async with region.database.write() as tx:
        with pytest.raises(SlotTaken):
            await region.book(tx, 0, 0, TEN, now=NOW + LASTS)
    async with region.database.write() as tx:
        with pytest.raises(HoldGone):
            await holds.keep(tx, region.coordinator, kept.id, now=NOW + SOON + LASTS)


async def test_a_hold_is_given_back_by_its_owner_alone(region: Region) -> None:
    kept = await held(region)
    async with region.database.write() as tx:
        with pytest.raises(NotFound):
            await holds.give_back(tx, region.psychologist, kept.id)
        await holds.give_back(tx, region.coordinator, kept.id)
    assert (await held(region, actor=region.psychologist)).starts == TEN


async def test_another_form_gives_the_oldest_back(region: Region) -> None:
    clocks = ["09:00", "10:00", "11:00", "12:00"]
    assert len(clocks) == MOST + 1
    for number, clock in enumerate(clocks):
        await held(region, clock=clock, now=NOW + timedelta(seconds=number))
    assert (await held(region, actor=region.psychologist, clock="09:00")).starts == wall("09:00")
    with pytest.raises(SlotTaken):
        await held(region, actor=region.psychologist, clock="10:00")


async def test_nobody_holds_a_whole_calendar(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "MOST_OF_SPECIALIST", 1)
    await held(region)
    with pytest.raises(TooManyHolds):
        await held(region, clock="12:00", actor=region.psychologist)


async def test_what_has_ended_is_swept_away(region: Region) -> None:
    kept = await held(region)
    for now, left in ((NOW + SOON, 1), (NOW + LASTS, 0)):
        async with region.database.write() as tx:
            await holds.forget_old(tx, now=now)
            assert (await tx.get(Hold, kept.id) is not None) == left
