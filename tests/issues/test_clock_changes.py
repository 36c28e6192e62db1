"""Clock changes: what went wrong in other products when an hour was missing or came twice, and what holds here."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.finding import Span
from tests.issues.edge import Edge, stamp
from tests.issues.office import office
from tests.issues.office import works as writes
from tests.issues.wall import at, calendar, clocks, days, free, shown, works
from tests.scheduling.region import Region

NEW_YORK, CHICAGO, LORD_HOWE, BERLIN = "America/New_York", "America/Chicago", "Australia/Lord_Howe", "Europe/Berlin"


def test_a_daily_rule_gives_no_time_inside_the_missing_hour_and_its_count_is_of_days() -> None:
    """dateutil/dateutil#1425: a daily rule at 02:30 gave 2025-03-09 02:30 in New York, which no clock showed that
    night.

    Here a rule gives days and its hours are read off the wall: what the wall does not show is not open, and the day
    counts all the same, because on it she works from three o'clock on."""
    rule = works("02:30-04:00", "FREQ=DAILY;COUNT=3", date(2025, 3, 7))
    found = clocks(calendar(NEW_YORK, rule, step=30), date(2025, 3, 6), 7, "%d %H:%M", lasts=30)
    assert found == [*("07 02:30", "07 03:00", "07 03:30", "08 02:30", "08 03:00", "08 03:30"), "09 03:00", "09 03:30"]


def test_steps_through_the_doubled_hour_are_steps_of_real_time() -> None:
    """dateutil/dateutil#1351: steps of a few minutes jumped from 01:56 over the whole second hour to 02:00."""
    night = calendar(NEW_YORK, works("00:00-03:00"), step=5)
    found = free(night, date(2024, 11, 3), lasts=5)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=5)}
    assert len(found) == 4 * 12


def test_a_night_of_six_clock_hours_that_lasts_seven_holds_seven_sessions() -> None:
    """ArtisanPack-UI/bookings#65: slots were built from 24 clock faces, so the second 01:00 in Chicago was never
    offered."""
    night = calendar(CHICAGO, works("00:00-06:00"))
    found = free(night, date(2026, 11, 1))
    assert shown(CHICAGO, found, "%H%z") == [
        *("00-0500", "01-0500", "01-0600", "02-0600", "03-0600", "04-0600", "05-0600")
    ]


def test_a_window_in_the_doubled_hour_is_open_in_both_of_its_passes_for_whoever_asks() -> None:
    """ACM-VIT/conclave#99: the start of 01:00–02:00 was resolved to the first pass and its end to after the second, and
    the list and the booking did not mean the same.

    Here the rule is one for all: open is what the wall shows as inside the window, so it is open for two real hours."""
    doubled = calendar(NEW_YORK, works("01:00-02:00"))
    found = free(doubled, date(2026, 11, 1))
    assert found == [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (5, 6)]
    service, now = slots.Service("1739", 60), slots.minute(found[0]) - 60
    for minutes, reason in ((-60, "outside_hours"), (0, None), (60, None), (120, "outside_hours")):
        start = slots.minute(found[0]) + minutes
        assert slots.refusal(doubled, service, (), now=now, start=start) == reason


def test_a_window_that_the_clock_skips_is_not_put_off_to_another_hour() -> None:
    """KeepSoftwareSimple/compass-calendar#3722: hours of 02:00–02:30 were offered as 03:00 on the night of the change,
    outside the hours that somebody had written down."""
    early = calendar(NEW_YORK, works("02:00-02:30"), step=30)
    assert clocks(early, date(2026, 3, 7), 3, "%d %H:%M", lasts=30) == ["07 02:00", "09 02:00"]


def test_half_an_hour_that_comes_twice_is_half_an_hour() -> None:
    """elizaOS/eliza#11100: the repeated stretch was taken for sixty minutes; on Lord Howe only thirty come twice."""
    night = calendar(LORD_HOWE, works("01:15-02:15"), step=15)
    found = [f"{each:%H:%M}" for each in free(night, date(2026, 4, 5), lasts=15)]
    # 01:15, 01:30, 01:45 in summer time, then 01:30 and 01:45 again, then 02:00.
    assert found == ["14:15", "14:30", "14:45", "15:00", "15:15", "15:30"]


