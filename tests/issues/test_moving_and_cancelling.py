"""Moving a visit and giving it up: what went wrong in other products, and what holds here."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from scheduling import bookings, calendars
from scheduling.bookings import Booking
from scheduling.errors import ChangeTooLate, NotOpen, VersionMoved
from scheduling.slots import Limits
from scheduling.standards import ServiceStandard
from tests.issues.edge import Edge, match, stamp
from tests.issues.office import Office, office, works
from tests.scheduling.region import Region

ZONE = "Asia/Novosibirsk"
NOW = "2026-11-23 07:30"
TUESDAY = date(2026, 11, 24)
TEN = "2026-11-24 10:00"


async def by_the_client(opened: Office, booked: Booking, now: datetime) -> str:
    """How it ends when the client himself wants to change his visit at that moment."""
    async with opened.region.database.write() as tx:
        try:
            await bookings.to_change_by_client(tx, booked.id, version=booked.version, now=now)
        except (ChangeTooLate, NotOpen) as refusal:
            return refusal.code
    return "may change"


# --- moving -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("clock", ["10:45", "11:15", "11:45", "12:15"])
async def test_a_visit_is_not_in_the_way_of_its_own_small_move(region: Region, clock: str) -> None:
    """calcom/cal.com#2668: an hour at 11:30 with steps of a quarter could not be moved by 15 to 45 minutes."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"), after=10, before=5, step_min=15)
    booked = await opened.book("2026-11-24 11:30")
    listed = await opened.find(TUESDAY, ignoring=booked.id)
    assert opened.at(f"2026-11-24 {clock}") in listed
    assert await opened.moved(booked, f"2026-11-24 {clock}") == "moved"


async def test_the_visit_that_moves_is_known_by_itself_and_not_by_its_time(region: Region) -> None:
    """calcom/cal.com#10424: a visit that began before the new start was not found, because only what begins after it
    was looked at."""
    opened = await office(region, ZONE, NOW, works("08:00-18:00"), lasts=240)
    booked = await opened.book("2026-11-24 09:00")
    other = await opened.book("2026-11-24 14:00", 1)
    assert await opened.moved(booked, "2026-11-24 09:30") == "moved"
    assert await opened.moved(other, "2026-11-24 13:00") == "slot_taken", "and the other one is not left out for it"


async def test_a_visit_keeps_its_length_when_it_moves(region: Region) -> None:
    """betagouv/rdv-service-public#5241: a longer visit was moved with the usual length, and ran into others and past
    closing.

    Here a visit keeps the version of the service that it was promised by, also when a newer one is shorter."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), lasts=90)
    booked = await opened.book("2026-11-24 09:00")
    async with region.database.write() as tx:
        old = await tx.scalar(select(ServiceStandard).where(ServiceStandard.code == "1739"))
        assert old is not None
        facts = {column.name: getattr(old, column.name) for column in ServiceStandard.__table__.columns}
        newer = {"id": None, "version": 2, "duration_min": 30, "valid_from": date(2026, 11, 20)}
        tx.add(ServiceStandard(**facts | newer))
    assert await opened.moved(booked, "2026-11-24 11:00") == "outside_hours", "it would end at 12:30"
    assert await opened.moved(booked, "2026-11-24 10:30") == "moved"
    assert (await opened.stands(booked)).ends == opened.at("2026-11-24 12:00")
    assert await opened.tried("2026-11-25 11:30") == "booked", "by the newer version"


async def test_what_was_moved_is_not_moved_again_from_an_old_page(edge: Edge, region: Region) -> None:
    """calcom/cal.com#8060: a visit that had been moved could be moved once more from its old page, and failed
    strangely."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"))
    edge.at(opened.now)
    booked = await opened.book(TEN)
    desk = await edge.person("desk")
    path = f"/bookings/{booked.id}/move"
    moved = await desk.ok("POST", path, {"starts": stamp(opened.at("2026-11-24 11:00"))}, **match(1))
    assert moved["version"] == 2
    status, said = await desk.ask("POST", path, {"starts": stamp(opened.at("2026-11-24 12:00"))}, **match(1))
    assert (status, said["code"], said["version"]) == (412, "version_moved", 2)
    assert (await opened.stands(booked)).starts == opened.at("2026-11-24 11:00")


