"""Laws of time that change: what went wrong in other products when a country moved its clock, and what holds here."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling import bookings, occupancy, slots, timezones
from scheduling.bookings import Booking
from scheduling.timezones import instant
from tests.issues.edge import Edge, stamp
from tests.issues.office import Office, office, works
from tests.issues.wall import at, calendar, clocks, free
from tests.issues.wall import works as opens
from tests.scheduling.region import Region


async def promised_before(opened: Office, starts: str, hours: int, client: int = 0) -> Booking:
    """A booking that was promised while the machine's zones said an hour more or less than they do now."""
    booked = await opened.book(starts, client)
    then = booked.starts + timedelta(hours=hours)
    async with opened.region.database.write() as tx:
        stands = await bookings.by_id(tx, booked.id)
        await occupancy.release(tx, booking=booked.id)
        stands.starts, stands.ends = then, then + stands.standard.duration
        stands.busy_until = stands.ends
        await tx.flush()
        await bookings.claim(tx, stands, opened.now)
    return await opened.stands(booked)


async def drifted(opened: Office) -> list[tuple[int, datetime, datetime, str | None]]:
    async with opened.region.database.read() as tx:
        found = await timezones.drifted(tx, now=opened.now)
        return [(each.booking.id, each.booking.starts, each.now_at, each.doubt) for each in found]


async def follow(opened: Office) -> None:
    async with opened.region.database.write() as tx:
        assert await timezones.follow(tx, await timezones.drifted(tx, now=opened.now), now=opened.now) == []


async def test_a_visit_in_amman_stays_at_nine_when_summer_time_is_kept_for_good(region: Region) -> None:
    """python/tzdata#59: Jordan kept +03 for good, published on 11 October 2022 for 28 October; a visit on the 30th at
    nine had been promised as 07:00Z."""
    opened = await office(region, "Asia/Amman", "2022-10-12 09:00", works("08:00-12:00"))
    booked = await promised_before(opened, "2022-10-30 09:00", hours=1)
    assert stamp(booked.starts) == "2022-10-30T07:00:00Z"
    six = datetime(2022, 10, 30, 6, tzinfo=UTC)
    assert await drifted(opened) == [(booked.id, booked.starts, six, None)]
    await follow(opened)
    stands = await opened.stands(booked)
    assert (stands.starts, stands.wall, stands.version) == (six, "2022-10-30T09:00", 2)
    assert await drifted(opened) == []


@pytest.mark.parametrize(("day", "hours"), [("2016-07-10", -1), ("2023-07-10", 1)])
async def test_summer_time_that_was_called_off_or_brought_back_moves_visits_either_way(
    region: Region, day: str, hours: int
) -> None:
    """moment/moment-timezone#85: Egypt brought summer time back in 2014, called it off days before it began in 2016,
    and brought it back in 2023."""
    opened = await office(region, "Africa/Cairo", f"{day[:4]}-06-20 09:00", works("08:00-14:00"))
    booked = await promised_before(opened, f"{day} 10:00", hours)
    await follow(opened)
    stands = await opened.stands(booked)
    assert stands.starts == opened.at(f"{day} 10:00")
    assert stands.starts - booked.starts == timedelta(hours=-hours)
    async with region.database.read() as tx:
        (_, moved) = [change for change, _ in await bookings.history(tx, booked.id)]
    assert (moved.what, moved.after["because"], moved.account_id) == ("moved", "timezone", None)


async def test_what_is_kept_is_the_wall_and_the_zone_beside_the_instant(region: Region) -> None:
    """roed314/seminars#827: talks were kept as instants alone, so a later change of the rules moved their local hour
    and nothing could tell."""
    opened = await office(region, "America/Mexico_City", "2022-10-20 09:00", works("09:00-12:00"))
    booked = await opened.book("2023-07-10 09:00")
    assert (booked.zone, booked.wall, booked.fold) == ("America/Mexico_City", "2023-07-10T09:00", 0)
    assert instant(booked.zone, booked.wall, booked.fold) == booked.starts
    assert await drifted(opened) == []


def test_the_summer_of_mexico_has_no_summer_time_any_more() -> None:
    """nextcloud/calendar#5234: in the summer of 2023 Mexico City was at −5 instead of −6, because old zone data was
    shipped; marnusw/date-fns-tz#217: the platform of each reader decided."""
    mornings = calendar("America/Mexico_City", opens("09:00-10:00"))
    assert [each.hour for each in free(mornings, date(2022, 7, 1))] == [14]
    assert [each.hour for each in free(mornings, date(2023, 7, 1))] == [15]
    assert at("America/Mexico_City", "2023-04-02 11:00") == datetime(2023, 4, 2, 17, tzinfo=UTC)


