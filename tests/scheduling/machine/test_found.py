"""What the machine found: each case by itself, as small as it can be."""

from scheduling import calendars
from scheduling.calendars import Wanted
from tests.scheduling.region import MONDAY, Region


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