@pytest.mark.parametrize(
    ("to", "ends"),
    [
        ("2026-11-24 16:00", "outside_hours"),
        ("2026-11-24 10:10", "outside_hours"),
        ("2026-11-23 08:00", "outside_hours"),
        ("2026-11-23 07:00", "too_soon"),
        ("2027-11-25 10:00", "beyond_horizon"),
        ("2026-11-25 10:00", "day_full"),
    ],
)
async def test_a_move_obeys_the_rules_of_a_booking(region: Region, to: str, ends: str) -> None:
    """calcom/cal.com#16150: over the interface a booking was moved to a time that was closed."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"), max_per_day=1)
    await opened.book("2026-11-25 12:00", 1)
    booked = await opened.book(TEN)
    assert await opened.moved(booked, to) == ends


async def test_a_move_that_fails_leaves_the_old_time_where_it_was(region: Region) -> None:
    """gwang-indoc/clinic_application#32: cancelling first and booking then can leave the client with nothing, when the
    new time is taken meanwhile."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    await opened.book("2026-11-25 10:00", 1)
    assert await opened.moved(booked, "2026-11-25 10:00") == "slot_taken"
    stands = await opened.stands(booked)
    assert (stands.starts, stands.status, stands.version) == (opened.at(TEN), "booked", 1)
    assert await opened.tried(TEN, 2) == "slot_taken", "nobody else has it"


async def test_the_old_time_is_free_for_others_at_once(region: Region) -> None:
    """calcom/cal.com#24727: it was proposed to keep the time from which a visit was moved closed, and turned down."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    await opened.move(booked, "2026-11-25 10:00")
    assert "10:00" in await opened.clocks(TUESDAY)
    assert await opened.tried(TEN, 1) == "booked"


async def test_a_move_names_no_other_specialist_and_keeps_her(region: Region) -> None:
    """calcom/cal.com#14755: moving a visit gave it to another host."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    await office(region, ZONE, NOW, works("09:00-12:00"), specialist=1)
    booked = await opened.book(TEN)
    assert (await opened.move(booked, "2026-11-25 10:00")).specialist_id == opened.who
    other = region.specialists[1]
    assert (await opened.move(booked, "2026-11-25 11:00", version=2, specialist=other)).specialist_id == other


async def test_moved_to_another_specialist_it_is_on_her_clock(region: Region) -> None:
    """calcom/cal.com#18262: after a move among hosts the time was written in the zone of the wrong one."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    await office(region, "Asia/Omsk", NOW, works("09:00-12:00"), specialist=3)
    booked = await opened.book(TEN)
    moved = await opened.move(booked, "2026-11-25 11:00", specialist=region.specialists[3])
    assert (moved.zone, moved.wall) == ("Asia/Omsk", "2026-11-25T10:00")


async def test_the_whole_way_of_a_visit_is_written_down(region: Region) -> None:
    """calcom/cal.com#10776: clients moved a visit twelve times, and nobody could see it.

    Here each move stands in the history with from and to, so that people can talk about it."""
    opened = await office(region, ZONE, NOW, works("09:00-15:00"))
    booked = await opened.book(TEN)
    for number, clock in enumerate(("11:00", "12:00", "13:00"), 1):
        await opened.move(booked, f"2026-11-24 {clock}", version=number)
    async with region.database.read() as tx:
        history = [(change.what, change.after.get("starts")) for change, _ in await bookings.history(tx, booked.id)]
    moments = [opened.at(f"2026-11-24 {clock}").isoformat() for clock in ("10:00", "11:00", "12:00", "13:00")]
    assert history == [("booked", moments[0]), *(("moved", each) for each in moments[1:])]


# --- the client's own hand --------------------------------------------------------------------------------------------
async def test_until_when_a_client_moves_by_himself_is_a_setting(region: Region) -> None:
    """betagouv/rdv-service-public#2511: clients moved until two days before and cancelled until four hours before,
    fixed for everybody; calcom/cal.com#15158 asked for a limit of each service's own."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    two_days_and_more = booked.starts - timedelta(minutes=600)
    for notice, ends in ((600, "may change"), (601, "change_too_late")):
        version = await opened.version()
        async with region.database.write() as tx:
            limits = Limits(horizon_days=366, step_min=30)
            await calendars.set_limits(tx, opened.who, version=version, limits=limits, change_notice_min=notice)
        assert await by_the_client(opened, booked, two_days_and_more) == ends


