"""Zones, weekdays and dates: what went wrong in other products around midnight and far from home."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from scheduling import calendars
from scheduling.calendars.plan import Special
from scheduling.people import Account
from tests.issues.edge import Edge, match, stamp
from tests.issues.office import office, together
from tests.issues.office import works as writes
from tests.issues.wall import at, calendar, clocks, days, free, shown, works
from tests.scheduling.region import Region

LOS_ANGELES, TOKYO, AUCKLAND, BERLIN = "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Europe/Berlin"
KOLKATA, PAGO_PAGO = "Asia/Kolkata", "Pacific/Pago_Pago"
NIGHT = "%a %H:%M"


def test_the_days_of_a_rule_are_days_of_its_own_zone() -> None:
    """jkbrzt/rrule#556: Monday, Wednesday and Thursday at one in the morning in Denver came back as Sunday, Tuesday and
    Wednesday."""
    nights = calendar("America/Denver", works("01:00-02:00", "FREQ=WEEKLY;BYDAY=MO,WE,TH"))
    assert clocks(nights, date(2026, 11, 23), 7, "%a") == ["Mon", "Wed", "Thu"]


def test_an_evening_that_is_tomorrow_in_greenwich_is_still_this_evening() -> None:
    """jkbrzt/rrule#362: of Thursday and Friday at 23:00 in Los Angeles one was lost, because it is Saturday in UTC."""
    evenings = calendar(LOS_ANGELES, works("23:00-24:00", "FREQ=WEEKLY;BYDAY=TH,FR"))
    assert clocks(evenings, date(2026, 11, 23), 7, NIGHT) == ["Thu 23:00", "Fri 23:00"]