async def test_the_server_says_the_local_time_and_nobody_has_to_know_the_law(edge: Edge, region: Region) -> None:
    """marnusw/date-fns-tz#217 and moment/luxon#1417: what an old telephone believes about Mexico must not decide when a
    visit is."""
    opened = await office(region, "America/Mexico_City", "2023-07-03 09:00", works("09:00-10:00"))
    edge.at(opened.now)
    anna = await edge.person("anna")
    said = await anna.slots(specialist=opened.who, from_="2023-07-10", days=1)
    assert (said["items"][0]["starts"], said["items"][0]["zone"]) == ("2023-07-10T15:00:00Z", "America/Mexico_City")
    assert said["zone"] == "America/Mexico_City"


def test_an_hour_before_midnight_that_comes_twice_belongs_to_its_own_date() -> None:
    """k8tz/k8tz#96: Kazakhstan went from +6 to +5 at midnight on 1 March 2024, so 29 February has 23 o'clock twice;
    what is counted by date must count one."""
    night = calendar("Asia/Almaty", opens("22:00-24:00"), opens("00:00-01:00"))
    found = free(night, date(2024, 2, 29), 2)
    assert [f"{each:%d %H}" for each in found] == [*("28 18", "29 16", "29 17", "29 18", "29 19"), *("01 17", "01 18")]
    one_a_day = calendar("Asia/Almaty", opens("22:00-24:00"), opens("00:00-01:00"), a_day=1)
    second_pass = at("Asia/Almaty", "2024-02-29 23:00", second=True)
    left = clocks(one_a_day, date(2024, 2, 29), 2, "%d %H", busy=[(second_pass, second_pass + timedelta(hours=1))])
    assert {each[:2] for each in left} == {"01"}
    assert slots.local_day("Asia/Almaty", slots.minute(second_pass)) == slots.day_number(date(2024, 2, 29))


async def test_two_names_of_one_zone_are_one_clock(region: Region) -> None:
    """thewca/worldcubeassociation.org#14830: server and page disagreed about Asia/Katmandu and Asia/Kathmandu."""
    one = await office(region, "Asia/Katmandu", "2026-11-23 07:30", works("09:00-12:00"))
    other = await office(region, "Asia/Kathmandu", "2026-11-23 07:30", works("09:00-12:00"), specialist=1)
    day = date(2026, 11, 24)
    found = [await each.find(day, zone=zone) for each in (one, other) for zone in ("Asia/Katmandu", "Asia/Kathmandu")]
    assert found[0] == found[1] == found[2] == found[3] != []
    booked = await one.book("2026-11-24 09:00")
    moved = await one.move(booked, "2026-11-24 10:00", specialist=other.who)
    assert (moved.zone, moved.wall) == ("Asia/Kathmandu", "2026-11-24T10:00")


async def test_a_date_that_never_was_has_no_time_and_breaks_no_search(region: Region) -> None:
    """rails/rails#5838: Samoa left 30 December 2011 out, and lies a day away from its neighbour Pago Pago."""
    opened = await office(region, "Pacific/Apia", "2011-12-27 07:00", works("09:00-10:00"))
    found = await opened.find(date(2011, 12, 28), 5, by="day")
    assert [f"{each:%d %H}" for each in found] == ["28 19", "29 19", "30 19", "31 19"], "28, 29, 31 December, 1 January"
    assert await opened.find(date(2011, 12, 30)) == []
    assert await opened.tried(found[2]) == "booked"
    assert (await opened.windows(date(2011, 12, 29), 3))[0] == "29.12 09:00-10:00"


async def test_when_a_clock_moves_a_row_of_visits_moves_into_its_own_old_places(region: Region) -> None:
    """python/tzdata#59 again: visits at nine, ten and eleven all go an hour earlier, each to where the one before it
    was promised; none of them is in the way of another."""
    opened = await office(region, "Asia/Amman", "2022-10-12 09:00", works("08:00-14:00"))
    before = [await promised_before(opened, f"2022-10-30 {hour:02}:00", 1, hour % 6) for hour in (11, 10, 9)]
    await follow(opened)
    after = [await opened.stands(each) for each in before]
    assert [each.starts for each in after] == [opened.at(f"2022-10-30 {hour:02}:00") for hour in (11, 10, 9)]
    async with region.database.read() as tx:
        taken = await occupancy.taken(
            tx, "specialist", [opened.who], since=after[-1].starts, until=after[0].ends, now=opened.now
        )
    assert [each.start for each in taken[opened.who]] == [slots.minute(each.starts) for each in reversed(after)]


async def test_what_is_over_is_not_moved_by_a_law_that_came_later(region: Region) -> None:
    """roed314/seminars#827 again: what took place stays written down when it took place."""
    opened = await office(region, "Asia/Amman", "2022-10-12 09:00", works("08:00-12:00"))
    booked = await promised_before(opened, "2022-10-30 09:00", hours=1)
    opened.now = booked.starts + timedelta(days=3)
    assert await drifted(opened) == []