@pytest.mark.parametrize(
    ("zone", "starts"),
    [("Europe/Berlin", "2026-10-25 04:00"), ("Europe/Berlin", "2026-03-29 04:00"), (ZONE, "2026-10-25 04:00")],
)
async def test_three_hours_before_are_three_real_hours(region: Region, zone: str, starts: str) -> None:
    """calcom/cal.com#15158 again: a limit before the start is elapsed time, also over a clock change."""
    opened = await office(region, zone, f"{starts[:7]}-20 09:00", works("00:00-24:00"))
    booked = await opened.book(starts)
    last = booked.starts - timedelta(hours=3)
    assert await by_the_client(opened, booked, last) == "may change"
    assert await by_the_client(opened, booked, last + timedelta(seconds=1)) == "change_too_late"
    async with region.database.read() as tx:
        assert await bookings.change_until(tx, booked) == last


@pytest.mark.parametrize("minutes", [-30, 0, 30, 600])
async def test_a_visit_that_has_begun_is_not_given_up_by_its_client(region: Region, minutes: int) -> None:
    """SergeyMosin/Appointments#397: links let people cancel during the visit and after it."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    assert await by_the_client(opened, booked, booked.starts + timedelta(minutes=minutes)) == "change_too_late"


async def test_the_client_is_told_the_times_that_he_can_really_have(edge: Edge, region: Region) -> None:
    """betagouv/rdv-service-public#6599: a follow-up was moved with the times of everybody, and confirming allowed only
    those of the client's own people."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    await office(region, ZONE, NOW, works("00:00-24:00"), specialist=1)
    edge.at(opened.now)
    desk = await edge.person("desk")
    form = {"client": region.clients[0], "specialist": opened.who, "service": "1739"}
    booked = await desk.ok("POST", "/bookings", {**form, "starts": stamp(opened.at(TEN))})
    edge.at(opened.at(TEN) - timedelta(hours=20))
    visitor = await edge.visitor(booked["link"])
    said = await visitor.ok("GET", "/join/times")
    free = [each for day in said["days"] for each in day["starts"]]
    hours = {datetime.fromisoformat(each).astimezone(UTC).hour for each in free}
    assert hours == {2, 3, 4}, "nine to eleven in Novosibirsk, of his own specialist alone"
    chosen = free[-1]
    moved = await visitor.ok("POST", "/join/move", {"starts": chosen}, **match(said["version"]))
    assert (moved["starts"], moved["version"]) == (chosen, 2)


# --- cancelling -------------------------------------------------------------------------------------------------------
async def test_a_cancelled_time_is_free_at_once_in_every_list(region: Region) -> None:
    """calcom/cal.com#3848: after a cancellation the time did not come back.

    betagouv/rdv-service-public#368 did not offer a time with a cancelled visit."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"), after=10, max_per_day=1)
    before = await opened.find(TUESDAY)
    booked = await opened.book(TEN)
    assert await opened.find(TUESDAY) == []
    await opened.cancel(booked)
    assert await opened.find(TUESDAY) == before
    assert await opened.tried(TEN, 1) == "booked"


async def test_who_cancels_twice_changes_nothing_the_second_time(edge: Edge, region: Region) -> None:
    """calcom/cal.com#5340: a link answered "already cancelled" or nothing at all, as others joined or left."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    edge.at(opened.now)
    booked = await opened.book(TEN)
    desk = await edge.person("desk")
    path, why = f"/bookings/{booked.id}/cancel", {"reason": "client_asked"}
    key = {"headers": {"If-Match": '"1"', "Idempotency-Key": "the same tap, twice"}}
    first, again = await desk.ask("POST", path, why, **key), await desk.ask("POST", path, why, **key)
    assert first == again
    assert first[0] == 200
    for version, code in ((1, "version_moved"), (2, "booking_not_open")):
        status, said = await desk.ask("POST", path, why, **match(version))
        assert (status >= 400, said["code"]) == (True, code)
    async with region.database.read() as tx:
        assert [each.what for each, _ in await bookings.history(tx, booked.id)] == ["booked", "cancelled"]


async def test_what_is_cancelled_is_not_moved_back_to_life(region: Region) -> None:
    """calcom/cal.com#8060 and #5340 together: a cancelled visit has no time any more, and a move does not give it
    one."""
    opened = await office(region, ZONE, NOW, works("09:00-12:00"))
    booked = await opened.book(TEN)
    await opened.cancel(booked)
    with pytest.raises(NotOpen):
        await opened.move(booked, "2026-11-25 10:00", version=2)
    with pytest.raises(VersionMoved):
        await opened.move(booked, "2026-11-25 10:00", version=1)
    assert "10:00" in await opened.clocks(TUESDAY + timedelta(days=1))
