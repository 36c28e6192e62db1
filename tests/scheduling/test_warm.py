"""What is kept warm is what a fresh look would find, whoever changes what, and never more than its bytes."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from scheduling import bookings, calendars, slots
from scheduling.calendars import Wanted
from scheduling.db import Tx
from scheduling.finding import Warm
from scheduling.people import Specialist
from scheduling.slots import Limits, Service
from tests.scheduling.region import MONDAY, NOW, Region, office_hours, wall

SERVICE = Service("1739", 40, 10)
UNTIL = NOW + timedelta(days=40)
Change = Callable[[Tx, Region], Awaitable[Any]]


async def seen(region: Region, warm: Warm) -> dict[int, list[int]]:
    async with region.database.read() as tx:
        look = await warm.look(tx, now=NOW)
        found = await look.starts(list(look.known), SERVICE, since=NOW, until=UNTIL)
        return {who: list(starts) for who, starts in found.items()}


async def booked(tx: Tx, region: Region) -> None:
    await region.book(tx, 0, 0, wall("10:00"))


async def moved(tx: Tx, region: Region) -> None:
    made = await region.book(tx, 0, 0, wall("10:00"))
    target = region.specialists[1]
    await bookings.move(tx, region.coordinator, made.id, version=1, now=NOW, starts=wall("11:00"), specialist=target)


async def away(tx: Tx, region: Region) -> None:
    who = region.specialists[0]
    await calendars.add_absence(tx, who, starts=NOW, ends=NOW + timedelta(days=2), kind="sick", now=NOW)


async def closed(tx: Tx, region: Region) -> None:
    await calendars.add_holiday(tx, day=MONDAY, name="День области")


async def closed_there(tx: Tx, region: Region) -> None:
    await calendars.add_holiday(tx, day=MONDAY, name="День района", district_id=2)


async def another_week(tx: Tx, region: Region) -> None:
    who = region.specialists[0]
    await calendars.set_hours(tx, who, version=3, hours=office_hours(8, 10), known_services=("1739",))


async def one_rule_more(tx: Tx, region: Region) -> None:
    wanted = Wanted("FREQ=WEEKLY;BYDAY=SA", MONDAY, 540, 720)
    await calendars.add_rule(tx, region.specialists[0], wanted, version=3, known_services=("1739",))


async def one_day(tx: Tx, region: Region) -> None:
    who = region.specialists[0]
    rule = (await calendars.working_rules(tx, who))[0]
    await calendars.override_day(tx, who, rule.id, MONDAY, [], version=3)


async def whole_day(tx: Tx, region: Region) -> None:
    await calendars.add_exception(tx, region.specialists[0], day=MONDAY, windows=[], today=MONDAY)


async def stricter(tx: Tx, region: Region) -> None:
    limits = Limits(notice_min=300, horizon_days=10, step_min=60, max_per_day=1)
    await calendars.set_limits(tx, region.specialists[0], version=3, limits=limits)


async def gone(tx: Tx, region: Region) -> None:
    (await tx.get_one(Specialist, region.specialists[0])).active = False


CHANGES: tuple[Change, ...] = (
    *(booked, moved, away, closed, closed_there, another_week),
    *(one_rule_more, one_day, whole_day, stricter, gone),
)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_by_whomever_is_seen_by_the_next_look(region: Region, change: Change) -> None:
    warm = Warm()
    before = await seen(region, warm)
    async with region.database.write() as tx:
        await change(tx, region)
    after = await seen(region, warm)
    assert after == await seen(region, Warm())
    assert after != before


async def test_what_is_rolled_back_was_never_seen(region: Region) -> None:
    warm = Warm()
    before = await seen(region, warm)
    async with region.database.write() as tx:
        await booked(tx, region)
        await tx.rollback()
    assert await seen(region, warm) == before


async def test_nothing_is_computed_twice_while_nothing_moves(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    warm = Warm()
    before = await seen(region, warm)
    asked: list[int] = []
    real = slots.possible_starts

    def counted(*given: Any, **named: Any) -> list[int]:
        asked.append(1)
        return real(*given, **named)

    monkeypatch.setattr(slots, "possible_starts", counted)
    assert await seen(region, warm) == before
    assert asked == []
    async with region.database.write() as tx:
        await booked(tx, region)
    asked.clear()
    await seen(region, warm)
    assert 0 < len(asked) <= 4, "one specialist's blocks and nobody else's"


async def test_it_is_never_larger_than_it_may_be_and_the_answer_is_the_same(region: Region) -> None:
    whole = Warm()
    found = await seen(region, whole)
    small = Warm(most_bytes=whole.bytes // 3)
    for _ in range(3):
        assert await seen(region, small) == found
        assert small.bytes <= whole.bytes // 3
