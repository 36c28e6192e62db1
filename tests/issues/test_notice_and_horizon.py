"""How soon and how far ahead: what went wrong in other products with notice and horizon, and what holds here."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import calendars, finding
from scheduling.errors import InvalidInput
from scheduling.finding import By, Warm
from scheduling.slots import DAY, Limits
from tests.issues.edge import Edge, stamp
from tests.issues.office import office
from tests.issues.office import works as writes
from tests.issues.wall import at, calendar, clocks, free, shown, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
MONDAY = date(2026, 11, 23)
LOS_ANGELES, KOLKATA, PAGO_PAGO = "America/Los_Angeles", "Asia/Kolkata", "Pacific/Pago_Pago"


async def test_a_notice_that_was_raised_meanwhile_holds_for_the_form_that_is_sent_now(
    edge: Edge, region: Region
) -> None:
    """calcom/cal.com#14465: the notice was looked at by the page alone, and a request sent again after it had been
    raised to seven days still booked."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"))
    edge.at(opened.now)
    desk = await edge.person("desk")
    found = await desk.slots(specialist=opened.who, limit=1)
    form = {"client": region.clients[0], "specialist": opened.who, "service": "1739"}
    await opened.limit(notice_min=7 * DAY)
    status, said = await desk.ask("POST", "/bookings", {**form, "starts": found["items"][0]["starts"]})
    assert (status, said["code"]) == (409, "too_soon")
    assert said["earliest"] == stamp(opened.now + timedelta(days=7))
    assert len(said["alternatives"]) == 3


async def test_the_notice_is_kept_at_every_step_by_everybody(region: Region) -> None:
    """betagouv/rdv-service-public#3439: the notice counted for the place and was forgotten for the time; its staff was
    to be free of it.

    Here it is the specialist's time to prepare, so it binds the desk that books for a client as it binds him; whoever
    may change the calendar may shorten it."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"), notice_min=150)
    booked = await opened.book("2026-11-24 09:00")
    assert (await opened.clocks(MONDAY))[0] == "10:00"
    assert await opened.tried("2026-11-23 09:30") == "too_soon"
    assert await opened.tried("2026-11-23 09:30", actor=region.psychologist, client=0) == "too_soon"
    assert await opened.moved(booked, "2026-11-23 09:30") == "too_soon"
    await opened.limit(notice_min=60)
    assert await opened.tried("2026-11-23 09:30") == "booked"


@pytest.mark.parametrize("by", ["earliest", "day", "specialist", "course"])
async def test_no_list_shows_what_is_too_soon_or_too_far(region: Region, by: By) -> None:
    """betagouv/rdv-service-public#2005: some lists showed times before the least and after the longest delay."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"), notice_min=2 * DAY, horizon_days=4)
    found = await opened.found(MONDAY, 30, by=by)
    first, last = opened.now + timedelta(days=2), at(ZONE, "2026-11-28 00:00")
    assert found.items
    assert all(first <= each.starts < last for each in found.items)
    async with region.database.read() as tx:
        offered = await finding.alternatives(
            await Warm().look(tx, now=opened.now),
            region.psychologist,
            service="1739",
            specialist=opened.who,
            client=None,
            starts=opened.now,
        )
    assert [each.starts for each in offered] == [first + timedelta(minutes=90 + 30 * number) for number in range(3)]


def test_an_opening_that_has_begun_still_has_its_rest() -> None:
    """betagouv/rdv-service-public#4605: at 08:05, within an opening from 08:00, the first time offered was that of the
    next day instead of 08:50."""
    now = at("Europe/Paris", "2024-09-16 08:05")
    rules = calendar("Europe/Paris", works("08:00-12:00"), step=50)
    assert clocks(rules, date(2024, 9, 16), 2, "%d %H:%M", lasts=50, now=now)[0] == "16 08:50"


async def test_a_start_is_a_whole_step_however_the_notice_ends(region: Region) -> None:
    """calcom/cal.com#23465: with a notice that ended at 12:00:59 a start at 12:00:59 could be listed."""
    opened = await office(region, ZONE, NOW, writes("10:30-12:30"), lasts=15, step_min=15, notice_min=60)
    now = at(ZONE, "2026-11-24 11:00") + timedelta(seconds=59)
    found = await opened.find(date(2026, 11, 24), now=now)
    assert shown(ZONE, found, "%H:%M:%S") == ["12:15:00"]
    assert await opened.tried(now + timedelta(hours=1), now=now) == "outside_hours"
    assert await opened.tried("2026-11-24 12:00", now=now) == "too_soon"
    assert await opened.tried("2026-11-24 12:15", now=now) == "booked"


