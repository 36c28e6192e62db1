"""Editing rules of work: one day, that day and all that follow, all of it; and what becomes of single days then."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from scheduling import calendars
from scheduling.calendars import Owner, Wanted
from scheduling.errors import InvalidInput, NotFound, VersionMoved
from scheduling.slots import day_number, day_of
from tests.scheduling.region import MONDAY, NOW, ZONE, Region

KNOWN = ("1739", "1740")
TUESDAY, THURSDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
EACH_THURSDAY = Wanted("FREQ=WEEKLY;BYDAY=TH", MONDAY, 15 * 60, 18 * 60)


class Desk:
    """A specialist whose weekly hours were cleared, and edits one after the other."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.who = region.specialists[0]
        self.version = 3

    async def clear(self) -> None:
        async with self.region.database.write() as tx:
            await calendars.set_hours(tx, self.who, version=self.version, hours=[], known_services=KNOWN)
        self.version += 1

    async def add(self, wanted: Wanted) -> int:
        async with self.region.database.write() as tx:
            added = await calendars.add_rule(tx, self.who, wanted, version=self.version, known_services=KNOWN)
        self.version += 1
        return added.id

    async def change(self, rule: int, wanted: Wanted, since: date | None = None) -> int:
        async with self.region.database.write() as tx:
            changed = await calendars.change_rule(
                tx, self.who, rule, wanted, version=self.version, known_services=KNOWN, since=since
            )
        self.version += 1
        return changed.id

    async def remove(self, rule: int, since: date | None = None) -> None:
        async with self.region.database.write() as tx:
            await calendars.remove_rule(tx, self.who, rule, version=self.version, since=since)
        self.version += 1

    async def one(self, rule: int, day: date, *windows: tuple[date, int, int]) -> None:
        async with self.region.database.write() as tx:
            await calendars.override_day(tx, self.who, rule, day, windows, version=self.version)
        self.version += 1

    async def days(self, weeks: int = 5, first: date = MONDAY) -> list[str]:
        """What is open: «26.11 15-18», in order."""
        async with self.region.database.read() as tx:
            owner = Owner(self.who, ZONE, 1)
            rules = (await calendars.rules(tx, [owner], since=NOW, until=NOW + timedelta(weeks=weeks)))[self.who]
        numbers = range(day_number(first), day_number(first) + weeks * 7)
        return [
            f"{day_of(number):%d.%m} {said(window.start)}-{said(window.end)}"
            for number in numbers
            for window in rules.days.windows(number)
        ]


def said(minutes: int) -> str:
    return f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes // 60}:{minutes % 60:02}"


@pytest.fixture
async def desk(region: Region) -> Desk:
    opened = Desk(region)
    await opened.clear()
    return opened