def test_summer_on_lord_howe_is_eleven_hours_ahead_and_not_eleven_and_a_half() -> None:
    """spencermountain/spacetime#464: summer time was always taken for a whole hour more, so January was at +11:30."""
    whole_year = calendar(LORD_HOWE, works("10:00-11:00"))
    january, july = free(whole_year, date(2026, 1, 15)), free(whole_year, date(2026, 7, 15))
    assert january == [datetime(2026, 1, 14, 23, 0, tzinfo=UTC)]
    assert july == [datetime(2026, 7, 14, 23, 30, tzinfo=UTC)]


async def test_from_nine_is_from_nine_in_the_month_of_the_change_too_and_is_booked(region: Region) -> None:
    """calcom/cal.com#10517: slots of November began at 08:00 after the 5th, were right again in December, and the one
    at eight could not be booked."""
    opened = await office(region, NEW_YORK, "2023-10-27 12:00", writes("09:00-11:00"))
    first = await opened.find(date(2023, 10, 28), 40, by="day")
    assert set(shown(NEW_YORK, first)) == {"09:00"}
    assert len(first) == 40
    assert await opened.tried("2023-11-06 08:00") == "outside_hours"
    assert await opened.tried("2023-11-06 09:00") == "booked"


async def test_a_day_off_written_down_before_the_change_is_that_day_after_it(region: Region) -> None:
    """calcom/cal.com#20408: on 28 March an absence of 1 April in Paris was stored with the offset of the day on which
    it was written, and the dates came out wrong."""
    opened = await office(region, "Europe/Paris", "2025-03-28 12:00", writes("00:00-24:00"), step_min=60)
    await opened.day(date(2025, 4, 1))
    assert await opened.find(date(2025, 4, 1)) == []
    around = await opened.find(date(2025, 3, 31), 3)
    assert around[23] == datetime(2025, 3, 31, 21, 0, tzinfo=UTC), "the last hour of 31 March"
    assert around[24] == datetime(2025, 4, 1, 22, 0, tzinfo=UTC), "the first hour of 2 April"


def test_a_notice_that_ends_on_the_day_of_the_change_moves_no_other_hour() -> None:
    """calcom/cal.com#12137: a notice of seven days that ended on 5 November 2023 shifted the hours of the whole month;
    six and eight days were right."""
    now = at(NEW_YORK, "2023-10-29 10:00")
    found = {
        notice: clocks(
            calendar(NEW_YORK, works("09:00-12:00"), notice=notice * 1440),
            date(2023, 10, 29),
            33,
            "%d.%m %H:%M",
            now=now,
        )
        for notice in (6, 7, 8)
    }
    later = [[each for each in whole if each[:5] not in ("04.11", "05.11", "06.11")] for whole in found.values()]
    assert later[0] == later[1] == later[2]
    assert {each[6:] for each in later[0]} == {"09:00", "10:00", "11:00"}
    # Seven days of twenty-four hours after 10:00 in summer time is 09:00 in winter time.
    assert [each for each in found[7] if each.startswith("05.11")] == ["05.11 09:00", "05.11 10:00", "05.11 11:00"]


async def test_the_change_sunday_itself_is_at_half_past_twelve_and_can_be_booked(region: Region) -> None:
    """calcom/cal.com#6217: weekly hours from 12:30 showed 11:30 on 12 March and 13:30 on 5 November 2023, and what was
    shown was refused."""
    for change in days("2023-03-12", "2023-11-05"):
        now = f"{change - timedelta(days=5)} 09:00"
        opened = await office(region, NEW_YORK, now, writes("12:30-13:30", "FREQ=WEEKLY;BYDAY=SU"))
        found = await opened.find(change - timedelta(days=3), 14)
        assert shown(NEW_YORK, found, "%a %H:%M") == ["Sun 12:30", "Sun 12:30"]
        assert await opened.tried(found[0]) == "booked"


def test_a_sunday_afternoon_does_not_move_with_the_night_before_it() -> None:
    """calcom/cal.com#19589: weekly Sundays 15:00–16:30 in Chicago began at 16:00 on 9 March 2025 alone."""
    sundays = calendar(CHICAGO, works("15:00-16:30", "FREQ=WEEKLY;BYDAY=SU"))
    assert clocks(sundays, date(2025, 3, 1), 22, "%d %H:%M", lasts=90) == ["02 15:00", "09 15:00", "16 15:00"]