def test_the_step_is_not_the_length_of_the_service() -> None:
    """betagouv/rdv-service-public#2138: starts were counted in whole lengths of the service from the opening, and
    somebody who was free was waited for until the next full one."""
    now = at(ZONE, "2026-11-23 09:01")
    assert clocks(calendar(ZONE, works("09:00-12:00"), step=5), MONDAY, now=now)[0] == "09:05"


@pytest.mark.parametrize(("notice", "horizon", "refused"), [(5, 2, True), (2, 2, True), (1, 2, False)])
async def test_a_notice_that_leaves_nothing_of_the_horizon_is_refused(
    region: Region, notice: int, horizon: int, refused: bool
) -> None:
    """calcom/cal.com#9915: a horizon of two days with a notice of five was saved, and there was never any time."""
    async with region.database.write() as tx:
        asked = calendars.set_limits(
            tx, region.specialists[0], version=3, limits=Limits(notice_min=notice * DAY, horizon_days=horizon)
        )
        if not refused:
            await asked
            return
        with pytest.raises(InvalidInput) as refusal:
            await asked
    assert [(error.field, error.code) for error in refusal.value.errors] == [("notice_min", "beyond_horizon")]


async def test_an_empty_list_says_that_it_is_the_notice(region: Region) -> None:
    """Calnode/calnode#20: the notice took the near times away, and the page said that there were none."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00", "FREQ=WEEKLY;BYDAY=MO"), notice_min=DAY)
    found = await opened.found(MONDAY, 2)
    assert (found.items, found.none_because) == ([], "too_soon")
    assert shown(ZONE, [each.starts for each in found.nearest], "%d %H:%M") == ["30 09:00", "30 09:30", "30 10:00"]


async def test_a_visit_that_goes_on_still_takes_its_time(region: Region) -> None:
    """SergeyMosin/Appointments#183: a visit of 105 minutes from 10:00 hid 11:00, and once it had begun 11:00 was
    offered again."""
    opened = await office(region, ZONE, NOW, writes("10:00-13:00"), lasts=105)
    await opened.book("2026-11-24 10:00")
    for clock in ("09:00", "10:15", "10:45"):
        now = at(ZONE, f"2026-11-24 {clock}")
        assert await opened.clocks(date(2026, 11, 24), service="1740", now=now) == ["12:00", "12:30"], clock
        assert await opened.tried("2026-11-24 11:00", now=now, service="1740") == "slot_taken", clock


# --- horizon ----------------------------------------------------------------------------------------------------------
async def test_the_last_day_ends_at_its_own_midnight(region: Region) -> None:
    """calcom/cal.com#24523: of the last day everything after 17:00 on the Pacific coast was refused, because it is the
    next day in UTC."""
    opened = await office(region, LOS_ANGELES, "2026-11-23 08:00", writes("16:00-24:00"), horizon_days=2, step_min=60)
    found = await opened.clocks(MONDAY, 10, "%d %H:%M")
    assert found[-1] == "25 23:00"
    assert await opened.tried("2026-11-25 23:00") == "booked"
    assert await opened.tried("2026-11-26 16:00") == "beyond_horizon"


async def test_a_stretch_of_one_day_has_that_day(region: Region) -> None:
    """calcom/cal.com#20087: a range from 9 April to 9 April showed nothing."""
    opened = await office(region, "Europe/Berlin", "2025-04-02 09:00")
    await opened.add(writes("09:00-11:00", "FREQ=DAILY", date(2025, 4, 9), date(2025, 4, 9)))
    assert await opened.clocks(date(2025, 4, 9), 1) == ["09:00", "09:30", "10:00"]
    assert await opened.windows(date(2025, 4, 7), 5) == ["09.04 09:00-11:00"]


@pytest.mark.parametrize(("horizon", "last"), [(1, 24), (2, 25), (7, 30)])
def test_a_horizon_is_so_many_days_after_today(horizon: int, last: int) -> None:
    """calcom/cal.com#26196: it was never written down whether "one day" is today or today and tomorrow.

    Here it is so many days after today: one day is until the end of tomorrow, at whatever hour one asks."""
    for clock in ("00:00", "12:00", "23:59"):
        now = at(ZONE, f"2026-11-23 {clock}")
        found = free(calendar(ZONE, works("00:00-24:00"), horizon=horizon), MONDAY, 30, now=now)
        assert found[-1] == at(ZONE, f"2026-11-{last} 23:00"), clock


