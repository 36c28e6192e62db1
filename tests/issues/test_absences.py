"""Absences and days that are otherwise: what went wrong in other products, and what holds here."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import calendars
from scheduling.calendars import Owner, WeeklyHours
from scheduling.slots import Interval, subtract
from tests.issues.edge import Edge, stamp
from tests.issues.office import KNOWN, office
from tests.issues.office import works as writes
from tests.issues.wall import at, calendar, clocks, free, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def test_every_day_of_an_absence_is_one(region: Region) -> None:
    """alextselegidis/easyappointments#562: of an absence of some days only the first was hidden, and confirming a time
    of a later one failed."""
    opened = await office(region, ZONE, NOW, writes("09:00-11:00"))
    await opened.away(opened.at("2026-11-24 00:00"), opened.at("2026-11-27 00:00"))
    assert await opened.clocks(MONDAY, 6, "%d", by="day") == ["23", "27", "28"]
    for day in (24, 25, 26):
        assert await opened.tried(f"2026-11-{day} 09:00") == "outside_hours", day


async def test_a_month_away_is_a_month(region: Region) -> None:
    """alextselegidis/easyappointments#1443: from 1 to 31 January 2024 only the first day was closed."""
    opened = await office(region, "Europe/Athens", "2023-12-28 09:00", writes("00:00-24:00"), step_min=240)
    await opened.away(opened.at("2024-01-01 00:00"), opened.at("2024-02-01 00:00"))
    found = await opened.clocks(date(2023, 12, 31), 33, "%d.%m %H")
    assert [each for each in found if each.endswith(".01") or ".01 " in each] == []
    assert found[5:7] == ["31.12 20", "01.02 00"]


def test_the_first_and_last_day_of_an_absence_are_closed_in_part() -> None:
    """alextselegidis/easyappointments#93: away from 12 December 14:30 to 28 December 16:45 (2015), days between could
    be booked."""
    zone = "Europe/Berlin"
    rules = calendar(
        zone,
        works("09:00-18:00"),
        step=15,
        absences=[(at(zone, "2015-12-12 14:30"), at(zone, "2015-12-28 16:45"))],
    )
    found = clocks(rules, date(2015, 12, 12), 17, "%d %H:%M", lasts=15)
    assert {each[:2] for each in found} == {"12", "28"}
    assert ("12 14:15" in found, "12 14:30" in found) == (True, False)
    assert next(each for each in found if each.startswith("28")) == "28 16:45"


async def test_an_absence_that_began_long_ago_still_closes_the_days_that_are_asked_for(region: Region) -> None:
    """betagouv/rdv-service-public#1939: absences that lay around the asked days were not loaded for them."""
    opened = await office(region, ZONE, "2026-08-01 09:00", writes("09:00-11:00"))
    await opened.away(opened.at("2026-08-10 00:00"), opened.at("2027-01-10 00:00"))
    later = opened.at("2026-11-23 07:30")
    assert await opened.find(MONDAY, 14, now=later) == []
    assert (await opened.found(MONDAY, 14, now=later)).none_because == "absent"
    async with region.database.read() as tx:
        found = await calendars.absences(tx, opened.who, since=later, until=later + timedelta(days=1))
    assert len(found) == 1


async def test_an_absence_inside_a_visit_takes_nothing_of_what_comes_after_it(region: Region) -> None:
    """betagouv/rdv-service-public#4441: subtracting an absence that lay within a visit left nothing, and later times of
    the day were lost; the repair broke moves."""
    opened = await office(region, ZONE, NOW, writes("09:00-15:00"), lasts=120, step_min=60)
    booked = await opened.book("2026-11-24 09:00")
    await opened.away(opened.at("2026-11-24 09:30"), opened.at("2026-11-24 10:00"))
    assert await opened.clocks(TUESDAY) == ["11:00", "12:00", "13:00"]
    assert await opened.moved(booked, "2026-11-24 12:00") == "moved"
    assert await opened.clocks(TUESDAY) == ["10:00"]


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        ([(600, 840), (720, 780)], [(540, 600), (840, 900)]),
        ([(720, 780), (600, 840)], [(540, 600), (840, 900)]),
        ([(600, 720), (660, 780)], [(540, 600), (780, 900)]),
        ([(600, 600), (0, 540), (900, 999)], [(540, 900)]),
        ([(0, 9999)], []),
    ],
)
def test_holes_within_holes_leave_what_none_of_them_covers(holes: list[Interval], left: list[Interval]) -> None:
    """microsoftgraph/microsoft-graph-docs-contrib#1725: with 10–14 and 12–13 taken the time from 13 on was called free.

    An empty hole cuts nothing: it may split a stretch in two that touch, which are one stretch of time."""
    found = subtract([(540, 900)], holes)
    joined: list[Interval] = []
    for start, end in found:
        joined = [*joined[:-1], (joined[-1][0], end)] if joined and joined[-1][1] == start else [*joined, (start, end)]
    assert joined == left


