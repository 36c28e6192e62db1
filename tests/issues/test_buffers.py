"""Buffers around a session: what went wrong in other products, and what holds here."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduling import slots
from scheduling.occupancy import Occupancy
from tests.issues.edge import Edge, stamp
from tests.issues.office import office, works
from tests.issues.wall import at, calendar, clocks
from tests.issues.wall import works as opens
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
TUESDAY = date(2026, 11, 24)


async def test_an_hour_before_and_an_hour_after_lie_before_and_after(region: Region) -> None:
    """calcom/cal.com#3756: 10:00–11:00 with an hour on both sides kept 10:00–13:00 clear instead of 09:00–12:00."""
    opened = await office(region, ZONE, NOW, works("06:00-16:00"), before=60, after=60, step_min=60)
    await opened.book("2026-11-24 10:00")
    async with region.database.read() as tx:
        row = (await tx.scalars(select(Occupancy).where(Occupancy.kind == "specialist"))).one()
    assert (row.since, row.until) == tuple(
        slots.minute(opened.at(f"2026-11-24 {clock}")) for clock in ("09:00", "12:00")
    )
    # The next session has an hour on both sides too: it ends an hour before 09:00 and begins an hour after 12:00.
    assert await opened.clocks(TUESDAY) == ["06:00", "07:00", "13:00", "14:00", "15:00"]


async def test_what_the_list_leaves_out_for_a_buffer_cannot_be_had_by_asking_for_it(edge: Edge, region: Region) -> None:
    """calcom/cal.com#14868: times inside a buffer were not listed, and were booked by writing them into the address."""
    opened = await office(region, ZONE, NOW, works("09:00-16:00"), after=60, step_min=60)
    edge.at(opened.now)
    desk = await edge.person("desk")
    await opened.book("2026-11-24 10:00")
    form = {"client": region.clients[1], "specialist": opened.who, "service": "1739"}
    for clock, status in (("11:00", 409), ("09:00", 409), ("12:00", 201)):
        starts = stamp(opened.at(f"2026-11-24 {clock}"))
        said = await desk.ask("POST", "/bookings", {**form, "starts": starts})
        assert (said[0], said[1]["code"] == "slot_taken") == (status, status == 409), clock


async def test_a_buffer_is_kept_from_sessions_of_every_service(region: Region) -> None:
    """SergeyMosin/Appointments#403: beside a visit at 16:00–16:45 from another calendar a service with a buffer of half
    an hour was still offered at 15:30 and at 17:00."""
    opened = await office(region, ZONE, NOW, works("14:00-19:00"), lasts=30, before=30, after=30)
    await opened.book("2026-11-24 16:00", service="1740")  # half an hour, no buffer of its own
    found = await opened.clocks(TUESDAY)
    assert found == ["14:00", "14:30", "15:00", "17:00", "17:30", "18:00", "18:30"]


async def test_two_offers_may_overlap_and_after_one_is_booked_the_next_leaves_the_buffer_free(region: Region) -> None:
    """calcom/cal.com#24253: twenty minutes with five after them were offered every twenty minutes."""
    opened = await office(region, ZONE, NOW, works("10:00-12:00"), lasts=20, after=5, step_min=5)
    assert (await opened.clocks(TUESDAY))[:3] == ["10:00", "10:05", "10:10"]
    await opened.book("2026-11-24 10:00")
    assert (await opened.clocks(TUESDAY))[0] == "10:25"


def test_before_and_after_beside_the_end_of_the_day() -> None:
    """calcom/cal.com#2078: with a quarter of an hour before and something until 13:50 the first start is 14:05; what
    was offered last, 15:45, ran past closing at 16:00."""
    busy = [(at(ZONE, "2026-11-24 12:50"), at(ZONE, "2026-11-24 13:50"))]
    found = clocks(calendar(ZONE, opens("13:00-16:00"), step=5), TUESDAY, before=15, busy=busy)
    assert (found[0], found[-1]) == ("14:05", "15:00")


def test_clearing_up_after_the_last_session_is_done_after_closing() -> None:
    """alextselegidis/easyappointments#435: padding a service of an hour by ten minutes made 16:00 impossible where
    closing is at 17:00."""
    assert clocks(calendar(ZONE, opens("14:00-17:00")), TUESDAY, after=10)[-1] == "16:00"
    assert clocks(calendar(ZONE, opens("14:00-17:00")), TUESDAY, before=10)[0] == "14:00", "and prepared before opening"