async def test_who_looks_from_where_no_clock_changes_sees_the_specialists_hours(region: Region) -> None:
    """nextcloud/calendar#5873: looked at from a zone without summer time, hours of Berlin came out one hour off and
    outside of what was written down."""
    opened = await office(region, BERLIN, "2026-03-23 08:00", writes("09:00-11:00"))
    found = await opened.find(date(2026, 3, 25), 9, zone="Asia/Kolkata")
    assert set(shown(BERLIN, found)) == {"09:00", "09:30", "10:00"}
    assert {each.hour for each in found if each.date() < date(2026, 3, 29)} == {8, 9}
    assert {each.hour for each in found if each.date() >= date(2026, 3, 29)} == {7, 8}


async def test_a_time_that_leaves_the_house_is_an_instant_and_needs_no_season(edge: Edge, region: Region) -> None:
    """betagouv/rdv-service-public#4158: a partner applied its own correction, and openings from 10:15 were an hour off
    after 31 March 2024."""
    opened = await office(region, "Europe/Paris", "2024-03-29 08:00", writes("10:15-11:45"))
    edge.at(opened.now)
    desk = await edge.person("desk")
    said = await desk.slots(specialist=opened.who, from_="2024-03-30", days=2, by="day")
    assert [each["starts"] for each in said["items"]] == ["2024-03-30T09:15:00Z", "2024-03-31T08:15:00Z"]
    assert {each["zone"] for each in said["items"]} == {"Europe/Paris"}


def test_a_rule_over_the_change_is_read_off_the_wall_each_day() -> None:
    """odoo/odoo#27985: a meeting at 08:00 in Brussels, repeated from 27 to 29 October 2018, moved by an hour after the
    28th because the rule ran with the offset of its first day."""
    mornings = calendar("Europe/Brussels", works("08:00-09:00", "FREQ=DAILY;COUNT=3", date(2018, 10, 27)))
    assert [each.hour for each in free(mornings, date(2018, 10, 26), 6)] == [6, 7, 7]
    assert clocks(mornings, date(2018, 10, 26), 6) == ["08:00"] * 3


def test_the_zone_of_a_rule_is_a_zone_and_never_an_offset_of_some_day() -> None:
    """dateutil/dateutil#641: a rule that was begun with a localised time kept −08:00 in Los Angeles on 13 March
    2018."""
    weekly = calendar("America/Los_Angeles", works("09:00-10:00", "FREQ=WEEKLY;BYDAY=TU", date(2018, 3, 6)))
    assert [each.hour for each in free(weekly, date(2018, 3, 6), 8)] == [17, 16]


def test_eleven_at_night_until_seven_is_nine_hours_when_the_clock_goes_back() -> None:
    """python/cpython#96148: times of one zone are subtracted on the wall, so the night of 5 November 2022 came out an
    hour too short."""
    night = calendar("US/Eastern", works("23:00-24:00"), works("00:00-07:00"))
    since, until = at("US/Eastern", "2022-11-05 12:00"), at("US/Eastern", "2022-11-06 12:00")
    stretches = slots.open_time(night, since=slots.minute(since), until=slots.minute(until))
    assert [end - start for start, end in stretches] == [9 * 60]


def test_the_longest_stretch_without_a_break_is_of_real_minutes() -> None:
    """python/cpython#96148 again: on the wall 00:30–01:30 and 01:30–02:30 of a doubled hour look like two hours and are
    three."""
    night = calendar("US/Eastern", works("00:00-05:00"), step=30, run=120)
    first = at("US/Eastern", "2022-11-06 00:30")
    busy = [(first, first + timedelta(hours=1))]
    found = free(night, date(2022, 11, 6), busy=busy)
    touching = first + timedelta(hours=1)
    assert touching in found, "01:30 the first time: two real hours with it"
    wall_neighbour = at("US/Eastern", "2022-11-06 01:30", second=True)
    assert wall_neighbour in found, "01:30 the second time: an hour's break lies between"
    long_day = [(first, first + timedelta(hours=2))]
    assert first + timedelta(hours=2) not in free(night, date(2022, 11, 6), busy=long_day)


async def test_the_two_passes_of_an_hour_are_two_times_to_promise(region: Region) -> None:
    """python/cpython#146236: two times of a doubled hour compare by the wall, against the order in which they come."""
    opened = await office(region, "America/Los_Angeles", "2026-10-30 09:00", writes("00:00-04:00"))
    first, second = opened.at("2026-11-01 01:30"), opened.at("2026-11-01 01:30", second=True)
    later, earlier = await opened.book(second, 0), await opened.book(first, 1)
    assert (earlier.wall, later.wall) == ("2026-11-01T01:30", "2026-11-01T01:30")
    assert (earlier.fold, later.fold) == (0, 1)
    assert later.starts - earlier.starts == timedelta(hours=1)
    assert await opened.tried(first, 2) == await opened.tried(second, 2) == "slot_taken"
    assert await opened.clocks(date(2026, 11, 1)) == ["00:00", "00:30", "02:30", "03:00"]


