"""What the machine found: each case by itself, as small as it can be."""

from scheduling import calendars, holds
from scheduling.calendars import Wanted
from scheduling.finding import Warm
from scheduling.slots import Service
from tests.scheduling.region import MONDAY, NOW, Region, wall


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