async def test_who_works_where_nobody_may_know_why_is_busy_all_the_same(edge: Edge, region: Region) -> None:
    """nextcloud/calendar#4967: entries that were private left their time bookable.

    Here the time is taken, and the reason stays with who keeps the calendar."""
    opened = await office(region, ZONE, NOW, writes("09:00-11:00"), specialist=2)
    edge.at(opened.now)
    await opened.away(opened.at("2026-11-24 09:00"), opened.at("2026-11-24 10:00"))
    desk = await edge.person("desk")
    found = await desk.slots(specialist=opened.who, from_="2026-11-24", days=1)
    assert [each["starts"] for each in found["items"]] == [stamp(opened.at("2026-11-24 10:00"))]
    shown = await desk.ok("GET", f"/specialists/{opened.who}/calendar")
    assert [set(each) for each in shown["absences"]] == [{"id", "starts", "ends", "kind"}]


def test_a_day_with_its_own_hours_has_its_own_grid() -> None:
    """calcom/cal.com#15269: Mondays from nine to ten, that Monday 09:15–09:45: nothing was offered, because the grid
    was that of the week."""
    rule = works("09:00-10:00", "FREQ=WEEKLY;BYDAY=MO")
    otherwise = calendar(ZONE, rule, exceptions={MONDAY: ["09:15-09:45"]}, step=30)
    assert clocks(otherwise, MONDAY, lasts=30) == ["09:15"]


async def test_a_day_open_until_midnight_opens_nothing_of_the_next(region: Region) -> None:
    """onehashai/Cal-ID#931: a day's own hours until 23:59 kept the closed day after it open."""
    opened = await office(region, ZONE, NOW, writes("09:00-10:00", "FREQ=WEEKLY;BYDAY=TU"))
    await opened.day(TUESDAY, "22:00-24:00")
    await opened.day(TUESDAY + timedelta(days=1))
    assert await opened.clocks(MONDAY, 7, "%d %H:%M") == ["24 22:00", "24 22:30", "24 23:00"]
    assert await opened.tried("2026-11-25 00:00") == "outside_hours"
    assert await opened.tried("2026-11-24 23:30") == "outside_hours", "it would end on the closed day"


async def test_a_day_that_is_open_by_exception_alone_is_listed_and_booked(region: Region) -> None:
    """calcom/cal.com#6622: dates that only an override opened were offered and then refused, as if nobody were
    there."""
    opened = await office(region, ZONE, NOW, writes("09:00-10:00", "FREQ=WEEKLY;BYDAY=MO"))
    await opened.day(date(2026, 11, 28), "12:00-13:00")
    assert await opened.clocks(date(2026, 11, 28)) == ["12:00"]
    assert await opened.tried("2026-11-28 12:00") == "booked"


