"""Two who want one time, and times that are held: what went wrong in other products, and what holds here."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from scheduling import bookings, holds, occupancy
from scheduling.db import Tx
from scheduling.errors import BookingRefused, HoldGone, NotFound, VersionMoved
from scheduling.finding import Warm
from scheduling.holds import LASTS
from scheduling.occupancy import Occupancy
from scheduling.resources import Resource
from tests.issues.edge import Edge, stamp
from tests.issues.office import office, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
TUESDAY = date(2026, 11, 24)
TEN = "2026-11-24 10:00"


async def room(region: Region) -> int:
    async with region.database.write() as tx:
        made = Resource(kind="room", name="Кабинет 4", languages=[], district_id=1)
        tx.add(made)
        await tx.flush()
        return made.id


# --- races ------------------------------------------------------------------------------------------------------------
async def test_of_ten_at_once_one_has_the_time(region: Region) -> None:
    """calcom/cal.com#13397: nothing was locked between looking and writing, and ten requests at once made several
    bookings of one time."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    ended = Counter(await asyncio.gather(*(opened.tried(TEN, number % 6) for number in range(10))))
    assert ended == {"booked": 1, "slot_taken": 9}


async def test_times_that_only_overlap_are_one_race_too(region: Region) -> None:
    """alextselegidis/easyappointments#31: two browsers on the last page both confirmed; a unique key on equal times
    would have let 10:00 and 10:30 through."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    wishes = ["2026-11-24 10:00", "2026-11-24 10:30", "2026-11-24 09:30"]
    ended = Counter(await asyncio.gather(*(opened.tried(each, number) for number, each in enumerate(wishes))))
    assert ended["slot_taken"] >= 1
    async with region.database.read() as tx:
        rows = list(await tx.scalars(select(Occupancy).where(Occupancy.kind == "specialist").order_by(Occupancy.since)))
    assert len(rows) == ended["booked"]
    assert all(one.until <= other.since for one, other in pairwise(rows))


async def test_of_two_who_change_one_booking_the_second_is_told(region: Region) -> None:
    """calcom/cal.com#29958: two confirmations at once both read "pending" and both wrote "accepted"."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)

    async def attempt(number: int) -> str:
        async def work(tx: Tx) -> None:
            await bookings.cancel(
                tx, region.coordinator, booked.id, version=1, now=opened.now, reason=("office", "mistake")[number % 2]
            )

        try:
            await region.database.written(work)
        except VersionMoved as refusal:
            return refusal.code
        return "cancelled"

    ended = Counter(await asyncio.gather(*(attempt(number) for number in range(6))))
    assert ended == {"cancelled": 1, "version_moved": 5}
    async with region.database.read() as tx:
        history = [change.what for change, _ in await bookings.history(tx, booked.id)]
    assert history == ["booked", "cancelled"], "and it is written down once (calcom/cal.com#28188)"


async def test_who_opened_the_form_before_another_booked_is_refused_when_he_sends_it(
    edge: Edge, region: Region
) -> None:
    """betagouv/rdv-service-public#5367: a client booked, and half a minute later somebody of the staff who was on the
    last page got no warning."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    edge.at(opened.now)
    desk, anna = await edge.person("desk"), await edge.person("anna")
    seen = (await desk.slots(specialist=opened.who, from_="2026-11-24", days=1))["items"][0]["starts"]
    await opened.book(seen_at := opened.at("2026-11-24 09:00"))
    assert seen == stamp(seen_at)
    form = {"client": region.clients[1], "specialist": opened.who, "service": "1739", "starts": seen}
    status, said = await desk.ask("POST", "/bookings", form)
    assert (status, said["code"]) == (409, "slot_taken")
    status, said = await anna.ask("POST", "/bookings", form | {"client": region.clients[0]})
    assert (status, said["code"]) == (409, "slot_taken")


async def test_an_edit_runs_into_a_booking_as_a_new_one_does(region: Region) -> None:
    """meeting-room-booking-system/mrbs-code#235: a new entry at eight, edited to seven over another at seven, was
    accepted."""
    opened = await office(region, ZONE, NOW, works("07:00-12:00"))
    await opened.book("2026-11-24 07:00", 0)
    later = await opened.book("2026-11-24 08:00", 1)
    assert await opened.moved(later, "2026-11-24 07:00") == "slot_taken"
    assert await opened.moved(later, "2026-11-24 07:30") == "slot_taken"
    assert (await opened.stands(later)).version == 1


@pytest.mark.parametrize(
    ("clock", "ends"), [("10:30", "slot_taken"), ("12:30", "slot_taken"), ("09:30", "booked"), ("13:00", "booked")]
)
async def test_a_short_visit_within_a_long_one_is_an_overlap(region: Region, clock: str, ends: str) -> None:
    """meeting-room-booking-system/mrbs-code#214: with 10:00–13:00 taken, a new entry from 10:30 to before 13:00 went
    through."""
    opened = await office(region, ZONE, NOW, works("08:00-16:00"), lasts=180)
    await opened.book(TEN)
    assert await opened.tried(f"2026-11-24 {clock}", service="1740") == ends


async def test_what_touches_does_not_overlap(region: Region) -> None:
    """grommunio/gromox#274: 11:30–12:00 in a room was refused after 11:00–11:30, because ends were counted as taken."""
    one = await office(region, ZONE, NOW, works("09:00-13:00"))
    other = await office(region, ZONE, NOW, works("09:00-13:00"), specialist=1)
    place = await room(region)
    await one.book("2026-11-24 11:00", 0, service="1740", with_resources=[place])
    assert await other.tried("2026-11-24 11:00", 1, service="1740", with_resources=[place]) == "resource_busy"
    assert await other.tried("2026-11-24 11:30", 1, service="1740", with_resources=[place]) == "booked"