async def test_the_last_day_that_is_shown_can_be_booked_from_wherever(region: Region) -> None:
    """calcom/cal.com#15288: the last day of a specialist in New York could not be booked from Pago Pago."""
    opened = await office(region, "America/New_York", "2026-11-23 20:00", writes("09:00-17:00"), horizon_days=2)
    found = await opened.find(MONDAY, 10, zone=PAGO_PAGO)
    assert shown("America/New_York", [found[-1]], "%d %H:%M") == ["25 16:00"]
    assert await opened.tried(found[-1]) == "booked"


async def test_first_and_last_times_are_the_same_for_every_viewer(region: Region) -> None:
    """calcom/cal.com#15825: the bookable days of a specialist in India moved with the zone of who looked."""
    opened = await office(region, KOLKATA, "2026-11-24 10:00", writes("09:00-18:00"), horizon_days=3, notice_min=DAY)
    ends = set()
    for zone in (KOLKATA, PAGO_PAGO, "Pacific/Kiritimati", "Europe/Moscow"):
        found = await opened.find(MONDAY, 12, zone=zone)
        ends.add((found[0], found[-1]))
    assert ends == {(opened.at("2026-11-25 10:00"), opened.at("2026-11-27 17:00"))}


async def test_the_horizon_is_looked_at_again_by_the_booking(edge: Edge, region: Region) -> None:
    """calcom/cal.com#14915: the rolling window was not looked at when a booking was confirmed."""
    opened = await office(region, ZONE, NOW, writes("09:00-12:00"), horizon_days=10)
    edge.at(opened.now)
    desk = await edge.person("desk")
    form = {"client": region.clients[0], "specialist": opened.who, "service": "1739"}
    status, said = await desk.ask("POST", "/bookings", {**form, "starts": stamp(opened.at("2026-12-04 09:00"))})
    assert (status, said["code"], said["latest"]) == (409, "beyond_horizon", stamp(opened.at("2026-12-04 00:00")))
    status, _ = await desk.ask("POST", "/bookings", {**form, "starts": stamp(opened.at("2026-12-03 09:00"))})
    assert status == 201


async def test_free_time_in_december_is_found_although_november_is_full(region: Region) -> None:
    """betagouv/rdv-service-public#3019: openings of November were full, one of December was free, and the search said
    that there was nothing."""
    opened = await office(region, ZONE, NOW)
    await opened.add(writes("09:00-10:00", "FREQ=WEEKLY;BYDAY=TU", MONDAY, date(2026, 11, 30)))
    await opened.day(date(2026, 12, 22), "15:00-16:00")
    assert await opened.tried("2026-11-24 09:00") == "booked"
    assert await opened.clocks(MONDAY, 60, "%d.%m %H:%M") == ["22.12 15:00"]
    near = await opened.found(MONDAY, 7)
    assert near.none_because == "all_taken"
    assert [each.starts for each in near.nearest] == [opened.at("2026-12-22 15:00")]


def test_a_day_of_notice_does_not_end_at_midnight() -> None:
    """adamspd/django-appointment#497: lead time was counted from the opening of the day, so that 24 or 48 hours never
    worked."""
    rules = calendar(ZONE, works("09:00-18:00"), notice=2 * DAY)
    now = at(ZONE, "2026-11-23 15:20")
    found = clocks(rules, MONDAY, 4, "%d %H:%M", now=now)
    assert found[:3] == ["25 16:00", "25 17:00", "26 09:00"]


async def test_who_books_at_one_in_the_night_is_held_to_the_specialists_today(region: Region) -> None:
    """calcom/cal.com#15825 again: "today" is the specialist's, also when it is already tomorrow where one books."""
    opened = await office(region, "Asia/Omsk", "2026-11-23 23:30", writes("09:00-12:00"), horizon_days=1)
    found = await opened.find(MONDAY, 10, zone="Asia/Vladivostok")
    assert {each.astimezone(ZoneInfo("Asia/Omsk")).day for each in found} == {24}
    half_an_hour_later = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    later = await opened.find(MONDAY, 10, zone="Asia/Vladivostok", now=half_an_hour_later)
    assert {each.astimezone(ZoneInfo("Asia/Omsk")).day for each in later} == {24, 25}