def test_a_notice_of_a_day_is_twenty_four_real_hours() -> None:
    """python/cpython#91618: from noon to noon over 26 March 2023 was 24 hours when both ends were in Paris and 23 when
    one was in Berlin."""
    now = at("Europe/Paris", "2023-03-25 12:00")
    for zone in ("Europe/Paris", BERLIN):
        rules = calendar(zone, works("09:00-18:00"), notice=1440)
        assert clocks(rules, date(2023, 3, 26), now=now)[0] == "13:00", "noon would be 23 hours away"


def test_a_day_without_midnight_begins_with_its_first_instant() -> None:
    """moment/moment#1994: the day of 19 October 2014 in São Paulo was said to begin at 23:00 of the day before."""
    span = Span("America/Sao_Paulo", date(2014, 10, 19), 1)
    assert shown("America/Sao_Paulo", [span.since], "%d %H:%M") == ["19 01:00"]
    assert shown("America/Sao_Paulo", [span.since - timedelta(minutes=1)], "%d %H:%M") == ["18 23:59"]
    assert span.until - span.since == timedelta(hours=23)
    assert Span("America/Sao_Paulo", date(2014, 10, 18), 1).until == span.since


def test_limits_and_closed_days_work_on_a_day_without_midnight() -> None:
    """iamkun/dayjs#2868: in Cairo 25 April 2025 begins at 01:00, and the start of that day came out wrong."""
    day = date(2025, 4, 25)
    always = works("00:00-24:00")
    assert clocks(calendar("Africa/Cairo", always), day)[0] == "01:00"
    assert len(clocks(calendar("Africa/Cairo", always), day)) == 23
    closed = calendar("Africa/Cairo", always, exceptions={day: []})
    assert clocks(closed, date(2025, 4, 24), 3, "%d %H")[23:25] == ["24 23", "26 00"]
    one_a_day = calendar("Africa/Cairo", always, a_day=1)
    evening_before = at("Africa/Cairo", "2025-04-24 23:00")
    found = clocks(one_a_day, date(2025, 4, 24), 2, "%d", busy=[(evening_before, evening_before + timedelta(hours=1))])
    assert set(found) == {"25"}


async def test_a_week_with_a_day_of_twenty_five_hours_still_has_its_last_day(region: Region) -> None:
    """openemr/openemr#476: days were counted in steps of 86,400 seconds, and what recurred on the last day of a row was
    lost after a longer day."""
    opened = await office(region, BERLIN, "2026-10-19 06:00", writes("08:00-09:00"))
    found = await opened.find(date(2026, 10, 19), 14, by="day")
    assert shown(BERLIN, found, "%d %H:%M") == [f"{day} 08:00" for day in range(19, 33) if day < 32] + ["01 08:00"]


async def test_a_calendar_of_days_lists_each_day_once_over_the_change(edge: Edge, region: Region) -> None:
    """openemr/openemr#476 again, at the edge: the calendar of the week of the change has seven windows on seven
    days."""
    opened = await office(region, BERLIN, "2026-10-19 06:00", writes("08:00-09:00"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    asked = {"from": "2026-10-20", "until": "2026-10-26"}
    said = await anna.ok("GET", f"/specialists/{opened.who}/calendar", params=asked)
    assert [each["day"] for each in said["windows"]] == [f"2026-10-{day}" for day in range(20, 27)]
    assert [each["starts"][11:13] for each in said["open"]] == ["06"] * 5 + ["07"] * 2


async def test_a_session_in_the_doubled_hour_is_written_on_the_clients_slip_as_one_instant(region: Region) -> None:
    """python/cpython#146236 again: a session that begins at 01:40 and lasts an hour ends at 01:40 in New York."""
    opened = await office(region, NEW_YORK, "2026-10-30 09:00", writes("00:40-04:00"))
    booked = await opened.book("2026-11-01 01:40")
    assert booked.ends - booked.starts == timedelta(hours=1)
    assert booked.ends.astimezone(ZoneInfo(NEW_YORK)).strftime("%H:%M") == "01:40"
    assert stamp(booked.ends) == "2026-11-01T06:40:00Z"