async def test_nobody_of_the_staff_books_over_another_booking(region: Region) -> None:
    """alextselegidis/easyappointments#1431: overlaps made by the staff are let through there on purpose.

    Here they never are: a person waits at the other end of each of the two."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    await opened.book(TEN, 0)
    await opened.book("2026-11-25 10:00", 1)  # so that she knows this client
    assert await opened.tried(TEN, 1, actor=region.psychologist) == "slot_taken"


async def test_what_is_kept_warm_decides_no_booking(region: Region) -> None:
    """calcom/cal.com#22401: with a cache of free time two guests booked one time within two seconds."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    warm = Warm()
    stale = await opened.find(TUESDAY, warm=warm)
    assert await opened.tried(stale[0], 0) == "booked"
    assert await opened.tried(stale[0], 1) == "slot_taken"
    assert stale[0] not in await opened.find(TUESDAY, warm=warm)


async def test_one_client_is_not_with_two_at_once(region: Region) -> None:
    """alextselegidis/easyappointments#160: one client was booked with two providers at the same time."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"))
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    await one.book(TEN, 0)
    assert await other.tried("2026-11-24 10:30", 0) == "client_busy"
    assert await other.tried("2026-11-24 11:00", 0) == "booked"
    assert await other.clocks(TUESDAY, client=region.clients[0]) == ["09:00"]


async def test_a_cancelled_visit_is_in_nobodys_way(region: Region) -> None:
    """betagouv/rdv-service-public#2763: cancelled visits of a client were counted as duplicates."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"))
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    await one.cancel(await one.book(TEN, 0))
    assert await other.tried(TEN, 0) == "booked"
    assert await one.tried(TEN, 1) == "booked"


# --- holds ------------------------------------------------------------------------------------------------------------
async def test_who_holds_a_time_has_it_and_nobody_else(region: Region) -> None:
    """calcom/cal.com#18935: a reserved time could not be booked by who had reserved it, and several could reserve
    it."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    held = await opened.hold(TEN)
    with pytest.raises(BookingRefused) as refusal:
        await opened.hold(TEN, actor=region.psychologist)
    assert refusal.value.code == "slot_taken"
    assert await opened.tried(TEN, 1) == "slot_taken", "without saying which hold it is"
    assert await opened.tried(TEN, 1, hold=held.id) == "booked"


async def test_who_goes_back_gives_the_time_back_at_once(edge: Edge, region: Region) -> None:
    """calcom/cal.com#9942: leaving the form kept 13:15 hidden for ten minutes more."""
    opened = await office(region, ZONE, NOW, works("13:15-14:15"))
    edge.at(opened.now)
    desk = await edge.person("desk")
    form = {"specialist": opened.who, "service": "1739", "starts": stamp(opened.at("2026-11-24 13:15"))}
    held = await desk.ok("POST", "/holds", form)
    assert await opened.find(TUESDAY) == []
    await desk.ok("DELETE", f"/holds/{held['id']}")
    assert await opened.clocks(TUESDAY) == ["13:15"]