@pytest.mark.parametrize("first", ["10:00", "11:30"])
async def test_between_two_sessions_there_is_room_for_both_buffers_whichever_came_first(
    region: Region, first: str
) -> None:
    """SergeyMosin/Appointments#409: it was not clear which counts between two visits, the time after the first or the
    time before the second.

    Here both do: what is needed after one session is not what is needed before the next."""
    opened = await office(region, ZONE, NOW, works("08:00-16:00"), before=10, after=20, step_min=5)
    await opened.book(f"2026-11-24 {first}")
    later = {"10:00": "11:30", "11:30": "10:00"}[first]
    found = await opened.clocks(TUESDAY)
    assert later in found
    nearer = {"11:30": "11:25", "10:00": "10:05"}[later]
    assert nearer not in found, "an hour, twenty minutes and ten: not a minute less"


async def test_a_buffer_goes_where_its_session_goes(region: Region) -> None:
    """alextselegidis/easyappointments#1746: buffers that were entries of their own stayed behind when the visit was
    moved or deleted."""
    opened = await office(region, ZONE, NOW, works("09:00-16:00"), before=30, after=30)
    empty = await opened.clocks(TUESDAY)
    booked = await opened.book("2026-11-24 10:00")
    with_it = await opened.clocks(TUESDAY)
    await opened.move(booked, "2026-11-25 10:00")
    assert await opened.clocks(TUESDAY) == empty
    assert await opened.clocks(TUESDAY + timedelta(days=1)) == with_it
    await opened.cancel(booked, version=2)
    assert await opened.clocks(TUESDAY + timedelta(days=1)) == empty
    async with region.database.read() as tx:
        assert list(await tx.scalars(select(Occupancy))) == []


async def test_the_quarter_after_a_visit_is_not_offered(region: Region) -> None:
    """ludoguenet/laravel-zap#19: after 10:00–11:00 with a quarter of an hour behind it 11:00–12:00 was shown as
    free."""
    opened = await office(region, ZONE, NOW, works("10:00-14:00"), after=15, step_min=15)
    await opened.book("2026-11-24 10:00")
    assert (await opened.clocks(TUESDAY))[0] == "11:15"


async def test_a_longest_stretch_is_of_sessions_and_not_of_what_is_kept_clear_around_them(region: Region) -> None:
    """calcom/cal.com#10435: what was loaded for the limits already carried the buffers, so minutes of nobody's visit
    were counted."""
    opened = await office(
        region,
        ZONE,
        NOW,
        works("09:00-14:00"),
        after=15,
        step_min=15,
        longest_run_min=135,
        break_min=30,
    )
    await opened.book("2026-11-24 09:00")
    # 09:00–10:00 and 10:15–11:15: two and a quarter hours; with the buffer behind it, it would be two and a half.
    assert await opened.tried("2026-11-24 10:15") == "booked"
    assert await opened.tried("2026-11-24 11:30", 2) == "break_needed"


def test_without_buffers_the_next_start_is_the_end() -> None:
    """calcom/cal.com#15265: in Kathmandu (+5:45) the next time after 13:00–14:00 was 14:45."""
    busy = [(at("Asia/Kathmandu", "2026-11-24 13:00"), at("Asia/Kathmandu", "2026-11-24 14:00"))]
    found = clocks(calendar("Asia/Katmandu", opens("12:00-16:00")), TUESDAY, busy=busy)
    assert found == ["12:00", "14:00", "15:00"]


async def test_a_buffer_over_midnight_is_kept_from_the_next_day(region: Region) -> None:
    """calcom/cal.com#3756 and #6323 together: what follows a session that ends at midnight lies on the next day."""
    opened = await office(region, ZONE, NOW, works("22:00-24:00"), works("00:00-02:00"), after=30, before=15)
    await opened.book("2026-11-24 23:00")
    assert await opened.clocks(TUESDAY, 2, "%d %H:%M") == [
        *("24 00:00", "24 00:30", "24 01:00"),
        *("25 01:00", "25 22:00", "25 22:30", "25 23:00", "25 23:30"),
    ]
