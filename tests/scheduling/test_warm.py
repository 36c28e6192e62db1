"""What is kept warm is what a fresh look would find, whoever changes what, and never more than its bytes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
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


async def seen(
    region: Region, warm: Warm, *, service: Service = SERVICE, days: int = 40, now: datetime = NOW
) -> dict[int, list[int]]:
    async with region.database.read() as tx:
        look = await warm.look(tx, now=now)
        found = await look.starts(list(look.known), service, since=now, until=now + timedelta(days=days))
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
    asked = computed(monkeypatch)
    assert await seen(region, warm) == before
    assert asked == []
    async with region.database.write() as tx:
        await booked(tx, region)
    asked.clear()
    await seen(region, warm)
    assert len(asked) == 1, "one specialist's days and nobody else's"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.34, 0.5, 0.99])
async def test_it_is_never_larger_than_it_may_be_and_the_answer_is_the_same(region: Region, share: float) -> None:
    whole = Warm()
    found = await seen(region, whole)
    most = int(whole.bytes * share)
    small = Warm(most_bytes=most)
    for _ in range(3):
        assert await seen(region, small) == found
        assert small.bytes <= most
    async with region.database.write() as tx:
        await booked(tx, region)
    assert await seen(region, small) == await seen(region, Warm()) != found
    assert small.bytes <= most


async def test_what_is_asked_for_often_stays_when_others_have_to_go(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Service("1740", 30)
    whole = Warm()
    await seen(region, whole)
    warm = Warm(most_bytes=whole.bytes * 3 // 2)
    for service in (SERVICE, other, SERVICE, other):
        await seen(region, warm, service=service, days=7)
    asked = computed(monkeypatch)
    for service in (SERVICE, other):
        await seen(region, warm, service=service, days=7)
    assert asked == [], "the days that are looked at most are kept of both"


async def test_who_is_gone_and_what_is_over_take_nothing(region: Region) -> None:
    warm = Warm()
    await seen(region, warm)
    before = warm.bytes
    async with region.database.write() as tx:
        (await tx.get_one(Specialist, region.specialists[0])).active = False
    await seen(region, warm)
    assert 0 < warm.bytes < before
    async with region.database.write() as tx:
        for who in region.specialists:
            (await tx.get_one(Specialist, who)).active = False
    assert await seen(region, warm) == {}
    assert warm.bytes == 0


async def test_days_that_are_over_are_forgotten(region: Region) -> None:
    warm = Warm()
    later = NOW + timedelta(days=50)
    await seen(region, warm)
    async with region.database.write() as tx:
        await booked(tx, region)
    fresh = Warm()
    assert await seen(region, warm, now=later) == await seen(region, fresh, now=later)
    assert warm.bytes == fresh.bytes


async def test_nothing_beyond_the_horizon_is_computed(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = computed(monkeypatch)
    found = await seen(region, Warm(), days=5000)
    assert len(asked) == 4
    assert max(asked) <= slots.minute(NOW + timedelta(days=30 + 17)), "the horizon, and the rest of its block"
    assert found == await seen(region, Warm(), days=35)


async def test_two_who_see_different_moments_do_not_mislead_each_other(region: Region) -> None:
    """One look began before a booking and goes on after it: what it computes is good for its own stamps alone."""
    warm = Warm()
    async with region.database.read() as tx:
        early = await warm.look(tx, now=NOW)
        async with region.database.write() as other:
            await another_week(other, region)
            await booked_early(other, region)
        late = await seen(region, warm)
        await early.starts(list(early.known), SERVICE, since=NOW, until=UNTIL)
    assert await seen(region, warm) == late == await seen(region, Warm())


async def booked_early(tx: Tx, region: Region) -> None:
    await region.book(tx, 0, 0, wall("08:30"))


def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A line for each time that free time is computed: until which minute."""
    lines: list[int] = []
    real = slots.possible_starts

    def counted(*given: Any, **named: Any) -> list[int]:
        lines.append(named["until"])
        return real(*given, **named)

    monkeypatch.setattr(slots, "possible_starts", counted)
    return lines
