"""What the machine found: each case by itself, as small as it can be."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import bookings, calendars, holds, occupancy, series, slots, timezones
from scheduling.calendars import Wanted
from scheduling.errors import InvalidInput, SeriesRefused
from scheduling.finding import Warm
from scheduling.people import Specialist
from scheduling.series import Wanted as Wished
from scheduling.slots import Service
from tests.scheduling.region import MONDAY, NOW, ZONE, Region, wall


async def test_the_form_of_weekly_hours_keeps_single_days_of_a_rule_of_several_weekdays(region: Region) -> None:
    who = region.specialists[0]
    async with region.database.write() as tx:
        wanted = Wanted("FREQ=WEEKLY;BYDAY=MO,SA,SU", MONDAY, 840, 960)
        rule = await calendars.add_rule(tx, who, wanted, version=3, known_services=("1739",))
        await calendars.override_day(tx, who, rule.id, MONDAY, [(MONDAY, 900, 960)], version=4)
    async with region.database.write() as tx:
        rows = [row for each in await calendars.working_rules(tx, who) for row in calendars.weekly_hours(each)]
        without_sunday = [row for row in rows if row.weekday != 6]
        await calendars.set_hours(tx, who, version=5, hours=without_sunday, known_services=("1739",))
    async with region.database.read() as tx:
        assert [(each.rule_id, each.day) for each in await calendars.overrides(tx, who)] == [(rule.id, MONDAY)]
        kept = [row for each in await calendars.working_rules(tx, who) for row in calendars.weekly_hours(each)]
    assert sorted(kept, key=str) == sorted(without_sunday, key=str)


async def test_the_time_of_a_hold_that_another_one_pushes_out_is_free_for_whoever_looks(region: Region) -> None:
    warm, first, second = Warm(), region.specialists[0], region.specialists[1]

    async def ten_is_free() -> bool:
        async with region.database.read() as tx:
            look = await warm.look(tx, now=NOW)
            found = await look.starts([first], Service("1739", 40, 10), since=wall("10:00"), until=wall("10:01"))
            return bool(found[first])

    async with region.database.write() as tx:
        await holds.hold(tx, region.coordinator, now=NOW, specialist=first, service="1739", starts=wall("10:00"))
    assert not await ten_is_free()
    for clock in ("09:00", "10:00", "11:00")[: holds.MOST]:
        async with region.database.write() as tx:
            await holds.hold(tx, region.coordinator, now=NOW, specialist=second, service="1739", starts=wall(clock))
    assert await ten_is_free()


async def test_who_cannot_follow_the_law_keeps_a_time_that_another_one_would_have_followed_to(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten would go to eleven, and eleven to twelve, which is held: both stay, and whoever asked is told of both."""
    async with region.database.write() as tx:
        ten = await region.book(tx, 0, 0, wall("10:00"))
        eleven = await region.book(tx, 0, 1, wall("11:00"))
        await holds.hold(
            tx, region.coordinator, now=NOW, specialist=region.specialists[0], service="1739", starts=wall("12:00")
        )
    monkeypatch.setattr(timezones, "ZoneInfo", lambda name: ZoneInfo("Asia/Omsk" if name == ZONE else name))
    async with region.database.write() as tx:
        left = await timezones.follow(tx, await timezones.drifted(tx, now=NOW), now=NOW)
    assert {each.booking.id: each.doubt for each in left} == {ten.id: "in_the_way", eleven.id: "in_the_way"}
    async with region.database.read() as tx:
        stand = await bookings.by_ids(tx, [ten.id, eleven.id])
        assert [(each.starts, each.version) for each in stand] == [(wall("10:00"), 1), (wall("11:00"), 1)]
        taken = await occupancy.taken(
            tx, "specialist", [region.specialists[0]], since=NOW, until=wall("18:00"), now=NOW
        )
        assert [slots.instant(each.start) for each in taken[region.specialists[0]]] == [
            *(wall("10:00"), wall("11:00"), wall("12:00"))
        ]


async def test_a_course_that_would_meet_another_booking_of_its_client_is_refused_by_name(region: Region) -> None:
    who, other = region.specialists[:2]
    course = series.Course(
        client=region.clients[0],
        specialist=who,
        service="1739",
        rrule="FREQ=WEEKLY;BYDAY=TU",
        first_day=MONDAY,
        start_min=600,
        times=2,
    )
    tuesdays = [MONDAY + timedelta(days=1), MONDAY + timedelta(days=8)]
    async with region.database.write() as tx:
        wanted = [Wished(day, wall("10:00", day), who) for day in tuesdays]
        made, own = await series.accept(tx, region.coordinator, course, wanted, now=NOW)
        await region.book(tx, region.specialists.index(other), 0, wall("11:00", tuesdays[0]))
    with pytest.raises(SeriesRefused) as refusal:
        async with region.database.write() as tx:
            await series.move(
                tx,
                region.coordinator,
                made.id,
                version=1,
                now=NOW,
                since=own[0].id,
                days=0,
                start_min=660,
                scope="all",
            )
    assert [(each["booking"], each["code"]) for each in refusal.value.sessions] == [(own[0].id, "client_busy")]


async def test_a_course_of_what_she_does_not_give_is_refused_before_anybody_is_told_that_it_fits(
    region: Region,
) -> None:
    async with region.database.write() as tx:
        (await tx.get_one(Specialist, region.specialists[0])).services = ["1740"]
    course = series.Course(
        client=region.clients[0],
        specialist=region.specialists[0],
        service="1739",
        rrule="FREQ=WEEKLY;BYDAY=TU",
        first_day=MONDAY,
        start_min=600,
        times=3,
    )
    async with region.database.read() as tx:
        with pytest.raises(InvalidInput) as refusal:
            await series.preview(tx, region.coordinator, course, now=NOW)
    assert [(each.field, each.code) for each in refusal.value.errors] == [("specialist", "not_offered")]
