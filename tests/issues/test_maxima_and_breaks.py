"""How many a day and a week, and how long without a break: what went wrong in other products, and what holds here."""

from datetime import date, timedelta

import pytest

from scheduling.people import Client, District
from tests.issues.edge import Edge, stamp
from tests.issues.office import Office, office, works
from tests.issues.wall import at, shown
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY = date(2026, 11, 23)
BRISBANE = "Australia/Brisbane"


async def brisbane(region: Region, **limits: int) -> Office:
    return await office(region, BRISBANE, "2026-11-22 12:00", works("00:00-24:00"), step_min=60, **limits)


async def test_a_full_day_is_the_specialists_day_and_no_part_of_another(region: Region) -> None:
    """calcom/cal.com#12172: with one a day in Brisbane a booking at 16:00, which is early morning in UTC, closed that
    day and a part of the next."""
    opened = await brisbane(region, max_per_day=1)
    await opened.book("2026-11-24 16:00")
    found = await opened.clocks(MONDAY, 3, "%d %H:%M")
    assert [each for each in found if each.startswith("24")] == []
    assert [len([each for each in found if each.startswith(day)]) for day in ("23", "25")] == [24, 24]


@pytest.mark.parametrize("zone", [BRISBANE, "America/Los_Angeles", "Pacific/Kiritimati"])
async def test_a_full_day_is_full_from_wherever_one_looks(region: Region, zone: str) -> None:
    """calcom/cal.com#15360: a client whose own day left the existing booking out saw free times on a full day."""
    opened = await brisbane(region, max_per_day=1)
    await opened.book("2026-11-24 01:00")
    found = await opened.find(MONDAY, 4, zone=zone)
    assert "24" not in shown(BRISBANE, found, "%d")
    assert len([each for each in shown(BRISBANE, found, "%d") if each == "25"]) == 24


async def test_list_and_booking_count_the_day_on_one_clock(edge: Edge, region: Region) -> None:
    """calcom/cal.com#24846: the list and the booking took different zones for the limit, so full days looked free."""
    opened = await brisbane(region, max_per_day=1)
    edge.at(opened.now)
    desk = await edge.person("desk")
    await opened.book("2026-11-24 05:00")
    form = {"client": region.clients[1], "specialist": opened.who, "service": "1739"}
    listed = await desk.slots(specialist=opened.who, from_="2026-11-24", days=2, limit=200)
    status, said = await desk.ask("POST", "/bookings", {**form, "starts": stamp(opened.at("2026-11-24 20:00"))})
    assert (status, said["code"], said["day"]) == (409, "day_full", "2026-11-24")
    own_days = shown(BRISBANE, [at("UTC", each["starts"][:16]) for each in listed["items"]], "%d")
    assert "24" not in own_days
    assert "25" in own_days


async def test_two_days_that_share_a_day_of_greenwich_are_counted_apart(region: Region) -> None:
    """calcom/cal.com#27287: bookings on two local days that are one day in UTC were counted together."""
    opened = await brisbane(region, max_per_day=1)
    for number, starts in enumerate(("2026-11-24 11:00", "2026-11-25 08:00")):  # 01:00Z and 22:00Z of the 24th
        assert await opened.tried(starts, number) == "booked"
    assert await opened.tried("2026-11-25 20:00", 2) == "day_full"


async def test_a_week_over_the_end_of_a_month_is_one_week(region: Region) -> None:
    """calcom/cal.com#10402: with one a week, booked on Monday 31 July 2023, the first days of August stayed open."""
    opened = await office(region, "Europe/Berlin", "2023-07-28 09:00", works("09:00-11:00"), max_per_week=1)
    await opened.book("2023-07-31 09:00")
    assert await opened.find(date(2023, 8, 1), 6) == []
    assert await opened.clocks(date(2023, 8, 1), 9, "%d.%m", by="day") == ["07.08", "08.08", "09.08"]
    assert await opened.tried("2023-08-05 09:00") == "week_full"


async def test_what_is_booked_before_the_days_that_are_asked_for_counts(region: Region) -> None:
    """calcom/cal.com#10435: asked for the end of a period alone, its limit did not see the booking at its beginning."""
    opened = await office(region, ZONE, "2026-11-22 12:00", works("09:00-11:00"), max_per_week=1)
    await opened.book("2026-11-23 09:00")
    assert await opened.find(date(2026, 11, 29), 1) == [], "Sunday alone"
    assert (await opened.found(date(2026, 11, 29), 1)).none_because == "all_taken"
    assert await opened.find(date(2026, 11, 30), 1) != []


@pytest.mark.parametrize(("day", "ends"), [("2026-11-29 09:00", "week_full"), ("2026-11-30 09:00", "booked")])
async def test_a_week_is_from_monday_to_sunday(region: Region, day: str, ends: str) -> None:
    """calcom/cal.com#23400: the first day of the week that was set did not count for the limit.

    Here a week begins on Monday, as everybody's working week does."""
    opened = await office(region, ZONE, "2026-11-22 12:00", works("09:00-11:00"), max_per_week=2)
    for number, starts in enumerate(("2026-11-23 09:00", "2026-11-25 09:00")):
        await opened.book(starts, number)
    assert await opened.tried(day, 2) == ends


