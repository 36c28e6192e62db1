"""Single days of a rule, "this and following", "all": what went wrong in other products, and what holds here."""

from datetime import date

import pytest

from scheduling import calendars
from scheduling.calendars import Wanted
from scheduling.errors import InvalidInput
from tests.issues.edge import Edge, match
from tests.issues.office import Office, office, works
from tests.issues.wall import days
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY = date(2026, 11, 23)
THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"


async def opened(region: Region, *rules: Wanted, now: str = NOW, zone: str = ZONE) -> Office:
    return await office(region, zone, now, *rules)


async def sent_back(at: Office, rule: int, start: str, *, since: date | None = None) -> int:
    """Another hour for a rule (from a day on) as a form sends it: everything else as it was read."""
    kept, changed = await at.kept(rule), works(f"{start}-18:00")
    wanted = Wanted(kept.rrule, kept.first_day, changed.start, kept.end, kept.last_day)
    return await at.change(rule, wanted, since)


async def test_two_parts_of_a_rule_have_the_days_of_the_whole(region: Region) -> None:
    """nextcloud/calendar#3283: three daily times, edited from the second on, became four, because the second part had
    the count of the whole."""
    at = await opened(region, works("09:00-18:00", "FREQ=DAILY;COUNT=3", MONDAY))
    await sent_back(at, at.rules[0], "10:00", since=date(2026, 11, 24))
    assert await at.windows(MONDAY, 9) == ["23.11 09:00-18:00", "24.11 10:00-18:00", "25.11 10:00-18:00"]


async def test_all_of_a_rule_keeps_its_first_and_last_day_from_wherever_it_is_edited(region: Region) -> None:
    """nextcloud/calendar#8910: five daily times lost two when all were saved from the third, whose copy had the rest of
    the count."""
    at = await opened(region, works("09:00-18:00", "FREQ=DAILY;COUNT=5", MONDAY))
    await at.one(at.rules[0], date(2026, 11, 25), "12:00-13:00")
    await sent_back(at, at.rules[0], "10:00")
    assert [each[:5] for each in await at.windows(MONDAY, 9)] == ["23.11", "24.11", "25.11", "26.11", "27.11"]


async def test_the_second_part_ends_when_the_whole_would_have(region: Region) -> None:
    """cornellh4i/ithaca-recovery#542: six weekly meetings, split at the fourth over the end of a month, ended eleven
    weeks late."""
    at = await opened(region, works("09:00-18:00", "FREQ=WEEKLY;BYDAY=MO;COUNT=6", date(2026, 11, 30)))
    await sent_back(at, at.rules[0], "10:00", since=date(2026, 12, 21))
    found = await at.windows(MONDAY, 90)
    assert [each[:8] for each in found] == [
        *("30.11 09", "07.12 09", "14.12 09"),
        *("21.12 10", "28.12 10", "04.01 10"),
    ]


async def test_the_first_part_ends_before_the_day_on_which_the_second_begins(region: Region) -> None:
    """PipedreamHQ/pipedream#20058: "this and following" left the old time of its first day beside the new one."""
    at = await opened(region, works("15:00-18:00", THURSDAYS, MONDAY))
    await sent_back(at, at.rules[0], "09:00", since=date(2026, 12, 3))
    assert await at.windows(date(2026, 12, 3), 1) == ["03.12 09:00-18:00"]


async def test_another_hour_for_all_keeps_weeks_left_out_and_days_that_were_moved(region: Region) -> None:
    """tutao/tutanota#8500: Mondays from 12:00 to 13:00 brought cancelled weeks back and forgot those that were moved by
    hand."""
    at = await opened(region, works("12:00-18:00", "FREQ=WEEKLY;BYDAY=MO", MONDAY))
    await at.one(at.rules[0], date(2026, 11, 30))
    await at.one(at.rules[0], date(2026, 12, 7), "09:00-10:00", on=date(2026, 12, 8))
    await sent_back(at, at.rules[0], "13:00")
    assert await at.windows(MONDAY, 28) == ["23.11 13:00-18:00", "08.12 09:00-10:00", "14.12 13:00-18:00"]