async def test_holds_that_overlap_are_refused_and_those_that_touch_are_not(region: Region) -> None:
    """calcom/cal.com#21139: a hold that overlapped another was taken, and ends were compared as if they belonged to
    both."""
    opened = await office(region, ZONE, NOW, works("09:00-13:00"))
    await opened.hold(TEN)
    for clock in ("09:30", "10:30"):
        with pytest.raises(BookingRefused):
            await opened.hold(f"2026-11-24 {clock}", actor=region.psychologist)
    for clock in ("09:00", "11:00"):
        assert (await opened.hold(f"2026-11-24 {clock}", actor=region.psychologist)).id


async def test_a_hold_meets_bookings_that_stand_and_none_that_were_cancelled(region: Region) -> None:
    """calcom/cal.com#21623: holds did not see active bookings and were blocked by cancelled ones."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    stands, gone = await opened.book("2026-11-24 09:00", 0), await opened.book("2026-11-24 11:00", 1)
    await opened.cancel(gone)
    with pytest.raises(BookingRefused):
        await opened.hold(stands.starts)
    assert (await opened.hold(gone.starts)).starts == gone.starts


async def test_a_time_from_which_a_booking_was_moved_is_held_as_it_is_booked(region: Region) -> None:
    """calcom/cal.com#21589: after a booking had moved away its old time was listed and could be booked, but not
    held."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    await opened.move(booked, "2026-11-25 10:00")
    assert (await opened.hold(TEN)).starts == opened.at(TEN)


async def test_a_hold_ends_by_the_clock_and_not_by_a_broom(region: Region) -> None:
    """Idigroup-Tech/maven-packages#64: a pending time stayed taken after its expiry, because only a job cleared it."""
    opened = await office(region, ZONE, NOW, works("10:00-11:00"))
    held = await opened.hold(TEN)
    before, after = held.expires_at - timedelta(seconds=1), held.expires_at
    assert await opened.find(TUESDAY, now=before) == []
    assert await opened.tried(TEN, now=before) == "slot_taken"
    assert await opened.clocks(TUESDAY, now=after) == ["10:00"]
    with pytest.raises(HoldGone):
        await opened.book(TEN, now=after, hold=held.id)
    assert await opened.tried(TEN, now=after) == "booked"


async def test_nobody_gives_back_the_hold_of_another(edge: Edge, region: Region) -> None:
    """calcom/cal.com#29383: a request that named the id of another's hold deleted it."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    edge.at(opened.now)
    desk, anna = await edge.person("desk"), await edge.person("anna")
    form = {"specialist": opened.who, "service": "1739", "starts": stamp(opened.at(TEN))}
    held = await desk.ok("POST", "/holds", form)
    assert (await anna.ask("DELETE", f"/holds/{held['id']}"))[0] == 404
    assert (await anna.ask("POST", f"/holds/{held['id']}/keep"))[0] in (404, 410)
    assert await opened.tried(TEN) == "slot_taken"


async def test_with_another_mans_hold_nothing_is_booked(region: Region) -> None:
    """calcom/cal.com#29383 again: the number of a hold is no key to its time."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    held = await opened.hold(TEN)
    await opened.book("2026-11-24 09:00", 0)
    with pytest.raises((HoldGone, NotFound)):
        await opened.book(TEN, 0, actor=region.psychologist, hold=held.id)
    async with region.database.read() as tx:
        assert await tx.get(holds.Hold, held.id) is not None
        taken = await occupancy.taken(
            tx, "specialist", [opened.who], since=opened.now, until=opened.now + timedelta(days=2), now=opened.now
        )
    assert len(taken[opened.who]) == 2


async def test_a_hold_keeps_its_room_too_and_only_as_long_as_it_lasts(region: Region) -> None:
    """pretix/pretix#1405: the place of a cancelled order stayed kept for its voucher, and nobody could see until
    when."""
    one = await office(region, ZONE, NOW, works("09:00-12:00"))
    other = await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    place = await room(region)
    held = await one.hold(TEN, resources=[place])
    assert held.expires_at == one.now + LASTS
    assert await other.tried(TEN, 1, with_resources=[place]) == "resource_busy"
    later = held.expires_at
    assert await other.tried(TEN, 1, with_resources=[place], now=later) == "booked"