async def test_what_is_only_held_counts_too(region: Region) -> None:
    """calcom/cal.com#28544: with an hour a week three half hours waited for confirmation, and all could be
    confirmed."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_week=2)
    await opened.book("2026-11-24 09:00")
    held = await opened.hold("2026-11-25 09:00")
    assert await opened.find(date(2026, 11, 26), 2) == []
    assert await opened.tried("2026-11-26 09:00") == "week_full"
    later = held.expires_at + timedelta(seconds=1)
    assert await opened.tried("2026-11-26 09:00", now=later) == "booked"


async def test_a_visit_does_not_count_against_its_own_move(region: Region) -> None:
    """calcom/cal.com#14584: with three a week and three booked none of them could be moved within the week."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_week=3, max_per_day=1)
    booked = [await opened.book(f"2026-11-{day} 09:00", number) for number, day in enumerate((24, 25, 26))]
    assert await opened.moved(booked[0], "2026-11-27 09:00") == "moved"
    assert await opened.moved(booked[1], "2026-11-25 11:00") == "moved"
    assert await opened.moved(booked[2], "2026-11-25 09:00") == "day_full"
    assert await opened.tried("2026-11-24 09:00", 3) == "week_full"


async def test_days_of_a_full_week_are_not_offered(region: Region) -> None:
    """calcom/cal.com#5268: with five a week all taken the days were still shown, and the form failed at its end."""
    opened = await office(region, ZONE, "2026-11-22 12:00", works("09:00-17:00"), max_per_week=5)
    for number in range(5):
        await opened.book(f"2026-11-23 {9 + number:02}:00", number)
    assert await opened.clocks(MONDAY, 8, "%d", by="day") == ["30"]


async def test_the_second_tab_is_told_that_the_day_is_full_and_what_else_there_is(edge: Edge, region: Region) -> None:
    """calcom/cal.com#6622: with one a day two tabs showed the same day, and the error in the second one was unclear."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_day=1)
    edge.at(opened.now)
    desk = await edge.person("desk")
    await desk.slots(specialist=opened.who, from_="2026-11-24", days=1)
    form = {"client": region.clients[0], "specialist": opened.who, "service": "1739"}
    await desk.ok("POST", "/bookings", {**form, "starts": stamp(opened.at("2026-11-24 09:00"))})
    other = {**form, "client": region.clients[1], "starts": stamp(opened.at("2026-11-24 11:00"))}
    status, said = await desk.ask("POST", "/bookings", other)
    assert (status, said["code"], said["max_per_day"]) == (409, "day_full", 1)
    own = [each["starts"] for each in said["alternatives"] if each["specialist"]["id"] == opened.who]
    assert own
    assert not any(each.startswith("2026-11-24") for each in own)


async def test_a_session_of_three_people_is_one_session(region: Region) -> None:
    """calcom/cal.com#13509: a limit of thirty minutes a day counted participants, and a class of four closed to the
    second of them."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_day=2)
    await opened.book("2026-11-24 09:00", with_clients=[region.clients[1], region.clients[2]])
    assert await opened.tried("2026-11-24 10:00", 3) == "booked"
    assert await opened.tried("2026-11-24 11:00", 4) == "day_full"


async def test_an_hour_away_is_no_session(region: Region) -> None:
    """calcom/cal.com#8985: it was open whether private entries of a calendar count for its limit.

    Here sessions count and nothing else: being away is not work."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_day=1, longest_run_min=60)
    await opened.away(opened.at("2026-11-24 09:00"), opened.at("2026-11-24 10:00"))
    assert await opened.clocks(date(2026, 11, 24)) == ["10:00", "10:30", "11:00"]
    assert await opened.tried("2026-11-24 10:00") == "booked"


async def test_the_limit_of_a_day_is_over_all_services_and_of_one_specialist(region: Region) -> None:
    """Calnode/calnode#91: a budget of hours a day was asked for without saying whose and of which services."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_day=1)
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1, max_per_day=1)
    await one.book("2026-11-24 09:00", service="1740")
    assert await one.tried("2026-11-24 11:00") == "day_full"
    assert await other.tried("2026-11-24 11:00") == "booked"


async def test_a_break_is_the_specialists_and_not_the_clients(region: Region) -> None:
    """LibreBooking/librebooking#301: a pause between two visits of one client was set for the room and kept everybody
    out."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"), longest_run_min=60, break_min=30)
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    await one.book("2026-11-24 09:00", 0)
    assert await one.tried("2026-11-24 10:00", 1) == "break_needed"
    assert await other.tried("2026-11-24 10:00", 0) == "booked", "the same client, straight on, with somebody else"
    assert await one.clocks(date(2026, 11, 24)) == ["10:30", "11:00"]


async def test_a_limit_that_is_lowered_takes_nothing_away_that_was_promised(region: Region) -> None:
    """calcom/cal.com#8768: nothing said what becomes of visits that a changed setting would not allow any more.

    Here they stand; the day is full until there are fewer."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = [await opened.book(f"2026-11-24 {clock}", number) for number, clock in enumerate(("09:00", "10:00"))]
    await opened.limit(max_per_day=1)
    assert [(await opened.stands(each)).status for each in booked] == ["booked", "booked"]
    assert await opened.find(date(2026, 11, 24)) == []
    await opened.cancel(booked[0])
    assert await opened.find(date(2026, 11, 24)) == []
    await opened.cancel(booked[1])
    assert await opened.find(date(2026, 11, 24)) != []


async def test_a_client_from_another_district_meets_the_same_full_day(region: Region) -> None:
    """calcom/cal.com#15360 again: whose client it is, and what his clock shows, does not open a full day."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), max_per_day=1)
    async with region.database.write() as tx:
        client = await tx.get_one(Client, region.clients[0])
        (await tx.get_one(District, client.district_id)).zone = "Pacific/Auckland"
    await opened.book("2026-11-24 09:00", 1)
    assert await opened.tried("2026-11-24 11:00", 0) == "day_full"