@pytest.mark.parametrize("machine", ["Pacific/Kiritimati", "Africa/Maputo", "Pacific/Pago_Pago"])
def test_the_clock_of_the_machine_changes_no_weekday(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """jkbrzt/rrule#290: a weekly rule for Tuesdays gave Wednesdays when a server at UTC+2 was asked between midnight
    and two o'clock."""
    monkeypatch.setitem(os.environ, "TZ", machine)
    time.tzset()
    try:
        tuesdays = calendar("Asia/Novosibirsk", works("09:00-10:00", "FREQ=WEEKLY;BYDAY=TU"))
        now = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
        assert clocks(tuesdays, date(2026, 11, 23), 15, NIGHT, now=now) == ["Tue 09:00"] * 2
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_a_chosen_date_is_the_date_and_its_weekday_is_not_yesterdays(region: Region) -> None:
    """YosemiteCrew/Yosemite-Crew#283: Tuesday 27 May 2025 was read as midnight in UTC and taken for a Monday in
    Kolkata."""
    opened = await office(
        region,
        KOLKATA,
        "2025-05-20 09:00",
        writes("09:00-10:00", "FREQ=WEEKLY;BYDAY=MO"),
        writes("15:00-16:00", "FREQ=WEEKLY;BYDAY=TU"),
    )
    assert await opened.clocks(date(2025, 5, 27), 1, NIGHT) == ["Tue 15:00"]


def test_a_day_asked_from_far_away_is_that_day_and_not_the_one_before() -> None:
    """nextcloud/calendar#3597: a day asked from Auckland was shifted twice, and what came back for 4 November began on
    2 November."""
    always = calendar("UTC", works("00:00-24:00"))
    found = free(always, date(2021, 11, 4), seen_from=AUCKLAND)
    assert found[0] == datetime(2021, 11, 3, 11, 0, tzinfo=UTC)
    assert found[-1] == datetime(2021, 11, 4, 10, 0, tzinfo=UTC)
    assert len(found) == 24


async def test_late_hours_stand_under_the_next_date_for_who_lives_in_the_east_and_are_booked(region: Region) -> None:
    """alextselegidis/easyappointments#1432: hours at 23:00 were on no day at all for a client one zone to the east."""
    opened = await office(region, "Asia/Omsk", "2026-11-23 08:00", writes("23:00-24:00", "FREQ=WEEKLY;BYDAY=MO"))
    east = "Asia/Novosibirsk"
    assert await opened.find(date(2026, 11, 23), zone=east) == []
    found = await opened.find(date(2026, 11, 24), zone=east)
    assert shown(east, found, "%d %H:%M") == ["24 00:00"]
    assert await opened.tried(found[0]) == "booked"


async def test_whoever_looks_at_a_booking_sees_one_instant_with_the_date_of_his_own_clock(region: Region) -> None:
    """alextselegidis/easyappointments#961: a date chosen in Melbourne stood on the page as the 17th after the zone was
    changed to −8, where it is the 16th, while the letter was right."""
    opened = await office(region, "Australia/Melbourne", "2025-12-10 09:00", writes("09:00-10:00"))
    (found,) = await opened.find(date(2025, 12, 16), zone=LOS_ANGELES)
    booked = await opened.book(found)
    assert (booked.zone, booked.wall) == ("Australia/Melbourne", "2025-12-17T09:00")
    assert shown(LOS_ANGELES, [booked.starts], "%d %H:%M") == ["16 14:00"]


async def test_east_and_west_of_her_the_same_instants_are_found(region: Region) -> None:
    """calcom/cal.com#5260: for zones at least an hour to the east the wrong date was chosen; to the west all was
    well."""
    opened = await office(region, "Asia/Novosibirsk", "2026-11-20 08:00", writes("00:00-24:00"))
    own = set(await opened.find(date(2026, 11, 24), 2))
    for zone in ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/Moscow", "UTC", "America/New_York", "Pacific/Niue"):
        days_there = [await opened.find(date(2026, 11, 23) + timedelta(days=number), zone=zone) for number in range(4)]
        for number, day in enumerate(days_there):
            assert {each.astimezone(ZoneInfo(zone)).day for each in day} == {23 + number}, zone
        assert own <= set(together(*days_there)), zone


def test_whole_hours_are_whole_hours_where_the_clock_is_half_an_hour_off() -> None:
    """calcom/cal.com#10136: hourly slots in Kolkata began at half past, because the grid was laid in UTC."""
    for zone in (KOLKATA, "Asia/Kathmandu", "Pacific/Chatham"):
        assert clocks(calendar(zone, works("09:00-12:00")), date(2026, 11, 23)) == ["09:00", "10:00", "11:00"]


async def test_a_quarter_of_an_hour_after_midnight_is_on_its_own_day(region: Region) -> None:
    """calcom/cal.com#8833: Saturday 00:00–00:15 in Berlin was drawn as Friday 22:00."""
    opened = await office(region, BERLIN, "2023-05-08 09:00", lasts=15)
    await opened.day(date(2023, 5, 13), "00:00-00:15")
    assert await opened.clocks(date(2023, 5, 8), 10, NIGHT) == ["Sat 00:00"]
    assert await opened.windows(date(2023, 5, 8), 10) == ["13.05 00:00-00:15"]


async def test_the_day_that_is_shown_as_closed_is_the_day_that_is_closed(edge: Edge, region: Region) -> None:
    """calcom/cal.com#10200: a day's own hours that are tomorrow in UTC stood on the wrong day and closed the right
    one."""
    opened = await office(region, LOS_ANGELES, "2026-11-23 08:00", writes("18:00-20:00"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    path = f"/specialists/{opened.who}"
    await anna.ok("POST", f"{path}/exceptions", {"day": "2026-11-25", "windows": []}, **match(await opened.version()))
    said = await anna.ok("GET", f"{path}/calendar", params={"from": "2026-11-24", "until": "2026-11-26"})
    assert [each["day"] for each in said["exceptions"]] == ["2026-11-25"]
    assert [each["day"] for each in said["windows"]] == ["2026-11-24", "2026-11-26"]
    assert [each["starts"] for each in said["open"]] == ["2026-11-25T02:00:00Z", "2026-11-27T02:00:00Z"]


async def test_no_zone_of_a_viewer_opens_a_closed_day(region: Region) -> None:
    """calcom/cal.com#6136: a day that was closed could be booked again once the page was switched to another zone."""
    opened = await office(region, BERLIN, "2026-11-20 09:00", writes("00:00-24:00"), step_min=60)
    closed = date(2026, 11, 24)
    await opened.day(closed)
    for zone in (BERLIN, "Pacific/Kiritimati", PAGO_PAGO, KOLKATA):
        found = await opened.find(closed - timedelta(days=2), 5, zone=zone)
        assert closed not in {each.astimezone(ZoneInfo(BERLIN)).date() for each in found}
        assert len(found) > 70, zone


def test_a_whole_day_is_closed_until_midnight_of_who_takes_it_off() -> None:
    """calcom/cal.com#6292: an entry for a whole day left the day open after 16:00, when the day of UTC was over."""
    always = works("00:00-24:00")
    closed = calendar(LOS_ANGELES, always, exceptions={date(2026, 11, 24): []})
    found = clocks(closed, date(2026, 11, 23), 3, "%d %H")
    assert (found[23], found[24]) == ("23 23", "25 00")


async def test_a_holiday_is_only_a_date_and_meets_every_time_of_its_day(region: Region) -> None:
    """OCA/calendar#219: entries of whole days hold dates alone, so a comparison of times never met them."""
    opened = await office(region, AUCKLAND, "2026-11-20 09:00", writes("00:00-24:00"), step_min=60)
    async with region.database.write() as tx:
        await calendars.add_holiday(tx, day=date(2026, 11, 24), name="День области")
    assert await opened.find(date(2026, 11, 24)) == []
    assert len(await opened.find(date(2026, 11, 23))) == len(await opened.find(date(2026, 11, 25))) == 24
    for clock in ("00:00", "12:00", "23:00"):
        assert await opened.tried(f"2026-11-24 {clock}") == "outside_hours"


@pytest.mark.parametrize("zone", [LOS_ANGELES, TOKYO])
def test_a_day_off_is_that_day_on_her_own_clock_and_no_hour_of_another(zone: str) -> None:
    """Medical-Software-Foundation/canvas#327: a day of vacation kept as 24 hours of UTC began at 17:00 on the Pacific
    coast and reached into the next day in Tokyo."""
    off = date(2026, 6, 15)
    found = free(calendar(zone, works("00:00-24:00"), exceptions={off: []}), off - timedelta(days=1), 3)
    assert [later - earlier for earlier, later in pairwise(found)].count(timedelta(hours=25)) == 1
    assert {each.astimezone(ZoneInfo(zone)).day for each in found} == {14, 16}
    assert len(found) == 48


async def test_an_answer_says_which_days_of_which_zone_were_searched(edge: Edge, region: Region) -> None:
    """alextselegidis/easyappointments#1061: the question had no zone, so a day asked from afar came back empty."""
    opened = await office(region, LOS_ANGELES, "2026-11-20 08:00", writes("09:00-10:00"))
    edge.at(opened.now)
    desk = await edge.person("desk")
    said = await desk.slots(specialist=opened.who, from_="2026-11-24", days=1)
    assert said["zone"] == "Asia/Novosibirsk"
    assert (said["searched"]["from"], said["searched"]["until"]) == ("2026-11-23T17:00:00Z", "2026-11-24T17:00:00Z")
    assert [(each["starts"], each["zone"]) for each in said["items"]] == [("2026-11-23T17:00:00Z", LOS_ANGELES)]


async def test_a_day_in_sydney_has_its_morning_and_nothing_of_tomorrow(region: Region) -> None:
    """calcom/cal.com#17844: 25 November 2024 in Sydney came back without its morning and with times of the 26th."""
    opened = await office(region, "Europe/London", "2024-11-20 09:00", writes("00:00-24:00"), step_min=60)
    found = await opened.find(date(2024, 11, 25), zone="Australia/Sydney")
    there = shown("Australia/Sydney", found, "%d %H:%M")
    assert there == [f"25 {hour:02}:00" for hour in range(24)]


async def test_a_time_four_hours_away_is_not_too_soon_in_any_zone(region: Region) -> None:
    """alextselegidis/easyappointments#1789: a visit four hours ahead in Chicago could not be changed with a notice of
    thirty minutes, because local and UTC clocks were compared."""
    opened = await office(region, "America/Chicago", "2025-06-16 10:00", writes("08:00-20:00"), notice_min=30)
    booked = await opened.book("2025-06-16 14:00")
    assert await opened.moved(booked, "2025-06-16 15:00") == "moved"
    assert await opened.moved(booked, "2025-06-16 10:00", version=2) == "too_soon"


async def test_what_is_booked_leaves_the_list_at_that_very_instant(region: Region) -> None:
    """alextselegidis/easyappointments#871: a client in Amsterdam booked 14:00 of a provider on the Azores, and the list
    lost 16:00."""
    opened = await office(region, "Atlantic/Azores", "2026-11-20 08:00", writes("12:00-18:00"), step_min=60)
    before = await opened.find(date(2026, 11, 24), zone="Europe/Amsterdam")
    chosen = at("Atlantic/Azores", "2026-11-24 14:00")
    assert chosen in before
    await opened.book(chosen)
    assert set(before) - set(await opened.find(date(2026, 11, 24), zone="Europe/Amsterdam")) == {chosen}


async def test_hours_that_are_saved_as_they_were_read_stay_as_they_were(edge: Edge, region: Region) -> None:
    """nextcloud/server#50016: every saving of the form added the zone's offset to all hours of Berlin once more."""
    opened = await office(region, BERLIN, "2026-11-20 08:00", writes("09:00-18:00", "FREQ=WEEKLY;BYDAY=MO,TU"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    path = f"/specialists/{opened.who}"
    read = await anna.ok("GET", f"{path}/calendar")
    for _ in range(3):
        rows = [{name: each for name, each in row.items() if name != "rule"} for row in read["hours"]]
        await anna.ok("PUT", f"{path}/hours", {"hours": rows}, **match(read["version"]))
        again = await anna.ok("GET", f"{path}/calendar")
        assert [(row["weekday"], row["start"], row["end"]) for row in again["hours"]] == [
            (0, "09:00", "18:00"),
            (1, "09:00", "18:00"),
        ]
        read = again
    assert await opened.clocks(date(2026, 11, 23), 1, limit=1) == ["09:00"]


def test_a_rule_since_ever_knows_no_local_mean_time() -> None:
    """jkbrzt/rrule#214: with a first day in 1900, when Singapore was at +06:55:25, weekly Wednesdays became
    Tuesdays."""
    since = date(1900, 1, 3)
    wednesdays = calendar("Asia/Singapore", works("00:00-01:00", "FREQ=WEEKLY;BYDAY=WE", since))
    assert clocks(wednesdays, date(2026, 11, 23), 14, NIGHT) == ["Wed 00:00"] * 2


def test_each_day_off_of_a_rule_is_left_out_by_its_date_in_her_zone() -> None:
    """calcom/cal.com#6292 and OCA/calendar#219: two days off in a row leave both of their evenings and mornings out."""
    closed = [Special(day) for day in days("2026-11-24", "2026-11-25")]
    rules = calendar("Pacific/Kiritimati", works("00:00-01:00"), works("23:00-24:00"), specials=closed)
    assert clocks(rules, date(2026, 11, 23), 4, "%d %H") == ["23 00", "23 23", "26 00", "26 23"]


async def test_who_asks_from_another_zone_gets_whole_days_of_his_own(edge: Edge, region: Region) -> None:
    """betagouv/rdv-service-public#4158 and calcom/cal.com#17844: two of the staff who sit in different zones ask for
    one date, and each gets that date of his own clock."""
    opened = await office(region, "Asia/Novosibirsk", "2026-11-20 08:00", writes("00:00-24:00"), step_min=60)
    async with region.database.write() as tx:
        desk_account = await tx.scalar(select(Account).where(Account.login == "desk"))
        assert desk_account is not None
        desk_account.institution_id = region.institutions[2]
    edge.at(opened.now)
    answers = [
        await (await edge.person(login)).slots(specialist=opened.who, from_="2026-11-24", days=1, limit=100)
        for login in ("desk", "anna")
    ]
    assert [each["zone"] for each in answers] == ["Asia/Omsk", "Asia/Novosibirsk"]
    firsts = [each["items"][0]["starts"] for each in answers]
    assert firsts == [stamp(at(zone, "2026-11-24 00:00")) for zone in ("Asia/Omsk", "Asia/Novosibirsk")]
    assert [len(each["items"]) for each in answers] == [24, 24]