async def test_this_thursday_from_sixteen_and_the_others_as_ever(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    await desk.one(rule, THURSDAY, (THURSDAY, 16 * 60, 18 * 60))
    assert await desk.days(3) == ["26.11 16-18", "03.12 15-18", "10.12 15-18"]


async def test_one_day_is_split_moved_left_out_and_put_back(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    await desk.one(rule, THURSDAY, (THURSDAY, 540, 600), (THURSDAY, 900, 960))
    assert await desk.days(1) == ["26.11 9-10", "26.11 15-16"]
    await desk.one(rule, THURSDAY, (TUESDAY, 540, 600))
    assert await desk.days(1) == ["24.11 9-10"]
    await desk.one(rule, THURSDAY)
    assert await desk.days(1) == []
    await desk.one(rule, THURSDAY, (THURSDAY, 900, 1080))
    assert await desk.days(1) == ["26.11 15-18"]
    async with desk.region.database.read() as tx:
        assert await calendars.overrides(tx, desk.who) == [], "what the rule says itself is no single day"


async def test_from_a_day_on_another_hour(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    await desk.one(rule, date(2026, 12, 17), (date(2026, 12, 17), 900, 960))
    later = await desk.change(rule, Wanted("FREQ=WEEKLY;BYDAY=TH", MONDAY, 540, 720), date(2026, 12, 10))
    assert later != rule
    assert await desk.days(5) == ["26.11 15-18", "03.12 15-18", "10.12 9-12", "17.12 15-16", "24.12 9-12"]
    await desk.remove(later, date(2026, 12, 24))
    await desk.remove(rule)
    assert await desk.days(5) == ["10.12 9-12", "17.12 15-16"]


async def test_from_its_first_day_on_is_all_of_it(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    assert await desk.change(rule, Wanted("FREQ=WEEKLY;BYDAY=TH", MONDAY, 540, 600), THURSDAY) == rule
    assert await desk.days(1) == ["26.11 9-10"]
    await desk.remove(rule, THURSDAY)
    assert await desk.days(5) == []


async def test_every_second_week_keeps_its_weeks_when_it_is_split(desk: Desk) -> None:
    rule = await desk.add(Wanted("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", MONDAY, 900, 960))
    await desk.change(rule, Wanted("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", MONDAY, 540, 600), date(2026, 12, 10))
    assert await desk.days(7) == ["26.11 15-16", "10.12 9-10", "24.12 9-10", "07.01 9-10"]


async def test_all_of_it_on_another_weekday_forgets_days_it_no_longer_has(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    await desk.one(rule, THURSDAY)
    await desk.change(rule, Wanted("FREQ=WEEKLY;BYDAY=FR", MONDAY, 900, 1080))
    assert await desk.days(2) == ["27.11 15-18", "04.12 15-18"]
    async with desk.region.database.read() as tx:
        assert await calendars.overrides(tx, desk.who) == []


async def test_the_weekly_form_leaves_the_single_days_of_rows_it_does_not_change(desk: Desk) -> None:
    rows = [calendars.WeeklyHours(3, 900, 1080), calendars.WeeklyHours(4, 540, 600)]
    for hours in (rows, rows[:1]):
        async with desk.region.database.write() as tx:
            await calendars.set_hours(tx, desk.who, version=desk.version, hours=hours, known_services=KNOWN)
        desk.version += 1
        if len(hours) == 2:
            async with desk.region.database.read() as tx:
                _, thursday = await calendars.working_rules(tx, desk.who)
            await desk.one(thursday.id, THURSDAY, (THURSDAY, 960, 1080))
    assert await desk.days(2) == ["26.11 16-18", "03.12 15-18"]


async def test_a_rule_the_form_cannot_say_outlives_the_form(desk: Desk) -> None:
    await desk.add(Wanted("FREQ=MONTHLY;BYDAY=2TU", MONDAY, 540, 600))
    async with desk.region.database.write() as tx:
        await calendars.set_hours(tx, desk.who, version=desk.version, hours=[], known_services=KNOWN)
    assert await desk.days(4) == ["08.12 9-10"]


@pytest.mark.parametrize(
    ("day", "windows", "wrong"),
    [
        (MONDAY, [], ["day not_an_occurrence"]),
        (THURSDAY, [(THURSDAY, 600, 540)], ["windows.0.end end_before_start"]),
        (THURSDAY, [(THURSDAY, 540, 600), (THURSDAY, 590, 700)], ["windows.1.start overlaps"]),
        (THURSDAY, [(THURSDAY + timedelta(days=32), 540, 600)], ["windows.0.day out_of_range"]),
        (THURSDAY, [(THURSDAY, 0, 60)] * 101, ["windows too_many"]),
    ],
)
async def test_a_single_day_that_makes_no_sense_is_refused(
    desk: Desk, day: date, windows: Sequence[tuple[date, int, int]], wrong: list[str]
) -> None:
    rule = await desk.add(EACH_THURSDAY)
    with pytest.raises(InvalidInput) as refusal:
        await desk.one(rule, day, *windows)
    assert [f"{error.field} {error.code}" for error in refusal.value.errors] == wrong


async def test_nobody_edits_anothers_rules_or_an_old_version(desk: Desk) -> None:
    rule = await desk.add(EACH_THURSDAY)
    async with desk.region.database.write() as tx:
        with pytest.raises(NotFound):
            await calendars.remove_rule(tx, desk.region.specialists[1], rule, version=3)
    desk.version -= 1
    with pytest.raises(VersionMoved):
        await desk.remove(rule)


async def test_days_that_were_drawn_one_by_one_use_up_nothing_for_the_days_after(desk: Desk) -> None:
    for number in range(100):
        day = MONDAY + timedelta(days=number % 5)
        await desk.add(Wanted("FREQ=DAILY", day, 9 * 60, 10 * 60, last_day=day))
    await desk.add(Wanted("FREQ=WEEKLY;BYDAY=MO", MONDAY + timedelta(weeks=1), 9 * 60, 10 * 60))
    with pytest.raises(InvalidInput) as refused:
        await desk.add(Wanted("FREQ=WEEKLY;BYDAY=TU", MONDAY, 9 * 60, 10 * 60))
    assert [(error.field, error.code, error.data) for error in refused.value.errors] == [
        ("rrule", "too_many", {"max": 100})
    ]