async def test_a_single_day_keeps_its_hours_and_follows_the_rule_in_everything_else(region: Region) -> None:
    """meeting-room-booking-system/mrbs-code#2821: a changed day lost what was its own when the series was edited."""
    at = await opened(region, works("15:00-18:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26), "16:00-17:00")
    kept = await at.kept(at.rules[0])
    at_home = Wanted(kept.rrule, kept.first_day, kept.start, kept.end, kept.last_day, frozenset({"1739"}), "home")
    await at.change(at.rules[0], at_home)
    assert await at.windows(date(2026, 11, 26), 1) == ["26.11 16:00-17:00"]
    assert await at.clocks(date(2026, 11, 26), place="home") == ["16:00"]
    assert await at.clocks(date(2026, 11, 26), service="1740") == []


async def test_a_single_day_stands_in_place_of_the_rules_day_and_not_beside_it(region: Region) -> None:
    """nextcloud/calendar#142: a day that was edited elsewhere was shown beside the one it replaced."""
    at = await opened(region, works("09:00-12:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26), "10:00-14:00")
    assert await at.windows(date(2026, 11, 26), 1) == ["26.11 10:00-14:00"]
    assert await at.tried("2026-11-26 09:00") == "outside_hours"


async def test_the_day_from_which_it_was_moved_is_free_of_it(region: Region) -> None:
    """niccokunzmann/python-recurring-ical-events#62: the last Friday of the month, 31 December 2021, was moved to the
    17th and stayed on the 31st too."""
    at = await opened(
        region,
        works("09:00-10:00", "FREQ=MONTHLY;BYDAY=-1FR", date(2021, 11, 1)),
        now="2021-12-01 08:00",
        zone="Europe/Berlin",
    )
    await at.one(at.rules[0], date(2021, 12, 31), "09:00-10:00", on=date(2021, 12, 17))
    assert await at.clocks(date(2021, 12, 1), 62, "%d.%m %H") == ["17.12 09", "28.01 09"]
    assert await at.tried("2021-12-31 09:00") == "outside_hours"


async def test_a_day_that_was_edited_before_can_still_be_left_out(region: Region) -> None:
    """niccokunzmann/python-recurring-ical-events#163: an exclusion did not remove a day that had been edited before."""
    at = await opened(region, works("15:00-18:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26), "16:00-18:00")
    await at.one(at.rules[0], date(2026, 11, 26))
    assert [each[:5] for each in await at.windows(MONDAY, 14)] == ["03.12"]


async def test_this_and_following_takes_along_the_days_that_were_moved_before_it(region: Region) -> None:
    """nextcloud/calendar#3352: deleting a time and all that follow left edited ones behind.

    Which day a single day belongs to is the day of the rule, wherever its hours were put."""
    at = await opened(region, works("15:00-18:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 12, 10), "09:00-10:00", on=date(2026, 12, 1))
    assert [each[:5] for each in await at.windows(MONDAY, 28)] == ["26.11", "01.12", "03.12", "17.12"]
    await at.remove(at.rules[0], date(2026, 12, 3))
    assert await at.windows(MONDAY, 28) == ["26.11 15:00-18:00"]


async def test_an_edit_that_would_leave_no_day_is_refused_and_changes_nothing(region: Region) -> None:
    """nextcloud/calendar#5602: after some edits a weekly rule had no day at all, and the page hung looking for one."""
    at = await opened(region, works("09:00-10:00", "FREQ=WEEKLY;BYDAY=TH;COUNT=3", MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26))
    never = Wanted("FREQ=WEEKLY;BYDAY=FR", date(2026, 12, 3), 540, 600, date(2026, 12, 3))
    with pytest.raises(InvalidInput) as refusal:
        await at.change(at.rules[0], never, date(2026, 12, 3))
    assert [error.code for error in refusal.value.errors] == ["never_occurs"]
    assert [each[:5] for each in await at.windows(MONDAY, 28)] == ["03.12", "10.12"]


async def test_a_message_about_one_day_touches_that_day_alone(edge: Edge, region: Region) -> None:
    """nextcloud/server#60159: an update that held only Friday's new hour removed every other day."""
    at = await opened(region, works("15:00-16:00", "FREQ=WEEKLY;BYDAY=TU,FR", MONDAY))
    edge.at(at.now)
    anna = await edge.person("anna")
    form = {"day": "2026-11-27", "windows": [{"day": "2026-11-27", "start": "16:00", "end": "17:00"}]}
    path = f"/specialists/{at.who}/rules/{at.rules[0]}/day"
    said = await anna.ok("PUT", path, form, **match(await at.version()))
    assert [(each["rule"], each["day"]) for each in said["overrides"]] == [(at.rules[0], "2026-11-27")]
    assert await at.windows(MONDAY, 14) == [
        *("24.11 15:00-16:00", "27.11 16:00-17:00"),
        *("01.12 15:00-16:00", "04.12 15:00-16:00"),
    ]


async def test_days_left_out_that_the_rule_no_longer_has_are_forgotten_and_the_others_kept(region: Region) -> None:
    """allenporter/ical#483: a series that moved from 23 May to 1 June 2025 kept its exclusion of 27 May."""
    at = await opened(region, works("09:00-10:00", "FREQ=WEEKLY;BYDAY=TU", date(2025, 5, 23)), now="2025-05-20 08:00")
    for day in days("2025-05-27", "2025-06-10"):
        await at.one(at.rules[0], day)
    kept = await at.kept(at.rules[0])
    await at.change(at.rules[0], Wanted(kept.rrule, date(2025, 6, 1), kept.start, kept.end))
    async with region.database.read() as tx:
        assert [each.day for each in await calendars.overrides(tx, at.who)] == days("2025-06-10")
    assert [each[:5] for each in await at.windows(date(2025, 5, 20), 35)] == ["03.06", "17.06"]


async def test_a_day_left_out_stays_left_out_when_the_hour_changes(region: Region) -> None:
    """linagora/twake-calendar-frontend#502: an exclusion was kept with the old hour and matched nothing after a move by
    an hour; edited days were lost."""
    at = await opened(region, works("12:00-18:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26))
    await sent_back(at, at.rules[0], "13:00")
    assert [each[:8] for each in await at.windows(MONDAY, 14)] == ["03.12 13"]


async def test_one_day_of_a_rule_that_repeats_can_be_otherwise(region: Region) -> None:
    """betagouv/rdv-service-public#2515: openings that repeat could not have other hours on one date; the whole rule had
    to be cut in three."""
    at = await opened(region, works("09:00-12:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 12, 3), "09:00-10:00", "14:00-15:00")
    assert await at.windows(MONDAY, 18) == [
        *("26.11 09:00-12:00", "03.12 09:00-10:00", "03.12 14:00-15:00", "10.12 09:00-12:00")
    ]
    async with region.database.read() as tx:
        assert len(await calendars.working_rules(tx, at.who)) == 1


async def test_only_one_day_goes_and_the_rule_stays(edge: Edge, region: Region) -> None:
    """LibreBooking/librebooking#1416: "this instance only" failed with an error and deleted nothing."""
    at = await opened(region, works("09:00-10:00", THURSDAYS, MONDAY))
    edge.at(at.now)
    anna = await edge.person("anna")
    path = f"/specialists/{at.who}/rules/{at.rules[0]}/day"
    await anna.ok("PUT", path, {"day": "2026-12-03", "windows": []}, **match(await at.version()))
    assert [each[:5] for each in await at.windows(MONDAY, 21)] == ["26.11", "10.12"]


async def test_nothing_goes_without_the_version_that_was_seen_and_from_a_day_on_only_that(
    edge: Edge, region: Region
) -> None:
    """nextcloud/calendar#439: deleting one weekly time removed the whole series without asking."""
    at = await opened(region, works("09:00-10:00", THURSDAYS, MONDAY))
    edge.at(at.now)
    anna = await edge.person("anna")
    path = f"/specialists/{at.who}/rules/{at.rules[0]}"
    assert (await anna.ask("DELETE", path))[0] == 428
    seen = match(await at.version())
    assert (await anna.ask("DELETE", path, params={"since": "2026-12-04"}, **seen))[0] == 422, "no day of the rule"
    await anna.ok("DELETE", path, params={"since": "2026-12-03"}, **seen)
    assert [each[:5] for each in await at.windows(MONDAY, 21)] == ["26.11"]


async def test_hours_of_two_rules_are_edited_each_for_itself(region: Region) -> None:
    """nextcloud/server#60159 again: two rules that have the same day are two, and a day of one is not the other's."""
    at = await opened(region, works("09:00-10:00", THURSDAYS, MONDAY), works("14:00-15:00", THURSDAYS, MONDAY))
    await at.one(at.rules[0], date(2026, 11, 26))
    assert await at.windows(date(2026, 11, 26), 8) == ["26.11 14:00-15:00", "03.12 09:00-10:00", "03.12 14:00-15:00"]


async def test_a_split_in_the_middle_keeps_days_left_out_on_both_sides(region: Region) -> None:
    """nextcloud/calendar#3352 and linagora/twake-calendar-frontend#502 together: exclusions before and after a split
    each stay with their part."""
    at = await opened(region, works("15:00-18:00", THURSDAYS, MONDAY))
    for day in days("2026-12-03", "2026-12-24"):
        await at.one(at.rules[0], day)
    later = await sent_back(at, at.rules[0], "09:00", since=date(2026, 12, 10))
    assert [each[:8] for each in await at.windows(MONDAY, 42)] == ["26.11 15", "10.12 09", "17.12 09", "31.12 09"]
    async with region.database.read() as tx:
        rows = [(each.rule_id, each.day) for each in await calendars.overrides(tx, at.who)]
    assert rows == [(at.rules[0], date(2026, 12, 3)), (later, date(2026, 12, 24))]


async def test_moving_a_rule_by_a_week_does_not_double_the_week_of_the_move(region: Region) -> None:
    """PipedreamHQ/pipedream#20058 again, with every second week: after the split only the new part's weeks are open."""
    at = await opened(region, works("15:00-18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", MONDAY))
    other_weeks = Wanted("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", date(2026, 12, 10), 540, 600)
    await at.change(at.rules[0], other_weeks, date(2026, 12, 10))
    assert await at.windows(MONDAY, 40) == ["26.11 15:00-18:00", "11.12 09:00-10:00", "25.12 09:00-10:00"]


async def test_a_single_day_of_another_version_changes_nothing(edge: Edge, region: Region) -> None:
    """aluxnimm/outlookcaldavsynchronizer#442: an edit that was made from what stood there before was sent under the
    newest tag, and the change in between was lost."""
    at = await opened(region, works("09:00-10:00", THURSDAYS, MONDAY))
    edge.at(at.now)
    anna = await edge.person("anna")
    seen = match(await at.version())
    await at.one(at.rules[0], date(2026, 11, 26), "11:00-12:00")
    path = f"/specialists/{at.who}/rules/{at.rules[0]}/day"
    status, said = await anna.ask("PUT", path, {"day": "2026-11-26", "windows": []}, **seen)
    assert (status, said["code"], said["version"]) == (412, "version_moved", await at.version())
    assert await at.windows(date(2026, 11, 26), 1) == ["26.11 11:00-12:00"]