async def test_an_absence_is_shown_as_it_was_written(edge: Edge, region: Region) -> None:
    """calcom/cal.com#16912: in a zone at −7 an absence of 27 to 31 October was shown as 26 to 30 when it was opened
    again."""
    opened = await office(region, "America/Phoenix", "2024-10-20 09:00", writes("09:00-11:00"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    form = {
        "starts": stamp(opened.at("2024-10-27 00:00")),
        "ends": stamp(opened.at("2024-11-01 00:00")),
        "kind": "vacation",
    }
    await anna.ok("POST", f"/specialists/{opened.who}/absences", form)
    asked = {"from": "2024-10-26", "until": "2024-11-02"}
    shown = await anna.ok("GET", f"/specialists/{opened.who}/calendar", params=asked)
    assert [{name: each[name] for name in form} for each in shown["absences"]] == [form]
    opens = [datetime.fromisoformat(each["starts"]).astimezone(ZoneInfo("America/Phoenix")) for each in shown["open"]]
    assert [f"{each:%m-%d}" for each in opens] == ["10-26", "11-01", "11-02"]


async def test_an_absence_over_midnight_closes_both_of_its_days_in_part(region: Region) -> None:
    """Bahmni/openmrs-module-appointments#201: absences at night needed a test of their own, and hours were compared in
    the zone of the server."""
    opened = await office(region, "Africa/Lagos", "2026-11-23 09:00", writes("00:00-24:00"), step_min=60)
    await opened.away(opened.at("2026-11-24 22:00"), opened.at("2026-11-25 02:00"))
    found = await opened.clocks(TUESDAY, 2, "%d %H")
    assert found[21:23] == ["24 21", "25 02"]
    assert len(found) == 44


async def test_other_hours_leave_visits_where_they_are_and_their_time_taken(region: Region) -> None:
    """calcom/cal.com#8768: changing the hours said nothing of the visits that lie outside of them now.

    Here none of them is touched; and where the hours come back, its time is still its own."""
    opened = await office(region, ZONE, NOW)
    async with region.database.write() as tx:
        rows = [WeeklyHours(1, 540, 720)]
        await calendars.set_hours(tx, opened.who, version=await opened.version(), hours=rows, known_services=KNOWN)
    booked = await opened.book("2026-11-24 09:00")
    for rows in ([WeeklyHours(1, 840, 900)], [WeeklyHours(1, 540, 720)]):
        version = await opened.version()
        async with region.database.write() as tx:
            await calendars.set_hours(tx, opened.who, version=version, hours=rows, known_services=KNOWN)
        stands = await opened.stands(booked)
        assert (stands.status, stands.starts, stands.version) == ("booked", booked.starts, 1)
    assert await opened.clocks(TUESDAY) == ["10:00", "10:30", "11:00"]


async def test_a_new_absence_names_the_visits_that_it_meets_and_no_other(edge: Edge, region: Region) -> None:
    """calcom/cal.com#8768 again: whoever says that she is away hears who has to be called."""
    opened = await office(region, ZONE, NOW, writes("09:00-15:00"))
    edge.at(opened.now)
    inside = await opened.book("2026-11-24 10:00", 0)
    touching = await opened.book("2026-11-24 09:00", 1)
    cancelled = await opened.book("2026-11-24 11:00", 2)
    await opened.cancel(cancelled)
    anna = await edge.person("anna")
    form = {
        "starts": stamp(opened.at("2026-11-24 10:00")),
        "ends": stamp(opened.at("2026-11-24 13:00")),
        "kind": "sick",
    }
    said = await anna.ok("POST", f"/specialists/{opened.who}/absences", form)
    assert [each["id"] for each in said["affected"]] == [inside.id]
    assert {(await opened.stands(each)).status for each in (inside, touching)} == {"booked"}


async def test_the_rest_of_a_partly_closed_stretch_is_listed(region: Region) -> None:
    """LibreBooking/librebooking#1224: with a blackout from 1 April 00:30 to 12 April 23:30 the weeks that it covers in
    part could not be loaded."""
    opened = await office(region, "Europe/Paris", "2026-03-25 09:00", writes("00:00-24:00"), lasts=30)
    await opened.away(opened.at("2026-04-01 00:30"), opened.at("2026-04-12 23:30"))
    found = await opened.clocks(date(2026, 4, 1), 12, "%d %H:%M")
    assert found == ["01 00:00", "12 23:30"]


async def test_seconds_of_an_absence_round_to_her_side(region: Region) -> None:
    """calcom/cal.com#23465 and Bahmni/openmrs-module-appointments#201: an absence that ends at 10:00:01 still covers
    the minute of ten o'clock."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"))
    await opened.away(opened.at("2026-11-24 09:00"), opened.at("2026-11-24 10:00") + timedelta(seconds=1))
    assert (await opened.clocks(TUESDAY))[0] == "10:30"


async def test_each_of_many_calendars_has_its_own_absences(region: Region) -> None:
    """betagouv/rdv-service-public#1939 again: asked for many at once, nobody gets or loses an absence of another."""
    one = await office(region, ZONE, NOW, writes("09:00-10:00"))
    other = await office(region, ZONE, NOW, writes("09:00-10:00"), specialist=1)
    await one.away(one.at("2026-11-24 00:00"), one.at("2026-11-25 00:00"))
    await other.away(one.at("2026-11-25 00:00"), one.at("2026-11-26 00:00"))
    owners = [Owner(each.who, ZONE, 1) for each in (one, other)]
    since = datetime(2026, 11, 23, tzinfo=UTC)
    async with region.database.read() as tx:
        rules = await calendars.rules(tx, owners, since=since, until=since + timedelta(days=4))
    found = [
        [each.astimezone(ZoneInfo(ZONE)).day for each in free(rules[who], MONDAY, 4)] for who in (one.who, other.who)
    ]
    assert found == [[23, 25, 26], [23, 24, 26]]
